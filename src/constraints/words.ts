/**
 * The words of a text, as `Intl.Segmenter` finds them.
 *
 * In: a text and a locale. Out: where each word begins. What always holds: the same words as the segmenter finds in the
 * whole text, in time linear in its length. The segmenter itself takes time that grows faster, and some 2 µs a word: so
 * it is asked for one piece between white space at a time, once for each that is not plainly a word.
 */

/** What stands around words and never joins two of them. */
const AROUND = String.raw`"'“”‘’„«»()\[\]*.,;:!?…—–-`;
/** Letters of scripts whose words are what stands between white space. */
const LETTERS = String.raw`A-Za-zÀ-ÖØ-öø-ʯΆΈ-ΊΌΎ-ΡΣ-ώЀ-ҁҊ-ԯ`;

const PIECE = /[^ \t\n\r]+/g;
const ONE_WORD = new RegExp(`^[${AROUND}]*(?:[${LETTERS}]+|[0-9]+)[${AROUND}]*$`);
const NO_WORD = new RegExp(`^[${AROUND}]+$`);
const LEADING = new RegExp(`[^${AROUND}]`);

/** The longest piece that the segmenter gets at once, in UTF-16 code units. */
const LONGEST_PIECE = 1024;

/** Before these there is always a break, so that a long text in Chinese or Japanese can be cut there. */
const CUT = /[、。！？「」『』（）《》【】\u3000]/g;

/** @returns the offset at which each word begins, in ascending order */
export function wordStarts(text: string, locale: string): number[] {
  const segmenter = new Intl.Segmenter(locale, { granularity: 'word' });
  const known = new Map<string, readonly number[]>();
  const starts: number[] = [];
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    if (ONE_WORD.test(piece)) starts.push(index + piece.search(LEADING));
    else if (!NO_WORD.test(piece)) {
      for (const part of cut(piece)) {
        let within = known.get(part.text);
        if (within === undefined) known.set(part.text, (within = segmented(part.text, segmenter)));
        for (const start of within) starts.push(index + part.start + start);
      }
    }
  }
  return starts;
}

function segmented(text: string, segmenter: Intl.Segmenter): number[] {
  const starts: number[] = [];
  for (const { index, isWordLike } of segmenter.segment(text)) if (isWordLike === true) starts.push(index);
  return starts;
}

/** Cuts what is too long for the segmenter; where nothing else is at hand, between two characters. */
function* cut(piece: string): Generator<{ text: string; start: number }> {
  let start = 0;
  while (piece.length - start > LONGEST_PIECE) {
    const window = piece.slice(start, start + LONGEST_PIECE);
    const breaks = [...window.matchAll(CUT)];
    const at = breaks.at(-1)?.index ?? 0;
    const end = start + (at > 0 ? at : withoutHalf(window));
    yield { text: piece.slice(start, end), start };
    start = end;
  }
  yield { text: start === 0 ? piece : piece.slice(start), start };
}

/** The length of a window that does not end within a surrogate pair. */
function withoutHalf(window: string): number {
  const last = window.charCodeAt(window.length - 1);
  return last >= 0xd800 && last < 0xdc00 ? window.length - 1 : window.length;
}

/** How many of the starts lie in a stretch. */
export function countWithin(starts: readonly number[], from: number, to: number): number {
  return firstFrom(starts, to) - firstFrom(starts, from);
}

function firstFrom(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
