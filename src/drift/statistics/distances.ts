/** How far two distributions over the same bins are apart. */

/**
 * The shares of bins, half an answer put into each: a bin that happens to be empty in one window does not make the index of
 * stability infinite.
 */
export function smoothedShares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0) + counts.length / 2;
  return counts.map((count) => (count + 0.5) / total);
}

/**
 * The Jensen-Shannon distance: the square root of the divergence of J. Lin, Divergence Measures Based on the Shannon Entropy,
 * 1991, with logarithms to the base 2. From 0 (the same) to 1 (nothing in common).
 */
export function jensenShannonDistance(p: readonly number[], q: readonly number[]): number {
  let divergence = 0;
  for (const [i, a] of p.entries()) {
    const b = q[i]!;
    const middle = (a + b) / 2;
    if (a > 0) divergence += (a / 2) * Math.log2(a / middle);
    if (b > 0) divergence += (b / 2) * Math.log2(b / middle);
  }
  return Math.sqrt(Math.min(1, Math.max(0, divergence)));
}

/**
 * The population stability index, by its other name the divergence of Jeffreys: the sum of `(q - p) ln(q / p)`. No share
 * may be 0.
 */
export function stabilityIndex(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, a, i) => sum + (q[i]! - a) * Math.log(q[i]! / a), 0);
}
