/** Where a diagnostic is, as every format counts it. */
import type { Span } from '../../base/span.js';
import { visible } from './visible.js';

/** Lines and columns count from 1, columns in characters; the end is behind the last character. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export function placeOf({ source, start, end }: Span): Place {
  const from = source.position(start);
  const to = source.position(end);
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

/**
 * `file:line:column`, safe to print.
 *
 * @param folder - what stands before the file's path, with a slash at its end
 */
export function placeText({ source, start }: Span, folder: string): string {
  const { line, column } = source.position(start);
  return `${visible(folder + source.path)}:${line}:${column}`;
}
