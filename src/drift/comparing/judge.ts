/**
 * What chance would make of histories → what moved.
 *
 * In: tested histories. Out: a report for each. What always holds: if nothing moved in any of them, the reports together say that
 * something did at most as often as the rate of false alarms, however many versions, features, constraints and words there are.
 */
import type { History } from '../measuring/history.js';
import type { GroupReport, WindowReport } from '../report.js';
import { greatestByChance } from '../statistics/significance.js';
import { changesOf } from './changes.js';
import { FALSE_ALARMS, levelsOf, ORDERS } from './level.js';
import { personaMoves, wordMoves } from './moves.js';
import { seriesReports } from './series.js';
import type { TestedHistory, Tests } from './test-histories.js';
import { isWithin, type Windows } from './windows.js';

/** A history with its report, for whoever looks for sentences in its answers. */
export interface Judged {
  readonly history: History;
  readonly windows: Windows;
  readonly report: GroupReport;
}

export function judge(tested: readonly TestedHistory[], falseAlarms = FALSE_ALARMS): Judged[] {
  const tests = tested.flatMap((one) => one.tests ?? []);
  const levels = levelsOf(falseAlarms);
  // What chance does at its most in all versions together is what each of them is held against.
  const greatest = (of: (one: Tests) => Float64Array): Float64Array => greatestByChance(tests.map(of), ORDERS);
  const chance = {
    persona: greatest(({ persona }) => persona.deviates.byChance),
    words: greatest(({ words }) => words.deviates.byChance),
    changes: greatest(({ changes }) => changes.byChance),
  };
  return tested.map((one) => {
    const { history, windows, blocks, answers } = one;
    const shared = sharedReport(one);
    if (one.tests === undefined) return { history, windows, report: { ...shared, ...NOTHING, verdict: 'too_few' } };
    const { persona, words, changes } = one.tests;
    const moves = {
      ...personaMoves({ ...persona, byChance: chance.persona, level: levels.persona }, answers, windows),
      ...wordMoves({ ...words, byChance: chance.words, level: levels.words }),
    };
    const change_points = changesOf(persona.table, blocks, changes, chance.changes, levels.changes);
    const moved = [...moves.features, ...moves.violations, ...moves.words, ...(moves.vocabulary ? [moves.vocabulary] : [])];
    const verdict = change_points.length > 0 || moved.some((move) => move.moved) ? 'moved' : 'steady';
    const series = seriesReports(persona.table, blocks);
    return { history, windows, report: { ...shared, verdict, ...moves, change_points, sentences: [], series } };
  });
}

const NOTHING = { features: [], violations: [], vocabulary: null, words: [], change_points: [], sentences: [], series: [] };

function sharedReport({ history, answers, windows, blocks }: TestedHistory) {
  const { bundle, version, seen } = history;
  const windowReport = (window: Windows['baseline']): WindowReport => ({
    from: timeText(window.from),
    until: timeText(window.until),
    answers: answers.filter(({ time }) => isWithin(time, window)).length,
  });
  return {
    bundle,
    version,
    answers: seen,
    measured: answers.length,
    unit: blocks.unit,
    baseline: windowReport(windows.baseline),
    current: windowReport(windows.current),
  };
}

function timeText(time: number): string {
  return new Date(time).toISOString();
}
