/** Types, one rule a line: what a template says, and what the compiler says to that. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';

const INPUTS = `
  name: string
  nick?: string
  plan: { enum: [free, pro, team] }
  old_plan?: { enum: [free, pro] }
  note: { type: [string, "null"] }
  count: integer
  ratio?: number
  done: boolean
  tags: string[]
  more?: string[]
  anything: any
  whatever?: any
  bag: object
  user:
    type: object
    properties:
      name: { type: string }
      email: { type: string }
      address: { type: object, properties: { city: { type: string }, zip: { type: string } }, required: [city] }
      roles: { type: array, items: { enum: [admin, guest] } }
    required: [name, address]
  owner?: { type: object, properties: { name: { type: string }, team: { type: object, properties: { lead: { type: string } } } }, required: [name] }
  people: { type: array, items: { type: object, properties: { name: { type: string }, age: { type: integer } }, required: [name] } }
  scores: { type: object, additionalProperties: { type: number } }
  open: { type: object, properties: { a: { type: string } }, additionalProperties: true }
  pair: { type: array, prefixItems: [{ type: string }, { type: number }], items: false, minItems: 2 }
  either: { anyOf: [{ type: string }, { type: object, properties: { text: { type: string } }, required: [text] }] }
  tree: { $ref: "#/$defs/node", $defs: { node: { type: object, properties: { label: { type: string }, next: { $ref: "#/$defs/node" } }, required: [label] } } }
  defaulted: { type: string, default: x }
  filled: { type: object, properties: { a: { type: string, default: x } } }
  perhaps: { anyOf: [{ type: object, properties: { a: { type: string, default: x } } }, { type: "null" }] }
  split: { allOf: [{ type: object, properties: { a: { type: string } } }, { required: [a] }] }
  one_of_two: { type: object, properties: { a: { type: string }, b: { type: string } }, anyOf: [{ required: [a] }, { required: [b] }] }
  country: { enum: [COUNTRIES] }
`.replace('COUNTRIES', Array.from({ length: 1200 }, (_, i) => `c${i}`).join(', '));

/** Codes that a template gives, each with the text that it is about. */
async function codes(body: string, partials: { [name: string]: string } = {}): Promise<string[]> {
  const files: { [path: string]: string } = {
    'prompts/templates/t.md': `---\nid: t\nversion: 1.0.0\nrole: user\ninputs:${INPUTS}---\n${body}\n`,
  };
  for (const [name, text] of Object.entries(partials)) files[`prompts/partials/${name}.md`] = text;
  files['promptc.config.json'] = '{ "diagnostics": { "check/unused-input": "off", "check/unused-partial": "off" } }';
  const { diagnostics } = await compile(new MemoryDisk(files));
  return diagnostics.map((one) => `${one.code} ${one.span.source.text.slice(one.span.start, one.span.end)}`);
}

