/**
 * docs/hashes.md: its bytes and hashes, computed again with nothing but JSON and SHA-256, and compared with
 * what promptc computes.
 */
import { createHash } from 'node:crypto';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { compileInline, type InlineBundle, type InlineTemplate } from '../../src/compile/inline.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { InlineBundleSource, InlineTemplateSource, type Payload, PromptGenerator } from '../../src/index.js';
import { readPage, section, tableRows } from './page.js';

const HASHES = ['template_hash', 'bundle_hash', 'personality_hash', 'prompt_hash'] as const;

const page = readPage('hashes.md');
const stated = new Map(
  tableRows(section(page, '## The four hashes'))
    .slice(1)
    .map(([name, bytes, hash]) => [name!, { bytes: Number(bytes), hash: hash! }]),
);
const request = JSON.parse(block('json', 'request')) as Payload & { inputs: object };

describe('docs/hashes.md, from the page alone', () => {
  it('states four hashes', () => expect([...stated.keys()]).toEqual(HASHES));

  it.each(HASHES)('%s is the SHA-256 of its bytes', (name) => {
    const bytes = Buffer.from(block('text', name));
    expect({ bytes: bytes.length, hash: sha256(bytes) }).toEqual(stated.get(name));
  });

  it.each(HASHES.slice(0, 3))('the bytes of %s are canonical', (name) => {
    const text = block('text', name);
    expect(canonical(JSON.parse(text))).toBe(text);
  });

  it('the bundle names the hash of its template', () => {
    expect(JSON.parse(block('text', 'bundle_hash'))).toMatchObject({ slots: { task: stated.get('template_hash')!.hash } });
  });

  it('the bytes hold what the files say', () => {
    const { template, partials, bundle } = written();
    const { id, version, role, constraints, content } = template;
    const inputs = {
      name: { type: 'string' },
      'visits?': { type: 'integer', minimum: 1 },
      plan: { enum: ['free', 'pro'], default: 'free' },
    };
    expect(canonical({ spec: 1, id, version, role, inputs, constraints, body: content.trim(), partials })).toBe(
      block('text', 'template_hash'),
    );
    const { id: name, version: its, tags, config, constraints: own } = bundle;
    const slots = { task: stated.get('template_hash')!.hash };
    expect(canonical({ spec: 1, id: name, version: its, slots, tags, config, constraints: own })).toBe(block('text', 'bundle_hash'));
  });

  it('the request, its defaults filled in, is the personality', () => {
    const { semantic_traits, task, inputs } = request;
    const completed = { semantic_traits, task, activity_level: 0, stress: 0, inputs: { ...inputs, plan: 'free' } };
    expect(canonical(completed)).toBe(block('text', 'personality_hash'));
  });

  it('lists every key of each hash', () => {
    for (const name of HASHES.slice(0, 3)) {
      const rows = tableRows(section(page, `## ${name}`)).slice(1);
      const listed = new Set(rows.flatMap(([keys]) => keys!.replaceAll('`', '').split(', ')));
      const keys = Object.keys(JSON.parse(block('text', name)) as object);
      expect(keys.filter((key) => !listed.has(key))).toEqual([]);
    }
  });
});

