/**
 * Where promptc differs from Handlebars on purpose: each rule with what the one and what the other prints.
 * The differential test keeps out of these places. If a test fails on Handlebars' side, Handlebars changed.
 */
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { errors, type Partials, render } from './render.js';

function both(template: string, input: unknown = {}, partials: Partials = {}) {
  const handlebars = Handlebars.create();
  handlebars.registerPartial(partials);
  handlebars.registerHelper('length', (list: unknown[]) => list.length);
  return {
    handlebars: handlebars.compile(template, { noEscape: true })(input),
    promptc: render(template, input, partials),
  };
}

describe('each', () => {
  it('visits the keys of an object sorted', () => {
    const template = '{{#each o}}{{@key}}{{#if @last}}.{{/if}}{{/each}}';
    expect(both(template, { o: { b: 1, a: 2, Z: 3 } })).toEqual({ handlebars: 'baZ.', promptc: 'Zab.' });
    expect(both(template, { o: { '9': 1, '10': 2 } })).toEqual({ handlebars: '910.', promptc: '109.' });
  });
});

describe('a loop variable', () => {
  it('is not a block parameter of the same name', () => {
    const template = '{{#each o as |item key|}}{{#each item}}{{key}}{{@key}} {{/each}}{{/each}}';
    expect(both(template, { o: { a: ['x', 'y'] } })).toEqual({ handlebars: 'aa aa ', promptc: 'a0 a1 ' });
  });
});

describe('../', () => {
  it('climbs exactly one level, also where both levels have the same value', () => {
    const input = { a: 'x', b: 'x', top: 'T' };
    expect(both('{{#with a}}{{#with ../b}}{{../../top}}{{/with}}{{/with}}', input)).toEqual({ handlebars: '', promptc: 'T' });
    expect(both('{{#with this}}{{../top}}{{/with}}', input)).toEqual({ handlebars: '', promptc: 'T' });
  });

  it('never leaves a partial', () => {
    expect(() => render('{{#with a}}{{> p}}{{/with}}', { a: {} }, { p: '{{../top}}' })).toThrow('no-parent');
  });
});

describe('with', () => {
  it('is entered by the truth of `if`', () => {
    expect(both('{{#with n}}in{{else}}out{{/with}}', { n: 0 })).toEqual({ handlebars: 'in', promptc: 'out' });
    for (const n of [false, null, '', []]) {
      expect(both('{{#with n}}in{{else}}out{{/with}}', { n })).toEqual({ handlebars: 'out', promptc: 'out' });
    }
  });

  it('and the null of a list stays a null within blocks', () => {
    const template = '{{#each l}}{{#if true}}[{{this}}]{{/if}}{{/each}}';
    expect(both(template, { l: [null] })).toEqual({ handlebars: '[[object Object]]', promptc: '[]' });
  });
});

describe('a partial', () => {
  const p = { p: 'one\ntwo' };

  it('on its own line keeps the line end and indents every line', () => {
    expect(both('a\n{{> p}}\nb', {}, p)).toEqual({ handlebars: 'a\none\ntwob', promptc: 'a\none\ntwo\nb' });
    expect(both('a\n  {{> p}}\nb', {}, p)).toEqual({ handlebars: 'a\n  one\n  twob', promptc: 'a\n  one\n  two\nb' });
  });

  it('has no indentation if a `~` has taken it', () => {
    expect(both('{{x~}}\n  {{> p}}', {}, p)).toEqual({ handlebars: 'one\ntwo', promptc: 'one\ntwo' });
    expect(both('{{#if true~}}\n  {{> p}}{{/if}}', {}, p)).toEqual({ handlebars: 'one\ntwo', promptc: 'one\ntwo' });
    // Only here, where the `~` is a block's and the partial is alone, Handlebars does otherwise.
    expect(both('{{#if true~}}\n  {{> p}}\n{{/if}}', {}, p)).toEqual({ handlebars: '  one\n  two', promptc: 'one\ntwo\n' });
  });

  it('is given its parameters beside the context, not in it', () => {
    const partial = { p: '{{x}}{{#each this}}.{{/each}}{{#with this}}{{x}}{{/with}}' };
    expect(both('{{> p x=1}}', { a: 1 }, partial)).toEqual({ handlebars: '1..1', promptc: '1.' });
  });

  it('does not see block parameters of whoever includes it', () => {
    expect(render('{{#with a as |b|}}{{> p}}{{/with}}', { a: { b: 'key' } }, { p: '{{b}}' })).toBe('key');
  });
});

