import { describe, expect, it } from 'vitest';
import { errors, render } from './render.js';

/** What a helper gives for values a and b; absent ones are undefined. */
function call(expression: string, a?: unknown, b?: unknown): string {
  return render(`{{${expression}}}`, { a, b });
}

describe('eq and ne', () => {
  it.each([
    [1, 1],
    [0, -0],
    ['a', 'a'],
    [null, null],
    [null, undefined],
    [undefined, undefined],
    [[], []],
    [{}, {}],
    [
      [1, { a: [2] }],
      [1, { a: [2] }],
    ],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
  ])('%j equals %j', (a, b) => {
    expect([call('eq a b', a, b), call('ne a b', a, b)]).toEqual(['true', 'false']);
  });

  it.each([
    [1, '1'],
    [0, ''],
    [0, false],
    [1, true],
    ['', null],
    [0, undefined],
    [false, null],
    [[], {}],
    [[], null],
    [[1], 1],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: 1, b: null }],
    ['[]', []],
  ])('%j does not equal %j', (a, b) => {
    expect([call('eq a b', a, b), call('eq b a', a, b), call('ne a b', a, b)]).toEqual(['false', 'false', 'true']);
  });
});

describe('lt, lte, gt and gte', () => {
  const all = (a: unknown, b: unknown) => ['lt', 'lte', 'gt', 'gte'].filter((name) => call(`${name} a b`, a, b) === 'true');

  it.each([
    [1, 2],
    [-1, 0],
    [0.1, 0.2],
    [9, 10],
    ['a', 'b'],
    ['', 'a'],
    ['10', '9'],
    ['Z', 'a'],
    ['a', 'ab'],
    // By code point, where UTF-16 units would order the other way.
    ['\uffff', '\u{10000}'],
  ])('%j is less than %j', (a, b) => {
    expect([all(a, b), all(b, a)]).toEqual([
      ['lt', 'lte'],
      ['gt', 'gte'],
    ]);
  });

  it.each([1, 0, 'a', ''])('%j is as much as itself', (a) => {
    expect(all(a, a)).toEqual(['lte', 'gte']);
  });

  it.each([
    [1, '2'],
    ['1', 2],
    [null, 1],
    [null, null],
    [undefined, undefined],
    [false, true],
    [[1], [2]],
    [{}, {}],
  ])('%j and %j do not compare', (a, b) => {
    expect([all(a, b), all(b, a)]).toEqual([[], []]);
  });
});

describe('and, or and not', () => {
  it('give true or false, never one of their values', () => {
    expect(call('and a b', 'x', 'y')).toBe('true');
    expect(call('or a b', 'x', 0)).toBe('true');
    expect(call('or a b', '', 0)).toBe('false');
    expect(call('not a', 'x')).toBe('false');
  });

  it('take as many values as there are', () => {
    expect(render('{{and 1 2 3 4 0}}{{or 0 0 0 1}}{{and 1 (or 0 (not 0))}}')).toBe('falsetruetrue');
  });
});

describe('includes', () => {
  it.each([
    [['a', 'b'], 'b', true],
    [['a'], 'A', false],
    [['ab'], 'a', false],
    [[1, 2], 2, true],
    [[1], '1', false],
    [[{ a: 1 }], { a: 1 }, true],
    [[null], undefined, true],
    [[null], null, true],
    [[], undefined, false],
    ['abc', 'bc', true],
    ['abc', '', true],
    ['abc', 'x', false],
    ['a1', 1, false],
    ['null', null, false],
    [{ a: 1 }, 'a', false],
    [{ a: 1 }, 1, false],
    [null, null, false],
    [5, 5, false],
  ])('%j, %j: %j', (whole, part, result) => {
    expect(call('includes a b', whole, part)).toBe(String(result));
  });
});

