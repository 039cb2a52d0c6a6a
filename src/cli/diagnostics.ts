/** Diagnostics as text for people and as JSON for programs. */
import { styleText } from 'node:util';
import type { Diagnostic } from '../base/diagnostic.js';
import type { Span } from '../base/span.js';

export const FORMATS = ['text', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** A line longer than this is shown around the place that matters. */
const MAX_LINE = 120;
const CONTEXT_LINES = 1;

/** One block a diagnostic, with a code frame, and a count at the end. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], colour: boolean): string {
  if (diagnostics.length === 0) return '';
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const blocks = diagnostics.map((diagnostic) => {
    const isError = diagnostic.severity === 'error';
    const severity = paint(isError ? ['red', 'bold'] : ['yellow', 'bold'], diagnostic.severity);
    const lines = [
      `${place(diagnostic.span)} ${severity} ${paint('dim', diagnostic.code)}`,
      `  ${paint('bold', visible(diagnostic.message))}`,
      ...codeFrame(diagnostic.span, (caret) => paint(isError ? 'red' : 'yellow', caret)),
    ];
    if (diagnostic.hint !== undefined) lines.push(`  ${paint('cyan', 'hint:')} ${visible(diagnostic.hint)}`);
    for (const { message, span } of diagnostic.related ?? []) lines.push(`  ${paint('dim', 'see')}  ${place(span)} ${visible(message)}`);
    return `${lines.join('\n')}\n`;
  });
  return `${blocks.join('\n')}\n${count(diagnostics)}\n`;
}

/** The form that docs/diagnostics.md describes, on one line for each diagnostic. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[]): string {
  const list = diagnostics.map(({ code, severity, message, span, hint, related }) => ({
    code,
    severity,
    message,
    ...placeJson(span),
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined ? {} : { related: related.map((one) => ({ message: one.message, ...placeJson(one.span) })) }),
  }));
  return `${JSON.stringify({ diagnostics: list }, null, 2)}\n`;
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
  const { line, column } = source.position(start);
  const lastLine = source.position(source.text.length).line;
  const numbers: number[] = [];
  for (let at = Math.max(1, line - CONTEXT_LINES); at <= Math.min(lastLine, line + CONTEXT_LINES); at++) numbers.push(at);
  const width = String(numbers.at(-1)).length;
  const shift = Math.max(0, column - 1 - MAX_LINE / 2);
  return numbers.flatMap((number) => {
    const characters = [...source.line(number)];
    const from = number === line ? shift : 0;
    const shown = characters
      .slice(from, from + MAX_LINE)
      .map(visible)
      .join('');
    const cut = `${from > 0 ? '…' : ''}${shown}${characters.length > from + MAX_LINE ? '…' : ''}`;
    const frame = `  ${String(number).padStart(width)} | ${cut}`.trimEnd();
    if (number !== line) return [frame];
    const before =
      (from > 0 ? 1 : 0) +
      characters
        .slice(from, column - 1)
        .map(visible)
        .join('').length;
    const marked = characters.slice(column - 1, column - 1 + [...source.text.slice(start, end).split('\n')[0]!].length);
    const length = Math.max(1, Math.min(marked.map(visible).join('').length, MAX_LINE - before));
    return [frame, `  ${' '.repeat(width)} | ${' '.repeat(before)}${paint('^'.repeat(length))}`];
  });
}

/**
 * Text from prompts, safe to print: control characters, which could drive a terminal or begin a line of a
 * CI's commands, and characters that reorder text are shown by their code.
 */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, (character) =>
    character === '\t' ? ' ' : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
