import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/json.js';
import {
  CONSTRAINT_NAMES,
  constraintDirectives,
  constraintNamed,
  isPassThrough,
  mergeConstraints,
} from '../../src/constraints/vocabulary.js';

function merge(...all: { [name: string]: Json }[]) {
  return mergeConstraints(all.map((constraints, place) => ({ place, constraints })));
}

describe('directives', () => {
  it('come in the order of the vocabulary, one a line', () => {
    const all = {
      ASSERTIVENESS_LEVEL: 0.4,
      NO_EMOJI: true,
      MAX_PARAGRAPHS: 4,
      MAX_SENTENCE_LENGTH: 25,
      FORBIDDEN_TOKENS: ['!', 'extremely'],
    };
    expect(constraintDirectives(all, undefined)).toBe(
      [
        '- Never use any of these: "!", "extremely".',
        '- Keep every sentence to at most 25 words.',
        '- Write at most 4 paragraphs.',
        '- Use no emoji.',
        '- Assertiveness: 0.4 on a scale from 0 (tentative) to 1 (categorical).',
      ].join('\n'),
    );
  });

  it.each([
    [{}, ''],
    [{ NO_EMOJI: false }, ''],
    [{ FORBIDDEN_TOKENS: [] }, ''],
    [{ X_OWN: 'rule' }, ''],
    [{ MAX_SENTENCE_LENGTH: 1, MAX_PARAGRAPHS: 1 }, '- Keep every sentence to at most 1 word.\n- Write at most 1 paragraph.'],
    [{ FORBIDDEN_TOKENS: ['a "b"', 'line\nend'] }, '- Never use any of these: "a \\"b\\"", "line\\nend".'],
    [{ ASSERTIVENESS_LEVEL: 0 }, '- Assertiveness: 0 on a scale from 0 (tentative) to 1 (categorical).'],
  ])('%j', (constraints, text) => {
    expect(constraintDirectives(constraints, undefined)).toBe(text);
  });
});

describe('merging', () => {
  it.each([
    [
      'a union, sorted by code point',
      { FORBIDDEN_TOKENS: ['z', '😀', 'a'] },
      { FORBIDDEN_TOKENS: ['～', 'a'] },
      { FORBIDDEN_TOKENS: ['a', 'z', '～', '😀'] },
    ],
    [
      'the smallest',
      { MAX_SENTENCE_LENGTH: 30, MAX_PARAGRAPHS: 2 },
      { MAX_SENTENCE_LENGTH: 25, MAX_PARAGRAPHS: 4 },
      { MAX_SENTENCE_LENGTH: 25, MAX_PARAGRAPHS: 2 },
    ],
    ['true wins', { NO_EMOJI: false }, { NO_EMOJI: true }, { NO_EMOJI: true }],
    ['equal levels', { ASSERTIVENESS_LEVEL: 0.5 }, { ASSERTIVENESS_LEVEL: 0.5 }, { ASSERTIVENESS_LEVEL: 0.5 }],
    ['equal values of unknown keys', { X_A: { b: 1, a: [2] } }, { X_A: { a: [2], b: 1 } }, { X_A: { b: 1, a: [2] } }],
    ['one place alone, brought into its normal form', { FORBIDDEN_TOKENS: ['b', 'a', 'b'] }, {}, { FORBIDDEN_TOKENS: ['a', 'b'] }],
  ])('%s', (_rule, a, b, merged) => {
    expect(merge(a, b)).toMatchObject({ merged, conflicts: [] });
  });

  it.each([
    [{ ASSERTIVENESS_LEVEL: 0.5 }, { ASSERTIVENESS_LEVEL: 0.6 }, 'ASSERTIVENESS_LEVEL'],
    [{ X_A: [1, 2] }, { X_A: [2, 1] }, 'X_A'],
  ])('%j and %j contradict each other', (a, b, name) => {
    expect(merge(a, {}, b).conflicts).toEqual([{ name, first: 0, second: 2 }]);
  });

  it('orders by the vocabulary, then by name', () => {
    expect(Object.keys(merge({ X_B: 1, NO_EMOJI: true }, { X_A: 1, FORBIDDEN_TOKENS: [] }).merged)).toEqual([
      'FORBIDDEN_TOKENS',
      'NO_EMOJI',
      'X_A',
      'X_B',
    ]);
  });

  it('does not depend on the order of places', () => {
    const constraints = fc.record(
      {
        FORBIDDEN_TOKENS: fc.array(fc.string({ minLength: 1, unit: 'grapheme' })),
        MAX_SENTENCE_LENGTH: fc.integer({ min: 1, max: 1000 }),
        MAX_PARAGRAPHS: fc.integer({ min: 1, max: 100 }),
        NO_EMOJI: fc.boolean(),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<{ [name: string]: Json }>;
    fc.assert(
      fc.property(fc.array(constraints, { maxLength: 5 }), (all) => {
        expect(merge(...all.toReversed()).merged).toEqual(merge(...all).merged);
        const [first = {}, ...rest] = all;
        expect(merge(first, merge(...rest).merged).merged).toEqual(merge(...all).merged);
      }),
    );
  });
});

describe('values', () => {
  const cases: { [name: string]: { good: Json[]; bad: Json[] } } = {
    FORBIDDEN_TOKENS: { good: [[], ['a', '!']], bad: ['a', [1], [''], null, {}] },
    MAX_SENTENCE_LENGTH: { good: [1, 1000], bad: [0, 1001, 1.5, '3', null] },
    MAX_PARAGRAPHS: { good: [1, 100], bad: [0, 101, 1.5, true] },
    NO_EMOJI: { good: [true, false], bad: [1, 'yes', null] },
    ASSERTIVENESS_LEVEL: { good: [0, 0.4, 1], bad: [-0.1, 1.1, '0.5'] },
    REQUIRED_TOKENS: { good: [[], ['a']], bad: ['a', [''], [1]] },
    MAX_WORDS: { good: [1, 1_000_000], bad: [0, 1.5, '3'] },
    MAX_TOKENS: { good: [1, 1_000_000], bad: [0, 1.5, '3'] },
    MAX_SENTENCES: { good: [1, 1000], bad: [0, 1001, 1.5] },
    STARTS_WITH: { good: ['a', 'Dear all,'], bad: ['', ' a', 'a ', 1] },
    ENDS_WITH: { good: ['a', 'Yours, Ada'], bad: ['', ' a', 'a\n', 1] },
    MATCHES: { good: [[], ['^a$']], bad: ['a', [''], ['a'.repeat(1001)]] },
    NOT_MATCHES: { good: [[], ['^a$']], bad: ['a', [''], Array(21).fill('a')] },
    FORMAT: { good: ['json', 'markdown', 'plain'], bad: ['html', 1] },
    OUTPUT_SCHEMA: { good: [true, false], bad: [1, {}] },
    NO_URLS: { good: [true, false], bad: [1, 'yes'] },
  };

  it('are checked for every constraint', () => {
    expect(Object.keys(cases)).toEqual(CONSTRAINT_NAMES);
  });

  it.each(Object.entries(cases))('%s', (name, { good, bad }) => {
    const validate = new Ajv2020().compile(constraintNamed(name)!.schema);
    for (const value of good) expect(validate(value), JSON.stringify(value)).toBe(true);
    for (const value of bad) expect(validate(value), JSON.stringify(value)).toBe(false);
  });

  it('keys of other tools pass through', () => {
    expect(isPassThrough('X_ANYTHING')).toBe(true);
    expect(isPassThrough('NO_EMOJIS')).toBe(false);
    expect(constraintNamed('constructor')).toBeUndefined();
  });
});
