/** docs/artifact-format.md and the schemas: held to what the compiler writes, and to a renderer that knows the page only. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { sha256 } from '../../src/base/digest.js';
import { isObject, type Json, type JsonObject } from '../../src/base/json.js';
import { CONSTRAINT_NAMES } from '../../src/constraints/vocabulary.js';
import type { JsonSchema } from '../../src/format/artifact.js';
import {
  BUILD_SCHEMA,
  BUNDLE_ARTIFACT_SCHEMA,
  MANIFEST_SCHEMA,
  PAGE_SCHEMA,
  TEMPLATE_ARTIFACT_SCHEMA,
} from '../../src/format/artifact-schema.js';
import { HELPER_NAMES } from '../../src/format/operation.js';
import { DEFAULT_RENDER_LIMITS } from '../../src/render/limits.js';
import { BundleRenderer } from '../../src/generator/bundle-renderer.js';
import { BuildStore } from '../../src/sources/inline.js';
import { readArtifact } from '../../src/sources/read-artifact.js';
import { StoreSource } from '../../src/sources/store.js';
import { readPage, section, tableRows } from '../docs/page.js';
import { REPOSITORY } from '../support/project.js';
import { type BuiltProject, COMMIT, demoProject, edgeProject } from './corpus.js';
import { renderFrom } from './mini-renderer.js';

const SCHEMAS: { readonly [name: string]: JsonSchema } = {
  'template artifact': TEMPLATE_ARTIFACT_SCHEMA,
  'bundle artifact': BUNDLE_ARTIFACT_SCHEMA,
  'manifest.json': MANIFEST_SCHEMA,
  'page of the index': PAGE_SCHEMA,
  'build.json': BUILD_SCHEMA,
};

if (process.env['UPDATE'] === '1') updatePage();
const page = readPage('artifact-format.md');
const projects: readonly (readonly [string, BuiltProject])[] = [
  ['the demo project', await demoProject()],
  ['a project of edges', await edgeProject()],
];
const files = projects.flatMap(([name, project]) =>
  [...project.files].map(([file, bytes]) => ({
    name: `${name}: ${file}`,
    file,
    value: JSON.parse(new TextDecoder().decode(bytes)) as JsonObject,
  })),
);

describe('the schemas of artifacts', () => {
  it('see every kind of file', () => {
    expect(new Set(files.map(({ file, value }) => kindOf(file, value)))).toEqual(new Set(Object.keys(SCHEMAS)));
    expect(files.length).toBeGreaterThan(35);
  });

  it.each(files)('fit $name', ({ file, value }) => {
    const validate = validator(kindOf(file, value));
    validate(value);
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each(files)('refuse every mutation of $name', ({ file, value }) => {
    const validate = validator(kindOf(file, value));
    const all = [...mutations(value)];
    expect(all.length).toBeGreaterThan(5);
    expect(all.filter(({ mutated }) => validate(mutated)).map(({ what }) => what)).toEqual([]);
  });
});

describe('docs/artifact-format.md', () => {
  it.each(Object.entries(SCHEMAS))('holds the schema of a %s', (name, schema) => {
    const block = page.blocks.find((one) => one.language === 'json' && one.meta === name);
    expect(JSON.parse(block?.text ?? 'null')).toEqual(schema);
  });

  it.each(Object.entries(SCHEMAS))('names every field of a %s', (_name, schema) => {
    const [prose] = page.text.split('## JSON Schemas');
    const names = new Set(fieldsOf(schema));
    expect(names.size).toBeGreaterThanOrEqual(3);
    expect([...names].filter((name) => !prose!.includes(`\`${name}\``) && !prose!.includes(`"${name}"`))).toEqual([]);
  });

  it('describes every operation and every helper, and no other', () => {
    const { anyOf } = (TEMPLATE_ARTIFACT_SCHEMA['$defs'] as { operation: { anyOf: { prefixItems: { const: string }[] }[] } }).operation;
    const operations = tableRows(section(page, '## Operations')).flatMap(([form]) => /^\["([a-z-]+)"/.exec(form!)?.[1] ?? []);
    expect(operations).toEqual(anyOf.map(({ prefixItems: [name] }) => name!.const));
    const helpers = tableRows(section(page, '## Helpers'))
      .slice(1)
      .flatMap(([names]) => names!.replaceAll('`', '').split(', '));
    expect(helpers).toEqual(HELPER_NAMES);
  });

  it('gives the limits and the order of the directives', () => {
    const limits = tableRows(section(page, '## Limits'))
      .slice(1)
      .map(([, limit]) => Number(limit!.replaceAll(',', '')));
    const { payloadDepth, payloadBytes, promptBytes, steps } = DEFAULT_RENDER_LIMITS;
    expect(limits).toEqual([payloadDepth, payloadBytes, promptBytes, promptBytes, steps]);
    const directives = tableRows(section(page, '## Directives'))
      .slice(1)
      .map(([name]) => name);
    expect(directives).toEqual(CONSTRAINT_NAMES);
  });
});

describe('a renderer that knows only the page', () => {
  it('meets every operation and every helper', () => {
    const met = JSON.stringify(projects.flatMap(([, { build }]) => build.templates.map(({ artifact }) => artifact.operations)));
    const { anyOf } = (TEMPLATE_ARTIFACT_SCHEMA['$defs'] as { operation: { anyOf: { prefixItems: { const: string }[] }[] } }).operation;
    const operations = anyOf.map(({ prefixItems: [name] }) => `["${name!.const}"`);
    // No block of the language compiles to every jump; `unless` makes the rarer one.
    expect(operations.filter((operation) => !met.includes(operation))).toEqual([]);
    expect(HELPER_NAMES.filter((name) => !met.includes(`"call":"${name}"`))).toEqual([]);
  });

  const examples = projects.flatMap(([name, project]) =>
    project.examples.map((one) => ({ name: `${name}: ${one.bundle.id}, ${one.example.name}`, project, ...one })),
  );

  it('has examples', () => expect(examples.length).toBeGreaterThanOrEqual(25));

  it.each(examples)('renders $name', ({ project, bundle, example, result }) => {
    const { engine_version: _, ...expected } = result;
    expect(renderFrom(project.files, bundle.id, bundle.version, example.input)).toEqual(expected);
  });

  it('renders any values', async () => {
    const [, { build, files: written }] = projects[1]!;
    const source = new StoreSource(new BuildStore(build));
    const renderer = new BundleRenderer({ bundles: source, templates: source });
    const value = fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' });
    const inputs = fc.record(
      { a: value, l: value, o: value, t: fc.string({ unit: 'grapheme' }), z: fc.boolean() },
      { requiredKeys: ['a'] },
    );
    await fc.assert(
      fc.asyncProperty(inputs, fc.string(), async (sent, task) => {
        // What promptc refuses (keys such as `__proto__`, half surrogates) is another test's.
        const payload = { task, inputs: sent as JsonObject };
        const result = await renderer.render('edge', '2.0.0-beta.1', payload).catch(() => undefined);
        fc.pre(result !== undefined);
        const { engine_version: _, ...expected } = result;
        expect(renderFrom(written, 'edge', '2.0.0-beta.1', payload)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('notices a changed byte', () => {
    const [, { files: written, build }] = projects[0]!;
    const { path: file, bytes } = [...written]
      .map(([name, content]) => ({ path: name, bytes: content }))
      .find((one) => one.path.startsWith('objects/'))!;
    const changed = bytes.slice();
    changed[changed.length >> 1]! ^= 1;
    const damaged = new Map(written).set(file, changed);
    const failures = build.bundles.filter(({ prompt }) => {
      try {
        const { input } = prompt.examples[0]!;
        renderFrom(damaged, prompt.id, undefined, input);
        return false;
      } catch {
        return true;
      }
    });
    expect(failures.length).toBeGreaterThan(0);
  });
});

describe("promptc's own reader", () => {
  it.each([
    ['formatVersion', 2],
    ['kind', 'template'],
    ['spec', 2],
  ])('refuses a bundle whose %s is another', (field, value) => {
    const [, { build }] = projects[0]!;
    const bytes = new TextEncoder().encode(canonicalJson({ ...build.bundles[0]!.artifact, [field]: value }));
    const read = (): unknown => readArtifact('bundle', bytes, { digest: sha256(bytes), size: bytes.length });
    expect(read).toThrow(expect.objectContaining({ code: 'artifact_unsupported' }) as Error);
  });
});

describe('a build on disk', () => {
  it.each(projects)('%s: is canonical JSON', (_name, { files: written }) => {
    for (const [file, bytes] of written) {
      const text = new TextDecoder().decode(bytes);
      expect(text).toBe(canonicalJson(JSON.parse(text)) + (file.startsWith('build') ? '\n' : ''));
    }
  });

  it.each(projects)('%s: names every file by its digest', (_name, { files: written }) => {
    const objects = [...written].filter(([file]) => file.startsWith('objects/'));
    for (const [file, bytes] of objects) {
      const [, hex] = sha256(bytes).split(':');
      expect(file).toBe(`objects/sha256/${hex!.slice(0, 2)}/${hex}.json`);
    }
    expect(JSON.parse(new TextDecoder().decode(written.get('build.json')))).toEqual({
      manifest: sha256(written.get('manifest.json')!),
      commit: COMMIT,
      dirty: true,
    });
  });
});

function kindOf(file: string, value: JsonObject): string {
  // A build's record is its build.json, and its manifest is an object as well.
  if (file.startsWith('builds/')) return 'build.json';
  if (!file.startsWith('objects/')) return file;
  const kind = value['kind'] as string | undefined;
  if (kind === undefined) return 'manifest.json';
  return kind === 'bundles' || kind === 'templates' ? 'page of the index' : `${kind} artifact`;
}

const validators = new Map<string, ValidateFunction>();

function validator(kind: string): ValidateFunction {
  let validate = validators.get(kind);
  if (validate === undefined) {
    // A path is a list that begins in a fixed way and goes on as long as it likes, which strictTuples does not have.
    validate = new Ajv2020({ strict: true, strictTuples: false, allowUnionTypes: true, allErrors: true }).compile(SCHEMAS[kind]!);
    validators.set(kind, validate);
  }
  return validate;
}

/** Where anything that JSON can express may stand. */
const FREE =
  /^\/(?:config|output|constraints\/X_[^/]*|inputs\/[^/]+|payloadSchema\/properties\/(?:semantic_traits|activity_level|stress|task|inputs\/properties\/[^/]+))(?:\/|$)/;

