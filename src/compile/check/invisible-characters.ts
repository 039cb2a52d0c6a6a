/** Characters that a reader of a file does not see and a model does, wherever in a file they stand. */
import type { Diagnostics } from '../../base/diagnostic.js';
import { INVISIBLE } from '../../base/invisible.js';
import type { SourceText } from '../../base/span.js';

/** Runs last: what has an error of its own needs no warning. */
export function checkInvisibleCharacters(source: SourceText, diagnostics: Diagnostics): void {
  const found = runs(source.text);
  if (found.length === 0) return;
  const errors = diagnostics.errorSpans(source.path);
  let next = 0;
  let coveredTo = 0;
  for (const { start, end } of found) {
    for (; next < errors.length && errors[next]!.start <= start; next++) coveredTo = Math.max(coveredTo, errors[next]!.end);
    if (end <= coveredTo) continue;
    const characters = [...source.text.slice(start, end)];
    diagnostics.report('check/invisible-character', { source, start, end }, { count: characters.length, what: described(characters) });
  }
}

/** Neighbours count as one place. */
function runs(text: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (const { 0: character, index } of text.matchAll(INVISIBLE)) {
    const end = index + character.length;
    const last = found.at(-1);
    if (last?.end === index) last.end = end;
    else found.push({ start: index, end });
  }
  return found;
}

const MOST_NAMED = 4;

function described(characters: readonly string[]): string {
  const codes = [...new Set(characters.map((character) => character.codePointAt(0)!))];
  const tags = codes.filter((code) => code > TAGS && code < TAGS + 0x7f);
  if (tags.length > 1) {
    const hidden = characters.map((character) => character.codePointAt(0)! - TAGS).filter((code) => code >= 0x20 && code < 0x7f);
    return `tag characters that spell "${String.fromCodePoint(...hidden.slice(0, 80))}"`;
  }
  const named = codes.slice(0, MOST_NAMED).map((code) => `U+${code.toString(16).toUpperCase().padStart(4, '0')} (${nameOf(code)})`);
  return named.join(', ') + (codes.length > MOST_NAMED ? ', …' : '');
}

/** Tag characters repeat ASCII from here on, unseen. */
const TAGS = 0xe0000;

/** What authors meet, by the first and the last code point of each group. */
const NAMES: readonly (readonly [from: number, to: number, name: string])[] = [
  [0xad, 0xad, 'soft hyphen'],
  [0x061c, 0x061c, 'Arabic letter mark'],
  [0x200b, 0x200b, 'zero-width space'],
  [0x200c, 0x200c, 'zero-width non-joiner'],
  [0x200d, 0x200d, 'zero-width joiner'],
  [0x200e, 0x200e, 'left-to-right mark'],
  [0x200f, 0x200f, 'right-to-left mark'],
  [0x2028, 0x2028, 'line separator'],
  [0x2029, 0x2029, 'paragraph separator'],
  [0x202a, 0x202e, 'bidirectional control'],
  [0x2060, 0x2060, 'word joiner'],
  [0x2066, 0x2069, 'bidirectional control'],
  [0xfe00, 0xfe0f, 'variation selector'],
  [0xfeff, 0xfeff, 'byte order mark'],
  [TAGS, TAGS + 0x7f, 'tag character'],
  [0xe0100, 0xe01ef, 'variation selector'],
];

function nameOf(code: number): string {
  const known = NAMES.find(([from, to]) => code >= from && code <= to);
  return known?.[2] ?? (code < 0xa0 ? 'control character' : 'format character or filler');
}
