/** The bins that the values of a feature are counted in. */

/** The most of them. Eight keep almost all that ranks would tell, and are enough to see a change of shape. */
const MOST_BINS = 8;

/**
 * Where bins end, so that about as many values are in each: the distinct octiles of all values, of both windows and of what
 * lies between, so that they favour none. A value belongs to the bin whose number is how many ends are below it.
 *
 * @param values - in any order; what is not a number is left out
 * @returns none if all values are equal
 */
export function binEnds(values: Iterable<number>): number[] {
  const sorted = Float64Array.from([...values].filter((value) => !Number.isNaN(value))).toSorted();
  const greatest = sorted.at(-1);
  const ends = new Set<number>();
  for (let i = 1; i < MOST_BINS; i++) {
    const end = sorted[Math.floor((i * sorted.length) / MOST_BINS)]!;
    // Above the greatest value there is nothing to count.
    if (end < greatest!) ends.add(end);
  }
  // Where nearly all values are the greatest one, the few others are what there is to see.
  const below = ends.size === 0 ? sorted.findLast((value) => value < greatest!) : undefined;
  if (below !== undefined) ends.add(below);
  return [...ends];
}

/** The bin of a value. */
export function binOf(value: number, ends: readonly number[]): number {
  let bin = 0;
  while (bin < ends.length && value > ends[bin]!) bin++;
  return bin;
}
