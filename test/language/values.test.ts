/** Paths, literals, how values print, what is true. */
import { describe, expect, it } from 'vitest';
import { errors, render } from './render.js';

describe('a path', () => {
  const input = {
    a: { b: { c: 'deep' }, 'key with space': 'spaced', '0': 'zero', 'x-y': 'dash', 'a]': 'no', this: 'key' },
    list: ['first', { name: 'second' }, ['third']],
    'at top': 'top',
    länge: 'ö',
    n: null,
    s: 'text',
    number: 5,
  };

  it.each([
    ['{{a.b.c}}', 'deep'],
    ['{{this.a.b.c}}', 'deep'],
    ['{{./a.b.c}}', 'deep'],
    ['{{a.[b].[c]}}', 'deep'],
    ['{{a.[key with space]}}', 'spaced'],
    ['{{[at top]}}', 'top'],
    ['{{this.[at top]}}', 'top'],
    ['{{a.[this]}}', 'key'],
    ['{{a.x-y}}', 'dash'],
    ['{{länge}}', 'ö'],
    ['{{list.[0]}}', 'first'],
    ['{{list.0}}', 'first'],
    ['{{list.1.name}}', 'second'],
    ['{{list.[1].name}}', 'second'],
    ['{{list.2.0}}', 'third'],
    ['{{a.0}}', 'zero'],
    ['{{a.[0]}}', 'zero'],
  ])('%s → %j', (template, text) => {
    expect(render(template, input)).toBe(text);
  });

  it.each([
    'nowhere',
    'nowhere.at.all',
    'a.nowhere',
    'n.x',
    's.x',
    'number.x',
    'list.3',
    'list.[-1]',
    'list.[01]',
    'list.[0.0]',
    'list.first',
  ])('%s leads nowhere', (path) => {
    expect(render(`<{{${path}}}>{{#if ${path}}}yes{{else}}no{{/if}}`, input)).toBe('<>no');
  });

  it.each([
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'list.length',
    's.length',
    's.[0]',
    'list.constructor',
    'a.__proto__.x',
    'list.push',
  ])('only what the caller sent is there: %s is not', (path) => {
    expect(render(`<{{${path}}}>{{#each ${path}}}x{{/each}}{{#with ${path}}}x{{/with}}`, input)).toBe('<>');
  });

  it('reaches a key that looks like JavaScript’s own, if the caller sent it', () => {
    expect(render('{{a.constructor}} {{a.__proto__.b}}', JSON.parse('{"a": {"constructor": "c", "__proto__": {"b": "d"}}}'))).toBe('c d');
  });

  it.each([
    ['{{a..b}}', 'parse/syntax at .'],
    ['{{a.}}', 'parse/syntax'],
    ['{{.a}}', ''],
    ['{{a.this}}', 'parse/syntax at this'],
    ['{{./this}}', 'parse/syntax at this'],
    ['{{#with a}}{{../}}{{/with}}', 'parse/syntax'],
    ['{{a/b}}', 'parse/unsupported at a/b'],
    ['{{@root.a}}', 'parse/unsupported at @root'],
    ['{{@../index}}', 'parse/unsupported at @'],
    ['{{a.[b}}', 'parse/syntax at ['],
    ['{{a b}}', 'check/unknown-helper at a'],
    ['{{}}', 'parse/syntax'],
  ])('%s is refused', (template, error) => {
    const [first] = errors(template);
    expect(first).toContain(error);
  });
});

describe('a literal', () => {
  it.each([
    ['"text"', 'text'],
    ["'text'", 'text'],
    ['""', ''],
    ['"say \\"x\\""', 'say "x"'],
    ["'it\\'s'", "it's"],
    ['"it\'s"', "it's"],
    ['"a\\nb"', 'a\\nb'],
    ['"C:\\new"', 'C:\\new'],
    ['"}} {{x}} ~}}"', '}} {{x}} ~}}'],
    ['"[ ( |"', '[ ( |'],
    ['5', '5'],
    ['-5', '-5'],
    ['-0', '0'],
    ['0.40', '0.4'],
    ['007', '7'],
    ['9007199254740991', '9007199254740991'],
    ['true', 'true'],
    ['false', 'false'],
    ['null', ''],
  ])('%s prints %j', (literal, text) => {
    expect(render(`{{default none ${literal}}}`)).toBe(text);
    expect(render(`{{> p v=${literal}}}`, {}, { p: '{{v}}' })).toBe(text);
  });

  it.each(['true', 'false', 'null', '5'])('a key named %s can still be written', (name) => {
    expect(render(`{{a.${name}}} {{this.[${name}]}}`, { a: { [name]: 'below' }, [name]: 'top' })).toBe('below top');
  });

  it.each([
    ['{{default x "a}}', 'parse/syntax at "'],
    ['{{default x "a\nb"}}', 'parse/syntax at "'],
    // No backslash can stand last.
    ['{{default x "C:\\"}}', 'parse/syntax at "'],
    ['{{default x 9007199254740992}}', 'parse/syntax at 9007199254740992'],
    ['{{default x undefined}}', 'parse/unsupported at undefined'],
  ])('%j is refused', (template, error) => {
    expect(errors(template)).toEqual([error]);
  });
});

describe('printing', () => {
  it.each([
    ['text', 'text'],
    ['', ''],
    [0, '0'],
    [-0, '0'],
    [1.0, '1'],
    [0.1, '0.1'],
    [0.1 + 0.2, '0.30000000000000004'],
    [-2.5, '-2.5'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [123456789012345680000, '123456789012345680000'],
    [true, 'true'],
    [false, 'false'],
    [null, ''],
    [undefined, ''],
    [[], '[]'],
    [{}, '{}'],
    [[1, 'a', null, true, [-0]], '[1,"a",null,true,[0]]'],
    [{ b: 1, a: { d: '\n', c: [] } }, '{"a":{"c":[],"d":"\\n"},"b":1}'],
    [{ '10': 1, '9': 2, a: 3, Z: 4 }, '{"10":1,"9":2,"Z":4,"a":3}'],
  ])('%j prints %j', (value, text) => {
    expect(render('{{v}}', { v: value })).toBe(text);
    expect(render('{{{v}}}{{#each l}}{{this}}{{/each}}{{#each l as |x|}}{{x}}{{/each}}', { v: value, l: [value] })).toBe(
      text + text + text,
    );
    expect(render('{{default none v}}{{join l ""}}', { v: value, l: [value] })).toBe(text + text);
  });

  it('puts numbers next to each other, and adds nothing up', () => {
    expect(render('{{a}}{{b}}{{length l}}', { a: 1, b: 2, l: [] })).toBe('120');
  });
});

describe('truth', () => {
  const render3 = (value: unknown) =>
    render('{{#if v}}if{{/if}}{{#unless v}}unless{{/unless}}{{#with v}} with{{/with}} {{not v}} {{and v v}} {{or v v}}', { v: value });

  it.each([false, null, undefined, '', 0, -0, []].map((value) => [value]))('%j is false', (value) => {
    expect(render3(value)).toBe('unless true false false');
  });

  it.each([true, 'false', '0', ' ', 1, -1, 0.1, {}, [0], [[]], [null], { a: null }].map((value) => [value]))('%j is true', (value) => {
    expect(render3(value)).toBe('if with false true true');
  });
});