describe('fine', () => {
  it.each([
    ['a required input', '{{name}} {{count}} {{done}} {{plan}} {{defaulted}} {{task}} {{stress}} {{activity_level}}'],
    ['an optional one, guarded', '{{#if nick}}{{nick}}{{/if}}'],
    ['… by with', '{{#with nick}}{{this}}{{/with}}'],
    ['… by default', '{{default nick "you"}}'],
    ['… by a comparison', '{{#if (eq nick "Al")}}{{nick}}{{/if}} {{#if (gt ratio 0.5)}}{{ratio}}{{/if}}'],
    ['… by and', '{{#if (and nick (eq plan "pro"))}}{{nick}}{{/if}}'],
    ['… within and', '{{#if (and old_plan (ne old_plan "free"))}}{{old_plan}}{{/if}}'],
    ['… by not in else', '{{#if (not nick)}}-{{else}}{{nick}}{{/if}}'],
    ['… by unless in else', '{{#unless nick}}-{{else}}{{nick}}{{/unless}}'],
    ['… by or in else', '{{#if (or (not nick) (not ratio))}}-{{else}}{{nick}}{{ratio}}{{/if}}'],
    ['… in else if', '{{#if (not nick)}}-{{else if done}}{{nick}}{{else}}{{nick}}{{/if}}'],
    ['… by ne null', '{{#if (ne note null)}}{{note}}{{/if}} {{#if (eq note null)}}-{{else}}{{note}}{{/if}}'],
    [
      '… by its length',
      '{{#if (gt (length more) 0)}}{{join more ", "}}{{/if}} {{#if (length more)}}{{more.0}}{{/if}}'.replace('{{more.0}}', '{{json more}}'),
    ],
    ['… by includes', '{{#if (includes more "x")}}{{join more ", "}}{{/if}}'],
    ['a nullable one, guarded', '{{#if note}}{{note}}{{/if}} {{default note "-"}}'],
    ['what a guard on its child says of a parent', '{{#if owner.team.lead}}{{owner.name}} {{owner.team.lead}}{{/if}}'],
    ['a guard around a loop', '{{#if nick}}{{#each tags}}{{../nick}}{{/each}}{{/if}}'],
    ['a guard around a with', '{{#if user.email}}{{#with user}}{{email}}{{/with}}{{/if}}'],
    ['a loop over an optional list', '{{#each more}}{{this}}{{else}}none{{/each}}'],
    [
      'a loop over objects',
      '{{#each people as |p i|}}{{p.name}}{{i}}{{name}}{{#if age}}{{age}}{{/if}}{{#if p.age}}{{p.age}}{{/if}}{{/each}}',
    ],
    ['a loop over an object', '{{#each scores as |s k|}}{{s}}{{k}}{{@key}}{{@index}}{{@first}}{{/each}}'],
    ['a loop over a closed object', '{{#each user}}{{@key}}{{/each}}'],
    ['deep paths', '{{user.address.city}} {{#with user.address}}{{city}} {{../name}}{{/with}}'],
    ['an open property', '{{#if open.whatever.deep}}{{open.whatever.deep}}{{/if}}{{#if bag.x}}{{bag.x}}{{/if}}'],
    ['any', '{{anything}} {{anything.x.y}} {{#each anything}}{{this.z}}{{/each}} {{#if (lt anything 3)}}x{{/if}}'],
    [
      'any that is optional, guarded',
      '{{#if whatever}}{{whatever}} {{whatever.x}}{{/if}} {{default whatever "-"}} {{#if (ne whatever null)}}{{whatever}}{{/if}}',
    ],
    ['prefix items', '{{pair.0}} {{pair.1}}'],
    ['a property that a default fills in', '{{filled.a}} {{#with filled}}{{a}}{{/with}}'],
    ['a property that another part of the schema requires', '{{split.a}}'],
    ['one of two, guarded', '{{#if one_of_two.a}}{{one_of_two.a}}{{else}}{{default one_of_two.b "-"}}{{/if}}'],
    ['an enum too long to be told apart', '{{country}} {{#if (eq country "c7")}}x{{else if (eq country "elsewhere")}}y{{else}}z{{/if}}'],
    ['an item, guarded', '{{#if tags.[0]}}{{tags.[0]}}{{/if}}'],
    ['an alternative, guarded', '{{#if either.text}}{{either.text}}{{/if}}'],
    ['a recursive type', '{{tree.label}} {{#if tree.next.next.label}}{{tree.next.next.label}}{{/if}}'],
    [
      'helpers',
      '{{join tags ", "}} {{length name}} {{json user indent=2}} {{#if (includes name "x")}}x{{/if}} {{#if (includes user.roles "admin")}}x{{/if}}',
    ],
    ['comparisons of what can be equal', '{{#if (eq plan old_plan)}}x{{/if}} {{#if (eq note null)}}x{{/if}} {{#if (lt name "m")}}x{{/if}}'],
    [
      'an enum, value by value',
      '{{#if (eq plan "free")}}a{{else if (eq plan "pro")}}b{{else}}{{#if (eq plan "team")}}c{{/if}}{{/if}}'.replace(
        '{{#if (eq plan "team")}}c{{/if}}',
        'c',
      ),
    ],
  ])('%s', async (_what, body) => {
    expect(await codes(body)).toEqual([]);
  });

  it('partials, with what each place gives them', async () => {
    const partials = { greet: 'Hi {{who}}{{#if loud}}!{{/if}}{{#if (eq kind "x")}}{{/if}}', near: '{{name}} {{title}}' };
    expect(
      await codes(
        '{{> greet who=name loud=true kind="a"}}{{#each people}}{{> near title="T"}}{{/each}}{{#if nick}}{{> greet who=nick loud=false kind="x"}}{{/if}}',
        partials,
      ),
    ).toEqual([]);
  });
});

