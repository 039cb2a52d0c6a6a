/** What differs between the two windows of a history, in numbers for a report. */
import type { Measured } from '../measuring/history.js';
import type { DistributionReport, FeatureReport, MoveReport, RateReport, ViolationReport, WordReport } from '../report.js';
import { type Block, sumOf, tableOf } from '../statistics/column.js';
import { significance } from '../statistics/significance.js';
import { wilsonInterval } from '../statistics/wilson.js';
import type { Deviates } from '../statistics/window-test.js';
import type { NamedColumn, Subject, Table } from './columns.js';
import { type Effect, effectOf } from './effect.js';
import { isWithin, type Windows } from './windows.js';

/** The counts of both windows. */
export interface Sides {
  readonly columns: readonly NamedColumn[];
  readonly before: Block;
  readonly after: Block;
}

export function sidesOf({ columns, blocks: { all, baseline, current } }: Table): Sides {
  const size = all[0]!.counts.length;
  return { columns, before: sumOf(all.slice(0, baseline), size), after: sumOf(all.slice(-current), size) };
}

/** Both windows, and how they stand against chance. */
export interface HeldAgainst {
  readonly sides: Sides;
  readonly deviates: Deviates;
  /** What chance comes to in all histories of the report. */
  readonly byChance: Float64Array;
  /** How rare by chance is too rare. */
  readonly level: number;
}

/** How many of the words that moved are listed. */
const MOST_WORDS = 20;

export function personaMoves(
  held: HeldAgainst,
  answers: readonly Measured[],
  { baseline, current }: Windows,
): { features: FeatureReport[]; violations: ViolationReport[] } {
  const inBaseline = answers.filter(({ time }) => isWithin(time, baseline));
  const inCurrent = answers.filter(({ time }) => isWithin(time, current));
  const features: FeatureReport[] = [];
  const violations: ViolationReport[] = [];
  for (const { column, effect, move, before, after } of movesIn(held)) {
    const { subject } = column;
    if (subject.kind === 'feature') {
      const { feature, index } = subject;
      const means = { baseline_mean: meanOf(inBaseline, index), current_mean: meanOf(inCurrent, index) };
      const bins = binsOf(column, subject, before, after);
      features.push({ feature: feature.name, label: feature.label, ...means, ...distribution(effect, move), bins });
    } else if (subject.kind === 'constraint') {
      const { name, severity } = subject.demand;
      violations.push({ constraint: name, severity, ...rates(column, before, after), ...move });
    }
  }
  return { features, violations };
}

export function wordMoves(held: HeldAgainst): { words: WordReport[]; vocabulary: DistributionReport | null } {
  const words: WordReport[] = [];
  let vocabulary: DistributionReport | null = null;
  for (const { column, effect, move, before, after } of movesIn(held)) {
    const { subject } = column;
    if (subject.kind === 'vocabulary') vocabulary = distribution(effect, move);
    else if (subject.kind === 'word' && move.moved) words.push({ word: subject.word, ...rates(column, before, after), ...move });
  }
  return { words: words.toSorted((a, b) => difference(b) - difference(a)).slice(0, MOST_WORDS), vocabulary };
}

function* movesIn({ sides: { columns, before, after }, deviates: { seen }, byChance, level }: HeldAgainst) {
  for (const [i, column] of columns.entries()) {
    const effect = effectOf(column, before, after);
    const p = significance(seen[i]!, byChance);
    const move: MoveReport = { p, size: effect.size, moved: p <= level && effect.size !== 'none' };
    yield { column, effect, move, before, after };
  }
}

function distribution({ jensenShannon, stabilityIndex }: Effect, move: MoveReport): DistributionReport {
  return { jensen_shannon: rounded(jensenShannon), stability_index: rounded(stabilityIndex), ...move };
}

function rates({ from }: NamedColumn, before: Block, after: Block): { baseline: RateReport; current: RateReport } {
  return { baseline: rateOf(before.counts[from]!, before.answers), current: rateOf(after.counts[from]!, after.answers) };
}

function rateOf(count: number, answers: number): RateReport {
  const { low, high } = wilsonInterval(count, answers);
  return { count, answers, rate: rounded(count / answers), low: rounded(low), high: rounded(high) };
}

function difference({ baseline, current }: WordReport): number {
  return Math.abs(current.rate - baseline.rate);
}

/** `null` if none of the answers has such a value. */
export function meanOf(answers: readonly Measured[], index: number): number | null {
  let [sum, count] = [0, 0];
  for (const { values } of answers) {
    const value = values[index]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : rounded(sum / count);
}

function binsOf(column: NamedColumn, { ends }: Extract<Subject, { kind: 'feature' }>, before: Block, after: Block) {
  const [p, q] = [sharesOf(tableOf(column, before)), sharesOf(tableOf(column, after))];
  return p.map((share, i) => ({
    above: i === 0 ? null : rounded(ends[i - 1]!),
    up_to: i === ends.length ? null : rounded(ends[i]!),
    baseline: rounded(share),
    current: rounded(q[i]!),
  }));
}

function sharesOf(table: readonly number[]): number[] {
  const total = table.reduce((sum, count) => sum + count, 0);
  return table.map((count) => (total === 0 ? 0 : count / total));
}

/** To four digits behind the point: what a report needs. */
export function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
