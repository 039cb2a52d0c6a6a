/** The schemas that ship with the package: what the build writes is what promptc checks with, and it fits every file. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { Diagnostics } from '../../src/base/diagnostic.js';
import type { Json, JsonObject } from '../../src/base/json.js';
import { subschemas } from '../../src/compile/check/json-schema.js';
import { CONFIG_SCHEMA, DEFAULT_CONFIG } from '../../src/compile/config.js';
import { discover } from '../../src/compile/discover/discover.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { parseBundleFile, parseTemplateFile } from '../../src/compile/parse/parse.js';
import { LINE_SCHEMA, SUITE_SCHEMA } from '../../src/eval/suites/suite-schema.js';
import type { JsonSchema } from '../../src/format/artifact.js';
import {
  BUILD_SCHEMA,
  BUNDLE_ARTIFACT_SCHEMA,
  MANIFEST_SCHEMA,
  PAGE_SCHEMA,
  TEMPLATE_ARTIFACT_SCHEMA,
} from '../../src/format/artifact-schema.js';
import { BUNDLE_SCHEMA, TEMPLATE_SCHEMA } from '../../src/format/frontmatter-schema.js';
import { LOCK_LINE_SCHEMA, type LockEntry } from '../../src/format/lock.js';
import { formatLock } from '../../src/versions/lock.js';
import { readPage } from '../docs/page.js';
import { REPOSITORY } from '../support/project.js';
import { templateEntry } from '../versions/generated-lock.js';
import { demoProject } from './corpus.js';

const USED: { readonly [name: string]: JsonSchema } = {
  template: TEMPLATE_SCHEMA,
  bundle: BUNDLE_SCHEMA,
  config: CONFIG_SCHEMA,
  lock: LOCK_LINE_SCHEMA,
  'template-artifact': TEMPLATE_ARTIFACT_SCHEMA,
  'bundle-artifact': BUNDLE_ARTIFACT_SCHEMA,
  manifest: MANIFEST_SCHEMA,
  page: PAGE_SCHEMA,
  build: BUILD_SCHEMA,
  suite: SUITE_SCHEMA,
  'suite-line': LINE_SCHEMA,
};

const folder = await mkdtemp(path.join(tmpdir(), 'promptc-schemas-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
await promisify(execFile)('npx', ['vite-node', 'scripts/schemas.ts', folder], { cwd: REPOSITORY });
const written = new Map<string, JsonSchema>();
for (const file of await readdir(folder)) {
  written.set(file.replace(/\.schema\.json$/, ''), JSON.parse(await readFile(path.join(folder, file), 'utf8')) as JsonSchema);
}

/** Whether a value fits a schema that was written, and what is wrong with it. */
function problems(name: string, value: Json): string[] {
  const validate = compiled(name);
  return validate(value) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const validators = new Map<string, ValidateFunction>();

/** The strictest that ajv can be. A path within an artifact is a tuple that goes on, which `strictTuples` does not have. */
function compiled(name: string): ValidateFunction {
  let validate = validators.get(name);
  if (validate === undefined) {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTuples: name !== 'template-artifact' });
    validate = ajv.compile(written.get(name)!);
    validators.set(name, validate);
  }
  return validate;
}

