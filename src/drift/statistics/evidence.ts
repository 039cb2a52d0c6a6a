/** How much the counts of two windows speak against one distribution, on a scale that is the same for all columns. */

/** `x ln x` of whole numbers, which most counts are looked up in. */
const TABLE = Float64Array.from({ length: 1 << 14 }, (_, x) => (x === 0 ? 0 : x * Math.log(x)));

function xLogX(x: number): number {
  return x < TABLE.length ? TABLE[x]! : x * Math.log(x);
}

/**
 * The likelihood ratio of a table with two rows (G of R. Sokal and F. Rohlf). It is twice the size of both rows together
 * times their Jensen-Shannon divergence, each row weighted by its size; if chance alone makes the rows differ, it is nearly
 * distributed like chi square.
 *
 * @param from - where the bins of the column begin in both rows
 */
export function likelihoodRatio(a: Float64Array, b: Float64Array, from: number, bins: number): number {
  let [sumA, sumB, cells] = [0, 0, 0];
  for (let i = from; i < from + bins; i++) {
    const [x, y] = [a[i]!, b[i]!];
    sumA += x;
    sumB += y;
    cells += xLogX(x) + xLogX(y) - xLogX(x + y);
  }
  return Math.max(0, 2 * (cells - xLogX(sumA) - xLogX(sumB) + xLogX(sumA + sumB)));
}

/** The same of a column with two bins, of which only one is counted. */
export function likelihoodRatioOf(countA: number, sumA: number, countB: number, sumB: number): number {
  const restA = sumA - countA;
  const restB = sumB - countB;
  const cells = xLogX(countA) + xLogX(countB) - xLogX(countA + countB) + xLogX(restA) + xLogX(restB) - xLogX(restA + restB);
  return Math.max(0, 2 * (cells - xLogX(sumA) - xLogX(sumB) + xLogX(sumA + sumB)));
}

/**
 * Chi square → a normal deviate with about the same tail, so that columns with more and fewer bins can be compared: the cube
 * root of E. B. Wilson and M. Hilferty, The Distribution of Chi-Square, 1931.
 *
 * @param freedom - one less than the column has bins
 */
export function normalDeviate(chiSquare: number, freedom: number): number {
  const ninth = 2 / (9 * freedom);
  return (Math.cbrt(chiSquare / freedom) - (1 - ninth)) / Math.sqrt(ninth);
}
