/** Looking up ids in an index by its pages, and what a page may not talk a reader into. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { type Digest, sha256 } from '../../src/base/digest.js';
import { PromptcError } from '../../src/base/error.js';
import { pagesOf } from '../../src/compile/emit/pages.js';
import type {
  BuildIndex,
  IndexKind,
  IndexPage,
  Manifest,
  ObjectReference,
  PageReference,
  TemplateEntry,
  Versions,
} from '../../src/format/artifact.js';
import { Catalog, keepPages, type Pages } from '../../src/sources/catalog.js';
import { readManifest } from '../../src/sources/read-manifest.js';
import { readPage } from '../../src/sources/read-page.js';

function versionsOf(version: string): Versions<TemplateEntry> {
  return { default: version, versions: { [version]: { hash: sha256(version), artifact: { digest: sha256('artifact'), size: 8 } } } };
}

function indexOf(ids: readonly string[]): BuildIndex['templates'] {
  return Object.fromEntries(ids.map((id, i) => [id, versionsOf(`1.${i}.0`)]));
}

/** Objects that say which of them are read. */
class Objects {
  readonly bytes = new Map<Digest, Uint8Array>();
  readonly reads: Digest[] = [];

  put(value: object): ObjectReference {
    const bytes = new TextEncoder().encode(canonicalJson(value));
    const digest = sha256(bytes);
    this.bytes.set(digest, bytes);
    return { digest, size: bytes.length };
  }

  read({ digest }: ObjectReference): Promise<Uint8Array> {
    this.reads.push(digest);
    const bytes = this.bytes.get(digest);
    return bytes === undefined ? Promise.reject(new PromptcError('artifact_missing', digest)) : Promise.resolve(bytes);
  }
}

function catalogOf(objects: Objects, manifest: Partial<Manifest>, pages?: Pages): Catalog {
  const bytes = new TextEncoder().encode(canonicalJson({ formatVersion: 1, bundles: [], templates: [], ...manifest }));
  return new Catalog(readManifest(bytes), (reference) => objects.read(reference), pages);
}

/** The pages of an index, as a compiler makes them. */
function written(objects: Objects, kind: IndexKind, index: BuildIndex['templates']): PageReference[] {
  const pages = pagesOf(kind, index);
  for (const { reference, bytes } of pages) objects.bytes.set(reference.digest, bytes);
  return pages.map(({ reference }) => reference);
}

/** A page with these ids, which a manifest names by `first`. */
function page(objects: Objects, ids: readonly string[], first = ids[0]!): PageReference {
  return { first, ...objects.put({ formatVersion: 1, kind: 'templates', ids: indexOf(ids) }) };
}

async function listed<Entry>(entries: AsyncIterable<Entry>): Promise<Entry[]> {
  const all: Entry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

describe('a catalog', () => {
  const anyId = fc.oneof(
    fc.nat(2000).map((number) => `n${number}`),
    fc
      .string({ unit: fc.constantFrom('a', 'n', '1', '9', '-', '/'), minLength: 1, maxLength: 4 })
      .filter((one) => /^[a-z0-9][a-z0-9-]*(?:\/[a-z0-9][a-z0-9-]*)*$/.test(one)),
    fc.constantFrom('constructor', 'tostring'),
  );

  it('finds every id of an index, and no other, and lists them from any on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(anyId, { maxLength: 400, size: 'max' }), fc.array(anyId, { maxLength: 20 }), async (ids, others) => {
        const objects = new Objects();
        const index = indexOf(ids);
        const catalog = catalogOf(objects, { templates: written(objects, 'templates', index) });
        for (const one of [...ids, ...others]) {
          expect(await catalog.versions('templates', one)).toEqual(Object.hasOwn(index, one) ? index[one] : undefined);
          expect(await catalog.versions('bundles', one)).toBeUndefined();
        }
        for (const first of ['', ...others, 'zz']) {
          const names = (await listed(catalog.from('templates', first))).map(([name]) => name);
          expect(names).toEqual(ids.toSorted().filter((name) => name >= first));
        }
        expect(await catalog.whole()).toEqual({ bundles: {}, templates: index });
      }),
      { numRuns: 30 },
    );
  });

  it('reads the one page that an id would be on', async () => {
    const objects = new Objects();
    const templates = [page(objects, ['b', 'd']), page(objects, ['f', 'h']), page(objects, ['k'])];
    const [one, two, three] = templates.map(({ digest }) => digest);
    for (const [id, expected] of [
      ['a', []],
      ['', []],
      ['b', [one]],
      ['c', [one]],
      ['d', [one]],
      ['e', [one]],
      ['f', [two]],
      ['g', [two]],
      ['j', [two]],
      ['k', [three]],
      ['z', [three]],
    ] as const) {
      objects.reads.length = 0;
      const catalog = catalogOf(objects, { templates });
      expect((await catalog.versions('templates', id)) !== undefined, id).toBe('bdfhk'.includes(id) && id !== '');
      expect(objects.reads, id).toEqual(expected);
    }
    objects.reads.length = 0;
    expect((await listed(catalogOf(objects, { templates }).from('templates', 'e'))).map(([id]) => id)).toEqual(['f', 'h', 'k']);
    expect(objects.reads).toEqual([one, two, three]);
  });

  it('says whether the build is partial', async () => {
    expect(await catalogOf(new Objects(), { partial: true }).whole()).toEqual({ partial: true, bundles: {}, templates: {} });
  });

  it('reads a page once, also for other builds that have it', async () => {
    const objects = new Objects();
    const shared = page(objects, ['a', 'b']);
    const pages = keepPages();
    const first = catalogOf(objects, { templates: [shared, page(objects, ['c'])] }, pages);
    const second = catalogOf(objects, { templates: [shared, page(objects, ['d'])] }, pages);
    for (const catalog of [first, second, first, second]) expect(await catalog.versions('templates', 'b')).toBeDefined();
    expect(objects.reads).toEqual([shared.digest]);
    expect((await listed(second.from('templates'))).map(([id]) => id)).toEqual(['a', 'b', 'd']);
    expect(objects.reads).toHaveLength(2);
  });

  it('keeps no more pages than it may', async () => {
    const objects = new Objects();
    const templates = [page(objects, ['a']), page(objects, ['b'])];
    const catalog = catalogOf(objects, { templates }, keepPages(templates[0]!.size + 1));
    for (const id of ['a', 'a', 'b', 'b', 'a']) expect(await catalog.versions('templates', id)).toBeDefined();
    expect(objects.reads).toEqual([templates[0], templates[1], templates[0]].map((one) => one!.digest));
  });

  it('looks again for a page that was missing', async () => {
    const objects = new Objects();
    const reference = page(objects, ['a']);
    const bytes = objects.bytes.get(reference.digest)!;
    objects.bytes.delete(reference.digest);
    const catalog = catalogOf(objects, { templates: [reference] });
    await expect(catalog.versions('templates', 'a')).rejects.toMatchObject({ code: 'artifact_missing' });
    await expect(catalog.whole()).rejects.toMatchObject({ code: 'artifact_missing' });
    objects.bytes.set(reference.digest, bytes);
    expect(await catalog.versions('templates', 'a')).toEqual(versionsOf('1.0.0'));
  });

  it('takes no page of templates for one of bundles, though it keeps it', async () => {
    const objects = new Objects();
    const templates = [page(objects, ['a'])];
    const catalog = catalogOf(objects, { templates, bundles: templates });
    expect(await catalog.versions('templates', 'a')).toBeDefined();
    await expect(catalog.versions('bundles', 'a')).rejects.toMatchObject({ code: 'artifact_unsupported' });
  });
});

