/** The lines of an answer, and what Markdown makes of them as far as constraints care. */
import type { Found } from './constraint.js';

export interface Line extends Found {
  /** Whether it belongs to a fenced block of code, its fences included. */
  readonly isCode: boolean;
  /** Whether it holds nothing but white space. */
  readonly isBlank: boolean;
}

const LINE = /([^\n\r\u0085\u2028\u2029]*)(?:\r\n|[\n\r\u0085\u2028\u2029]|$)/gy;
const FENCE = /^[ \t>]*(?<fence>`{3,}|~{3,})(?<rest>.*)$/s;

/** Line ends are those of Unicode; a fence that nobody closes goes on to the end, as in CommonMark. */
export function linesOf(text: string): { readonly lines: readonly Line[]; readonly openFence: Found | undefined } {
  const lines: Line[] = [];
  let fence: { readonly mark: string; readonly span: Found } | undefined;
  for (const match of text.matchAll(LINE)) {
    const line = match[1]!;
    const start = match.index;
    const end = start + line.length;
    const { fence: mark, rest = '' } = FENCE.exec(line)?.groups ?? {};
    const wasOpen = fence !== undefined;
    if (mark !== undefined) {
      if (fence === undefined) {
        if (!(mark.startsWith('`') && rest.includes('`'))) fence = { mark, span: { start, end } };
      } else if (mark.startsWith(fence.mark) && rest.trim() === '') fence = undefined;
    }
    lines.push({ start, end, isCode: wasOpen || fence !== undefined, isBlank: !/\S/.test(line) });
    if (start + match[0].length === text.length) break;
  }
  return { lines, openFence: fence?.span };
}

/** What begins an item of a list, or quotes a line. */
const MARKER = /^[ \t]*(?:>[ \t]*)*(?:#{1,6}[ \t]+|(?:[-*+•‣]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?/;

/** The length of the marks that a line begins with: those of quotes, of headings and of items of lists. */
export function markerLength(line: string): number {
  return MARKER.exec(line)![0].length;
}

const ITEM = /^[ \t]*(?:>[ \t]*)*(?:[-*+•‣]|\d{1,9}[.)])[ \t]/;

export function isListItem(line: string): boolean {
  return ITEM.test(line);
}

export function isHeading(line: string): boolean {
  return /^ {0,3}#{1,6}(?:[ \t]|$)/.test(line);
}
