/**
 * A history as numbers that chance can be played with: blocks of answers that follow on each other, and of each block how
 * many answers are in each bin of each column.
 */

/** Something about answers that can move. */
export interface Column {
  /** Where its bins begin in the counts of a block. */
  readonly from: number;
  /** How many bins it has; 1 for what an answer has or has not, of which only "has" is counted. */
  readonly bins: number;
  /** Whether its bins are in an order, so that answers can have more of it or less. */
  readonly isOrdered: boolean;
}

export interface Block {
  /** How many answers it holds. */
  readonly answers: number;
  readonly counts: Float64Array;
}

/** Blocks in the order of time: those of the baseline first, then what belongs to no window, then the current ones. */
export interface Blocks {
  readonly all: readonly Block[];
  readonly baseline: number;
  readonly current: number;
}

/** The counts of some blocks together. */
export function sumOf(blocks: readonly Block[], size: number): Block {
  const counts = new Float64Array(size);
  let answers = 0;
  for (const block of blocks) {
    answers += block.answers;
    for (let i = 0; i < size; i++) counts[i]! += block.counts[i]!;
  }
  return { answers, counts };
}

/** How often each bin of a column was seen, those of answers that have nothing of it as well. */
export function tableOf({ from, bins }: Column, { answers, counts }: Block): number[] {
  if (bins === 1) return [answers - counts[from]!, counts[from]!];
  return [...counts.subarray(from, from + bins)];
}

/**
 * What each bin counts for where a column is looked at as a whole: its middle rank among all values, from -1/2 to 1/2, so
 * that a few extreme values weigh no more than others.
 */
export function ranksOf(table: readonly number[]): number[] {
  const total = table.reduce((sum, count) => sum + count, 0);
  let below = 0;
  return table.map((count) => {
    const rank = (below + count / 2) / total - 0.5;
    below += count;
    return rank;
  });
}