describe('json', () => {
  it.each([
    ['text', '"text"'],
    [null, 'null'],
    [undefined, 'null'],
    [1e21, '1e+21'],
    [-0, '0'],
    [{ b: [1, {}], a: 'ö"\n' }, '{"a":"ö\\"\\n","b":[1,{}]}'],
    [{ '10': 1, '9': 2 }, '{"10":1,"9":2}'],
  ])('%j → %s', (value, text) => {
    expect(call('json a', value)).toBe(text);
    expect(call('json a indent=0', value)).toBe(text);
  });

  it('can be written over several lines', () => {
    expect(call('json a indent=2', { b: [1, { c: [] }], a: {} })).toBe(
      '{\n  "a": {},\n  "b": [\n    1,\n    {\n      "c": []\n    }\n  ]\n}',
    );
    expect(call('json a indent=1', { '9': 1, '10': 2 })).toBe('{\n "10": 2,\n "9": 1\n}');
    expect(call('json a indent=2', [])).toBe('[]');
    expect(call('json a indent=2', 'x')).toBe('"x"');
    expect(call('json a indent=2')).toBe('null');
  });
});

describe('join', () => {
  it.each([
    [['a', 'b', 'c'], 'a, b, c'],
    [['a'], 'a'],
    [[], ''],
    [[1, null, true, [2], { a: 3 }, ''], '1, , true, [2], {"a":3}, '],
    [null, ''],
    [undefined, ''],
    ['abc', ''],
    [{ a: 1 }, ''],
    [5, ''],
  ])('%j → %j', (list, text) => {
    expect(call('join a ", "', list)).toBe(text);
  });

  it('prints its separator like any value', () => {
    expect(call('join a b', [1, 2], null)).toBe('12');
    expect(call('join a b', [1, 2], 0)).toBe('102');
    expect(call('join a b', [1, 2], '$&')).toBe('1$&2');
  });
});

describe('length', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['ö', 1],
    ['🎉', 1],
    ['👩‍👩‍👧', 5],
    [[], 0],
    [[[], []], 2],
    [{}, 0],
    [{ a: 1, length: 9 }, 2],
    [null, 0],
    [undefined, 0],
    [123, 0],
    [true, 0],
  ])('%j has %i', (value, count) => {
    expect(call('length a', value)).toBe(String(count));
  });
});

describe('default', () => {
  it.each([
    [null, 'other'],
    [undefined, 'other'],
    ['', ''],
    [0, '0'],
    [false, 'false'],
    [[], '[]'],
    ['x', 'x'],
  ])('%j → %j', (value, text) => {
    expect(call('default a "other"', value)).toBe(text);
  });

  it('gives values that can be looked into and looped over', () => {
    expect(render('{{#each (default a b)}}{{this}}{{/each}}{{#with (default a b)}}{{this.1}}{{/with}}', { b: [1, 2] })).toBe('122');
  });
});

describe('a call', () => {
  it('nests', () => {
    expect(render('{{#if (and (eq (length l) 2) (not (includes l "c")))}}yes{{/if}}', { l: ['a', 'b'] })).toBe('yes');
  });

  it('nests 64 deep and no deeper', () => {
    const nested = (depth: number) => `{{#if ${'(not '.repeat(depth)}x${')'.repeat(depth)}}}yes{{/if}}`;
    expect(render(nested(64), { x: 1 })).toBe('yes');
    expect(errors(nested(65))).toEqual(['parse/expression-depth at (']);
  });

  it('of a helper needs no parentheses as a whole tag', () => {
    expect(render('{{eq a 1}} {{{length l}}} {{~json a~}} ', { a: 1, l: [] })).toBe('true 01');
  });

  it('a path may begin with a helper’s name', () => {
    expect(render('{{length.x}} {{this.length}}', { length: { x: 'below' } })).toBe('below {"x":"below"}');
  });

  it.each([
    ['{{upper a}}', 'check/unknown-helper at upper'],
    ['{{#if (upper a)}}{{/if}}', 'check/unknown-helper at upper'],
    ['{{#if eq a b}}{{/if}}', 'parse/syntax'],
    ['{{#if (eq a b}}{{/if}}', 'parse/syntax at ('],
    ['{{#if ()}}{{/if}}', 'parse/syntax'],
    ['{{json indent=2 a}}', 'parse/syntax'],
    ['{{json a indent=1 indent=2}}', 'parse/syntax at indent'],
    ['{{eq a b)}}', 'parse/syntax'],
  ])('%s is refused', (template, error) => {
    expect(errors(template)[0]).toContain(error);
  });
});
