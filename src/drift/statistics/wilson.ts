/** The score interval of E. B. Wilson, Probable Inference, 1927: what a share may be, given how often something was seen. */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The normal quantile of an interval that holds the true share 95 times in a hundred. */
const Z95 = 1.959963984540054;

/**
 * @param count - how often it was seen
 * @param total - out of how many; nothing is known if it is 0
 */
export function wilsonInterval(count: number, total: number, z: number = Z95): Interval {
  if (total === 0) return { low: 0, high: 1 };
  const share = count / total;
  const weight = 1 + (z * z) / total;
  const centre = (share + (z * z) / (2 * total)) / weight;
  const half = (z / weight) * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  // Of rounding, an interval of nothing would begin below nothing.
  return { low: count === 0 ? 0 : Math.max(0, centre - half), high: count === total ? 1 : Math.min(1, centre + half) };
}