describe('the schemas that are written', () => {
  it('are those that promptc checks with', () => {
    expect(Object.fromEntries(written)).toEqual(USED);
  });

  it.each(Object.keys(USED))('%s: is JSON Schema 2020-12 that says what it is', (name) => {
    const schema = written.get(name)!;
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema['$id']).toBe(`urn:promptc:format:${name}`);
    expect(schema['title']).toMatch(/^[A-Z]/);
    expect(new Ajv2020().validateSchema(schema)).toBe(true);
    expect(() => compiled(name)).not.toThrow();
  });

  it.each(['template', 'bundle', 'config', 'lock'])('%s: tells an author what each key is for', (name) => {
    const described = [...subschemas(written.get(name)!)].map(({ schema, path: at }) => [at.join('/'), schema['description']] as const);
    const ofKeys = described.filter(([at]) =>
      /(?:^|\/)(?:properties|patternProperties|\$defs)\/[^/]+$|^$|inputs\/additionalProperties$/.test(at),
    );
    expect(ofKeys.length).toBeGreaterThan(5);
    expect(ofKeys.filter(([, description]) => typeof description !== 'string' || !description.endsWith('.'))).toEqual([]);
  });

  it('give examples and defaults that fit where they stand', () => {
    const given = [...written].flatMap(([name, root]) =>
      [...subschemas(root)].flatMap(({ schema, path: at }) => {
        const { examples = [], default: preset } = schema;
        const values = [...(examples as Json[]), ...(preset === undefined ? [] : [preset])];
        return values.map((value) => ({ name, at: at.join('/'), schema, value }));
      }),
    );
    expect(given.length).toBeGreaterThan(20);
    const ajv = new Ajv2020({ strict: false, validateSchema: false, addUsedSchema: false });
    const wrong = given.filter(({ schema, value }) => !ajv.validate(schema, value));
    expect(wrong.map(({ name, at, value }) => [name, at, value])).toEqual([]);
  });

  it.each(['template', 'bundle', 'config'])('%s: means the same to an editor that knows draft 7 only', (name) => {
    const schema = written.get(name)!;
    // Draft 7 knows every keyword, and strictness refuses one that it does not.
    const draft7 = new Ajv({ strict: true, allowUnionTypes: true, validateSchema: false });
    expect(() => draft7.compile(schema)).not.toThrow();
    // Words that draft 7 knows, but reads otherwise.
    const changed = [...subschemas(schema)].filter((one) => Array.isArray(one.schema['items']) || one.schema['$ref'] !== undefined);
    expect(changed).toEqual([]);
  });

  it('are those that docs/editors.md names', () => {
    const named = [...readPage('editors.md').text.matchAll(/([a-z-]+)\.schema\.json/g)].map((match) => match[1]!);
    expect(new Set(named)).toEqual(new Set(written.keys()));
  });

  it('give the defaults that promptc has', () => {
    const { limits } = written.get('config')!['properties'] as { limits: { properties: { [name: string]: { default: number } } } };
    expect(Object.fromEntries(Object.entries(limits.properties).map(([name, limit]) => [name, limit.default]))).toEqual(
      DEFAULT_CONFIG.limits,
    );
  });
});

describe("this project's own files fit", () => {
  it('in their frontmatter', async () => {
    const diagnostics = new Diagnostics();
    const { limits } = DEFAULT_CONFIG;
    const sources = await discover(new NodeDisk(REPOSITORY), limits.fileBytes, diagnostics);
    const templates = sources.templates.map((source) => parseTemplateFile(source, limits, diagnostics));
    const bundles = sources.bundles.map((source) => parseBundleFile(source, limits, diagnostics));
    expect([templates.length, bundles.length].every((count) => count > 5)).toBe(true);
    for (const { frontmatter, source } of templates) expect(problems('template', frontmatter!.value), source.path).toEqual([]);
    for (const { frontmatter, source } of bundles) expect(problems('bundle', frontmatter!.value), source.path).toEqual([]);
    // Each is one of the two, and not the other.
    for (const { frontmatter } of templates) expect(problems('bundle', frontmatter!.value)).not.toEqual([]);
    for (const { frontmatter } of bundles) expect(problems('template', frontmatter!.value)).not.toEqual([]);
  });

  it('in everything that is built of them', async () => {
    const KINDS: { readonly [kind: string]: string } = { template: 'template-artifact', bundle: 'bundle-artifact' };
    const { files } = await demoProject();
    const seen = new Set<string>();
    for (const [file, bytes] of files) {
      const value = JSON.parse(new TextDecoder().decode(bytes)) as JsonObject;
      const kind = value['kind'] as string | undefined;
      // A folder keeps the manifests and the origins of builds beside those of the last one.
      const kept = file.startsWith('builds/') ? 'build' : kind === undefined ? 'manifest' : (KINDS[kind] ?? 'page');
      const name = file.includes('/') ? kept : file.replace('.json', '');
      seen.add(name);
      expect(problems(name, value), file).toEqual([]);
      expect(problems(name, { ...value, note: 1 }), file).not.toEqual([]);
    }
    expect([...seen].toSorted()).toEqual(['build', 'bundle-artifact', 'manifest', 'page', 'template-artifact']);
  });
});