const OPTIONAL: ReadonlySet<string> = new Set([
  'adapter_version',
  'tags',
  'config',
  'output',
  'inputs',
  'constraints',
  'description',
  'default',
  'required',
  'options',
]);

/** One change at a time: a key more, a key less, another type, an unknown name. */
function* mutations(root: JsonObject): Generator<{ what: string; mutated: Json }> {
  for (const [pointer, value] of places(root, '')) {
    const inMap = isMap(pointer);
    if (isObject(value) && !inMap) yield { what: `${pointer}/unknown added`, mutated: replaced(root, pointer, { ...value, unknown: 1 }) };
    if (isObject(value) && inMap)
      yield { what: `${pointer}: a name that is none`, mutated: replaced(root, pointer, { ...value, '?!': {} }) };
    for (const key of isObject(value) && !inMap ? Object.keys(value) : []) {
      const { [key]: _, ...rest } = value as JsonObject;
      const isNeeded = !OPTIONAL.has(key) || (key === 'constraints' && root['kind'] === 'bundle' && pointer === '');
      if (isNeeded && !isOptionalPart(pointer)) yield { what: `${pointer}/${key} left out`, mutated: replaced(root, pointer, rest) };
    }
    if (Array.isArray(value)) yield { what: `${pointer} too long`, mutated: replaced(root, pointer, [...value, { no: 1 }]) };
    if (typeof value === 'string' && /^\/operations\/[0-9]+\/0$/.test(pointer))
      yield { what: `${pointer} unknown`, mutated: replaced(root, pointer, 'exec') };
    if (typeof value === 'number') yield { what: `${pointer} negative`, mutated: replaced(root, pointer, -1) };
    if (typeof value === 'string' && value.startsWith('sha256:'))
      yield { what: `${pointer} cut`, mutated: replaced(root, pointer, value.slice(0, -1)) };
    yield { what: `${pointer} of another type`, mutated: replaced(root, pointer, isObject(value) ? [] : { no: 1 }) };
  }
}

