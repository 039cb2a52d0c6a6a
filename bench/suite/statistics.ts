/**
 * Medians with confidence intervals that assume no distribution: times have long tails, and means follow them.
 *
 * Both come from ranks, as in W. J. Conover, Practical Nonparametric Statistics, third edition (1999): section 3.2 for the
 * quantile of one sample (the sign test turned round), section 5.4 for the shift between two (Mann and Whitney's test
 * turned round, with the estimate of Hodges and Lehmann).
 */

/** An estimate, and bounds between which the true value lies with 95 % confidence. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Of so few rounds not even all of them together are an interval with that confidence: 2 × 0.5⁵ > 0.05. */
export const FEWEST_ROUNDS = 6;
const ALPHA = 0.05;

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** By linear interpolation between the two nearest ranks. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = ((sorted.length - 1) * percent) / 100;
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}

/** What two series have round by round. */
export function ratios(values: readonly number[], base: readonly number[]): number[] {
  return values.map((value, round) => value / base[round]!);
}

/** The median, between the order statistics that the sign test does not refuse; of few values, between the outermost. */
export function medianInterval(values: readonly number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  let outside = 0;
  let probability = 0.5 ** count;
  // Binomial probabilities, as long as both tails together are at most alpha.
  for (let k = 0; probability * 2 <= ALPHA && k < count / 2; k++) {
    outside = k;
    probability += choose(count, k + 1) * 0.5 ** count;
  }
  return { value: median(sorted), low: sorted[outside]!, high: sorted[count - 1 - outside]! };
}

/** How many times as large as `base` the values are, from two runs that have no rounds in common. */
export function ratioInterval(values: readonly number[], base: readonly number[]): Estimate {
  const all = values.flatMap((value) => base.map((other) => value / other)).toSorted((a, b) => a - b);
  const outside = mannWhitneyQuantile(values.length, base.length);
  return { value: median(all), low: all[outside]!, high: all[all.length - 1 - outside]! };
}

/** The largest c for which P(U ≤ c) ≤ alpha / 2, if there is one; U counts the pairs whose first is the larger, of samples of one kind. */
function mannWhitneyQuantile(m: number, n: number): number {
  // How many of the arrangements of i and j values have each U: the last value belongs to the first sample, and
  // beats all j others, or it does not.
  let rows: number[][] = Array.from({ length: n + 1 }, () => [1]);
  for (let i = 1; i <= m; i++) {
    const next: number[][] = [[1]];
    for (let j = 1; j <= n; j++) {
      next.push(Array.from({ length: i * j + 1 }, (_, u) => (rows[j]![u - j] ?? 0) + (next[j - 1]![u] ?? 0)));
    }
    rows = next;
  }
  const total = choose(m + n, m);
  let sum = 0;
  for (const [u, count] of rows[n]!.entries()) {
    sum += count / total;
    if (sum > ALPHA / 2) return Math.max(0, u - 1);
  }
  return 0;
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}
