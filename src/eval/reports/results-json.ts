/** A run's results as a file: written for programs, and read again to compare a later run with. */
import type { JsonObject } from '../../base/json.js';
import type { JsonSchema } from '../../format/artifact.js';
import { problemPath, problemText } from '../../format/schema-problem.js';
import { compileValidator } from '../../format/validator.js';
import type { Violation } from '../../answers/check-output.js';
import type { PastResult } from '../run/compare.js';
import type { CaseResult } from '../run/results.js';
import { type Report, totalsOf, verdictOf } from '../run/verdict.js';

/** Raised when what it says means something else. */
const FORMAT = 1;

/** The same run gives the same value: it holds no times. */
export function resultsJson(report: Report): JsonObject {
  const { results, comparison } = report;
  const value = {
    format: FORMAT,
    totals: totalsOf(report),
    ...(comparison && {
      compared_with: comparison.with,
      new_violations: comparison.added.size,
      gone_violations: comparison.gone,
      new_cases: comparison.newCases,
    }),
    cases: results.cases.map((result) => caseJson(result, report)),
    problems: results.problems.map(({ place, message }) => ({ ...place, message })),
  };
  return value as unknown as JsonObject;
}

function caseJson(result: CaseResult, report: Report) {
  const { suite, name, place, bundle, render, answer, tokens, isKnown, violations, failure } = result;
  return {
    suite,
    name,
    line: place.line,
    bundle,
    ...(render && { semver: render.semver, bundle_hash: render.bundleHash, prompt_hash: render.promptHash }),
    verdict: verdictOf(result, report),
    ...(answer !== undefined && { answer }),
    ...(tokens && { tokens }),
    ...(isKnown && { cached: true }),
    violations: violations.map((violation) => violationJson(violation, report)),
    ...(failure && { failure }),
  };
}

function violationJson(violation: Violation, { comparison }: Report) {
  return comparison === undefined ? violation : { ...violation, is_new: comparison.added.has(violation) };
}

/** What is read of such a file; it may hold more. */
const PAST_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    format: { const: FORMAT },
    cases: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          suite: { type: 'string' },
          name: { type: 'string' },
          violations: {
            type: 'array',
            items: {
              type: 'object',
              properties: { constraint: { type: 'string' }, severity: { type: 'string' }, actual: true },
              required: ['constraint', 'severity', 'actual'],
            },
          },
        },
        required: ['suite', 'name', 'violations'],
      },
    },
  },
  required: ['format', 'cases'],
};

/** Text of a few million violations. */
const MOST_COST = 1_000_000_000;

/** @returns the results, or what keeps a value from being some, as the end of a sentence that begins with the file */
export function pastResults(value: unknown): readonly PastResult[] | string {
  const [error] = compileValidator(PAST_SCHEMA, { allErrors: false, maxCost: MOST_COST })(value);
  if (error !== undefined) return `holds no results of promptc eval: ${problemPath(error) || 'the value'} ${problemText(error)}`;
  return (value as { cases: readonly PastResult[] }).cases;
}
