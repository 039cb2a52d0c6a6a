/**
 * Whether two windows differ by more than chance.
 *
 * In: blocks with the counts of columns. Out: how much each column speaks against chance, and the most that any column does when
 * the blocks are put into a random order, many times. What always holds: if the order of blocks means nothing, what was seen
 * is one of these orders like any other (P. H. Westfall and S. S. Young, Resampling-Based Multiple Testing, 1993), so that
 * however many columns there are, and however they hang together, one of them seldom stands out.
 */
import { type Block, type Blocks, type Column, ranksOf, sumOf, tableOf } from './column.js';
import { likelihoodRatio, likelihoodRatioOf, normalDeviate } from './evidence.js';
import { randomNumbers, shuffle } from './random.js';

/** What was seen against chance: deviates that can be compared with each other. */
export interface Deviates {
  /** One for each column or series. */
  readonly seen: readonly number[];
  /** The greatest one of each random order. */
  readonly byChance: Float64Array;
}

/** The blocks of a window together. */
interface Window {
  readonly blocks: number;
  readonly answers: number;
  readonly counts: Float64Array;
  /** By column, the sum over blocks of the square of what a block scores, divided by its answers. */
  readonly squares: Float64Array;
}

/** Chi square of a column, if chance alone is at work. */
interface Statistic {
  readonly column: number;
  /** Its degrees of freedom; `undefined` if only the random orders can tell. */
  readonly freedom: number | undefined;
  readonly of: (baseline: Window, current: Window) => number;
}

/** @param orders - how many random ones */
export function testWindows(blocks: Blocks, columns: readonly Column[], orders: number, seed: number): Deviates {
  const scored = scoredColumns(blocks, columns);
  const packed = blocks.all.map((block) => pack(block, scored));
  const statistics = scored.flatMap(statisticsOf);
  const seen = columns.map(() => -Infinity);
  const byChance = new Float64Array(orders).fill(-Infinity);
  // Of columns with the same degrees of freedom, the greatest chi square is also the greatest deviate.
  const greatest = new Map<number, Float64Array>();
  const unfitted = statistics.filter(({ freedom }) => freedom === undefined).map((one) => ({ one, values: new Float64Array(orders + 1) }));
  const order = Uint32Array.from(blocks.all.keys());
  const random = randomNumbers(seed);
  // The first order is the one that was seen.
  for (let n = 0; n <= orders; n++) {
    const baseline = together(packed, order.subarray(0, blocks.baseline), scored);
    const current = together(packed, order.subarray(order.length - blocks.current), scored);
    for (const { of, column, freedom } of statistics) {
      if (freedom === undefined) continue;
      const value = of(baseline, current);
      if (n === 0) {
        seen[column] = Math.max(seen[column]!, normalDeviate(value, freedom));
        continue;
      }
      let most = greatest.get(freedom);
      if (most === undefined) greatest.set(freedom, (most = new Float64Array(orders)));
      if (value > most[n - 1]!) most[n - 1] = value;
    }
    for (const { one, values } of unfitted) values[n] = one.of(baseline, current);
    shuffle(order, random);
  }
  for (const [freedom, most] of greatest) raise(byChance, most, 1, freedom);
  for (const { one, values } of unfitted) {
    const { unit, freedom } = fit(values);
    seen[one.column] = normalDeviate(values[0]! / unit, freedom);
    raise(byChance, values.subarray(1), unit, freedom);
  }
  return { seen, byChance };
}

function raise(byChance: Float64Array, values: Float64Array, unit: number, freedom: number): void {
  for (let n = 0; n < byChance.length; n++) byChance[n] = Math.max(byChance[n]!, normalDeviate(values[n]! / unit, freedom));
}

/** The multiple of chi square that has the mean and the variance of some values (F. E. Satterthwaite, 1946). */
function fit(values: Float64Array): { unit: number; freedom: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return variance === 0 ? { unit: 1, freedom: 1 } : { unit: variance / (2 * mean), freedom: (2 * mean ** 2) / variance };
}

interface ScoredColumn {
  readonly column: Column;
  readonly index: number;
  /** What an answer scores for the bin that it is in; 0 and 1 for what it has not or has. */
  readonly scores: readonly number[];
}

function scoredColumns({ all }: Blocks, columns: readonly Column[]): ScoredColumn[] {
  const whole = sumOf(all, all[0]!.counts.length);
  return columns.map((column, index) => ({
    column,
    index,
    scores: column.bins === 1 ? [0, 1] : column.isOrdered ? ranksOf(tableOf(column, whole)) : [],
  }));
}

