/**
 * Two texts → what stays, goes and comes: by lines, and within lines that changed by words.
 *
 * What always holds: the parts that are not `added` are the text before, those that are not `removed` the text
 * after, each with a line end at its end. The same two texts give the same parts on every machine: the work is bounded by counting, not by a clock.
 * Texts that differ too much to be compared within the bounds are replaced as a whole.
 */
import { type ChangeObject, diffLines, diffWordsWithSpace } from 'diff';

export interface TextPart {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

export type TextChange = readonly TextPart[];

/**
 * How many lines, or words of one stretch of lines, may differ. Finding n differences takes a time that grows with
 * the square of n, so all stretches of a text share the square.
 */
const MAX_EDITS = 1000;

/** A stretch that keeps less of its longer side than this reads better as one text in the place of another. */
const LEAST_KEPT = 1 / 3;

export function textChange(textBefore: string, textAfter: string): TextChange {
  const [before, after] = [withLineEnd(textBefore), withLineEnd(textAfter)];
  const lines = diffLines(before, after, { maxEditLength: MAX_EDITS });
  if (lines === undefined) return replaced(before, after);
  let work = MAX_EDITS ** 2;
  const parts: TextPart[] = [];
  for (const { same, removed, added } of stretches(lines)) {
    parts.push({ kind: 'same', text: same });
    if (removed === '' || added === '') {
      parts.push(...replaced(removed, added));
      continue;
    }
    const words = diffWordsWithSpace(removed, added, { maxEditLength: Math.floor(Math.sqrt(work)) });
    work -= words === undefined ? work : editsOf(words) ** 2;
    parts.push(...(words === undefined || isRewritten(words) ? replaced(removed, added) : words.map(toPart)));
  }
  return joined(parts);
}

/** So that a line that comes behind the last one is no change of that one. */
function withLineEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Lines that stay, each time with those that go and come behind them. */
function stretches(lines: readonly ChangeObject<string>[]): { same: string; removed: string; added: string }[] {
  const all = [{ same: '', removed: '', added: '' }];
  for (const { kind, text } of lines.map(toPart)) {
    const last = all.at(-1)!;
    if (kind === 'same' && last.removed + last.added !== '') all.push({ same: text, removed: '', added: '' });
    else last[kind] += text;
  }
  return all;
}

function toPart({ value, added, removed }: ChangeObject<string>): TextPart {
  return { kind: removed ? 'removed' : added ? 'added' : 'same', text: value };
}

function replaced(before: string, after: string): TextPart[] {
  return joined([
    { kind: 'removed', text: before },
    { kind: 'added', text: after },
  ]);
}

function editsOf(words: readonly ChangeObject<string>[]): number {
  return words.reduce((sum, { added, removed, count }) => sum + (added || removed ? count : 0), 0);
}

function isRewritten(words: readonly ChangeObject<string>[]): boolean {
  const length = { same: 0, removed: 0, added: 0 };
  for (const { kind, text } of words.map(toPart)) length[kind] += text.replaceAll(/\s/g, '').length;
  return length.same < LEAST_KEPT * (length.same + Math.max(length.removed, length.added));
}

/** Neighbours of one kind are one part, and none is empty. */
function joined(parts: readonly TextPart[]): TextPart[] {
  const all: { kind: TextPart['kind']; text: string }[] = [];
  for (const { kind, text } of parts) {
    if (text === '') continue;
    const last = all.at(-1);
    if (last?.kind === kind) last.text += text;
    else all.push({ kind, text });
  }
  return all;
}
