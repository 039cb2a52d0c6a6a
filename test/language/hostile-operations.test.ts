/** Lists of operations that no compiler wrote: each is refused when it is loaded, never by a crash. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PromptcError } from '../../src/base/error.js';
import type { Operation } from '../../src/format/operation.js';
import { DEFAULT_RENDER_LIMITS } from '../../src/render/limits.js';
import { load, run } from '../../src/render/machine.js';

const SLOTS = 8;
const input = { path: [0, 'input'] };

/** What becomes of a list: its text, or the code of its error. */
function outcome(operations: unknown, slots: unknown = SLOTS): string {
  try {
    const program = load(operations as Operation[], slots as number);
    return `rendered ${JSON.stringify(run(program, { input: [1, 2] }, '', { ...DEFAULT_RENDER_LIMITS, steps: 10_000 }))}`;
  } catch (error) {
    return error instanceof PromptcError ? error.code : String(error);
  }
}

it('a sound list runs', () => {
  const operations = [
    ['text', 'a'],
    ['each', input, 1, 5],
    ['print', { path: [1] }],
    ['jump-unless', { call: 'eq', args: [{ path: [3] }, { value: 0 }] }, 4],
    ['next', 2],
    ['indent', '  '],
    ['print', { call: 'json', args: [input], options: { indent: 1 } }],
    ['dedent'],
    ['jump', 9],
  ];
  expect(outcome(operations)).toBe('rendered "a12  [\\n   1,\\n   2\\n  ]"');
});

describe('is refused:', () => {
  it.each<[string, unknown, unknown?]>([
    ['no list', { 0: ['text', 'a'] }],
    ['null', null],
    ['a text', 'text'],
    ['an operation that is null', [null]],
    ['an operation that is no list', ['text']],
    ['an empty operation', [[]]],
    ['an unknown operation', [['eval', 'x']]],
    ['an operation named like a property of every object', [['constructor', 'x']]],
    ['an operation whose name is a list', [[['text'], 'x']]],
    ['too few operands', [['text']]],
    ['too many operands', [['dedent', 1]]],
    ['a text that is none', [['text', 5]]],
    ['an indentation that is none', [['indent', {}], ['dedent']]],

    ['an expression that is null', [['print', null]]],
    ['an expression that is a text', [['print', 'x']]],
    ['an expression of no kind', [['print', {}]]],
    ['a value that is an object', [['print', { value: {} }]]],
    ['an unknown helper', [['print', { call: 'eval', args: [] }]]],
    ['a helper named like a property of every object', [['print', { call: 'toString', args: [] }]]],
    ['a helper that is no text', [['print', { call: ['eq'], args: [] }]]],
    ['arguments that are no list', [['print', { call: 'eq', args: 'ab' }]]],
    ['no arguments', [['print', { call: 'eq' }]]],
    ['an argument that is no expression', [['print', { call: 'eq', args: [1, 2] }]]],
    ['options that are none', [['print', { call: 'json', args: [input], options: null }]]],
    ['a monstrous option', [['print', { call: 'json', args: [input], options: { indent: 1e9 } }]]],
    ['a path that is no list', [['print', { path: 'x' }]]],
    ['an empty path', [['print', { path: [] }]]],
    ['a path to a slot that is not there', [['print', { path: [SLOTS] }]]],
    ['a path to no slot', [['print', { path: ['x'] }]]],
    ['a key that is no text', [['print', { path: [0, 5] }]]],
    ['an expression without end', [['print', deep(100_000)]]],

    ['a slot that is not there', [['set', SLOTS, input]]],
    ['a slot below the first', [['set', -1, input]]],
    ['a slot between two', [['set', 0.5, input]]],
    ['a slot that is a text', [['set', '1', input]]],
    [
      'a loop that needs more slots',
      [
        ['each', input, SLOTS - 4, 2],
        ['next', 1],
      ],
    ],
    ['no slots at all', [['print', input]], 0],
    ['slots that are no number', [['set', 1, input]], 'many'],
    ['slots without end', [['set', 1, input]], Infinity],

    ['a target past the end', [['jump', 2]]],
    ['a target before the beginning', [['jump', -1]]],
    ['a target that is no number', [['jump', 'x']]],
    ['a target that is missing', [['jump', null]]],
    ['a jump to itself', [['jump', 0]]],
    [
      'a jump back',
      [
        ['text', 'a'],
        ['jump', 0],
      ],
    ],
    [
      'a jump back on a condition',
      [
        ['text', ''],
        ['jump-unless', { value: false }, 0],
      ],
    ],
    [
      'a jump into a loop',
      [
        ['jump', 2],
        ['each', input, 1, 4],
        ['text', 'a'],
        ['next', 2],
      ],
    ],
    [
      'a jump out of a loop',
      [
        ['each', input, 1, 3],
        ['jump', 3],
        ['next', 1],
      ],
    ],
    [
      'a loop that ends in another',
      [
        ['each', input, 1, 3],
        ['each', input, 2, 3],
        ['next', 2],
        ['next', 1],
      ],
    ],
    [
      'a loop that goes back to elsewhere',
      [
        ['text', ''],
        ['each', input, 1, 3],
        ['next', 0],
      ],
    ],
    ['a `next` without `each`', [['next', 0]]],
    ['an `each` without `next`', [['each', input, 1, 1]]],
    ['a `dedent` without `indent`', [['dedent']]],
    ['an `indent` without `dedent`', [['indent', ' ']]],
    ['a loop that ends within an indentation', [['each', input, 1, 4], ['indent', ' '], ['next', 1], ['dedent']]],
    ['a jump over the beginning of an indentation', [['jump', 2], ['indent', ' '], ['text', 'a'], ['dedent']]],
  ])('%s', (_what, operations, slots = SLOTS) => {
    expect(outcome(operations, slots)).toBe('artifact_unsupported');
  });
});