describe('a page', () => {
  const objects = new Objects();
  const ids = ['b', 'c', 'd/e'];
  const reference = page(objects, ids);
  const bytes = objects.bytes.get(reference.digest)!;

  it('is read between its ends', () => {
    for (const next of [undefined, 'd/f', 'x']) {
      expect(readPage('templates', bytes, reference, next)).toEqual({ formatVersion: 1, kind: 'templates', ids: indexOf(ids) });
    }
  });

  it.each([
    ['whose first id is another than the manifest says', 'a', undefined],
    ['that has ids before its first', 'c', undefined],
    ['that has an id of the next page', 'b', 'd/e'],
    ['that has ids of the next page only', 'b', 'b'],
  ])('%s is refused', (_what, first, next) => {
    expect(() => readPage('templates', bytes, { ...reference, first }, next)).toThrow(
      expect.objectContaining({ name: 'PromptcError', code: 'artifact_corrupt' }) as Error,
    );
  });

  it('that is changed in any bit, cut off or longer is refused', () => {
    const changes = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const changed = bytes.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      return changed;
    });
    for (const changed of [...changes, bytes.subarray(0, -1), new Uint8Array(), Buffer.concat([bytes, Buffer.from('\n')])]) {
      expect(() => readPage('templates', changed, reference, undefined)).toThrow(
        expect.objectContaining({ code: 'artifact_corrupt' }) as Error,
      );
    }
  });

  const entry = versionsOf('1.0.0').versions['1.0.0']!;
  const one = (value: unknown): unknown => ({ b: { versions: { '1.0.0': value } } });
  it.each<[string, unknown, string]>([
    ['of another kind', { kind: 'bundles' }, 'artifact_unsupported'],
    ['that is a template', { kind: 'template' }, 'artifact_unsupported'],
    ['of another format', { formatVersion: 2 }, 'artifact_unsupported'],
    ['without ids', { ids: {} }, 'artifact_corrupt'],
    ['whose ids are a list', { ids: ['b'] }, 'artifact_corrupt'],
    ['whose id is none', { ids: { b: versionsOf('1.0.0'), 'c..//d': versionsOf('1.0.0') } }, 'artifact_corrupt'],
    ['whose id has no versions', { ids: { b: {} } }, 'artifact_corrupt'],
    ['whose version is none', { ids: { b: { versions: { latest: entry } } } }, 'artifact_corrupt'],
    ['whose default is none of the versions', { ids: { b: { ...versionsOf('1.0.0'), default: '1.0.1' } } }, 'artifact_corrupt'],
    ['whose version is a text', { ids: one('x') }, 'artifact_corrupt'],
    ['with another hash', { ids: one({ ...entry, hash: 'md5:x' }) }, 'artifact_corrupt'],
    ['without an artifact', { ids: one({ hash: entry.hash }) }, 'artifact_corrupt'],
    ['with a path for a digest', { ids: one({ ...entry, artifact: { digest: 'sha256:../../x', size: 8 } }) }, 'artifact_corrupt'],
    ['with a size below nothing', { ids: one({ ...entry, artifact: { ...entry.artifact, size: -1 } }) }, 'artifact_corrupt'],
    ['with a description that is no text', { ids: one({ ...entry, description: 1 }) }, 'artifact_corrupt'],
    ['with tags that are a text', { ids: one({ ...entry, tags: 'x' }) }, 'artifact_corrupt'],
  ])('%s is refused, however well it is named', (_what, change, code) => {
    const forged: object = { formatVersion: 1, kind: 'templates', ids: indexOf(['b']), ...(change as Partial<IndexPage>) };
    const named = objects.put(forged);
    expect(() => readPage('templates', objects.bytes.get(named.digest)!, { ...named, first: 'b' }, undefined)).toThrow(
      expect.objectContaining({ name: 'PromptcError', code }) as Error,
    );
  });
});