describe('not fine', () => {
  it.each([
    ['an undeclared name', '{{nam}}', 'check/unknown-name nam'],
    ['a property that is not there', '{{user.nme}}', 'check/unknown-property nme'],
    ['a property of a text', '{{name.first}}', 'check/unknown-property first'],
    ['a length property', '{{tags.length}}', 'check/unknown-property length'],
    ['a name inside a loop', '{{#each people}}{{title}}{{/each}}', 'check/unknown-property title'],
    ['an outer name without ../', '{{#each people}}{{count}}{{/each}}', 'check/unknown-property count'],
    ['an optional input', '{{nick}}', 'check/unguarded nick'],
    ['a nullable one', '{{note}}', 'check/unguarded note'],
    ['an optional property', '{{user.email}}', 'check/unguarded user.email'],
    ['a property of an optional object', '{{owner.name}}', 'check/unguarded owner.name'],
    ['an item that may not be there', '{{tags.[0]}}', 'check/unguarded tags.[0]'],
    ['a property of an open object', '{{bag.x}}', 'check/unguarded bag.x'],
    ['an optional input of any type', '{{whatever}}', 'check/unguarded whatever'],
    ['a default below an alternative, which is not filled in', '{{#if perhaps}}{{perhaps.a}}{{/if}}', 'check/unguarded perhaps.a'],
    ['one of two, not guarded', '{{one_of_two.a}}', 'check/unguarded one_of_two.a'],
    ['a guard of another', '{{#if ratio}}{{nick}}{{/if}}', 'check/unguarded nick'],
    ['a guard that is over', '{{#if nick}}x{{/if}}{{nick}}', 'check/unguarded nick'],
    ['the wrong branch', '{{#if nick}}x{{else}}{{nick}}{{/if}}', 'check/unguarded nick'],
    ['or instead of and', '{{#if (or nick done)}}{{nick}}{{/if}}', 'check/unguarded nick'],
    ['ne a value', '{{#if (ne nick "x")}}{{nick}}{{/if}}', 'check/unguarded nick'],
    ['a default that can be missing too', '{{default nick owner.name}}', 'check/unguarded default nick owner.name'],
    ['an alternative', '{{either.text}}', 'check/unguarded either.text'],
    ['json of what may be missing', '{{json owner}}', 'check/unguarded owner'],
    ['join of what may be missing', '{{join more ", "}}', 'check/unguarded more'],
    ['a loop over a text', '{{#each name}}x{{/each}}', 'check/not-a-list name'],
    ['a loop over an optional number', '{{#each ratio}}x{{/each}}', 'check/not-a-list ratio'],
    ['a value outside of an enum', '{{#if (eq plan "gold")}}x{{/if}}', 'check/never-holds "gold"'],
    ['a value that was ruled out', '{{#if (eq plan "pro")}}{{#if (eq plan "free")}}x{{/if}}{{/if}}', 'check/never-holds "free"'],
    ['a text equal to a number', '{{#if (eq name 3)}}x{{/if}}', 'check/never-holds 3'],
    ['a list that never holds it', '{{#if (includes user.roles "root")}}x{{/if}}', 'check/never-holds "root"'],
    ['a text below a number', '{{#if (lt name 3)}}x{{/if}}', 'check/helper-type 3'],
    ['a list below a number', '{{#if (lt tags 3)}}x{{/if}}', 'check/helper-type 3'],
    ['the length of a number', '{{length count}}', 'check/helper-type count'],
    ['a joined text', '{{join name ", "}}', 'check/helper-type name'],
    ['a look into a number', '{{#if (includes count 1)}}x{{/if}}', 'check/helper-type count'],
  ])('%s', async (_what, body, expected) => {
    const found = await codes(body);
    expect(found).toEqual([expected]);
  });

  it('every name of a condition, be there one before it that is wrong as well', async () => {
    expect(await codes('{{#if (and nam nick (eq plam "pro"))}}{{nick}}{{/if}}')).toEqual([
      'check/unknown-name nam',
      'check/unknown-name plam',
    ]);
  });

  it('in a partial, at the place that gives it the wrong thing', async () => {
    const partials = { greet: 'Hi {{who}}' };
    expect(await codes('{{> greet who=name}} {{> greet who=nick}}', partials)).toEqual(['check/unguarded who']);
    expect(await codes('{{> greet who=name}} {{> greet}}', partials)).toEqual(['check/unknown-name who']);
    expect(await codes('{{#each people}}{{> greet}}{{/each}}', partials)).toEqual(['check/unknown-property who']);
  });
});

