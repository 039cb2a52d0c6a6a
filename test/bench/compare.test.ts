/** Verdicts on runs that are made up. */
import { describe, expect, it } from 'vitest';
import type { Budgets } from '../../bench/suite/budgets.js';
import { compareWithBaseline, compareWithBudgets, type Line } from '../../bench/suite/compare.js';
import type { Run } from '../../bench/suite/run.js';
import { MACHINE, rounds, runOf, series } from './sample-run.js';

const BUDGETS: Budgets = { tolerance: 0.1, budgets: [{ bench: 'render', series: 'a', to: 'b', most: 1, why: 'It is a test.' }] };

/** A run in which `a` takes some times as long as `b`. */
function times(factor: number, options?: Parameters<typeof rounds>[1], more?: Partial<Run>): Run {
  return runOf('render', [series('a', rounds(factor * 7, options), { to: 'b' }), series('b', rounds(7, { ...options, spread: 0 }))], more);
}

describe('compareWithBudgets', () => {
  const line = (run: Run, budgets = BUDGETS): Line => compareWithBudgets(run, budgets)[0]!;

  it.each([
    [0.5, 'green'],
    [1, 'green'],
    [1.05, 'green'],
    [1.1, 'white'],
    [1.15, 'red'],
    [1.3, 'red'],
  ])('of at most 1, and a tenth, finds %d %s', (factor, expected) => {
    expect(line(times(factor)).verdict).toBe(expected);
  });

  it('tolerates what it is told to', () => {
    expect(line(times(1.05), { ...BUDGETS, tolerance: 0 }).verdict).toBe('red');
    expect(line(times(1.3), { ...BUDGETS, tolerance: 0.5 }).verdict).toBe('green');
  });

  it('does not decide what rounds are too scattered for, or too few', () => {
    expect(line(times(1.15, { spread: 0.5 }))).toMatchObject({ verdict: 'white', reason: 'within noise' });
    expect(line(times(2, { count: 5 }))).toMatchObject({ verdict: 'white', reason: 'only 5 rounds' });
  });

  it('divides round by round: that the machine grows slower all the time changes nothing', () => {
    const slower = (value: number): number[] => Array.from({ length: 15 }, (_, i) => value * (1 + i));
    const run = runOf('render', [series('a', slower(7), { to: 'b' }), series('b', slower(7))]);
    expect(line(run).estimate).toEqual({ value: 1, low: 1, high: 1 });
  });

  it('is white for a series that was not measured', () => {
    expect(line(runOf('render', [series('b', rounds(1))]))).toMatchObject({ verdict: 'white', reason: 'not measured in this run' });
  });

  it('leaves out benches that did not run', () => {
    expect(compareWithBudgets(runOf('build', []), BUDGETS)).toEqual([]);
  });
});

describe('compareWithBaseline', () => {
  const line = (run: Run, baseline: Run): Line => compareWithBaseline(run, baseline, 0.1)[0]!;

  it.each([
    [1, 'green'],
    [0.7, 'green'],
    [1.3, 'red'],
  ])('finds %d times the earlier ratio %s', (factor, expected) => {
    expect(line(times(factor), times(1)).verdict).toBe(expected);
  });

  it('compares ratios, and not times: a machine that is slower as a whole changes nothing', () => {
    const slow = runOf('render', [series('a', rounds(70), { to: 'b' }), series('b', rounds(70, { spread: 0 }))]);
    expect(line(slow, times(1)).verdict).toBe('green');
  });

  it('knows that fewer requests a second are worse', () => {
    const of = (perSecond: number): Run => runOf('server', [{ name: 'a', figures: { 'requests/s': rounds(perSecond) } }]);
    expect(line(of(1000), of(2000)).verdict).toBe('red');
    expect(line(of(2000), of(1000)).verdict).toBe('green');
  });

  it.each<[string, Partial<Run>]>([
    ['the baseline is of another machine (cpu another)', { machine: { ...MACHINE, cpu: 'another' } }],
    ['the baseline is of another machine (node v22.0.0)', { machine: { ...MACHINE, node: 'v22.0.0' } }],
    ['the baseline is of --full', { scale: 'full' }],
    ['the baseline has another format', { format: 0 }],
    ['not in the baseline', { benches: [] }],
  ])('says so: %s', (reason, more) => {
    expect(line(times(1), times(1, undefined, more))).toMatchObject({ verdict: 'white', reason });
  });
});
