/**
 * Holds a run to budgets, and to a run that was saved.
 *
 * Each comparison is a ratio that may be at most some number, and a tolerance more: red if the whole confidence interval is above
 * that, green if the whole interval is not, and white if the interval holds it, so that one cannot tell, or if there is nothing to
 * compare. Budgets are about ratios within a run, and hold on every machine. With a saved run the same ratios are compared,
 * and where a series has none, its figures; that takes the same machine.
 */
import type { Budgets } from './budgets.js';
import { type BenchRun, mainFigure, RUN_FORMAT, type Run, type SeriesRun, seriesOf } from './run.js';
import { type Estimate, FEWEST_ROUNDS, medianInterval, ratioInterval, ratios } from './statistics.js';

/** The most that a ratio may be. It is about what it was when the budget was made, and a tenth above that is still no alarm. */
export interface Budget {
  readonly bench: string;
  readonly series: string;
  readonly to: string;
  /** The first of the series' figures unless given. */
  readonly figure?: string;
  readonly most: number;
  /** What the number comes from. */
  readonly why: string;
}

export type Verdict = 'green' | 'red' | 'white';

export interface Line {
  readonly what: string;
  readonly verdict: Verdict;
  /** With its interval; absent if there was nothing to compare. */
  readonly estimate?: Estimate;
  /** The most that would be green. */
  readonly limit?: number;
  /** Why it is white. */
  readonly reason?: string;
}

/** Of the benches that ran; budgets of others are none of this run's business. */
export function compareWithBudgets(run: Run, { budgets, tolerance }: Budgets): Line[] {
  const benches = new Set(run.benches.map(({ name }) => name));
  return budgets.filter(({ bench }) => benches.has(bench)).map((budget) => budgetLine(run, budget, tolerance));
}

export function compareWithBaseline(run: Run, baseline: Run, tolerance: number): Line[] {
  const foreign = whyForeign(run, baseline);
  return run.benches.flatMap((bench) =>
    bench.series.map((series): Line => {
      const what = `${bench.name}: ${series.name}`;
      if (foreign !== undefined) return { what, verdict: 'white', reason: foreign };
      const before = baseline.benches.find(({ name }) => name === bench.name);
      const [now, then] = [comparable(bench, series), before && comparableOf(before, series)];
      if (then === undefined) return { what, verdict: 'white', reason: 'not in the baseline' };
      return judged(what, ratioInterval(now, then), 1 + tolerance, Math.min(now.length, then.length));
    }),
  );
}

function budgetLine(run: Run, { bench, series, to, figure, most }: Budget, tolerance: number): Line {
  const what = `${bench}: ${series} / ${to}`;
  const found = run.benches.find(({ name }) => name === bench);
  const [subject, base] = [found && seriesOf(found, series), found && seriesOf(found, to)];
  const name = figure ?? (subject && mainFigure(subject));
  const [values, others] = [subject?.figures[name!], base?.figures[name!]];
  if (values === undefined || others === undefined) return { what, verdict: 'white', reason: 'not measured in this run' };
  return judged(what, medianInterval(ratios(values, others)), most * (1 + tolerance), values.length);
}

function judged(what: string, estimate: Estimate, limit: number, rounds: number): Line {
  if (rounds < FEWEST_ROUNDS) return { what, verdict: 'white', estimate, limit, reason: `only ${rounds} rounds` };
  if (estimate.low > limit) return { what, verdict: 'red', estimate, limit };
  if (estimate.high <= limit) return { what, verdict: 'green', estimate, limit };
  return { what, verdict: 'white', estimate, limit, reason: 'within noise' };
}

function whyForeign({ machine, scale }: Run, baseline: Run): string | undefined {
  if (baseline.format !== RUN_FORMAT) return 'the baseline has another format';
  if (baseline.scale !== scale) return `the baseline is of --${baseline.scale}`;
  for (const key of Object.keys(machine) as (keyof typeof machine)[]) {
    if (machine[key] !== baseline.machine[key]) return `the baseline is of another machine (${key} ${baseline.machine[key]})`;
  }
  return undefined;
}

function comparableOf(bench: BenchRun, { name, to }: SeriesRun): readonly number[] | undefined {
  const series = seriesOf(bench, name);
  return series?.to === to ? series && comparable(bench, series) : undefined;
}

/** Next to another series if there is one: the machine may be slower now than it was. More is always worse. */
function comparable(bench: BenchRun, series: SeriesRun): readonly number[] {
  const figure = mainFigure(series);
  const values = series.figures[figure]!;
  const base = series.to === undefined ? undefined : seriesOf(bench, series.to)?.figures[figure];
  const found = base === undefined ? values : ratios(values, base);
  return figure.endsWith('/s') ? found.map((value) => 1 / value) : found;
}