function squareOf({ column: { from, bins }, scores }: ScoredColumn, { answers, counts }: Block): number {
  if (bins === 1) return counts[from]! ** 2 / answers;
  const { total, sum } = scoreOf(counts, from, scores);
  return total === 0 ? 0 : sum ** 2 / total;
}

/** The counts of a block and behind them its squares, without what is 0: most words are in few answers. */
interface Packed {
  readonly answers: number;
  readonly places: Uint32Array;
  readonly values: Float64Array;
}

function pack(block: Block, scored: readonly ScoredColumn[]): Packed {
  const all = [...block.counts, ...scored.map((column) => squareOf(column, block))];
  const places = Uint32Array.from([...all.keys()].filter((place) => all[place] !== 0));
  return { answers: block.answers, places, values: Float64Array.from(places, (place) => all[place]!) };
}

function together(packed: readonly Packed[], order: Uint32Array, scored: readonly ScoredColumn[]): Window {
  const size = scored.reduce((most, { column: { from, bins } }) => Math.max(most, from + bins), 0);
  const sums = new Float64Array(size + scored.length);
  let answers = 0;
  for (const i of order) {
    const block = packed[i]!;
    const { places, values } = block;
    answers += block.answers;
    for (let k = 0; k < places.length; k++) sums[places[k]!]! += values[k]!;
  }
  return { blocks: order.length, answers, counts: sums.subarray(0, size), squares: sums.subarray(size) };
}

/** A change of shape is looked for, and where there is an order, more or less of it, which takes fewer answers to be seen. */
function statisticsOf({ column: { from, bins, isOrdered }, index, scores }: ScoredColumn): Statistic[] {
  if (bins === 1) {
    const of: Statistic['of'] = (a, b) => {
      const [x, y] = [a.counts[from]!, b.counts[from]!];
      const within = x - x ** 2 / a.answers + y - y ** 2 / b.answers;
      const between = a.squares[index]! - x ** 2 / a.answers + b.squares[index]! - y ** 2 / b.answers;
      return likelihoodRatioOf(x, a.answers, y, b.answers) / dispersion(between, within, a, b);
    };
    return [{ column: index, freedom: 1, of }];
  }
  // An answer counts in many bins of it, which hang together by what answers are about.
  if (!isOrdered) return [{ column: index, freedom: undefined, of: (a, b) => likelihoodRatio(a.counts, b.counts, from, bins) }];
  const shape: Statistic = {
    column: index,
    freedom: bins - 1,
    of: (a, b) => likelihoodRatio(a.counts, b.counts, from, bins) / ordered(a, b).dispersion,
  };
  const location: Statistic = {
    column: index,
    freedom: 1,
    of: (a, b) => {
      const { difference, variance, dispersion: factor } = ordered(a, b);
      return variance === 0 ? 0 : difference ** 2 / variance / factor;
    },
  };
  return bins === 2 ? [shape] : [shape, location];

  /** How far the mean scores are apart, and the variance of that if answers do not depend on each other. */
  function ordered(a: Window, b: Window): { difference: number; variance: number; dispersion: number } {
    const [first, second] = [scoreOf(a.counts, from, scores), scoreOf(b.counts, from, scores)];
    if (first.total === 0 || second.total === 0) return { difference: 0, variance: 0, dispersion: 1 };
    const [x, y] = [first.sum ** 2 / first.total, second.sum ** 2 / second.total];
    const within = first.squares - x + second.squares - y;
    const between = a.squares[index]! - x + b.squares[index]! - y;
    return {
      difference: second.sum / second.total - first.sum / first.total,
      variance: (within / (first.total + second.total)) * (1 / first.total + 1 / second.total),
      dispersion: dispersion(between, within, a, b),
    };
  }
}

/**
 * How much more the blocks of one window differ than answers that do not depend on each other make them: 1 if they do not. What
 * the windows differ by is not in it, so that a great move does not hide itself.
 */
function dispersion(between: number, within: number, a: Window, b: Window): number {
  if (within <= 0) return 1;
  const answers = a.answers + b.answers - 2;
  return Math.max(1, between / (a.blocks + b.blocks - 2) / (within / answers));
}

function scoreOf(counts: Float64Array, from: number, scores: readonly number[]): { total: number; sum: number; squares: number } {
  let [total, sum, squares] = [0, 0, 0];
  for (let i = 0; i < scores.length; i++) {
    const count = counts[from + i]!;
    const score = scores[i]!;
    total += count;
    sum += count * score;
    squares += count * score * score;
  }
  return { total, sum, squares };
}
