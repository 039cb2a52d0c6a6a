/** What names mean inside of blocks. */
import { describe, expect, it } from 'vitest';
import { compile, errors, render } from './render.js';

const input = {
  name: 'top',
  list: ['a', 'b'],
  object: { y: 2, x: 1 },
  rows: [{ name: 'r' }, { name: 's' }],
  grid: [[1, 2], [3]],
  user: { name: 'u', friend: { name: 'f' } },
  yes: true,
};

describe('each', () => {
  it.each([
    ['{{#each list}}{{this}},{{/each}}', 'a,b,'],
    ['{{#each list}}{{.}}{{@index}}{{@key}}{{#if @first}} first{{/if}}{{#if @last}} last{{/if}};{{/each}}', 'a00 first;b11 last;'],
    ['{{#each object}}{{@key}}={{.}}@{{@index}}{{#if @first}} first{{/if}}{{#if @last}} last{{/if}};{{/each}}', 'x=1@0 first;y=2@1 last;'],
    ['{{#each list as |item i|}}{{i}}:{{item}} {{/each}}', '0:a 1:b '],
    ['{{#each object as |item key|}}{{key}}:{{item}} {{/each}}', 'x:1 y:2 '],
    ['{{#each rows}}{{name}}{{/each}}', 'rs'],
    // A name that the item lacks is not looked for further out.
    ['{{#each list}}{{name}}{{/each}}', ''],
    // Loop variables are those of the innermost loop around.
    ['{{#each grid}}{{@index}}<{{#each this}}{{@index}}{{/each}}>{{@index}} {{/each}}', '0<01>0 1<0>1 '],
    ['{{#each list}}{{#each none}}{{else}}{{@index}}{{/each}}{{/each}}', '01'],
    ['{{#each rows}}{{#with name}}{{@index}}{{this}}{{/with}}{{/each}}', '0r1s'],
    ['{{#each (default none list)}}{{this}}{{/each}}', 'ab'],
  ])('%s → %s', (template, text) => {
    expect(render(template, input)).toBe(text);
  });

  it.each([[[]], [{}], [null], [undefined], [0], [5], [''], ['text'], [true]])('has nothing to loop over in %j', (nothing) => {
    expect(render('{{#each nothing}}loop{{else}}{{name}}{{/each}}', { ...input, nothing })).toBe('top');
  });

  it('can go on with `else if`', () => {
    const template = '{{#each l}}loop{{else if name}}{{name}}{{else}}else{{/each}}';
    expect(render(template, { l: [], name: 'x' })).toBe('x');
    expect(render(template, { l: [] })).toBe('else');
    expect(render(template, { l: [0], name: 'x' })).toBe('loop');
  });
});

describe('with', () => {
  it.each([
    ['{{#with user}}{{name}}{{friend.name}}{{/with}}', 'uf'],
    ['{{#with user as |who|}}{{who.name}}{{who.friend.name}}{{/with}}', 'uf'],
    ['{{#with user.friend}}{{name}}{{else}}no{{/with}}', 'f'],
    ['{{#with none}}{{name}}{{else}}{{name}}{{/with}}', 'top'],
    ['{{#with none}}a{{else if name}}{{name}}{{/with}}', 'top'],
    ['{{#with "text"}}{{this}}{{/with}}', 'text'],
    ['{{#with (default none user)}}{{name}}{{/with}}', 'u'],
    ['{{#with (default none user) as |who|}}{{who.name}}{{/with}}', 'u'],
  ])('%s → %s', (template, text) => {
    expect(render(template, input)).toBe(text);
  });
});

describe('../', () => {
  it.each([
    ['{{#each list}}{{../name}} {{/each}}', 'top top '],
    ['{{#with user}}{{../name}}{{#with friend}}{{name}}{{../name}}{{../../name}}{{/with}}{{/with}}', 'topfutop'],
    ['{{#each grid}}{{#each this}}{{../../name}}{{../0}} {{/each}}{{/each}}', 'top1 top1 top3 '],
    ['{{#each list}}{{#with ..}}{{name}}{{/with}}{{/each}}', 'toptop'],
    ['{{#each grid}}{{#each this}}{{..}}{{/each}}{{/each}}', '[1,2][1,2][3]'],
    ['{{#each list}}{{#each ../list}}{{this}}{{../this}} {{/each}}{{/each}}', 'aa ba ab bb '],
    // `if` and `unless` are no step.
    ['{{#each list}}{{#if ../yes}}{{#unless ../no}}{{../name}}{{/unless}}{{/if}}{{/each}}', 'toptop'],
    // In the else part one is outside already.
    ['{{#with user}}{{#each none}}{{else}}{{name}}{{../name}}{{/each}}{{/with}}', 'utop'],
  ])('%s → %s', (template, text) => {
    expect(render(template, input)).toBe(text);
  });

  it('leads nowhere at the top', () => {
    expect(() => compile('{{../name}}')).toThrow('no-parent');
    expect(() => compile('{{#with user}}{{../../name}}{{/with}}')).toThrow('no-parent');
  });
});

describe('a block parameter', () => {
  it.each([
    // It comes before a key of the context, which `this.` and `./` still reach.
    ['{{#each rows as |name|}}{{name.name}}{{this.name}}{{./name}} {{/each}}', 'rrr sss '],
    ['{{#each rows as |name|}}{{../name}}{{/each}}', 'toptop'],
    // It is seen in the blocks within.
    ['{{#with user as |who|}}{{#each ../list}}{{who.name}}{{/each}}{{/with}}', 'uu'],
    ['{{#each grid as |row r|}}{{#each row as |cell c|}}{{r}}{{c}}{{cell}} {{/each}}{{/each}}', '001 012 103 '],
    // The innermost of a name counts.
    ['{{#with user as |x|}}{{#with x.friend as |x|}}{{x.name}}{{/with}}{{x.name}}{{/with}}', 'fu'],
    // It is gone in the else part and behind the block.
    ['{{#each none as |name|}}{{else}}{{name}}{{/each}}', 'top'],
    ['{{#each rows as |name|}}{{/each}}{{name}}', 'top'],
  ])('%s → %s', (template, text) => {
    expect(render(template, input)).toBe(text);
  });

  it.each([
    ['{{#each list as |a b c|}}{{/each}}'],
    ['{{#with user as |a b|}}{{/with}}'],
    ['{{#each list as |a a|}}{{/each}}'],
    ['{{#each list as ||}}{{/each}}'],
    ['{{#each list as |a}}{{/each}}'],
    ['{{#each list as |a| b}}{{/each}}'],
    ['{{#each list as a}}{{/each}}'],
    ['{{#each list as |this|}}{{/each}}'],
    ['{{#each list as |true|}}{{/each}}'],
    ['{{#each list as |eq|}}{{/each}}'],
    ['{{#each list as |a-b|}}{{/each}}'],
    ['{{#if name as |a|}}{{/if}}'],
  ])('%s is refused', (template) => {
    expect(errors(template)).toHaveLength(1);
  });
});

describe('a loop variable', () => {
  it('has no value outside of a loop', () => {
    expect(() => compile('{{@index}}')).toThrow('outside-each');
    expect(() => compile('{{#with user}}{{@first}}{{/with}}')).toThrow('outside-each');
  });

  it.each(['@root', '@level', '@index.x', '@'])('there is no %s', (name) => {
    expect(errors(`{{#each list}}{{${name}}}{{/each}}`)).toHaveLength(1);
  });
});