it('indentation within indentation without end is too long', () => {
  const many = Array.from({ length: 20_000 });
  expect(outcome([...many.map(() => ['indent', ' ']), ['text', 'x'], ...many.map(() => ['dedent'])])).toBe('render_too_long');
});

it('random lists load and run, or are refused', () => {
  const expression = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.record({ path: fc.tuple(fc.integer({ min: -1, max: SLOTS }), fc.constantFrom('input', '0', 'x')) }),
      fc.record({ value: fc.constantFrom<unknown>(0, 'x', true, null, {}) }),
      fc.record({ call: fc.constantFrom('eq', 'join', 'length', 'json', 'not', 'nope'), args: fc.array(tie('any'), { maxLength: 3 }) }),
    ),
  })).any;
  const index = fc.integer({ min: -1, max: SLOTS + 1 });
  const operation = fc.oneof(
    fc.tuple(fc.constant('text'), fc.constantFrom<unknown>('a', 'b\n', 1)),
    fc.tuple(fc.constantFrom('print'), expression),
    fc.tuple(fc.constantFrom('set'), index, expression),
    fc.tuple(fc.constantFrom('jump', 'next'), index),
    fc.tuple(fc.constantFrom('jump-if', 'jump-unless'), expression, index),
    fc.tuple(fc.constant('each'), expression, index, index),
    fc.tuple(fc.constant('indent'), fc.constantFrom(' ', '')),
    fc.tuple(fc.constantFrom('dedent', 'constraints')),
  );
  let ran = 0;
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 6 }), (operations) => {
      const result = outcome(operations);
      expect(result).toMatch(/^(?:rendered ".*"|artifact_unsupported|render_too_long)$/);
      if (result.startsWith('rendered') && operations.length > 0) ran++;
    }),
    { numRuns: 5_000 },
  );
  expect(ran).toBeGreaterThan(100);
});

/** A call within a call within a call … */
function deep(levels: number): unknown {
  let expression: unknown = input;
  for (let i = 0; i < levels; i++) expression = { call: 'not', args: [expression] };
  return expression;
}
