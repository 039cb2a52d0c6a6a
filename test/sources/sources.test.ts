/** What every source must do; and what a `dist/` folder may not talk a reader into. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BundleSource, TemplateSource } from '../../src/index.js';
import { FileBundleSource, FileTemplateSource, InlineBundleSource, type InlineContent, InlineTemplateSource } from '../../src/index.js';
import { objectPath, type SlotArtifact } from '../../src/format/artifact.js';
import { hashJson, sha256 } from '../../src/base/digest.js';
import { compileInline } from '../../src/compile/inline.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { temporaryFolder } from '../support/project.js';

const template = { id: 't', version: '1.0.0', role: 'user', content: 'Hi {{task}}' } as const;
const CONTENT: InlineContent = {
  templates: [template],
  bundles: [
    ...['1.0.0', '1.2.0', '2.0.0', '3.0.0-beta.1'].map((version) => ({ id: 'many', version, slots: { task: 't' } })),
    { id: 'pre', version: '0.1.0-alpha', slots: { task: 't' } },
    { id: 'deep/er', version: '1.0.0', slots: { task: 't@1.0.0' } },
  ],
};

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
  await writeBuild(compileInline(CONTENT), { commit: null, dirty: null }, new NodeDisk(folder));
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
  /** Changes the manifest and asks for a bundle. */
  async function withManifest(change: (manifest: any) => unknown): Promise<unknown> {
    const folder = await distFolder();
    const file = path.join(folder, 'manifest.json');
    const manifest: unknown = JSON.parse(await readFile(file, 'utf8'));
    const changed = change(manifest) ?? manifest;
    await writeFile(file, typeof changed === 'string' || changed instanceof Uint8Array ? changed : JSON.stringify(changed));
    return new FileBundleSource(folder).bundle('many');
  }

  it.each<[string, (manifest: any) => unknown, string]>([
    ['no JSON', () => '{', 'artifact_corrupt'],
    ['nothing', () => '', 'artifact_corrupt'],
    ['no UTF-8', () => new Uint8Array([0xff]), 'artifact_corrupt'],
    ['a list', () => [], 'artifact_corrupt'],
    ['null', () => 'null', 'artifact_corrupt'],
    ['no bundles', (m) => void delete m.bundles, 'artifact_corrupt'],
    ['bundles of the wrong kind', (m) => void (m.bundles = []), 'artifact_corrupt'],
    ['a bundle without versions', (m) => void (m.bundles.many = {}), 'artifact_corrupt'],
    ['a default that is not there', (m) => void (m.bundles.many.default = '9.9.9'), 'artifact_corrupt'],
    ['a default that every object has', (m) => void (m.bundles.many.default = 'constructor'), 'artifact_corrupt'],
    ['a path for a digest', (m) => void (m.bundles.many.versions['2.0.0'].artifact.digest = 'sha256:../../x'), 'artifact_corrupt'],
    ['a yank without words', (m) => void (m.bundles.many.versions['2.0.0'].yanked = true), 'artifact_corrupt'],
    ['a claim to be whole', (m) => void (m.partial = false), 'artifact_corrupt'],
    ['no size', (m) => void delete m.bundles.many.versions['2.0.0'].artifact.size, 'artifact_corrupt'],
    ['a size below nothing', (m) => void (m.bundles.many.versions['2.0.0'].artifact.size = -1), 'artifact_corrupt'],
    ['the wrong size', (m) => void m.bundles.many.versions['2.0.0'].artifact.size++, 'artifact_corrupt'],
    [
      'another object’s digest',
      (m) => void (m.bundles.many.versions['2.0.0'].artifact.digest = m.bundles.many.versions['1.0.0'].artifact.digest),
      'artifact_corrupt',
    ],
    [
      'a template for a bundle',
      (m) => void (m.bundles.many.versions['2.0.0'].artifact = m.templates.t.versions['1.0.0'].artifact),
      'artifact_unsupported',
    ],
    ['a later format', (m) => void m.formatVersion++, 'artifact_unsupported'],
    ['no format', (m) => void delete m.formatVersion, 'artifact_corrupt'],
  ])('whose manifest has %s is refused', async (_what, change, code) => {
    await expect(withManifest(change)).rejects.toMatchObject({ name: 'PromptcError', code });
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

  it('that is not there yet is found once it is', async () => {
    const folder = await temporaryFolder();
    const source = new FileBundleSource(folder);
    await expect(source.bundle('many')).rejects.toMatchObject({
      code: 'artifact_missing',
      message: expect.stringContaining('promptc build') as string,
    });
    await writeBuild(compileInline(CONTENT), { commit: null, dirty: null }, new NodeDisk(folder));
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