describe('values', () => {
  it('print by one rule', () => {
    const values = { list: [1, [2]], object: { b: 1, a: null }, yes: true, n: null };
    expect(both('{{list}} {{object}} {{yes}}{{n}}', values)).toEqual({
      handlebars: '1,2 [object Object] true',
      promptc: '[1,[2]] {"a":null,"b":1} true',
    });
  });

  it('are put next to each other, never added up', () => {
    expect(both('{{#if true}}{{a}}{{b}}{{/if}}', { a: 1, b: 2 })).toEqual({ handlebars: '3', promptc: '12' });
  });

  it('are own keys of objects and items of lists, nothing else', () => {
    const template = '{{text.length}},{{list.length}},{{text.[0]}}';
    expect(both(template, { text: 'abc', list: [1] })).toEqual({ handlebars: '3,1,a', promptc: ',,' });
    expect(both('{{length list}}', { list: [1] })).toEqual({ handlebars: '1', promptc: '1' });
  });
});

describe('literals', () => {
  it('are literals also as a whole tag', () => {
    const input = { true: 'key', '12': 'key', a: 'key' };
    expect(both('{{true}},{{12}},{{"a"}}', input)).toEqual({ handlebars: 'key,key,key', promptc: 'true,12,a' });
  });
});

describe('an `else if` chain', () => {
  const lines = (...of: string[]): string => of.join('\n');

  it('takes the indentation of its closing tag along, like any block', () => {
    const chain = lines('{{#if a}}', '1', '{{else if b}}', '2', '  {{/if}}', 'end');
    expect(both(chain, { b: 1 })).toEqual({ handlebars: '2\n  end', promptc: '2\nend' });
    const noChain = lines('{{#if a}}', '1', '{{else}}', '2', '  {{/if}}', 'end');
    expect(both(noChain)).toEqual({ handlebars: '2\nend', promptc: '2\nend' });
  });

  it('asks the branch before a closing tag, not the second, whether the tag stands alone', () => {
    const chain = lines('{{#if a}}1{{else if b}}2', '{{else}}3{{/if}}', 'end');
    expect(both(chain)).toEqual({ handlebars: '3end', promptc: '3\nend' });
    const other = lines('{{#if a}}1{{else if b}}2{{else}}3', '{{/if}}', 'end');
    expect(both(other)).toEqual({ handlebars: '3\n\nend', promptc: '3\nend' });
  });

  it('trims with `~` what stands beside it, and no other branch', () => {
    const close = '{{#if a}}1{{else if b}}2 {{else}}3 {{~/if}}|';
    expect(both(close, { b: 1 })).toEqual({ handlebars: '2|', promptc: '2 |' });
    expect(both(close)).toEqual({ handlebars: '3|', promptc: '3|' });
    const second = '{{#if a}}1{{else if b}}2 {{~else if c}}3 {{/if}}|';
    expect(both(second, { b: 1 })).toEqual({ handlebars: '2|', promptc: '2|' });
    expect(both(second, { c: 1 })).toEqual({ handlebars: '3|', promptc: '3 |' });
  });
});

describe('syntax', () => {
  it('an index can stand last without brackets', () => {
    expect(render('{{list.0}} {{#if list.0}}yes{{/if}}', { list: ['a'] })).toBe('a yes');
    expect(() => both('{{list.0}}')).toThrow('Expecting');
  });

  it('a brace may follow a tag', () => {
    expect(render('{"a": {{a}}}', { a: 1 })).toBe('{"a": 1}');
    expect(() => both('{"a": {{a}}}')).toThrow('Expecting');
  });

  it('`{{{else}}}` prints a value, as in Handlebars', () => {
    expect(both('{{#if a}}1{{{else}}}2{{/if}}', { a: 1, else: 'x' })).toEqual({ handlebars: '1x2', promptc: '1x2' });
  });

  it.each([
    ['{{^if a}}{{/if}}'],
    ['{{#if a}}{{^}}{{/if}}'],
    ['{{&a}}'],
    ['{{a/b}}'],
    ['{{#a}}{{/a}}'],
    ['{{#> p}}{{/p}}'],
    ['{{> (lookup . "p")}}'],
    ['{{> p other}}'],
    ['{{#*inline "p"}}{{/inline}}'],
    ['{{lookup a "b"}}'],
    ['{{log a}}'],
    ['{{@root.a}}'],
    ['{{#each a}}{{@../index}}{{/each}}'],
    ['{{#if a includeZero=true}}{{/if}}'],
    ['{{#if a}}{{else unless b}}{{/if}}'],
    ['{{default a undefined}}'],
    ['{{{{other}}}}{{{{/other}}}}'],
  ])('%s is left out', (template) => {
    expect(errors(template)).not.toEqual([]);
  });
});