/** Maps from ids, versions or input names: any key of the right form may stand in them. */
function isMap(pointer: string): boolean {
  return /^\/(?:inputs|ids|payloadSchema\/properties\/inputs\/properties)$/.test(pointer) || /^\/ids\/.*\/versions$/.test(pointer);
}

/** Each slot and each constraint can be left out. */
function isOptionalPart(pointer: string): boolean {
  return pointer === '/slots' || pointer === '/constraints';
}

function* places(value: Json, pointer: string): Generator<[string, Json]> {
  // A literal may be of any scalar type, and a negative number.
  if (FREE.test(pointer) || pointer.endsWith('/value')) return;
  yield [pointer, value];
  const entries = Array.isArray(value) ? value.entries() : isObject(value) ? Object.entries(value) : [];
  for (const [key, item] of entries) yield* places(item, `${pointer}/${String(key).replaceAll('/', '~1')}`);
}

/** A copy of the value with another one at the place; what is beside the way to it is shared. */
function replaced(root: Json, pointer: string, value: Json): Json {
  if (pointer === '') return value;
  const [, first = '', ...rest] = pointer.split('/');
  const key = first.replaceAll('~1', '/');
  const copy = Array.isArray(root) ? [...root] : { ...(root as JsonObject) };
  const at = copy as { [key: string]: Json };
  at[key] = replaced(at[key]!, rest.map((step) => `/${step}`).join(''), value);
  return copy;
}

/** Every key that the schema gives a meaning. */
function fieldsOf(schema: Json): string[] {
  if (Array.isArray(schema)) return schema.flatMap(fieldsOf);
  if (!isObject(schema)) return [];
  const own = isObject(schema['properties']) ? Object.keys(schema['properties']) : [];
  return [...own, ...Object.values(schema).flatMap(fieldsOf)];
}

/** Writes the schemas into the page anew. */
function updatePage(): void {
  const file = path.join(REPOSITORY, 'docs/artifact-format.md');
  const text = readFileSync(file, 'utf8');
  const heading = '## JSON Schemas\n';
  const intro = text.slice(0, text.indexOf(heading)) + heading;
  const prose = text.slice(intro.length).split('\n```', 1)[0]!.trimEnd();
  const blocks = Object.entries(SCHEMAS).map(([name, schema]) => `\`\`\`json ${name}\n${JSON.stringify(schema, null, 2)}\n\`\`\`\n`);
  writeFileSync(file, `${intro}${prose}\n\n${blocks.join('\n')}`);
}
