import { beforeEach, describe, expect, it } from 'vitest';
import { Debounce } from '../../src/dev/debounce.js';

const BOUNDS = { min: 50, max: 500 };

let debounce: Debounce;
beforeEach(() => {
  debounce = new Debounce(BOUNDS);
});

/** How long is waited behind each of some changes that come one after the other. */
function waits(changes: readonly (readonly [path: string, at: number])[]): number[] {
  return changes.map(([path, at]) => {
    const due = debounce.add(path, at);
    debounce.taken();
    return due - at;
  });
}

describe('how long further changes are waited for', () => {
  it('is the least behind a change that comes alone', () => {
    expect(waits([['a', 1000]])).toEqual([50]);
    expect(waits([['b', 9000]])).toEqual([50]);
  });

  it('stays the least while one file is written again and again', () => {
    const saves = Array.from({ length: 20 }, (_, i) => ['a', 1000 + i * 30] as const);
    expect(new Set(waits(saves))).toEqual(new Set([50]));
  });

  it('grows while changes of other files follow on each other, up to the most', () => {
    const burst = ['a', 'b', 'c', 'd', 'e', 'f'].map((path, i) => [path, 1000 + i * 60] as const);
    expect(waits(burst)).toEqual([50, 100, 200, 400, 500, 500]);
  });

  it('shrinks while it is quiet, down to the least', () => {
    waits(['a', 'b', 'c', 'd', 'e'].map((path, i) => [path, i] as const));
    expect(waits([['x', 4 + 500]])).toEqual([250]);
    expect(waits([['y', 504 + 1000]])).toEqual([62.5]);
    expect(waits([['z', 1504 + 60_000]])).toEqual([50]);
  });

  it('keeps a wait that is as long as the gaps of a burst', () => {
    // Slower than the least wait: without growing, each of them would be taken up alone.
    const slow = Array.from({ length: 6 }, (_, i) => [`${i}`, 1000 + i * 400] as const);
    expect(waits(slow).at(-1)).toBe(500);
  });

  it('is over some time, however many changes there are', () => {
    let due = debounce.add('0', 0);
    let at = 0;
    for (; at < due; at += 10) due = debounce.add(`${at}`, at);
    expect(at).toBe(2000);
    debounce.taken();
    expect(debounce.add('x', at + 1)).toBe(at + 501);
  });

  it('follows the settings', () => {
    waits(['a', 'b', 'c', 'd', 'e'].map((path, i) => [path, i] as const));
    debounce.bounds = { min: 5, max: 20 };
    expect(waits([['f', 6]])).toEqual([20]);
    expect(waits([['g', 900]])).toEqual([5]);
    debounce.bounds = { min: 100, max: 100 };
    expect(waits([['h', 901]])).toEqual([100]);
  });
});
