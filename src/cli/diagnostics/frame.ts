/** Code frames: the lines of a file around a place, with carets below it. */
import type { Span } from '../../base/span.js';
import { columnsOf } from './columns.js';
import { clip, isSecondHalf, visible } from './visible.js';

/** A line longer than this is shown around the place that matters. */
const MAX_LINE = 120;

/** The line with the place, as many as `context` before and behind it, and carets below the place. */
export function codeFrame({ source, start, end }: Span, context: number, paint: (caret: string) => string): string[] {
  if (source.text === '') return [];
  const { line } = source.position(start);
  // The empty line behind a file's last line end is no line that an author sees, unless it is the place itself.
  const lastLine = Math.max(line, source.text.endsWith('\n') ? source.lineCount - 1 : source.lineCount);
  const numbers: number[] = [];
  for (let at = Math.max(1, line - context); at <= Math.min(lastLine, line + context); at++) numbers.push(at);
  const width = String(numbers.at(-1)).length;
  return numbers.flatMap((number) => {
    const text = source.line(number);
    const frame = (cut: string): string => `  ${String(number).padStart(width)} | ${visible(cut)}`.trimEnd();
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
