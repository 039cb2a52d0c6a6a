import { describe, expect, it } from 'vitest';
import { blocksOf } from '../../src/drift/comparing/blocks.js';
import { isWithin, windowsOf } from '../../src/drift/comparing/windows.js';
import type { Measured } from '../../src/drift/measuring/history.js';
import { DAY } from '../../src/drift/reading/time.js';

const START = Date.UTC(2026, 0, 5);
const HOUR = DAY / 24;
const at = (day: number): number => START + day * DAY;
const hours = (stretch: { from: number; until: number }): [number, number] => [
  (stretch.from - START) / HOUR,
  (stretch.until - START) / HOUR,
];

describe('windows', () => {
  it('are whole days of the first half and of the last quarter', () => {
    const { baseline, current } = windowsOf(at(0) + 5 * HOUR, at(27) + 9 * HOUR, {});
    expect(baseline).toEqual({ from: at(0) + 5 * HOUR, until: at(14) });
    expect(current).toEqual({ from: at(21), until: at(27) + 9 * HOUR + 1 });
  });

  it('are parts of the time where there are few days', () => {
    const { baseline, current } = windowsOf(at(0), at(4) - 1, {});
    expect([hours(baseline), hours(current)]).toEqual([
      [0, 48],
      [72, 96],
    ]);
  });

  it.each([
    [{ since: at(20) }, [0, 480], [480, 672]],
    [{ window: 3 * DAY }, [0, 600], [600, 672]],
    [{ baselineUntil: at(10) }, [0, 240], [240, 672]],
    [{ baselineUntil: at(10), since: at(20) }, [0, 240], [480, 672]],
    [{ baselineUntil: at(10), window: 3 * DAY }, [0, 240], [600, 672]],
    [{ baselineUntil: at(27), window: 3 * DAY }, [0, 600], [600, 672]],
    [{ window: 100 * DAY }, [0, 672 - 2400], [672 - 2400, 672]],
  ])('are what is asked for: %j', (options, baseline, current) => {
    const windows = windowsOf(at(0), at(28) - 1, options);
    expect([hours(windows.baseline), hours(windows.current)]).toEqual([baseline, current]);
  });

  it('of a single moment are both empty', () => {
    const { baseline, current } = windowsOf(at(0), at(0), {});
    expect([isWithin(at(0), baseline), isWithin(at(0), current)]).toEqual([false, false]);
  });
});

function answers(days: number, perDay: number): Measured[] {
  return Array.from({ length: days * perDay }, (_, i) => ({
    line: i + 1,
    time: START + Math.floor((i * DAY) / perDay),
    values: new Float64Array(),
    broken: [],
    words: new Uint32Array(),
  }));
}

function cut(all: readonly Measured[], options = {}) {
  const blocks = blocksOf(all, windowsOf(all[0]!.time, all.at(-1)!.time, options));
  expect(blocks.all.flat()).toEqual(all);
  return { ...blocks, sizes: new Set(blocks.all.map((block) => block.length)) };
}

describe('blocks', () => {
  it('are days where there are three weeks of them', () => {
    const { unit, all, baseline, current, sizes } = cut(answers(28, 5));
    expect({ unit, count: all.length, baseline, current, sizes }).toEqual({
      unit: 'day',
      count: 28,
      baseline: 14,
      current: 7,
      sizes: new Set([5]),
    });
  });

  it('are single answers where there are few of both', () => {
    const { unit, all, sizes } = cut(answers(4, 40));
    expect({ unit, count: all.length, sizes }).toEqual({ unit: 'slice', count: 160, sizes: new Set([1]) });
  });

  it('are slices of many answers where there are few days', () => {
    const { unit, all } = cut(answers(2, 5000));
    expect(unit).toBe('slice');
    expect(all.length).toBe(200);
  });

  it('are some also in a small window', () => {
    const { current, all } = cut(answers(10, 1000), { window: HOUR });
    expect(current).toBeGreaterThanOrEqual(8);
    expect(all.length).toBeLessThanOrEqual(2003);
  });

  it('are never more than can be put into order', () => {
    const { unit, all } = cut(answers(4000, 1));
    expect(unit).toBe('slice');
    expect(all.length).toBeLessThanOrEqual(203);
  });
});
