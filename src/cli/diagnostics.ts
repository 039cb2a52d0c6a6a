/** Diagnostics as text for people and as JSON for programs. */
import { styleText } from 'node:util';
import type { Diagnostic } from '../base/diagnostic.js';
import { INVISIBLE } from '../base/invisible.js';
import type { Span } from '../base/span.js';

export const FORMATS = ['text', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** A line longer than this is shown around the place that matters. */
const MAX_LINE = 120;
const CONTEXT_LINES = 1;
/** A message longer than this repeats a text of the author's that does not fit into one. */
const MAX_MESSAGE = 600;

/** One block a diagnostic, with a code frame, and a count at the end. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], colour: boolean): string {
  if (diagnostics.length === 0) return '';
  return `${diagnostics.map((diagnostic) => diagnosticText(diagnostic, colour)).join('\n')}\n${count(diagnostics)}\n`;
}

export function diagnosticText({ code, severity, message, span, hint, related = [] }: Diagnostic, colour: boolean): string {
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const hue = severity === 'error' ? 'red' : 'yellow';
  const lines = [
    `${place(span)} ${paint([hue, 'bold'], severity)} ${paint('dim', code)}`,
    `  ${paint('bold', clip(message, 0, MAX_MESSAGE))}`,
    ...codeFrame(span, (caret) => paint(hue, caret)),
  ];
  if (hint !== undefined) lines.push(`  ${paint('cyan', 'hint:')} ${clip(hint, 0, MAX_MESSAGE)}`);
  for (const other of related) lines.push(`  ${paint('dim', 'see')}  ${place(other.span)} ${visible(other.message)}`);
  return `${lines.join('\n')}\n`;
}

/** The form that docs/diagnostics.md describes. What could not be printed as it is, is escaped; the values are the same. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[]): string {
  const list = diagnostics.map(({ code, severity, message, span, hint, related }) => ({
    code,
    severity,
    message,
    ...placeJson(span),
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined ? {} : { related: related.map((one) => ({ message: one.message, ...placeJson(one.span) })) }),
  }));
  return `${neutralised(JSON.stringify({ diagnostics: list }, null, 2), jsonEscape)}\n`;
}

/** `2 errors and 1 warning` */
function count(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  const parts: string[] = [];
  for (const [number, name] of [
    [errors, 'error'],
    [diagnostics.length - errors, 'warning'],
  ] as const) {
    if (number > 0) parts.push(`${number} ${name}${number === 1 ? '' : 's'}`);
  }
  return parts.join(' and ');
}

function place({ source, start }: Span): string {
  const { line, column } = source.position(start);
  return `${visible(source.path)}:${line}:${column}`;
}

function placeJson({ source, start, end }: Span) {
  const from = source.position(start);
  const to = source.position(end);
  return { file: source.path, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

/** The line with the place, one before and one behind it, and carets below the place. */
function codeFrame({ source, start, end }: Span, paint: (caret: string) => string): string[] {
  if (source.text === '') return [];
  const { line } = source.position(start);
  // The empty line behind a file's last line end is no line that an author sees, unless it is the place itself.
  const lastLine = Math.max(line, source.text.endsWith('\n') ? source.lineCount - 1 : source.lineCount);
  const numbers: number[] = [];
  for (let at = Math.max(1, line - CONTEXT_LINES); at <= Math.min(lastLine, line + CONTEXT_LINES); at++) numbers.push(at);
  const width = String(numbers.at(-1)).length;
  return numbers.flatMap((number) => {
    const text = source.line(number);
    const frame = (cut: string): string => `  ${String(number).padStart(width)} | ${cut}`.trimEnd();
    if (number !== line) return [frame(clip(text, 0, MAX_LINE))];
    const from = start - source.lineStart(line);
    const to = Math.min(from + (end - start), text.length);
    const shift = windowStart(text, from);
    const before = (shift > 0 ? 1 : 0) + columnsOf(visible(text.slice(shift, from)));
    const marked = columnsOf(visible(text.slice(from, Math.min(to, shift + MAX_LINE))));
    return [frame(clip(text, shift, MAX_LINE)), `  ${' '.repeat(width)} | ${' '.repeat(before)}${paint('^'.repeat(Math.max(1, marked)))}`];
  });
}

/** Where to begin showing a line so that the place `at` is seen, with as much as there is on its two sides. */
function windowStart(text: string, at: number): number {
  const start = Math.max(0, Math.min(at - MAX_LINE / 2, text.length - MAX_LINE));
  return isSecondHalf(text, start) ? start - 1 : start;
}

/** At most so many code units of a text, made visible, with `…` where something is left out. */
function clip(text: string, from: number, most: number): string {
  let end = from + most;
  if (isSecondHalf(text, end)) end--;
  return `${from > 0 ? '…' : ''}${visible(text.slice(from, end))}${end < text.length ? '…' : ''}`;
}

function isSecondHalf(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

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

/** `##[…]`, `##vso[…]` and `##teamcity[…]` are commands to a CI wherever they stand in a line; `::` is one only at its beginning. */
function neutralised(text: string, escape: (character: string) => string): string {
  return text.replaceAll(INVISIBLE, escape).replaceAll(/(?<=#)#(?=\[|vso\[|teamcity\[)/gi, escape);
}

/** For JSON: the same text to every reader. */
function jsonEscape(character: string): string {
  let escaped = '';
  for (let i = 0; i < character.length; i++) escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return escaped;
}

const graphemes = new Intl.Segmenter('en');

/** How many columns of a terminal a text takes: two for emoji and East Asian wide characters, none for what only adds to another. */
function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += WIDE.test(segment) ? 2 : ZERO_WIDTH.test(segment) ? 0 : 1;
  return columns;
}

const ZERO_WIDTH = /^[\p{M}\p{Cf}]+$/u;
/** Unicode's East Asian Width W and F (UAX #11), by blocks, and what is shown as an emoji. */
const WIDE =
  /\p{Emoji_Presentation}|\ufe0f|^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
