/**
 * The sentences of a text, as `Intl.Segmenter` finds them, save for two things that it does not know: abbreviations,
 * and the marks of Markdown's lists.
 *
 * In: the lines of a text that are not code. Out: where each sentence begins and ends, white space left out. What always
 * holds: a line end ends a sentence (Unicode, UAX #29, rule SB4); the time is linear in the length.
 */
import { endsWithAbbreviation } from './abbreviations.js';
import type { Found } from './constraint.js';
import { type Line, markerLength } from './lines.js';

/** Everything that can end a sentence within a line (STerm and ATerm of UAX #29): without it there is no need to look. */
const TERMINATOR = /[\p{Sentence_Terminal}.\u2024\ufe52\uff0e]/u;

/** Brackets and quotes that open, which the segmenter leaves with the sentence before them. */
const OPENING = /[\p{Ps}\p{Pi}]+$/u;

/** How much of a long line the segmenter gets at once, in UTF-16 code units: its time grows faster than a text. */
const WINDOW = 4096;

export function sentencesOf(text: string, lines: readonly Line[], locale: string): Found[] {
  const segmenter = new Intl.Segmenter(locale, { granularity: 'sentence' });
  const language = new Intl.Locale(locale).language;
  const found: Found[] = [];
  for (const { start, end, isCode, isBlank } of lines) {
    if (isCode || isBlank) continue;
    const line = text.slice(start, end);
    let from = markerLength(line);
    for (const to of ends(line, from, segmenter)) {
      const sentence = line.slice(from, to);
      if (to < line.length && endsWithAbbreviation(sentence, language)) continue;
      const trimmed = sentence.trim();
      const at = start + from + sentence.indexOf(trimmed);
      if (trimmed !== '') found.push({ start: at, end: at + trimmed.length });
      from = to;
    }
  }
  return found;
}

/** Where the sentences of a line end. */
function* ends(line: string, from: number, segmenter: Intl.Segmenter): Generator<number> {
  if (!TERMINATOR.test(line)) {
    yield line.length;
    return;
  }
  let at = from;
  let size = WINDOW;
  while (at < line.length) {
    const isWhole = line.length - at <= size;
    const segments = [...segmenter.segment(isWhole ? line.slice(at) : line.slice(at, at + size))];
    // How the last one goes on, a part of a line does not tell.
    const known = isWhole ? segments.length : segments.length - 1;
    for (const { index, segment } of segments.slice(0, known)) yield at + index + segment.replace(OPENING, '').length;
    if (isWhole) return;
    at += segments.at(-1)!.index;
    size = known === 0 ? size * 2 : WINDOW;
  }
}
