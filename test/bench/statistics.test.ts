/** Medians and intervals, next to values that are known. */
import { describe, expect, it } from 'vitest';
import { FEWEST_ROUNDS, medianInterval, percentile, ratioInterval, ratios } from '../../bench/suite/statistics.js';

/** A generator of even numbers from 0 to 1, the same each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('percentile', () => {
  it('goes between two ranks in a straight line', () => {
    expect(percentile([4, 1, 3, 2], 50)).toBe(2.5);
    expect(percentile([1, 2, 3, 4, 5], 95)).toBeCloseTo(4.8);
    expect(percentile([7], 99)).toBe(7);
  });
});

describe('medianInterval', () => {
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

  // The table of the sign test's critical values at 5 %, two-sided: 0 for 6 to 8, 1 for 9 to 11, 2 for 12 to 14, 3 for 15 and 16, 5 for 20.
  it.each([
    [6, 1, 6],
    [8, 1, 8],
    [9, 2, 8],
    [12, 3, 10],
    [15, 4, 12],
    [20, 6, 15],
  ])('of %d values goes from the %dth to the %dth', (count, low, high) => {
    expect(medianInterval(upTo(count))).toMatchObject({ low, high });
  });

  it('holds the median as often as it says', () => {
    const next = random(1);
    let held = 0;
    const trials = 2000;
    for (let i = 0; i < trials; i++) {
      // A long tail, whose median is ln 2.
      const { low, high } = medianInterval(Array.from({ length: 15 }, () => -Math.log(1 - next())));
      if (low <= Math.LN2 && Math.LN2 <= high) held++;
    }
    expect(held / trials).toBeGreaterThan(0.95);
    expect(held / trials).toBeLessThan(0.985);
  });

  it('has no interval of that confidence below the fewest rounds', () => {
    expect(2 * 0.5 ** FEWEST_ROUNDS).toBeLessThan(0.05);
    expect(2 * 0.5 ** (FEWEST_ROUNDS - 1)).toBeGreaterThan(0.05);
  });
});

describe('ratioInterval', () => {
  it('finds how many times as large one is', () => {
    const base = [10, 11, 9, 10.5, 9.5, 10.2, 9.8];
    const { value, low, high } = ratioInterval(
      base.map((one) => one * 2),
      base,
    );
    expect(value).toBeCloseTo(2, 1);
    expect(low).toBeLessThan(2);
    expect(high).toBeGreaterThan(2);
  });

  it('holds the ratio as often as it says', () => {
    const next = random(2);
    let held = 0;
    const trials = 1000;
    for (let i = 0; i < trials; i++) {
      const sample = (scale: number): number[] => Array.from({ length: 7 }, () => scale * Math.exp(next() - 0.5));
      const { low, high } = ratioInterval(sample(1.3), sample(1));
      if (low <= 1.3 && 1.3 <= high) held++;
    }
    expect(held / trials).toBeGreaterThan(0.94);
  });
});

describe('ratios', () => {
  it('are taken round by round', () => {
    expect(ratios([2, 9], [1, 3])).toEqual([2, 3]);
  });
});
