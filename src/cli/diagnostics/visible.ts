/** Text from prompts, made safe to print. */
import { INVISIBLE } from '../../base/invisible.js';

/** A message longer than this repeats a text of the author's that does not fit into one. */
const MAX_MESSAGE = 600;

/**
 * Text from prompts, safe to print: control characters, which could drive a terminal or begin a line of a CI's
 * commands, and characters that reorder or hide text are shown by their code.
 */
export function visible(text: string): string {
  return neutralised(text.replaceAll('\t', ' '), (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`).replaceAll(
    '\n',
    '\\u{a}',
  );
}

/** A message or hint for people: visible, on one line, and no longer than what one reads. */
export function readable(message: string): string {
  return visible(clip(message, 0, MAX_MESSAGE));
}

/** A value as JSON. What could not be printed as it is, is escaped; to every reader of JSON the value is the same. */
export function safeJson(value: unknown): string {
  return neutralised(JSON.stringify(value, null, 2), jsonEscape);
}

/** At most so many code units of a text, with `…` where something is left out. */
export function clip(text: string, from: number, most: number): string {
  let end = from + most;
  if (isSecondHalf(text, end)) end--;
  return `${from > 0 ? '…' : ''}${text.slice(from, end)}${end < text.length ? '…' : ''}`;
}

/** Whether a character begins before this place and ends behind it. */
export function isSecondHalf(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

/** `##[…]`, `##vso[…]` and `##teamcity[…]` are commands to a CI wherever they stand in a line; `::` is one only at its beginning. */
function neutralised(text: string, escape: (character: string) => string): string {
  return text.replaceAll(INVISIBLE, escape).replaceAll(/(?<=#)#(?=\[|vso\[|teamcity\[)/gi, escape);
}

function jsonEscape(character: string): string {
  let escaped = '';
  for (let i = 0; i < character.length; i++) escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return escaped;
}
