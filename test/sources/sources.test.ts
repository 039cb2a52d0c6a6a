/** What every source must do; and what a `dist/` folder may not talk a reader into. */
import { writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BundleSource, TemplateSource } from '../../src/index.js';
import { FileBundleSource, FileTemplateSource, InlineBundleSource, type InlineContent, InlineTemplateSource } from '../../src/index.js';
import { objectPath, type SlotArtifact } from '../../src/format/artifact.js';
import { recordPath } from '../../src/format/build-record.js';
import { DistFolder } from '../../src/sources/file.js';
import { hashJson, sha256 } from '../../src/base/digest.js';
import { compileInline } from '../../src/compile/inline.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { type Change, filesOf, type ForgedFiles, forgeIndex, forgeManifest } from '../support/forged-build.js';
import { projectFolder, temporaryFolder } from '../support/project.js';

const template = { id: 't', version: '1.0.0', role: 'user', content: 'Hi {{task}}' } as const;
const CONTENT: InlineContent = {
  templates: [template],
  bundles: [
    ...['1.0.0', '1.2.0', '2.0.0', '3.0.0-beta.1'].map((version) => ({ id: 'many', version, slots: { task: 't' } })),
    { id: 'pre', version: '0.1.0-alpha', slots: { task: 't' } },
    { id: 'deep/er', version: '1.0.0', slots: { task: 't@1.0.0' } },
  ],
};

const BUILD = compileInline(CONTENT);

interface Sources {
  readonly bundles: BundleSource;
  readonly templates: TemplateSource;
}

const SOURCES: { readonly [name: string]: () => Promise<Sources> } = {
  files: async () => {
    const folder = await distFolder();
    return { bundles: new FileBundleSource(folder), templates: new FileTemplateSource(folder) };
  },
  values: () => Promise.resolve({ bundles: new InlineBundleSource(CONTENT), templates: new InlineTemplateSource(CONTENT) }),
};

async function distFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await writeBuild(BUILD, { commit: null, dirty: null }, new NodeDisk(folder));
  return folder;
}

describe.each(Object.entries(SOURCES))('a source of %s', (_name, create) => {
  it.each([
    [undefined, '2.0.0'],
    ['1.0.0', '1.0.0'],
    ['^1.0.0', '1.2.0'],
    ['<2', '1.2.0'],
    ['*', '2.0.0'],
    ['3.0.0-beta.1', '3.0.0-beta.1'],
    ['^3.0.0-beta', '3.0.0-beta.1'],
  ])('answers version %s with %s', async (wanted, version) => {
    const { bundles } = await create();
    expect((await bundles.bundle('many', wanted)).version).toBe(version);
  });

  it.each([
    ['nobody', undefined, 'bundle_not_found'],
    ['constructor', undefined, 'bundle_not_found'],
    ['__proto__', undefined, 'bundle_not_found'],
    ['../many', undefined, 'bundle_not_found'],
    ['many', '1.0.1', 'version_not_found'],
    ['many', '^9.0.0', 'version_not_found'],
    ['many', '^3.0.0', 'version_not_found'],
    ['many', 'v1.0.0', 'version_not_found'],
    ['many', 'newest', 'version_invalid'],
    ['many', '', 'version_invalid'],
    ['many', 'constructor', 'version_invalid'],
    ['pre', undefined, 'no_default_version'],
  ])('answers %s@%s with %s', async (id, version, code) => {
    const { bundles } = await create();
    await expect(bundles.bundle(id, version)).rejects.toMatchObject({ name: 'PromptcError', code });
  });

  it('finds a bundle’s templates by their digest', async () => {
    const { bundles, templates } = await create();
    const { slots } = await bundles.bundle('deep/er');
    expect(await templates.template(slots.task!)).toMatchObject({ kind: 'template', id: 't', hash: slots.task!.hash });
    const other: SlotArtifact = { ...slots.task!, artifact: { digest: sha256('x'), size: 1 } };
    await expect(templates.template(other)).rejects.toMatchObject({ code: 'artifact_missing' });
  });
});