describe('the configurations of the documentation', () => {
  const blocks = ['frontmatter.md', 'diagnostics.md'].flatMap((page) => readPage(page).blocks);
  const configs = blocks.filter(({ language, meta }) => language === 'json' && ['config', 'file=promptc.config.json'].includes(meta));

  it('are there', () => expect(configs.length).toBeGreaterThan(3));

  it.each(configs)('line $line: fit, or do not as the page says', ({ heading, text }) => {
    expect(problems('config', JSON.parse(text) as Json).length > 0).toBe(heading === '`discover/config`');
  });

  it('may name their schema', () => {
    expect(problems('config', { $schema: './node_modules/promptc/schemas/config.schema.json' })).toEqual([]);
  });
});

describe('what an author can get wrong', () => {
  const template = { id: 'support/tone', version: '1.2.0', role: 'system', inputs: { name: 'string' } };
  const bundle = { id: 'support-agent', version: '2.1.0', slots: { system: 'support/tone@^1.0.0' }, examples: [{ name: 'a', input: {} }] };
  const lockEntry = { ...templateEntry() } as unknown as JsonObject;

  it.each([
    ['template', { ...template, descripton: 'How agents sound.' }],
    ['template', { ...template, id: 'Support/Tone' }],
    ['template', { ...template, version: 1.2 }],
    ['template', { ...template, version: 'v1.2.0' }],
    ['template', { ...template, role: 'assistant' }],
    ['template', { ...template, inputs: { name: 1 } }],
    ['template', { ...template, constraints: { NO_EMOJIS: true } }],
    ['template', { ...template, constraints: { MAX_PARAGRAPHS: 0 } }],
    ['template', without(template, 'role')],
    ['bundle', { ...bundle, slots: {} }],
    ['bundle', { ...bundle, slots: { sistem: 'support/tone' } }],
    ['bundle', { ...bundle, tags: [] }],
    ['bundle', { ...bundle, examples: [{ name: 'a', inputs: {} }] }],
    ['config', { limits: { fileBytes: 0 } }],
    ['config', { limits: { fileByte: 1 } }],
    ['config', { limit: {} }],
    ['lock', { ...lockEntry, note: 1 }],
    ['lock', { ...lockEntry, kind: 'partial' }],
    ['lock', { lockVersion: 2 }],
  ] satisfies [string, JsonObject][])('%s: %j', (name, value) => {
    expect(problems(name, value)).not.toEqual([]);
  });

  it('is none of these', () => {
    expect([problems('template', template), problems('bundle', bundle), problems('config', {})]).toEqual([[], [], []]);
  });
});

it('the schema of the lock fits each of its lines', () => {
  const bundle: LockEntry = {
    ...templateEntry(),
    kind: 'bundle',
    files: { 'prompts/bundles/a.md': '3'.repeat(64) },
    slots: { task: 'a@1.0.0' },
    yanked: 'wrong',
  };
  const lines = formatLock({ entries: [templateEntry(), bundle] })
    .trimEnd()
    .split('\n');
  expect(lines.map((line) => problems('lock', JSON.parse(line) as Json))).toEqual([[], [], []]);
});

function without(value: JsonObject, key: string): JsonObject {
  const { [key]: left, ...rest } = value;
  expect(left).toBeDefined();
  return rest;
}
