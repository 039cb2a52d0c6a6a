/** What a run has found that an earlier one had not. */
import type { Json } from '../../base/json.js';
import type { Violation } from '../../answers/check-output.js';
import type { CaseResult } from './results.js';

/** As much of a violation as tells it from others of its case. */
export interface PastViolation {
  readonly constraint: string;
  readonly severity: string;
  readonly actual: Json;
}

/** As much of an earlier result as a later one is compared with. */
export interface PastResult {
  readonly suite: string;
  readonly name: string;
  readonly violations: readonly PastViolation[];
}

export interface Comparison {
  /** What it was compared with, as the end of a sentence: `origin/main`. */
  readonly with: string;
  /** What the earlier run had not found. */
  readonly added: ReadonlySet<Violation>;
  /** How many violations are gone. */
  readonly gone: number;
  /** Cases that the earlier run did not have: all that they break is new. */
  readonly newCases: number;
}

/**
 * A violation is new if the case broke that constraint less often before, or not as gravely. Of several of one constraint,
 * those that found the same as before are not the new ones; answers of a model differ from run to run, so that what was
 * found need not be the same.
 */
export function compareResults(now: readonly CaseResult[], before: readonly PastResult[], label: string): Comparison {
  const past = new Map(before.map((result) => [caseKey(result), result.violations]));
  const added = new Set<Violation>();
  let gone = 0;
  let newCases = 0;
  for (const result of now) {
    const earlier = past.get(caseKey(result));
    if (earlier === undefined) newCases++;
    for (const violation of surplus(result.violations, earlier ?? [])) added.add(violation);
    // What could not be checked has not become better.
    if (result.failure === undefined) gone += surplus(earlier ?? [], result.violations).length;
  }
  return { with: label, added, gone, newCases };
}

function caseKey({ suite, name }: { readonly suite: string; readonly name: string }): string {
  return JSON.stringify([suite, name]);
}

/** The violations that are too many beside the others: first the same finds are paired, then any of one constraint. */
function surplus<One extends PastViolation>(ones: readonly One[], others: readonly PastViolation[]): One[] {
  const left = counts(others, exactKey);
  const unpaired = ones.filter((one) => !take(left, exactKey(one)));
  const rest = counts(
    [...left].flatMap(([key, count]) => Array.from({ length: count }, () => key)),
    kindOfExact,
  );
  return unpaired.filter((one) => !take(rest, kindKey(one)));
}

function kindKey({ constraint, severity }: PastViolation): string {
  return `${constraint} ${severity}`;
}

/** The kind, a line end, and what was found, unless that is a list or an object; the kind has no line end. */
function exactKey(violation: PastViolation): string {
  const { actual } = violation;
  return `${kindKey(violation)}\n${typeof actual === 'object' ? '' : JSON.stringify(actual)}`;
}

function kindOfExact(key: string): string {
  return key.slice(0, key.indexOf('\n'));
}

function counts<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const found = new Map<string, number>();
  for (const item of items) found.set(keyOf(item), (found.get(keyOf(item)) ?? 0) + 1);
  return found;
}

function take(left: Map<string, number>, key: string): boolean {
  const count = left.get(key) ?? 0;
  if (count > 0) left.set(key, count - 1);
  return count > 0;
}
