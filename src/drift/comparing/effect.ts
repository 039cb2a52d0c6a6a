/** How far a column moved, and whether that is enough to matter. What is too little to matter is no drift, however sure it is. */
import { type Block, tableOf } from '../statistics/column.js';
import { jensenShannonDistance, smoothedShares, stabilityIndex } from '../statistics/distances.js';
import type { NamedColumn } from './columns.js';

export type Size = 'none' | 'moderate' | 'large';

/**
 * From where on a move is moderate, and large. For distributions, those that are usual for the stability index, and the
 * Jensen-Shannon distances that go with them; for shares of answers, the difference of the shares.
 */
export const THRESHOLDS = {
  stability_index: { moderate: 0.1, large: 0.25 },
  jensen_shannon: { moderate: 0.13, large: 0.21 },
  violation_rate: { moderate: 0.02, large: 0.1 },
  word_rate: { moderate: 0.05, large: 0.2 },
} as const;

export interface Effect {
  readonly jensenShannon: number;
  readonly stabilityIndex: number;
  readonly size: Size;
}

export function effectOf(column: NamedColumn, before: Block, after: Block): Effect {
  const [p, q] = [smoothedShares(tableOf(column, before)), smoothedShares(tableOf(column, after))];
  const distance = jensenShannonDistance(p, q);
  const index = stabilityIndex(p, q);
  return { jensenShannon: distance, stabilityIndex: index, size: sizeOf(column, before, after, distance, index) };
}

function sizeOf({ subject, from }: NamedColumn, before: Block, after: Block, distance: number, index: number): Size {
  if (subject.kind === 'feature' || subject.kind === 'vocabulary') {
    return larger(step(distance, THRESHOLDS.jensen_shannon), step(index, THRESHOLDS.stability_index));
  }
  const difference = Math.abs(after.counts[from]! / after.answers - before.counts[from]! / before.answers);
  return step(difference, subject.kind === 'word' ? THRESHOLDS.word_rate : THRESHOLDS.violation_rate);
}

function step(value: number, { moderate, large }: { readonly moderate: number; readonly large: number }): Size {
  if (value >= large) return 'large';
  return value >= moderate ? 'moderate' : 'none';
}

function larger(a: Size, b: Size): Size {
  const sizes: readonly Size[] = ['none', 'moderate', 'large'];
  return sizes.indexOf(a) >= sizes.indexOf(b) ? a : b;
}
