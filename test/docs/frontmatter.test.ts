/** docs/frontmatter.md: every key, keyword, shorthand and limit has its place, and every example compiles. */
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { CODES } from '../../src/base/codes.js';
import { isObject } from '../../src/base/json.js';
import { SCHEMA_KEYWORDS } from '../../src/compile/check/json-schema.js';
import { type Compiled, compile } from '../../src/compile/compile.js';
import { CONFIG_SCHEMA, DEFAULT_CONFIG } from '../../src/compile/config.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import type { JsonSchema } from '../../src/format/artifact.js';
import { BUNDLE_SCHEMA, TEMPLATE_SCHEMA } from '../../src/format/frontmatter-schema.js';
import { PERSONA_INPUTS } from '../../src/format/persona.js';
import { HELPER_NAMES } from '../../src/format/operation.js';
import { RESERVED_NAMES } from '../../src/compile/parse/template/expression.js';
import { readPage, section, tableRows } from './page.js';

const page = readPage('frontmatter.md');
const yaml = page.blocks.filter((block) => block.language === 'yaml');
const sound = yaml.filter((block) => block.meta === '');
const wrong = yaml.filter((block) => block.meta.startsWith('error='));

describe('docs/frontmatter.md', () => {
  it.each([
    ['## A template', TEMPLATE_SCHEMA],
    ['## A bundle', BUNDLE_SCHEMA],
  ])('%s: lists every key, and which are required', (heading, schema) => {
    // The bundle's section goes on with tables of other things.
    const rows = tableRows(section(page, heading).split('\n### ')[0]!).slice(1);
    expect(new Set(rows.map(([key]) => key))).toEqual(new Set(Object.keys(propertiesOf(schema))));
    const required = rows.filter(([, , needed]) => needed === 'yes').map(([key]) => key);
    expect(new Set(required)).toEqual(new Set(schema['required'] as string[]));
  });

  it('lists the keys of an example', () => {
    const { items } = propertiesOf(BUNDLE_SCHEMA)['examples'] as { items: JsonSchema };
    const rows = tableRows(section(page, '### Examples')).slice(1);
    expect(rows.map(([key]) => key)).toEqual(Object.keys(propertiesOf(items)));
  });

  it('lists every setting, and every limit with its default and its ceiling', () => {
    const text = section(page, '## promptc.config.json');
    const rows = tableRows(text);
    const settings = Object.keys(propertiesOf(CONFIG_SCHEMA));
    expect(rows.slice(1, 1 + settings.length).map(([key]) => key)).toEqual(settings);
    const limits = propertiesOf(propertiesOf(CONFIG_SCHEMA)['limits'] as JsonSchema) as { [name: string]: { maximum?: number } };
    const written = rows.slice(2 + settings.length).map(([name, , preset, most]) => [name, preset, most]);
    const actual = Object.entries(DEFAULT_CONFIG.limits).map(([name, preset]) => [
      name,
      String(preset),
      String(limits[name]?.maximum ?? 'none'),
    ]);
    expect(written).toEqual(actual);
  });

  it('lists every keyword of a schema', () => {
    const rows = tableRows(section(page, '### JSON Schema')).slice(1);
    const keywords = rows.flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map((match) => match[1]!));
    expect(keywords.toSorted()).toEqual(SCHEMA_KEYWORDS.toSorted());
  });

  it('lists the reserved names', () => {
    const others = [...RESERVED_NAMES].filter((name) => !(HELPER_NAMES as readonly string[]).includes(name));
    const line = page.text.split('\n').find((one) => one.includes('`check/input-reserved`'))!;
    for (const name of others) expect(page.text.slice(page.text.indexOf(line)).split('\n').slice(0, 3).join('\n')).toContain(`\`${name}\``);
  });

  it('lists the four inputs of every template', () => {
    const rows = tableRows(section(page, '### The four inputs that every template has')).slice(1);
    const actual = Object.entries(PERSONA_INPUTS).map(([name, { type, default: preset }]) => [name, type, JSON.stringify(preset)]);
    expect(rows.map(([name, type, preset]) => [name, type, preset])).toEqual(actual);
    expect(rows.find(([name]) => name === 'task')![3]).toContain(String(PERSONA_INPUTS.task.maxLength));
  });

  it('lists what each shorthand stands for', async () => {
    const rows = tableRows(section(page, '### Shorthands')).slice(1);
    expect(rows.length).toBe(12);
    const names = rows.map(([shorthand], i) => `i${i}: ${shorthand}`);
    const compiled = await compileTemplate(`inputs:\n  ${names.join('\n  ')}`);
    const { inputs } = compiled.build!.templates[0]!.artifact;
    expect(rows.map((_, i) => canonicalJson(inputs![`i${i}`]))).toEqual(rows.map(([, schema]) => schema));
  });

  it('names only codes that there are', () => {
    const named = [...page.text.matchAll(/\b((?:discover|parse|check|link)\/[a-z-]+)`/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((code) => !Object.hasOwn(CODES, code))).toEqual([]);
  });

  it('shows a project that compiles and renders its example', async () => {
    const files = page.blocks.filter((block) => block.meta.startsWith('prompts/'));
    expect(files.length).toBe(3);
    const { build, diagnostics, examples } = await compile(
      new MemoryDisk({
        ...Object.fromEntries(files.map((file) => [file.meta, file.text])),
        'promptc.config.json': page.blocks.find((block) => block.meta === 'config')!.text,
      }),
    );
    expect(diagnostics).toEqual([]);
    expect(build).toBeDefined();
    expect(examples.map(({ result }) => result.messages.map((message) => message.role))).toEqual([['system', 'user']]);
  });

  it('has examples of inputs', () => {
    expect(sound.length).toBeGreaterThanOrEqual(4);
    expect(wrong.length).toBeGreaterThanOrEqual(6);
  });

  it.each(sound.map((block) => [block.line, block] as const))('line %i: compiles', async (_line, block) => {
    const { build, diagnostics } = await compileTemplate(block.text);
    expect(diagnostics.filter((diagnostic) => diagnostic.severity === 'error')).toEqual([]);
    expect(build).toBeDefined();
  });

  it.each(wrong.map((block) => [block.line, block.meta.slice('error='.length), block] as const))(
    'line %i: is %s',
    async (_line, code, block) => {
      const { diagnostics } = await compileTemplate(block.text);
      expect([...new Set(diagnostics.map((diagnostic) => diagnostic.code))]).toEqual([code]);
    },
  );

  it('completes a request as it says', async () => {
    const block = page.blocks.find((one) => one.language === 'yaml' && one.heading === 'Defaults')!;
    const { examples } = await compileTemplate(block.text, '{{json style}}');
    expect(examples.map(({ result }) => result.rendered_prompt)).toEqual(['{"tone":"warm"}']);
  });
});

function propertiesOf(schema: JsonSchema): { [name: string]: unknown } {
  const { properties } = schema;
  return isObject(properties) ? properties : {};
}

/** Compiles a template of this frontmatter (its identity is added where it is missing), in a bundle that renders it without inputs. */
function compileTemplate(frontmatter: string, body = 'text'): Promise<Compiled> {
  const identity = /^id:/m.test(frontmatter) ? '' : 'id: example\nversion: 1.0.0\nrole: system\n';
  const bundle = '---\nid: b\nversion: 1.0.0\nslots: { task: example }\nexamples: [{ name: none, input: {} }]\n---\n';
  return compile(
    new MemoryDisk({
      'prompts/templates/example.md': `---\n${identity}${frontmatter}\n---\n${body}\n`,
      ...(body === 'text' ? {} : { 'prompts/bundles/b.md': bundle }),
    }),
  );
}
