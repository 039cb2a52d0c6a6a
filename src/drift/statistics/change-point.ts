/**
 * Where a history changes for good, or for a while.
 *
 * In: series of sums by block. Out: the stretch of blocks whose mean is farthest from that of the others, and how much that speaks
 * against chance. A change for good is a stretch up to the end. It is circular binary segmentation (A. B. Olshen et al., Circular
 * Binary Segmentation for the Analysis of Array-Based DNA Copy Number Data, 2004), and random orders of the blocks say what
 * chance makes of it.
 */
import { randomNumbers, shuffle } from './random.js';
import type { Deviates } from './window-test.js';

/** By block, what its answers have more than all answers have on average, summed up: the whole series sums up to 0. */
export type Series = Float64Array;

/** Blocks from `from` up to `to`, which is not included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Change extends Stretch {
  readonly series: number;
}

/** How many places a stretch can begin or end at; in a longer history, only every second block, or third, is one. */
const MOST_PLACES = 64;

/** The fewest blocks of a stretch and of what is before it and behind it: a single odd block would count for a change otherwise. */
function fewestBlocks(blocks: number): number {
  return Math.max(3, Math.ceil(blocks / 10));
}

/** A series from the values and sizes of its blocks. */
export function seriesOf(sums: readonly number[], sizes: readonly number[]): Series {
  const size = sizes.reduce((a, b) => a + b, 0);
  const mean = size === 0 ? 0 : sums.reduce((a, b) => a + b, 0) / size;
  return Float64Array.from(sums, (sum, i) => sum - mean * sizes[i]!);
}

/**
 * Looks for the one change that stands out most; none where there are too few blocks.
 *
 * @param orders - how many random ones
 */
export function testChanges(series: readonly Series[], orders: number, seed: number): Deviates & { readonly change: Change | undefined } {
  const length = series[0]?.length ?? 0;
  const stretches = stretchesOf(length);
  const byChance = new Float64Array(orders).fill(-Infinity);
  const moving = series.map((one) => ({ one, deviation: deviationOf(one) }));
  const order = Uint32Array.from({ length }, (_, i) => i);
  const found = moving.map(({ one, deviation }) => greatest(one, order, stretches, deviation));
  const random = randomNumbers(seed);
  for (let n = 0; n < orders && stretches.length > 0; n++) {
    shuffle(order, random);
    for (const { one, deviation } of moving) {
      // A series that never moves says nothing.
      if (deviation > 0) byChance[n] = Math.max(byChance[n]!, greatest(one, order, stretches, deviation).deviate);
    }
  }
  const seen = found.map(({ deviate }) => deviate);
  const best = seen.indexOf(Math.max(...seen));
  const stretch = found[best]?.stretch;
  return { seen, byChance, change: stretch === undefined ? undefined : { series: best, from: stretch.from, to: stretch.to } };
}

/** How far each series is from chance in one stretch. */
export function deviatesIn(series: readonly Series[], { from, to }: Stretch): number[] {
  return series.map((one) => {
    const spread = spreadOf(to - from, one.length) * deviationOf(one);
    return spread === 0 ? -Infinity : Math.abs(one.subarray(from, to).reduce((sum, value) => sum + value, 0)) / spread;
  });
}

interface Weighed extends Stretch {
  /** One over what its sum varies by if the order means nothing, for a deviation of 1. */
  readonly weight: number;
}

/** Every stretch that may be one, but of two that leave the same blocks over, only one. */
function stretchesOf(length: number): Weighed[] {
  const edge = fewestBlocks(length);
  const step = Math.ceil(length / MOST_PLACES);
  const places = [0];
  for (let place = edge; place <= length - edge; place += step) places.push(place);
  places.push(length);
  const stretches: Weighed[] = [];
  for (const from of places.slice(1, -1)) {
    for (const to of places) if (to - from >= edge) stretches.push({ from, to, weight: 1 / spreadOf(to - from, length) });
  }
  return stretches;
}

/** What the sum of so many blocks varies by, if each varies by 1: sampling without putting back. */
function spreadOf(blocks: number, length: number): number {
  return Math.sqrt((blocks * (length - blocks)) / (length - 1));
}

function deviationOf(series: Series): number {
  return Math.sqrt(series.reduce((sum, value) => sum + value * value, 0) / series.length);
}

function greatest(
  series: Series,
  order: Uint32Array,
  stretches: readonly Weighed[],
  deviation: number,
): { deviate: number; stretch: Stretch | undefined } {
  if (deviation === 0) return { deviate: -Infinity, stretch: undefined };
  const sums = new Float64Array(order.length + 1);
  for (let i = 0; i < order.length; i++) sums[i + 1] = sums[i]! + series[order[i]!]!;
  let most = -Infinity;
  let stretch: Stretch | undefined;
  for (const one of stretches) {
    const deviate = Math.abs(sums[one.to]! - sums[one.from]!) * one.weight;
    if (deviate > most) [most, stretch] = [deviate, one];
  }
  return { deviate: most / deviation, stretch };
}
