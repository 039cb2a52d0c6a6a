/**
 * Files of up to the limit of a megabyte that are made to be slow: each took minutes, hours or the whole call
 * stack once. What is compared are seconds, so that a busy machine passes and a square does not.
 */
import { describe, expect, it } from 'vitest';
import type { Code } from '../../src/base/codes.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import type { Files } from '../support/project.js';
import { template } from '../support/rejection.js';

const MOST_SECONDS = 8;
const MEGABYTE = 1_000_000;

/** Compiles files, a text being the template `a`; returns how often each code was found. */
async function codes(files: Files | string): Promise<{ [code in Code]?: number }> {
  const start = performance.now();
  const { diagnostics, build } = await compile(new MemoryDisk(typeof files === 'string' ? { 'prompts/templates/a.md': files } : files));
  expect((performance.now() - start) / 1000).toBeLessThan(MOST_SECONDS);
  expect(build === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
  const counts: { [code in Code]?: number } = {};
  for (const { code } of diagnostics) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

function times(count: number, make: (i: number) => string, separator = ''): string {
  return Array.from({ length: count }, (_, i) => make(i)).join(separator);
}

/** A template with inputs `a0`, `a1` and so on, all optional. */
function withInputs(count: number, body: string): string {
  return template(body, `inputs:\n${times(count, (i) => `  a${i}?: string`, '\n')}`);
}

/** A template with the input `x`. */
function withInput(type: string, body = '{{json x}}'): string {
  return template(body, `inputs:\n  x: ${type}`);
}

/** `a` with what is put around it, again and again. */
function nested(depth: number, around: (inner: string, i: number) => string): string {
  let text = 'a0';
  for (let i = 1; i < depth; i++) text = around(text, i);
  return text;
}

/** `k.k.k…` */
function keys(count: number): string {
  return times(count, () => 'k', '.');
}

const TREE = '{ $ref: "#/$defs/t", $defs: { t: { type: object, properties: { k: { $ref: "#/$defs/t" } } } } }';

describe('conditions', () => {
  it.each([
    ['all of 20,000 inputs', withInputs(20_000, `{{#if (and ${times(20_000, (i) => `a${i}`, ' ')})}}{{a19999}}{{/if}}`)],
    ['one of 20,000 inputs', withInputs(20_000, `{{#if (or ${times(20_000, (i) => `a${i}`, ' ')})}}x{{/if}}`)],
    [
      'none of 10,000 inputs, or all of them',
      withInputs(10_000, `{{#if (or ${times(10_000, (i) => `(not a${i})`, ' ')})}}x{{else}}${times(10_000, (i) => `{{a${i}}}`)}{{/if}}`),
    ],
    [
      'and within or within and, 60 levels deep',
      withInputs(60, `{{#if ${nested(60, (inner, i) => `(${i % 2 === 0 ? 'and' : 'or'} a${i} ${inner})`)}}}x{{/if}}`),
    ],
    [
      'both sides of a condition, 30 levels deep',
      withInputs(30, `{{#if ${nested(30, (inner, i) => `(or (not a${i}) (and ${inner} a${i}))`)}}}x{{/if}}`),
    ],
    [
      '250 blocks within each other',
      withInputs(250, `${times(250, (i) => `{{#if a${i}}}`)}${times(250, (i) => `{{a${i}}}`)}${'{{/if}}'.repeat(250)}`.repeat(10)),
    ],
    ['40 paths of 5,000 keys', withInput(TREE, `{{#if x.${keys(5000)}}}x{{/if}}`.repeat(40))],
    ['a path of 1,000 keys, 300 times at once', withInput(TREE, `{{#if (and ${`x.${keys(1000)} `.repeat(300)})}}x{{/if}}`)],
    [
      'a value looked at 20,000 times',
      withInput(
        '{ anyOf: [{ type: array, items: { properties: { k: {} } } }, { properties: { "0": { properties: { k: {} } } } }] }',
        `{{#if (and ${'x.0 '.repeat(20_000)} x.0.k)}}{{json x.0.k}}{{/if}}`,
      ),
    ],
    [
      'an enum of 50,000 values, compared with 10,000',
      withInput(
        `{ enum: [${times(50_000, (i) => `v${i}`, ', ')}] }`,
        `{{#if (eq x "v0")}}x${times(10_000, (i) => `{{else if (eq x "v${i}")}}x`)}{{/if}}`,
      ),
    ],
  ])('%s', async (_what, file) => {
    expect(await codes(file)).toEqual({});
  });
});

describe('schemas', () => {
  const doubling = (make: (next: string) => string): string =>
    `{ $ref: "#/$defs/a0", $defs: { ${times(50, (i) => `a${i}: ${make(`{ $ref: "#/$defs/a${i + 1}" }`)}`, ', ')}, a50: { type: string } } }`;
  it.each([
    ['two alternatives of two alternatives and so on', withInput(doubling((next) => `{ anyOf: [${next}, ${next}] }`))],
    [
      'two properties of two properties and so on',
      withInput(
        doubling((next) => `{ properties: { k: ${next}, l: ${next} } }`),
        `{{#if x.${keys(50)}}}x{{/if}}`,
      ),
    ],
    [
      'two alternatives that lead to each other',
      withInput(
        '{ $ref: "#/$defs/a", $defs: { a: { anyOf: [{ properties: { k: { $ref: "#/$defs/b" } } }, { properties: { k: { $ref: "#/$defs/a" } } }] }, b: { anyOf: [{ properties: { k: { $ref: "#/$defs/a" } } }, { properties: { k: { $ref: "#/$defs/b" } } }] } } }',
        `{{#if x.${keys(200)}}}x{{/if}}`,
      ),
    ],
    [
      '20,000 alternatives',
      withInput(
        `{ anyOf: [${times(20_000, (i) => `{ properties: { a${i}: {} } }`, ', ')}] }`,
        '{{#if x.a5}}{{json x.a5}}{{/if}}'.repeat(1000),
      ),
    ],
    [
      '40,000 alternatives of one value',
      withInput(`{ anyOf: [${times(40_000, (i) => `{ const: v${i} }`, ', ')}] }`, '{{#if (eq x "v5")}}x{{/if}}'.repeat(1000)),
    ],
    ['10,000 defaults', withInput(`{ properties: { ${times(10_000, (i) => `a${i}: { type: string, default: x }`, ', ')} } }`)],
    [
      '2,000 patterns of keys',
      withInput(
        `{ patternProperties: { ${times(2000, (i) => `"^a${i}$": { type: string }`, ', ')} } }`,
        times(1000, (i) => `{{#if x.a${i}}}x{{/if}}`),
      ),
    ],
    [
      '10,000 references',
      withInput(`{ properties: { ${times(10_000, (i) => `a${i}: { $ref: "#/$defs/d" }`, ', ')} }, $defs: { d: { type: string } } }`),
    ],
  ])('%s', async (_what, file) => {
    expect(await codes(file)).toEqual({});
  });

  it.each([
    ['10,000 references, each to the next', 10_000, (next: string) => next],
    ['200 levels, each by a reference', 200, (next: string) => `{ properties: { k: ${next} } }`],
  ])('%s: refused, and the stack is fine', async (_what, count, make) => {
    const definitions = times(count, (i) => `a${i}: ${make(`{ $ref: "#/$defs/a${i + 1}" }`)}`, ', ');
    expect(await codes(withInput(`{ $ref: "#/$defs/a0", $defs: { ${definitions}, a${count}: {} } }`))).toEqual({ 'check/input-schema': 1 });
  });

  it('a circle of 10,000 references is one mistake', async () => {
    const definitions = times(10_000, (i) => `a${i}: { $ref: "#/$defs/a${(i + 1) % 10_000}" }`, ', ');
    expect(await codes(withInput(`{ $ref: "#/$defs/a0", $defs: { ${definitions} } }`))).toEqual({ 'check/input-schema': 1 });
  });
});

describe('mistakes by the thousand', () => {
  it.each<[string, Files | string, { [code in Code]?: number }]>([
    [
      'names',
      withInputs(
        10_000,
        times(10_000, (i) => `{{inptu_${i}}}`),
      ),
      { 'check/unknown-name': 10_000 },
    ],
    [
      'properties',
      withInput(
        `{ properties: { ${times(10_000, (i) => `name_${i}: {}`, ', ')} } }`,
        times(10_000, (i) => `{{x.nmae_${i}}}`),
      ),
      { 'check/unknown-property': 10_000 },
    ],
    ['partials', template(times(10_000, (i) => `{{> p${i}}}`)), { 'check/partial-unknown': 10_000 }],
    [
      'keys of the frontmatter',
      template(
        'x',
        times(30_000, (i) => `role${i}: x`, '\n'),
      ),
      { 'check/unknown-key': 30_000 },
    ],
    [
      'defaults',
      withInput(`{ properties: { ${times(10_000, (i) => `a${i}: { type: string, default: 5 }`, ', ')} } }`),
      { 'check/input-default': 10_000 },
    ],
    ['braces', template('{{ '.repeat(100_000)), { 'parse/unclosed-tag': 100_000 }],
    ['printed objects', withInput('object', '{{x}}\n'.repeat(50_000)), { 'check/printed-as-json': 50_000 }],
  ])('%s', async (_what, file, expected) => {
    expect(await codes(file)).toEqual(expected);
  });

  it('slots and examples', async () => {
    const files = {
      'prompts/templates/a.md': template('x'),
      'prompts/bundles/b.md': `---\nid: b\nversion: 1.0.0\nslots: { task: a }\nexamples:\n${times(10_000, (i) => `  - { nam: e${i}, inpt: {} }`, '\n')}\n---\n`,
    };
    expect(await codes(files)).toEqual({ 'check/unknown-key': 20_000 });
  });
});

describe('comments that ignore', () => {
  const ignore = '{{! promptc-ignore check/printed-as-json: meant }}';
  it.each<[string, string, { [code in Code]?: number }]>([
    ['10,000, each with its line', withInput('object', `${ignore}{{x}}\n`.repeat(10_000)), {}],
    ['10,000 on one line', withInput('object', `${ignore}{{x}}`.repeat(10_000)), {}],
    ['10,000 that ignore nothing', withInput('object', `{{json x}}\n${`${ignore}\n`.repeat(10_000)}`), { 'check/unused-ignore': 10_000 }],
    ['one that goes on and on', template(`x {{! promptc-ignore a${' '.repeat(MEGABYTE / 2)}b }}`), { 'check/bad-ignore': 1 }],
    ['… in the frontmatter', template('x', `# promptc-ignore a${' '.repeat(MEGABYTE / 2)}b`), { 'check/bad-ignore': 1 }],
  ])('%s', async (_what, file, expected) => {
    expect(await codes(file)).toEqual(expected);
  });
});

describe('partials', () => {
  it('260,000 inclusions of one that prints a parameter', async () => {
    const files: { [path: string]: string } = { 'prompts/templates/a.md': template('{{> p0 a=task}}') };
    for (let i = 0; i < 17; i++) files[`prompts/partials/p${i}.md`] = `{{> p${i + 1} a=a}}{{> p${i + 1} a=a}}`;
    files['prompts/partials/p17.md'] = '{{a}}';
    expect(await codes(files)).toEqual({});
  }, 30_000);

  it.each([
    ['a text of a megabyte, 2,000 times', 'x'.repeat(MEGABYTE)],
    ['a condition of a megabyte, 2,000 times', `{{#if (and ${'task '.repeat(MEGABYTE / 6)})}}x{{/if}}`],
    ['comments, 2,000 times', '{{! }}'.repeat(MEGABYTE / 7)],
  ])('%s: refused', async (_what, partial) => {
    const files = { 'prompts/templates/a.md': template('{{> p}}{{task}}'.repeat(2000)), 'prompts/partials/p.md': `${partial}x` };
    expect(await codes(files)).toEqual({ 'check/too-long': 1 });
  });

  it('many line ends that are not the last', async () => {
    const files = { 'prompts/templates/a.md': template('{{> p}}'), 'prompts/partials/p.md': `${'\n'.repeat(MEGABYTE)}x` };
    expect(await codes(files)).toEqual({});
  });
});

describe('constraints', () => {
  const project = (body: string, tokens: readonly string[], bundles = 1): Files => {
    const files: { [path: string]: string } = { 'prompts/templates/a.md': template(body) };
    for (let i = 0; i < bundles; i++) {
      const list = tokens.map((token) => JSON.stringify(token + (i === 0 ? '' : String(i)))).join(', ');
      files[`prompts/bundles/b${i}.md`] =
        `---\nid: b${i}\nversion: 1.0.0\nslots: { task: a }\nconstraints_in_prompt: append\nconstraints:\n  FORBIDDEN_TOKENS: [${list}]\n---\n`;
    }
    return files;
  };
  const words = Array.from({ length: 5000 }, (_, i) => `w${i}`);

  it.each<[string, Files, { [code in Code]?: number }]>([
    ['5,000 tokens in a megabyte, for five bundles', project('lorem ipsum dolor. '.repeat(50_000), words, 5), {}],
    ['5,000 tokens in 50,000 texts', project('a {{task}} '.repeat(50_000), words), {}],
    [
      'tokens that begin alike',
      project(
        '!'.repeat(MEGABYTE),
        Array.from({ length: 500 }, (_, i) => `${'!'.repeat(i + 1)}?`),
      ),
      {},
    ],
    ['a token everywhere', project('!'.repeat(MEGABYTE), ['!']), { 'link/breaks-constraint': 100 }],
  ])('%s', async (_what, files, expected) => {
    expect(await codes(files)).toEqual(expected);
  });
});

describe('text and YAML', () => {
  it.each<[string, string, { [code in Code]?: number }]>([
    ['raw blocks', template('{{{{raw}}}}x{{{{/raw}}}}'.repeat(20_000)), {}],
    ['one raw block', template(`{{{{raw}}}}${'{{x}} '.repeat(MEGABYTE / 7)}{{{{/raw}}}}`), {}],
    ['escapes', template('\\{{x '.repeat(MEGABYTE / 6)), {}],
    ['backslashes', template(`${'\\'.repeat(MEGABYTE - 100)}{{task}}`), {}],
    ['white-space control', template(`{{~task~}}${' '.repeat(90)}`.repeat(10_000)), {}],
    ['blank lines', template(`x${'\n'.repeat(MEGABYTE - 100)}x`), {}],
    ['a long text', template('x', `description: >\n${'  abc def\n'.repeat(90_000)}`), {}],
    ['lines of odd spaces', template('x', `a: [\n${'\u00a0\n'.repeat(300_000)}x`), { 'parse/yaml-syntax': 1 }],
    ['a word of a megabyte', template('x', `${'a'.repeat(MEGABYTE)} b: c: d`), { 'parse/yaml-syntax': 1 }],
    ['a list that does not end', template('x', `a: [${'a,'.repeat(MEGABYTE / 3)}`), { 'parse/yaml-syntax': 1 }],
    ['tabs', template('x', `${'\t'.repeat(MEGABYTE - 100)}a: b`), { 'parse/yaml-syntax': 1 }],
  ])('%s', async (_what, file, expected) => {
    expect(await codes(file)).toEqual(expected);
  });
});
