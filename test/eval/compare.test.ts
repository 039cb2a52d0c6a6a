/** What counts as new beside an earlier run. */
import { describe, expect, it } from 'vitest';
import type { Violation } from '../../src/answers/check-output.js';
import { compareResults, type PastResult } from '../../src/eval/run/compare.js';
import type { CaseResult } from '../../src/eval/run/results.js';

function broken(constraint: string, actual: string | number, severity: Violation['severity'] = 'error'): Violation {
  return { constraint, severity, message: `${constraint} ${actual}`, actual, limit: 0, retry_hint: '' };
}

function result(violations: readonly Violation[], name = 'a'): CaseResult {
  return { suite: 's.yaml', name, place: { file: 's.yaml', line: 1, column: 1 }, bundle: 'desk', isKnown: false, violations };
}

function compared(now: readonly CaseResult[], before: readonly PastResult[]) {
  const { added, gone, newCases } = compareResults(now, before, 'main');
  return { added: [...added].map(({ message }) => message), gone, newCases };
}

describe('compareResults', () => {
  it.each([
    ['nothing where nothing changed', [broken('A', 1)], [broken('A', 1)], [], 0],
    ['one where there was none', [], [broken('A', 1)], ['A 1'], 0],
    ['none that is gone', [broken('A', 1)], [], [], 1],
    ['none that only measures otherwise', [broken('A', 1)], [broken('A', 2)], [], 0],
    ['the one that was not found before', [broken('A', 'x')], [broken('A', 'y'), broken('A', 'x')], ['A y'], 0],
    ['the surplus of equal ones', [broken('A', 'x')], [broken('A', 'x'), broken('A', 'x')], ['A x'], 0],
    ['one of another constraint', [broken('A', 1)], [broken('B', 1)], ['B 1'], 1],
    ['one that is graver now', [broken('A', 1, 'warn')], [broken('A', 1)], ['A 1'], 1],
  ])('finds %s', (_, before, now, added, gone) => {
    expect(compared([result(now)], [result(before)])).toEqual({ added, gone, newCases: 0 });
  });

  it('takes all for new in a case that is new', () => {
    expect(compared([result([broken('A', 1)], 'b')], [result([broken('A', 1)])])).toEqual({ added: ['A 1'], gone: 0, newCases: 1 });
  });

  it('calls nothing gone that could not be checked', () => {
    const now: CaseResult = { ...result([]), failure: { kind: 'answer', message: '' } };
    expect(compared([now], [result([broken('A', 1)])])).toEqual({ added: [], gone: 0, newCases: 0 });
  });

  it('takes half a surrogate pair for what it is', () => {
    expect(compared([result([broken('A', '\ud800')])], [result([broken('A', '\ud800')])]).added).toEqual([]);
  });
});
