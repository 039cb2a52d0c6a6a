/** Whether what was asked for is reached. */
import type { Goal } from './bench.js';
import { type BenchRun, mainFigure, seriesOf } from './run.js';
import { percentile, ratios } from './statistics.js';

export interface GoalResult {
  readonly goal: Goal;
  /** Absent if something that it takes was not measured. */
  readonly value?: number;
  readonly reached?: boolean;
}

export function checkGoals(bench: BenchRun): GoalResult[] {
  return bench.goals.map((goal) => {
    const value = valueOf(bench, goal);
    if (value === undefined) return { goal };
    return { goal, value, reached: value <= (goal.most ?? Infinity) && value >= (goal.least ?? -Infinity) };
  });
}

export function goalLine({ goal, value, reached }: GoalResult): string {
  const bound = goal.most === undefined ? `at least ${goal.least}` : `at most ${goal.most}`;
  if (value === undefined) return `Not measured: ${goal.what} (asked: ${bound})`;
  return `${reached === true ? 'Reached' : 'NOT reached'}: ${goal.what} (${formatFigure(value)}; asked: ${bound})`;
}

/** Three digits that count, and no more decimals than say something. */
export function formatFigure(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

function valueOf(bench: BenchRun, { series, to, figure, percentile: percent = 50, difference = false }: Goal): number | undefined {
  const subject = seriesOf(bench, series);
  if (subject === undefined) return undefined;
  const name = figure ?? mainFigure(subject);
  const values = subject.figures[name];
  if (values === undefined || to === undefined) return values && percentile(values, percent);
  const base = seriesOf(bench, to)?.figures[name];
  if (base === undefined) return undefined;
  return percentile(difference ? values.map((value, round) => value - base[round]!) : ratios(values, base), percent);
}