describe('docs/hashes.md and promptc', () => {
  it('renderInline gives the same hashes', async () => {
    const { template, partials, bundle } = written();
    const none = { templates: [] };
    const generator = new PromptGenerator({ bundles: new InlineBundleSource(none), templates: new InlineTemplateSource(none) });
    const result = await generator.renderInline({ bundle, templates: [template], partials }, request);
    const [built] = compileInline({ templates: [template], partials }).templates;
    expect({ ...result, template_hash: built!.artifact.hash }).toMatchObject(
      Object.fromEntries(HASHES.map((name) => [name, stated.get(name)!.hash])),
    );
    expect(result.rendered_prompt).toBe(block('text', 'prompt_hash'));
  });

  it('the files give the same hashes, also with CRLF', async () => {
    const files = Object.entries(sourceFiles());
    for (const lineEnd of ['\n', '\r\n']) {
      const texts = files.map(([name, text]) => [name, `${text}\n`.replaceAll('\n', lineEnd)]);
      const { build } = await compile(new MemoryDisk(Object.fromEntries(texts)));
      expect(build!.templates[0]!.artifact.hash).toBe(stated.get('template_hash')!.hash);
      expect(build!.bundles[0]!.artifact.hash).toBe(stated.get('bundle_hash')!.hash);
    }
  });

  const schema = { type: 'object', title: 'a', properties: { title: { type: 'string', description: 'b', $comment: 'c' } } };
  const annotated = { ...schema, examples: [1], deprecated: true, readOnly: true, writeOnly: false, default: { title: 'x' } };
  const bare = { type: 'object', properties: { title: { type: 'string' } }, default: { title: 'x' } };
  const identity = { id: 'a', version: '1.0.0', role: 'user' } as const;
  const base = { spec: 1, ...identity };

  it.each<[string, Omit<InlineTemplate, 'id' | 'version' | 'role'>, object, { [name: string]: string }?]>([
    ['nothing but text', { content: ' a \n\n' }, { body: ' a' }],
    ['a description', { content: 'a', description: 'x' }, { body: 'a' }],
    ['empty inputs and constraints', { content: 'a', inputs: {}, constraints: {} }, { body: 'a', inputs: {}, constraints: {} }],
    ['adapter_version', { content: 'a', adapter_version: 'b' }, { body: 'a', adapter_version: 'b' }],
    ['annotations', { content: '{{json i}}', inputs: { i: annotated } }, { body: '{{json i}}', inputs: { i: bare } }],
    [
      'shorthands',
      { content: 'a', inputs: { 'i?': 'any', j: 'string[]', task: 'string' } },
      { body: 'a', inputs: { 'i?': {}, j: { type: 'array', items: { type: 'string' } }, task: { type: 'string' } } },
    ],
    [
      'constraints as written',
      { content: 'a', constraints: { FORBIDDEN_TOKENS: ['b', 'a', 'b'] } },
      { body: 'a', constraints: { FORBIDDEN_TOKENS: ['b', 'a', 'b'] } },
    ],
    [
      'partials within partials, and one that nobody includes',
      { content: '{{> p}}{{! c }}' },
      { body: '{{> p}}{{! c }}', partials: { p: ' {{> q}}', q: '\nq ' } },
      { p: ' {{> q}}\n\n', q: '\r\nq ', r: 'r' },
    ],
  ])('template_hash: %s', (_name, template, hashed, partials = {}) => {
    const [built] = compileInline({ templates: [{ ...identity, ...template }], partials }).templates;
    expect(built!.artifact.hash).toBe(sha256(canonical({ ...base, ...hashed })));
  });

  it.each<[string, Omit<InlineBundle, 'id' | 'version' | 'slots'>, object]>([
    ['nothing but slots', {}, {}],
    ['a description', { description: 'x' }, {}],
    ['empty values', { config: {}, output: {}, constraints: {} }, { config: {}, output: {}, constraints: {} }],
    ['tags in their order', { tags: ['b', 'a'] }, { tags: ['b', 'a'] }],
  ])('bundle_hash: %s', (_name, bundle, hashed) => {
    const templates: InlineTemplate[] = [{ ...identity, content: 'a', adapter_version: 'b', constraints: { NO_EMOJI: true } }];
    const [one, other] = ['a@1.0.0', 'a'].map((reference) => {
      const [built] = compileInline({
        bundles: [{ id: 'b', version: '1.0.0', slots: { activity: reference }, ...bundle }],
        templates,
      }).bundles;
      return built!.artifact.hash;
    });
    const template = sha256(canonical({ ...base, adapter_version: 'b', constraints: { NO_EMOJI: true }, body: 'a' }));
    expect(one).toBe(sha256(canonical({ spec: 1, id: 'b', version: '1.0.0', slots: { activity: template }, ...hashed })));
    expect(other).toBe(one);
  });
});

/** What the page says canonical JSON is; JavaScript compares strings by UTF-16 code units. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const object = value as { [key: string]: unknown };
  const keys = Object.keys(object).toSorted((a, b) => (a < b ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(object[key])}`).join(',')}}`;
}

function sha256(data: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

function block(language: string, meta: string): string {
  const found = page.blocks.find((one) => one.language === language && one.meta === meta);
  if (found === undefined) throw new Error(`the page has no block ${language} ${meta}`);
  return found.text;
}

function sourceFiles(): { [name: string]: string } {
  return Object.fromEntries(page.blocks.filter(({ meta }) => meta.startsWith('prompts/')).map(({ meta, text }) => [meta, text]));
}

/** The page's files as values. */
function written(): { template: InlineTemplate; bundle: InlineBundle; partials: { [name: string]: string } } {
  const {
    'prompts/templates/greeting.md': template,
    'prompts/bundles/hello.md': bundle,
    'prompts/partials/sign/off.md': partial,
  } = sourceFiles();
  const split = (text: string): [object, string] => {
    const [, yaml, body] = /^---\n([^]*?)\n---\n([^]*)$/.exec(text)!;
    return [load(yaml!) as object, body!];
  };
  const [keys, content] = split(template!);
  return {
    template: { ...(keys as Omit<InlineTemplate, 'content'>), content },
    bundle: split(bundle!)[0] as InlineBundle,
    partials: { 'sign/off': partial! },
  };
}