describe('a dist/ folder', () => {
  /** Asks a folder with such files for a bundle. */
  async function bundleFrom(files: ForgedFiles): Promise<unknown> {
    return new FileBundleSource(await projectFolder(Object.fromEntries(files))).bundle('many');
  }

  it.each<[string, Change, string]>([
    ['no JSON', () => '{', 'artifact_corrupt'],
    ['nothing', () => '', 'artifact_corrupt'],
    ['a list', () => '[]', 'artifact_corrupt'],
    ['null', () => 'null', 'artifact_corrupt'],
    ['no bundles', (m) => void delete m.bundles, 'artifact_corrupt'],
    ['bundles of the wrong kind', (m) => void (m.bundles = {}), 'artifact_corrupt'],
    ['a page of the wrong kind', (m) => void (m.bundles = ['many']), 'artifact_corrupt'],
    ['a page without its first id', (m) => void delete m.bundles[0].first, 'artifact_corrupt'],
    ['a page whose first id is none', (m) => void (m.bundles[0].first = '__proto__'), 'artifact_corrupt'],
    ['a page whose first id is another', (m) => void (m.bundles[0].first = 'a'), 'artifact_corrupt'],
    ['a page twice', (m) => void m.bundles.push(m.bundles[0]), 'artifact_corrupt'],
    [
      'a page of templates among those of bundles',
      (m) => void Object.assign(m.bundles[0], { digest: m.templates[0].digest, size: m.templates[0].size }),
      'artifact_unsupported',
    ],
    ['a bundle for a page', (m) => void Object.assign(m.bundles[0], BUILD.bundles[0]!.reference), 'artifact_unsupported'],
    ['a path for a digest', (m) => void (m.bundles[0].digest = 'sha256:../../x'), 'artifact_corrupt'],
    ['a claim to be whole', (m) => void (m.partial = false), 'artifact_corrupt'],
    ['no size', (m) => void delete m.bundles[0].size, 'artifact_corrupt'],
    ['a size below nothing', (m) => void (m.bundles[0].size = -1), 'artifact_corrupt'],
    ['a size that is no whole number', (m) => void (m.bundles[0].size += 0.5), 'artifact_corrupt'],
    ['the wrong size', (m) => void m.bundles[0].size++, 'artifact_corrupt'],
    ['a page that is not there', (m) => void (m.bundles[0].digest = sha256('x')), 'artifact_missing'],
    ['a later format', (m) => void m.formatVersion++, 'artifact_unsupported'],
    ['no format', (m) => void delete m.formatVersion, 'artifact_corrupt'],
  ])('whose manifest has %s is refused', async (_what, change, code) => {
    await expect(bundleFrom(forgeManifest(BUILD, change))).rejects.toMatchObject({ name: 'PromptcError', code });
  });

  it.each<[string, Change, string]>([
    ['a bundle without versions', (m) => void (m.bundles.many = {}), 'artifact_corrupt'],
    ['a bundle that is a list', (m) => void (m.bundles.pre = []), 'artifact_corrupt'],
    ['an id that is none', (m) => void (m.bundles['p/../x'] = m.bundles.pre), 'artifact_corrupt'],
    ['a version that is none', (m) => void (m.bundles.pre.versions.newest = m.bundles.pre.versions['0.1.0-alpha']), 'artifact_corrupt'],
    ['a default that is not there', (m) => void (m.bundles.many.default = '9.9.9'), 'artifact_corrupt'],
    ['a default that every object has', (m) => void (m.bundles.many.default = 'constructor'), 'artifact_corrupt'],
    ['a default that is no text', (m) => void (m.bundles.many.default = 2), 'artifact_corrupt'],
    ['a version without an artifact', (m) => void delete m.bundles.many.versions['2.0.0'].artifact, 'artifact_corrupt'],
    ['a version that is a text', (m) => void (m.bundles.many.versions['2.0.0'] = 'x'), 'artifact_corrupt'],
    ['a path for a digest', (m) => void (m.bundles.many.versions['2.0.0'].artifact.digest = 'sha256:../../x'), 'artifact_corrupt'],
    ['a yank without words', (m) => void (m.bundles.many.versions['2.0.0'].yanked = true), 'artifact_corrupt'],
    ['a tag that is no text', (m) => void (m.bundles.many.versions['2.0.0'].tags = [1]), 'artifact_corrupt'],
    ['no size', (m) => void delete m.bundles.many.versions['2.0.0'].artifact.size, 'artifact_corrupt'],
    ['a size below nothing', (m) => void (m.bundles.many.versions['2.0.0'].artifact.size = -1), 'artifact_corrupt'],
    ['the wrong size', (m) => void m.bundles.many.versions['2.0.0'].artifact.size++, 'artifact_corrupt'],
    [
      'another object’s digest',
      (m) => void (m.bundles.many.versions['2.0.0'].artifact.digest = m.bundles.many.versions['1.0.0'].artifact.digest),
      'artifact_corrupt',
    ],
    [
      'another version’s artifact',
      (m) => void (m.bundles.many.versions['2.0.0'].artifact = m.bundles.many.versions['1.0.0'].artifact),
      'artifact_corrupt',
    ],
    [
      'a template for a bundle',
      (m) => void (m.bundles.many.versions['2.0.0'].artifact = m.templates.t.versions['1.0.0'].artifact),
      'artifact_unsupported',
    ],
  ])('whose index has %s is refused', async (_what, change, code) => {
    await expect(bundleFrom(forgeIndex(BUILD, change))).rejects.toMatchObject({ name: 'PromptcError', code });
  });

  it('whose manifest is no UTF-8 is refused', async () => {
    const files = filesOf(BUILD).set('manifest.json', new Uint8Array([0xff]));
    await expect(bundleFrom(files)).rejects.toMatchObject({ name: 'PromptcError', code: 'artifact_corrupt' });
  });

  it('whose manifest is changed in any bit, cut off or emptied is refused, and served once it is back', async () => {
    // As short as a manifest can be.
    const build = compileInline({ templates: [template] });
    const folder = await projectFolder(Object.fromEntries(filesOf(build)));
    const file = path.join(folder, 'manifest.json');
    const { manifestBytes: bytes } = build;
    const dist = new DistFolder(folder);
    const changes = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      return changed;
    });
    for (const changed of [...changes, bytes.subarray(0, -1), new Uint8Array(), Buffer.concat([bytes, Buffer.from('\n')])]) {
      writeFileSync(file, changed);
      const error: unknown = await dist.manifest().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'PromptcError', code: expect.stringMatching(/^artifact_(?:corrupt|unsupported)$/) as string });
    }
    await writeFile(file, bytes);
    expect((await dist.manifest()).manifest).toEqual(build.manifest);
    await rm(path.join(folder, objectPath(build.manifestDigest)));
    await expect(new DistFolder(folder).manifest()).rejects.toMatchObject({ code: 'artifact_corrupt' });
  });

  it('whose objects are changed in any byte, cut off, emptied or missing is refused', async () => {
    const folder = await distFolder();
    const { slots } = await new FileBundleSource(folder).bundle('many');
    const { artifact } = slots.task!;
    const file = path.join(folder, objectPath(artifact.digest));
    const bytes = await readFile(file);
    const read = () => new FileTemplateSource(folder).template(slots.task!);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      await writeFile(file, changed);
      await expect(read(), `byte ${at}`).rejects.toMatchObject({ code: 'artifact_corrupt' });
    }
    for (const changed of [bytes.subarray(0, -1), new Uint8Array(), Buffer.concat([bytes, Buffer.from(' ')])]) {
      await writeFile(file, changed);
      await expect(read()).rejects.toMatchObject({ code: 'artifact_corrupt' });
    }
    await rm(file);
    await expect(read()).rejects.toMatchObject({ code: 'artifact_missing' });
    await mkdir(file);
    await expect(read()).rejects.toMatchObject({ code: 'artifact_missing' });
    await rm(file, { recursive: true });
    await writeFile(file, bytes);
    expect((await read()).id).toBe('t');
  });

  it('with an object of a later format is refused, however well it is named', async () => {
    const folder = await distFolder();
    const bytes = new TextEncoder().encode(JSON.stringify({ formatVersion: 2, kind: 'template' }));
    const digest = sha256(bytes);
    await mkdir(path.dirname(path.join(folder, objectPath(digest))), { recursive: true });
    await writeFile(path.join(folder, objectPath(digest)), bytes);
    const slot = { id: 't', version: '1.0.0', hash: hashJson(1), artifact: { digest, size: bytes.length } };
    await expect(new FileTemplateSource(folder).template(slot)).rejects.toMatchObject({ code: 'artifact_unsupported' });
  });

  it('says where a build came from: by build.json, or by the record of that build', async () => {
    const folder = await distFolder();
    const { manifestDigest: digest } = BUILD;
    const dist = new DistFolder(folder);
    const [commit, other] = ['1', '2'].map((digit) => digit.repeat(40)) as [string, string];
    const record = (number: number, value: unknown) =>
      writeFile(path.join(folder, recordPath(number, digest)), typeof value === 'string' ? value : JSON.stringify(value));
    const origin = (value: unknown) => writeFile(path.join(folder, 'build.json'), JSON.stringify(value));
    const UNKNOWN = { commit: null, dirty: null };

    await origin({ manifest: digest, commit, dirty: false });
    expect(await dist.origin(digest)).toEqual({ commit, dirty: false });
    expect(await dist.origin(sha256('x'))).toEqual(UNKNOWN);

    // A build is on its way: build.json is that of another one already.
    await origin({ manifest: sha256('x'), commit: other, dirty: true });
    await record(1, { manifest: digest, commit, dirty: false });
    expect(await dist.origin(digest)).toEqual({ commit, dirty: false });
    await record(2, { manifest: digest, commit: other, dirty: true });
    expect(await dist.origin(digest)).toEqual({ commit: other, dirty: true });

    // What is broken, or says something else than its name, says nothing.
    for (const broken of ['{', '', '[]', 'null', { manifest: digest, commit: 1, dirty: false }, { manifest: digest, commit }]) {
      await record(2, broken);
      await rm(path.join(folder, 'build.json'), { force: true });
      expect(await dist.origin(digest), JSON.stringify(broken)).toEqual({ commit, dirty: false });
      await origin(broken);
      expect(await dist.origin(digest), JSON.stringify(broken)).toEqual({ commit, dirty: false });
    }
    await record(1, { manifest: sha256('x'), commit, dirty: false });
    expect(await dist.origin(digest)).toEqual(UNKNOWN);
    await rm(path.join(folder, 'builds'), { recursive: true });
    await rm(path.join(folder, 'build.json'));
    expect(await dist.origin(digest)).toEqual(UNKNOWN);
  });

  it('that is not there yet is found once it is', async () => {
    const folder = await temporaryFolder();
    const source = new FileBundleSource(folder);
    await expect(source.bundle('many')).rejects.toMatchObject({
      code: 'artifact_missing',
      message: expect.stringContaining('promptc build') as string,
    });
    await writeBuild(BUILD, { commit: null, dirty: null }, new NodeDisk(folder));
    expect((await source.bundle('many')).version).toBe('2.0.0');
  });
});

it('lists only the newest of many versions in a message', async () => {
  const bundles = Array.from({ length: 14 }, (_, i) => ({ id: 'many', version: `1.${i}.0`, slots: { task: 't' } }));
  const source = new InlineBundleSource({ templates: [template], bundles });
  await expect(source.bundle('many', '2.0.0')).rejects.toThrow(
    'The bundle "many" has no version 2.0.0; it has 1.13.0, 1.12.0, 1.11.0, 1.10.0, 1.9.0, 1.8.0, 1.7.0, 1.6.0, 1.5.0, 1.4.0 and 4 older ones.',
  );
});
