/** A changed text as rows to print: lines that go, come, or change within, and a little of what is around them. */
import type { TextChange, TextPart } from '../../versions/diff/text-change.js';
import { visible } from '../diagnostics/visible.js';

export interface Row {
  /** `changed` is a line of which a part changed; `skipped` stands for lines that are the same. */
  readonly kind: TextPart['kind'] | 'changed' | 'skipped';
  /** Safe to print, with `[-…-]` around what goes and `{+…+}` around what comes within a line. */
  readonly text: string;
}

/** What a row begins with; GitHub colours a fence of `diff` by it. */
export const SIGNS: { readonly [kind in Row['kind']]: string } = { same: ' ', removed: '-', added: '+', changed: '!', skipped: ' ' };

/** How many lines around a change are shown. */
const CONTEXT = 1;
/** A line longer than this is cut. */
const MAX_LINE = 1000;
/** So much is shown on either side of a change within a line, and of a line that is the same. */
const MAX_SAME = 60;

export function rowsOf(change: TextChange): Row[] {
  return skipped(linesOf(change)).map((line) =>
    line === undefined ? { kind: 'skipped', text: '…' } : { kind: line.kind, text: textOf(line) },
  );
}

interface Line {
  readonly kind: Exclude<Row['kind'], 'skipped'>;
  readonly parts: readonly TextPart[];
}

/** Shown for a line end that goes or comes within what is otherwise one line. */
const LINE_END = '⏎';

function linesOf(change: TextChange): Line[] {
  const lines: Line[] = [];
  let parts: TextPart[] = [];
  const endLine = (kind: TextPart['kind']): void => {
    const kinds = new Set(parts.map((part) => part.kind));
    lines.push({ kind: kinds.size > 1 ? 'changed' : ([...kinds][0] ?? kind), parts });
    parts = [];
  };
  for (const { kind, text } of change) {
    for (const [i, piece] of text.split('\n').entries()) {
      if (i > 0) {
        const isWhole = parts.every((part) => part.kind === kind);
        if (kind !== 'same' && !isWhole) parts.push({ kind, text: LINE_END });
        if (kind !== 'removed' || isWhole) endLine(kind);
      }
      if (piece !== '') parts.push({ kind, text: piece });
    }
  }
  if (parts.length > 0) endLine('same');
  return lines;
}

/** The lines with `undefined` for each stretch that is left out. */
function skipped(lines: readonly Line[]): (Line | undefined)[] {
  const near = lines.map((_, i) => lines.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(({ kind }) => kind !== 'same'));
  return lines.flatMap((line, i) => {
    // A mark would take as much room as a single line.
    if (near[i] === true || (near[i - 1] !== false && near[i + 1] !== false)) return [line];
    return near[i - 1] === false ? [] : [undefined];
  });
}

function textOf({ kind, parts }: Line): string {
  if (kind !== 'changed') {
    const most = kind === 'same' ? 2 * MAX_SAME : MAX_LINE;
    return cut(parts.map(({ text }) => text).join(''), most);
  }
  return parts
    .map(({ kind: one, text }, i) => {
      if (one === 'removed') return `[-${cut(text, MAX_LINE)}-]`;
      if (one === 'added') return `{+${cut(text, MAX_LINE)}+}`;
      return around(text, i === 0, i === parts.length - 1);
    })
    .join('');
}

/** What stays the same between two changes, its middle left out if it is long. */
function around(text: string, isFirst: boolean, isLast: boolean): string {
  const [head, tail] = [isFirst ? 0 : MAX_SAME, isLast ? 0 : MAX_SAME];
  if (text.length <= head + tail + 1) return visible(text);
  return `${visible(text.slice(0, wholeAt(text, head)))}…${visible(text.slice(wholeAt(text, text.length - tail)))}`;
}

function cut(text: string, most: number): string {
  return text.length <= most ? visible(text) : `${visible(text.slice(0, wholeAt(text, most)))}…`;
}

/** The place, or the one before it if a character would be cut in half. */
function wholeAt(text: string, at: number): number {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 ? at - 1 : at;
}
