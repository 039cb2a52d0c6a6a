import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binEnds, binOf } from '../../../src/drift/statistics/bins.js';
import { deviatesIn, seriesOf, testChanges } from '../../../src/drift/statistics/change-point.js';
import { type Blocks, type Column, ranksOf } from '../../../src/drift/statistics/column.js';
import { jensenShannonDistance, smoothedShares, stabilityIndex } from '../../../src/drift/statistics/distances.js';
import { likelihoodRatio, likelihoodRatioOf, normalDeviate } from '../../../src/drift/statistics/evidence.js';
import { randomNumbers, shuffle } from '../../../src/drift/statistics/random.js';
import { greatestByChance, significance } from '../../../src/drift/statistics/significance.js';
import { wilsonInterval } from '../../../src/drift/statistics/wilson.js';
import { testWindows } from '../../../src/drift/statistics/window-test.js';

describe('the interval of Wilson', () => {
  // R. G. Newcombe, Two-Sided Confidence Intervals for the Single Proportion, Statistics in Medicine 17, 1998, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d in %d is what the literature says', (count, total, low, high) => {
    const interval = wilsonInterval(count, total);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('holds the share, stays within 0 and 1, and is symmetric', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 1000 }), (count, more) => {
        const total = count + more;
        const { low, high } = wilsonInterval(count, total);
        const other = wilsonInterval(total - count, total);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(count / total);
        expect(high).toBeGreaterThanOrEqual(count / total);
        expect(other.low).toBeCloseTo(1 - high, 10);
      }),
    );
  });

  it('knows nothing of nothing', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe('distances', () => {
  it('come to what one works out by hand', () => {
    // (0.25 - 0.5) ln(0.25 / 0.5) + (0.75 - 0.5) ln(0.75 / 0.5) = 0.1733 + 0.1014
    expect(stabilityIndex([0.5, 0.5], [0.25, 0.75])).toBeCloseTo(0.27465, 5);
    // M = (0.375, 0.625); D(P|M) = 0.04671, D(Q|M) = 0.05080 bits; half of their sum is 0.04879.
    expect(jensenShannonDistance([0.5, 0.5], [0.25, 0.75]) ** 2).toBeCloseTo(0.04879, 4);
    expect(jensenShannonDistance([1, 0], [0, 1])).toBe(1);
    expect(smoothedShares([0, 3])).toEqual([0.125, 0.875]);
  });

  const shares = fc.array(fc.nat(50), { minLength: 4, maxLength: 4 }).map(smoothedShares);

  it('are symmetric, 0 of the same, and never negative', () => {
    fc.assert(
      fc.property(shares, shares, (p, q) => {
        for (const distance of [jensenShannonDistance, stabilityIndex]) {
          expect(distance(p, p)).toBeCloseTo(0, 10);
          expect(distance(p, q)).toBeCloseTo(distance(q, p), 10);
          expect(distance(p, q)).toBeGreaterThanOrEqual(0);
        }
        expect(jensenShannonDistance(p, q)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('keep the inequality of triangles, which a distance has to', () => {
    fc.assert(
      fc.property(shares, shares, shares, (p, q, r) => {
        expect(jensenShannonDistance(p, r)).toBeLessThanOrEqual(jensenShannonDistance(p, q) + jensenShannonDistance(q, r) + 1e-12);
      }),
    );
  });
});

describe('bins', () => {
  it('hold about as many values each, or one value alone', () => {
    expect(binEnds(Array.from({ length: 80 }, (_, i) => i))).toEqual([10, 20, 30, 40, 50, 60, 70]);
    expect(binEnds([0, 0, 0, 0, 0, 0, 0, 0, 0, 3])).toEqual([0]);
    expect(binEnds([1, 2, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9])).toEqual([2]);
    expect(binEnds([4, 4, Number.NaN, 4])).toEqual([]);
    expect(binEnds([])).toEqual([]);
  });

  it('are never empty', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1 }), (values) => {
        const ends = binEnds(values);
        const used = new Set(values.map((value) => binOf(value, ends)));
        expect(used.size).toBe(ends.length + 1);
        expect(ends.length).toBeLessThan(8);
      }),
    );
  });
});

describe('evidence', () => {
  it('is the G of the literature', () => {
    // 10 of 30 against 20 of 30: 2 (10 ln(10/15) + 20 ln(20/15) + 20 ln(20/15) + 10 ln(10/15)) = 6.796
    expect(likelihoodRatioOf(10, 30, 20, 30)).toBeCloseTo(6.796, 3);
    expect(likelihoodRatio(Float64Array.of(9, 10, 20), Float64Array.of(9, 20, 10), 1, 2)).toBeCloseTo(6.796, 3);
    expect(likelihoodRatioOf(0, 10, 0, 10)).toBe(0);
    expect(likelihoodRatio(Float64Array.of(0, 0), Float64Array.of(3, 4), 0, 2)).toBe(0);
  });

  it('is looked up and worked out alike', () => {
    // Ten times the answers speak ten times as much.
    expect(likelihoodRatioOf(20_000, 50_000, 21_000, 50_000)).toBeCloseTo(10 * likelihoodRatioOf(2000, 5000, 2100, 5000), 6);
  });

  it.each([
    [1, 10.828],
    [3, 16.266],
    [7, 24.322],
    [40, 73.402],
  ])('of chi square with %d degrees of freedom is 3.09 where one in a thousand is more', (freedom, chiSquare) => {
    expect(Math.abs(normalDeviate(chiSquare, freedom) - 3.09)).toBeLessThan(0.12);
  });
});

describe('chance', () => {
  it('is the same every time, and even', () => {
    const [a, b] = [randomNumbers(7), randomNumbers(7)];
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) {
      const number = a();
      expect(number).toBe(b());
      counts[Math.floor(number * 4)]!++;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('puts a list into any order, each as often', () => {
    const random = randomNumbers(1);
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const list = Uint32Array.of(0, 1, 2);
      shuffle(list, random);
      seen.set(list.join(), (seen.get(list.join()) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('counts what was seen as one of the orders', () => {
    expect(significance(5, Float64Array.of(1, 2, 3))).toBe(0.25);
    expect(significance(2, Float64Array.of(1, 2, 3))).toBe(0.75);
    expect([...greatestByChance([Float64Array.of(1, 5), Float64Array.of(3, 2)], 2)]).toEqual([3, 5]);
  });
});

/** Blocks of ten answers, with a column of four bins, one of two, and as many as one likes that an answer has or has not. */
function blocksOf(seed: number, shift: number): { blocks: Blocks; columns: Column[] } {
  const random = randomNumbers(seed);
  const columns: Column[] = [
    { from: 0, bins: 4, isOrdered: true },
    { from: 4, bins: 2, isOrdered: true },
  ];
  for (let i = 0; i < 10; i++) columns.push({ from: 6 + i, bins: 1, isOrdered: false });
  const all = Array.from({ length: 40 }, (_, i) => {
    const counts = new Float64Array(16);
    const moved = i >= 30 ? shift : 0;
    for (let n = 0; n < 10; n++) {
      counts[Math.min(3, Math.floor((random() + moved) * 4))]!++;
      counts[random() < 0.3 ? 5 : 4]!++;
      for (let word = 6; word < 16; word++) if (random() < 0.2) counts[word]!++;
    }
    return { answers: 10, counts };
  });
  return { blocks: { all, baseline: 20, current: 10 }, columns };
}

describe('two windows', () => {
  it('differ no more often than chance says', () => {
    let alarms = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const { blocks, columns } = blocksOf(seed, 0);
      const { seen, byChance } = testWindows(blocks, columns, 199, seed);
      if (significance(Math.max(...seen), byChance) <= 0.1) alarms++;
    }
    // One in ten of 200: 20, and 32 or more come by chance once in 300 times.
    expect(alarms).toBeGreaterThan(8);
    expect(alarms).toBeLessThan(32);
  });

  it('differ where they do', () => {
    const { blocks, columns } = blocksOf(1, 0.2);
    const { seen, byChance } = testWindows(blocks, columns, 999, 1);
    expect(significance(seen[0]!, byChance)).toBe(0.001);
    expect(significance(seen[1]!, byChance)).toBeGreaterThan(0.05);
  });
});

describe('changes', () => {
  const noise = (seed: number, change: number, by: number): number[] => {
    const random = randomNumbers(seed);
    return Array.from({ length: 40 }, (_, i) => random() + random() + random() + (i >= change ? by : 0));
  };
  const sizes = Array.from({ length: 40 }, () => 1);

  it('are found where they are', () => {
    const series = [seriesOf(noise(1, 40, 0), sizes), seriesOf(noise(2, 25, 1.5), sizes)];
    const { seen, byChance, change } = testChanges(series, 999, 1);
    expect(change!.series).toBe(1);
    expect(Math.abs(change!.from - 25)).toBeLessThanOrEqual(1);
    expect(change!.to).toBe(40);
    expect(significance(seen[1]!, byChance)).toBe(0.001);
    expect(significance(seen[0]!, byChance)).toBeGreaterThan(0.01);
    expect(deviatesIn(series, change!)[1]).toBeCloseTo(seen[1]!, 10);
  });

  it('for a while are found with both ends', () => {
    const values = noise(3, 40, 0).map((value, i) => (i >= 12 && i < 24 ? value + 2 : value));
    const { seen, byChance, change } = testChanges([seriesOf(values, sizes)], 999, 1);
    expect(change).toMatchObject({ from: 12, to: 24 });
    expect(significance(seen[0]!, byChance)).toBe(0.001);
  });

  it('in a long history are found, if not to the block', () => {
    const random = randomNumbers(5);
    const values = Array.from({ length: 1000 }, (_, i) => random() + (i >= 600 ? 0.3 : 0));
    const { change } = testChanges(
      [
        seriesOf(
          values,
          values.map(() => 1),
        ),
      ],
      99,
      1,
    );
    expect(Math.abs(change!.from - 600)).toBeLessThanOrEqual(16);
    expect(change!.to).toBe(1000);
  });

  it('are found no more often than chance says', () => {
    let alarms = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const { seen, byChance } = testChanges([seriesOf(noise(seed, 40, 0), sizes), seriesOf(noise(seed + 500, 40, 0), sizes)], 199, seed);
      if (significance(Math.max(...seen), byChance) <= 0.1) alarms++;
    }
    expect(alarms).toBeGreaterThan(8);
    expect(alarms).toBeLessThan(32);
  });

  it('are none in what never moves, and in too few blocks', () => {
    const flat = seriesOf([1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1]);
    expect(testChanges([flat], 9, 1).change).toBeUndefined();
    expect(testChanges([seriesOf([1, 2, 3], [1, 1, 1])], 9, 1).change).toBeUndefined();
    expect(testChanges([], 9, 1).change).toBeUndefined();
    expect(deviatesIn([flat], { from: 4, to: 8 })).toEqual([-Infinity]);
  });

  it('weigh a block by its answers', () => {
    expect([...seriesOf([10, 0], [1, 1])]).toEqual([5, -5]);
    expect([...seriesOf([10, 0], [1, 4])]).toEqual([8, -8]);
    expect([...seriesOf([0], [0])]).toEqual([0]);
  });
});

describe('ranks', () => {
  it('of bins are those of their middles', () => {
    expect(ranksOf([1, 1, 2])).toEqual([-0.375, -0.125, 0.25]);
  });
});
