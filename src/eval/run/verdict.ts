/** What a run's results mean, alone or beside those of another run. */
import type { Comparison } from './compare.js';
import type { CaseResult, RunResults } from './results.js';
import type { Violation } from '../../answers/check-output.js';

/** A run, and what it is compared with. */
export interface Report {
  readonly results: RunResults;
  /** Absent if it stands alone: then every violation of the severity `error` fails it. */
  readonly comparison?: Comparison;
}

/** `failed`: what the answer breaks fails the run. `lacking`: there is nothing to check. */
export type Verdict = 'passed' | 'failed' | 'lacking';

export function verdictOf(result: CaseResult, report: Report): Verdict {
  if (result.failure !== undefined) return 'lacking';
  return result.violations.some((violation) => isFailing(violation, report)) ? 'failed' : 'passed';
}

/** Whether a violation fails the run. */
export function isFailing(violation: Violation, { comparison }: Report): boolean {
  return violation.severity === 'error' && (comparison === undefined || comparison.added.has(violation));
}

export interface Totals {
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly lacking: number;
  /** By severity. */
  readonly violations: { readonly error: number; readonly warn: number; readonly advise: number };
  /** What answers cost, as the endpoint counted it. */
  readonly tokens: { readonly prompt: number; readonly completion: number };
  /** Answers that had been asked for before. */
  readonly known: number;
}

export function totalsOf(report: Report, cases: readonly CaseResult[] = report.results.cases): Totals {
  const verdicts = { passed: 0, failed: 0, lacking: 0 };
  const violations = { error: 0, warn: 0, advise: 0 };
  const tokens = { prompt: 0, completion: 0 };
  let known = 0;
  for (const result of cases) {
    verdicts[verdictOf(result, report)]++;
    for (const { severity } of result.violations) violations[severity]++;
    tokens.prompt += result.tokens?.prompt ?? 0;
    tokens.completion += result.tokens?.completion ?? 0;
    if (result.isKnown) known++;
  }
  return { cases: cases.length, ...verdicts, violations, tokens, known };
}