describe('fine, but hardly meant', () => {
  it.each([
    ['an object', '{{user}}', 'check/printed-as-json user'],
    ['a list', '{{tags}}', 'check/printed-as-json tags'],
    ['an open object', '{{bag}}', 'check/printed-as-json bag'],
    ['an object or a text', '{{either}}', 'check/printed-as-json either'],
    ['an object that stands in', '{{default nick user}}', 'check/printed-as-json default nick user'],
    ['an item', '{{#each people}}{{this}}{{/each}}', 'check/printed-as-json this'],
    ['the else of what is always there', '{{#if user}}x{{else}}y{{/if}}', 'check/unreachable {{else}}'],
    ['… of an enum without an empty text', '{{#if plan}}x{{else}}y{{/if}}', 'check/unreachable {{else}}'],
    ['… with unless', '{{#unless plan}}x{{/unless}}', 'check/unreachable {{#unless plan}}'],
    ['… with not', '{{#if (not user)}}x{{/if}}', 'check/unreachable {{#if (not user)}}'],
    ['… with with', '{{#with user}}{{name}}{{else}}y{{/with}}', 'check/unreachable {{else}}'],
    [
      'a branch whose values are used up',
      '{{#if (eq plan "free")}}a{{else if (ne plan "free")}}b{{else}}c{{/if}}',
      'check/unreachable {{else}}',
    ],
    ['a branch behind its own condition', '{{#if done}}a{{else if done}}b{{/if}}', 'check/unreachable {{else if done}}'],
    ['a condition that is written out', '{{#if true}}a{{else}}b{{/if}}', 'check/unreachable {{else}}'],
  ])('%s', async (_what, body, expected) => {
    expect(await codes(body)).toEqual([expected]);
  });

  it.each([
    ['an object, as JSON', '{{json user}}{{json tags}}'],
    ['what can be empty', '{{#if name}}x{{else}}y{{/if}}{{#if tags}}x{{else}}y{{/if}}{{#if count}}x{{else}}y{{/if}}'],
    ['an object without keys', '{{#if (length bag)}}x{{else}}y{{/if}}'],
    ['anything', '{{#if anything}}x{{else}}y{{/if}}{{anything}}'],
    ['the else of a loop', '{{#each tags}}x{{else}}y{{/each}}'],
    ['comparisons of size', '{{#if (lt count 3)}}a{{else if (lt count 5)}}b{{else}}c{{/if}}'],
  ])('%s is meant', async (_what, body) => {
    expect(await codes(body)).toEqual([]);
  });

  it('says nothing of a branch of a partial, which other places may reach', async () => {
    const partials = { greet: '{{#if who}}Hi {{who}}{{else}}Hi there{{/if}}' };
    expect(await codes('{{> greet who=plan}} {{> greet who=nick}} {{> greet who="Ada"}}', partials)).toEqual([]);
  });
});
