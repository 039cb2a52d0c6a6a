/** What partials are given and see. White space around them is in white-space.test.ts. */
import { describe, expect, it } from 'vitest';
import { compile, errors, render } from './render.js';

const input = { title: 'top', name: 'n', list: ['a', 'b'], user: { name: 'u' } };

describe('a partial', () => {
  it.each([
    // The context at its place.
    ['{{> p}}', '{{title}}', 'top'],
    ['{{#with user}}{{> p}}{{/with}}', '{{name}}{{title}}', 'u'],
    ['{{#each list}}{{> p}}{{/each}}', '{{this}};', 'a;b;'],
    // Parameters come first, then the context.
    ['{{> p title="given"}}', '{{title}}{{name}}', 'givenn'],
    ['{{> p title=user.name n=5 ok=true none=null}}', '{{title}}{{n}}{{ok}}{{none}}', 'u5true'],
    ['{{> p who=user}}', '{{who.name}}{{#with who}}{{name}}{{/with}}', 'uu'],
    ['{{> p items=list}}', '{{#each items}}{{this}}{{/each}}{{items.1}}', 'abb'],
    ['{{> p x=1}}', '{{this.x}}{{./x}}', '11'],
    ['{{> p x=(join list "+")}}', '{{x}}{{x}}', 'a+ba+b'],
    // A parameter that is null or absent still hides the context's.
    ['{{> p title=null}}', '<{{title}}>', '<>'],
    ['{{> p title=none}}', '<{{title}}>', '<>'],
    // A literal has nothing below it.
    ['{{> p x="text"}}', '<{{x.length}}{{x.0}}>{{#if x.y}}a{{else}}b{{/if}}', '<>b'],
    // Inside of its blocks, parameters are a `../` away.
    ['{{> p x=1}}', '{{#each list}}{{x}}{{../x}}{{/each}}', '11'],
    ['{{> p x=1}}', '{{#if x}}{{x}}{{/if}}', '1'],
    // Parameters are looked up at the place of the inclusion.
    ['{{#each list as |item i|}}{{> p x=item y=@index}}{{/each}}', '{{x}}{{y}}', 'a0b1'],
    ['{{#with user}}{{> p x=../name y=name}}{{/with}}', '{{x}}{{y}}', 'nu'],
  ])('%s of %s → %s', (template, p, text) => {
    expect(render(template, input, { p })).toBe(text);
  });

  it('does not see block parameters of whoever includes it', () => {
    expect(render('{{#with user as |title|}}{{> p}}{{/with}}', input, { p: '<{{title}}>' })).toBe('<>');
    expect(render('{{#with user as |who|}}{{> p}}{{/with}}', input, { p: '<{{who}}>' })).toBe('<>');
  });

  it('sees loop variables', () => {
    expect(render('{{#each list}}{{> p}}{{/each}}', input, { p: '{{@index}}{{@last}};' })).toBe('0false;1true;');
  });

  it('is not left by `../`', () => {
    expect(() => compile('{{#with user}}{{> p}}{{/with}}', { p: '{{../name}}' })).toThrow('no-parent');
  });

  it('`this` is the context at its place, without the parameters', () => {
    expect(render('{{#with user}}{{> p x=1}}{{/with}}', input, { p: '{{this}}' })).toBe('{"name":"u"}');
    expect(render('{{> p x=1}}', { a: 1 }, { p: '{{#with this}}{{a}}{{x}}{{/with}}' })).toBe('1');
  });
});

describe('partials within partials', () => {
  it('see the parameters of those around them', () => {
    const partials = { outer: '{{> inner y=2}}', inner: '{{x}}{{y}}{{title}}' };
    expect(render('{{> outer x=1}}', input, partials)).toBe('12top');
    expect(render('{{> outer x=1 y=1 title="t"}}', input, partials)).toBe('12t');
  });

  it('but not from within another context', () => {
    const partials = { outer: '{{#with user}}{{> inner}}{{/with}}', inner: '<{{x}}{{name}}>' };
    expect(render('{{> outer x=1}}', input, partials)).toBe('<u>');
  });

  it('keep their values apart', () => {
    const partials = { pair: '{{> one v=(default a "-")}}{{> one v=(default b "-")}}{{a}}{{b}}', one: '({{v}})' };
    expect(render('{{> pair a=1}}{{> pair b=2}}{{> pair a=(length list)}}', input, partials)).toBe('(1)(-)1(-)(2)2(2)(-)2');
  });

  it('have loops of their own', () => {
    const partials = { rows: '{{#each list}}{{#each ../list}}{{> cell x=@index}}{{/each}}{{@index}};{{/each}}', cell: '{{this}}{{x}}' };
    expect(render('{{#each list}}{{/each}}{{> rows}}', input, partials)).toBe('a0b10;a0b11;');
  });
});

describe('an inclusion', () => {
  it.each(['p', 'folder/p', 'a/b-c/d.e', 'p.txt', 'π'])('can name %s', (name) => {
    expect(render(`{{> ${name}}}{{>${name} x=1}}`, {}, { [name]: 'p{{x}}' })).toBe('pp1');
  });

  it.each([
    ['{{> }}', 'parse/syntax'],
    ['{{> (x)}}', 'parse/syntax'],
    ['{{> "p"}}', 'parse/syntax'],
    ['{{> p x}}', 'parse/syntax'],
    ['{{> p x=}}', 'parse/syntax'],
    ['{{> p x=1 x=2}}', 'parse/syntax'],
    ['{{> p x = 1}}', 'parse/syntax'],
    ['{{#> p}}{{/p}}', 'parse/unsupported'],
    ['{{#*inline "p"}}{{/inline}}', 'parse/unsupported'],
  ])('%s is refused', (template, code) => {
    expect(errors(template)[0]).toContain(code);
  });
});
