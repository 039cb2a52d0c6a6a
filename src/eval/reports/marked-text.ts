/** Where an answer is marked: stretches of text, each with the violations that it takes part in. */
import type { Violation } from '../../answers/check-output.js';

export interface Stretch {
  readonly text: string;
  /** By their place in the list that was given. */
  readonly violations: readonly number[];
}

/** Nobody reads more that is said of one word. */
const MOST_AT_ONCE = 5;

/** Cuts a text where violations begin and end. Takes time in proportion to the text and the violations, however these overlap. */
export function stretchesOf(text: string, violations: readonly Violation[]): Stretch[] {
  const events: { readonly at: number; readonly index: number; readonly isStart: boolean }[] = [];
  for (const [index, { span }] of violations.entries()) {
    if (span === undefined || span.start >= span.end || span.start >= text.length) continue;
    events.push({ at: span.start, index, isStart: true }, { at: Math.min(span.end, text.length), index, isStart: false });
  }
  events.sort((a, b) => a.at - b.at);
  const stretches: Stretch[] = [];
  const open = new Set<number>();
  let at = 0;
  const cut = (end: number): void => {
    if (end > at) stretches.push({ text: text.slice(at, end), violations: firstOf(open) });
    at = end;
  };
  for (const event of events) {
    cut(event.at);
    if (event.isStart) open.add(event.index);
    else open.delete(event.index);
  }
  cut(text.length);
  return stretches;
}

function firstOf(open: ReadonlySet<number>): number[] {
  const first: number[] = [];
  for (const index of open) {
    if (first.length === MOST_AT_ONCE) break;
    first.push(index);
  }
  return first;
}
