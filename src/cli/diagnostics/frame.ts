/** Code frames: the lines of a file around a place, with carets below it. */
import type { Span } from '../../base/span.js';
import { columnsOf } from './columns.js';
import { clip, isSecondHalf, visible } from './visible.js';

/** A line longer than this is shown around the place that matters. */
const MAX_LINE = 120;
/** Of a place with more lines than this, the first and the last ones are shown. */
const MAX_PLACE_LINES = 6;
const LAST_LINES = 2;
/** A tab is shown as wide as this, wherever it stands. */
const TAB = '    ';

/** One row of a frame. */
export interface FrameRow {
  /** The number of a line, `…` for lines that are left out, nothing for carets. */
  readonly label: string;
  /** What stands between the two: `>` along the lines of a place that has several. */
  readonly bar: '|' | '>';
  readonly text: string;
}

/**
 * The lines of a place, and as many as `context` before and behind it. Carets stand below a place within a line;
 * of a place of several lines, only below those that it begins or ends within.
 *
 * @returns nothing for a file without a text
 */
export function codeFrame(span: Span, context: number): FrameRow[] {
  const { source, start, end } = span;
  if (source.text === '') return [];
  const first = source.position(start).line;
  const last = source.position(Math.max(start, end - 1)).line;
  // The empty line behind a file's last line end is no line that an author sees, unless it is the place itself.
  const lineCount = Math.max(last, source.text.endsWith('\n') ? source.lineCount - 1 : source.lineCount);
  const firstShown = Math.max(1, first - context);
  const numbers = Array.from({ length: Math.min(lineCount, last + context) - firstShown + 1 }, (_, i) => firstShown + i);
  const isLong = last - first >= MAX_PLACE_LINES;
  const [leftOut, goesOn] = isLong ? [first + MAX_PLACE_LINES - LAST_LINES, last - LAST_LINES + 1] : [0, 0];
  return numbers.flatMap((number) => {
    if (number < leftOut || number >= goesOn) return lineRows(number);
    return number === leftOut ? [{ label: '…', bar: '>', text: '' }] : [];
  });

  function lineRows(number: number): FrameRow[] {
    const text = source.line(number);
    const isPlace = number >= first && number <= last;
    const bar = isPlace && first !== last ? '>' : '|';
    const row = (shift: number): FrameRow => ({ label: String(number), bar, text: shown(clip(text, shift, MAX_LINE)) });
    if (!isPlace) return [row(0)];
    const lineStart = source.lineStart(number);
    const indent = text.length - text.trimStart().length;
    const from = number === first ? start - lineStart : indent;
    const to = Math.min(end - lineStart, text.length);
    // The bar says enough of a line that lies wholly within.
    if (first !== last && from <= indent && to >= text.trimEnd().length) return [row(0)];
    const shift = windowStart(text, from);
    const before = (shift > 0 ? 1 : 0) + columnsOf(shown(text.slice(shift, from)));
    const marked = columnsOf(shown(text.slice(from, Math.min(to, shift + MAX_LINE))));
    return [row(shift), { label: '', bar: '|', text: ' '.repeat(before) + '^'.repeat(Math.max(1, marked)) }];
  }
}

/** The part of a place on its first line. */
export function firstLineOf({ source, start, end }: Span): Span {
  const { line } = source.position(start);
  return { source, start, end: Math.max(start, Math.min(end, source.lineStart(line) + source.line(line).length)) };
}

function shown(text: string): string {
  return visible(text.replaceAll('\t', TAB));
}

/** Where to begin showing a line so that the place `at` is seen, with as much as there is on its two sides. */
function windowStart(text: string, at: number): number {
  const start = Math.max(0, Math.min(at - MAX_LINE / 2, text.length - MAX_LINE));
  return isSecondHalf(text, start) ? start - 1 : start;
}
