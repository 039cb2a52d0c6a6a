/** Every damage to a build is found, by the build alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { sha256 } from '../../src/base/digest.js';
import { verifyBuild } from '../../src/builds/verify-build.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { pagesOf } from '../../src/compile/emit/pages.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import { objectPath } from '../../src/format/artifact.js';
import { type Change, forgeArtifact, type ForgedFiles, forgeIndex, forgeManifest, forgePage } from '../support/forged-build.js';
import { type Files, SMALL_PROJECT } from '../support/project.js';

const PROJECT: Files = {
  ...SMALL_PROJECT,
  'prompts/templates/newer.md': String(SMALL_PROJECT['prompts/templates/greet.md']).replace('1.0.0', '1.1.0-rc.1'),
};
const { build } = await compile(new MemoryDisk(PROJECT));
const GREET = build!.index.templates['greet']!.versions['1.0.0']!;
const BUNDLES = 'the page of bundles from hello on';
const TEMPLATES = 'the page of templates from greet on';
const HELLO = build!.index.bundles['hello']!.versions['1.0.0']!;

async function builtDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await writeBuild(build!, { commit: null, dirty: null }, disk);
  return disk;
}

/** `code subject` of all that is found. */
async function found(files: MemoryDisk | ForgedFiles): Promise<string[]> {
  const disk = files instanceof Map ? new MemoryDisk(Object.fromEntries(files)) : files;
  return (await verifyBuild(disk))!.findings.map(({ code, subject }) => `${code} ${subject}`);
}

describe('a build', () => {
  it('as it was written is fine', async () => {
    const disk = await builtDisk();
    expect(await verifyBuild(disk)).toEqual({
      findings: [],
      manifest: { manifest: build!.manifest, bytes: build!.manifestBytes, digest: build!.manifestDigest },
      index: build!.index,
      origin: { manifest: build!.manifestDigest, commit: null, dirty: null },
      artifacts: 3,
      unnamed: 0,
    });
  });

  it('that is not there is none', async () => {
    expect(await verifyBuild(new MemoryDisk())).toBeUndefined();
  });

  it('counts what the manifest does not name, and finds nothing wrong with it', async () => {
    const disk = await builtDisk();
    disk.files.set('objects/sha256/ab/old.json', new Uint8Array());
    disk.files.set('objects/x', new Uint8Array());
    disk.files.set('README', new Uint8Array());
    expect(await verifyBuild(disk)).toMatchObject({ findings: [], artifacts: 3, unnamed: 2 });
  });

  it('that is partial is fine by itself', async () => {
    const files = forgeManifest(build!, (manifest) => void (manifest.partial = true));
    expect(await verifyBuild(new MemoryDisk(Object.fromEntries(files)))).toMatchObject({ findings: [], index: { partial: true } });
  });
});

describe('every byte counts', () => {
  const named = ['manifest.json', objectPath(build!.manifestDigest), ...build!.objects.keys()];

  it('any single bit of the manifest, and of every page and every artifact', async () => {
    const original = (await builtDisk()).files;
    const unseen: string[] = [];
    for (const name of named) {
      const bytes = original.get(name)!;
      for (let bit = 0; bit < bytes.length * 8; bit += name === 'manifest.json' ? 1 : 7) {
        const changed = bytes.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        const disk = new MemoryDisk(Object.fromEntries(original));
        disk.files.set(name, changed);
        if ((await found(disk)).length === 0) unseen.push(`bit ${bit} of ${name}`);
      }
    }
    expect(unseen).toEqual([]);
  }, 60_000);

  it('any change to any of its files', async () => {
    const original = (await builtDisk()).files;
    const change = fc.tuple(fc.constantFrom(...named), fc.nat(), fc.nat(40), fc.uint8Array({ maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(change, async ([name, place, length, insert]) => {
        const bytes = original.get(name)!;
        const at = place % (bytes.length + 1);
        const changed = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + length)]);
        fc.pre(!changed.equals(bytes));
        const disk = new MemoryDisk(Object.fromEntries(original));
        disk.files.set(name, changed);
        expect(await found(disk)).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['cut off', (bytes) => bytes.subarray(0, -1)],
    ['empty', () => new Uint8Array()],
    ['longer', (bytes) => Buffer.concat([bytes, Buffer.from('\n')])],
  ])('a file that is %s', async (_what, change) => {
    const original = (await builtDisk()).files;
    for (const name of [...named, 'build.json']) {
      const disk = new MemoryDisk(Object.fromEntries(original));
      disk.files.set(name, change(original.get(name)!));
      expect(await found(disk), name).not.toEqual([]);
    }
  });

  it('a file that is missing, or that cannot be read', async () => {
    const disk = await builtDisk();
    disk.files.delete(objectPath(GREET.artifact.digest));
    disk.files.delete('build.json');
    disk.files.delete(objectPath(build!.manifestDigest));
    expect(await found(disk)).toEqual([
      'artifact_missing manifest.json',
      'artifact_missing build.json',
      'artifact_missing template greet@1.0.0',
    ]);
    for (const [name, subject] of [
      ['manifest.json', 'manifest.json'],
      [objectPath(build!.manifestDigest), 'manifest.json'],
      [objectPath(build!.manifest.bundles[0]!.digest), BUNDLES],
      ['build.json', 'build.json'],
      [objectPath(HELLO.artifact.digest), 'bundle hello@1.0.0'],
    ] as const) {
      const locked = new (class extends MemoryDisk {
        override read(file: string) {
          return file === name ? Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })) : super.read(file);
        }
      })(Object.fromEntries((await builtDisk()).files));
      const verified = await verifyBuild(locked);
      expect(verified!.findings).toEqual([
        { code: 'artifact_missing', subject, message: 'It cannot be read: its permissions do not allow it (EACCES).' },
      ]);
    }
  });
});

describe('a manifest', () => {
  it.each<[string, Change, string[]]>([
    ['that names a path', (m) => void (m.templates[0].digest = 'sha256:../../x'), ['artifact_corrupt manifest.json']],
    ['that names no id', (m) => void (m.templates[0].first = '../x'), ['artifact_corrupt manifest.json']],
    ['of a later format', (m) => void m.formatVersion++, ['artifact_unsupported manifest.json']],
    ['with a key that no manifest has', (m) => void (m.note = 1), ['invalid manifest.json']],
    ['with a page twice', (m) => void m.bundles.push(m.bundles[0]), ['artifact_corrupt manifest.json']],
    ['with pages the wrong way round', (m) => void m.bundles.unshift({ ...m.bundles[0], first: 'z' }), ['artifact_corrupt manifest.json']],
    ['with the wrong size', (m) => void m.bundles[0].size++, [`artifact_corrupt ${BUNDLES}`]],
    ['that is not canonical', (m) => JSON.stringify(m, null, 1), ['not_canonical manifest.json']],
  ])('%s', async (_what, change, findings) => {
    expect(await found(forgeManifest(build!, change))).toEqual(findings);
  });

  it('that is of another build, or that was changed', async () => {
    const disk = await builtDisk();
    disk.files.set('manifest.json', new TextEncoder().encode(canonicalJson({ ...build!.manifest, bundles: [] })));
    expect(await found(disk)).toEqual(['artifact_missing manifest.json', 'manifest_mismatch build.json']);
  });

  it('that lies damaged among the objects', async () => {
    const disk = await builtDisk();
    disk.files.set(objectPath(build!.manifestDigest), build!.manifestBytes.subarray(1));
    expect(await found(disk)).toEqual(['artifact_corrupt manifest.json']);
  });
});

describe('an index', () => {
  it.each<[string, Change, string[]]>([
    ['with a bundle without versions', (m) => (m.bundles.none = { versions: {} }), [`invalid ${BUNDLES}`]],
    ['with a version without words', (m) => (m.bundles.hello.versions['1.0.0'].note = 1), [`invalid ${BUNDLES}`]],
    ['with a prerelease as default', (m) => (m.templates.greet.default = '1.1.0-rc.1'), ['wrong_default template greet']],
    ['without the default', (m) => delete m.bundles.hello.default, ['wrong_default bundle hello']],
    ['with a yanked default', (m) => (m.bundles.hello.versions['1.0.0'].yanked = 'It was wrong.'), ['wrong_default bundle hello']],
    ['with another hash', (m) => (m.bundles.hello.versions['1.0.0'].hash = sha256('x')), ['wrong_entry bundle hello@1.0.0']],
    ['with other tags', (m) => delete m.bundles.hello.versions['1.0.0'].tags, ['wrong_entry bundle hello@1.0.0']],
    ['with the wrong size', (m) => m.bundles.hello.versions['1.0.0'].artifact.size++, ['artifact_corrupt bundle hello@1.0.0']],
    ['with a path', (m) => (m.templates.greet.versions['1.0.0'].artifact.digest = 'sha256:../../x'), [`artifact_corrupt ${TEMPLATES}`]],
    [
      'with one version’s artifact for another',
      (m) => (m.templates.greet.versions['1.1.0-rc.1'] = m.templates.greet.versions['1.0.0']),
      ['wrong_entry template greet@1.1.0-rc.1'],
    ],
    [
      'with a template for a bundle',
      (m) => (m.bundles.hello.versions['1.0.0'].artifact = m.templates.greet.versions['1.0.0'].artifact),
      ['artifact_unsupported bundle hello@1.0.0'],
    ],
    ['that lacks a slot’s template', (m) => delete m.templates.greet, ['wrong_slot bundle hello@1.0.0']],
    [
      'that lacks a slot’s version',
      (m) => {
        delete m.templates.greet.versions['1.0.0'];
        delete m.templates.greet.default;
      },
      ['wrong_slot bundle hello@1.0.0'],
    ],
  ])('%s', async (_what, change, findings) => {
    expect(await found(forgeIndex(build!, change))).toEqual(findings);
  });
});

describe('a page of the index', () => {
  it.each<[string, Change, string[]]>([
    ['that is no JSON', () => '{', [`artifact_corrupt ${TEMPLATES}`]],
    ['of a later format', (p) => void p.formatVersion++, [`artifact_unsupported ${TEMPLATES}`]],
    ['of the other kind', (p) => void (p.kind = 'bundles'), [`artifact_unsupported ${TEMPLATES}`]],
    ['without its first id', (p) => void (p.ids = { greet2: p.ids.greet }), [`artifact_corrupt ${TEMPLATES}`]],
    ['with an id before its first', (p) => void (p.ids.a = p.ids.greet), [`artifact_corrupt ${TEMPLATES}`]],
    ['with a key that no page has', (p) => void (p.note = 1), [`invalid ${TEMPLATES}`]],
    ['that is not canonical', (p) => JSON.stringify(p, null, 1), [`not_canonical ${TEMPLATES}`]],
  ])('%s', async (_what, change, findings) => {
    expect(await found(forgePage(build!, 'templates', change))).toEqual(findings);
  });

  it('that can be read is part of what the build holds, whatever is found', async () => {
    const files = forgePage(build!, 'templates', (page) => JSON.stringify(page, null, 1));
    expect(await verifyBuild(new MemoryDisk(Object.fromEntries(files)))).toMatchObject({ index: build!.index, artifacts: 3 });
  });

  it('that is missing is found, and the rest is looked at', async () => {
    const { templates } = build!.manifest;
    for (const damage of [
      (disk: MemoryDisk, path: string) => disk.files.delete(path),
      (disk: MemoryDisk, path: string) => disk.files.set(path, disk.files.get(path)!.subarray(1)),
    ]) {
      const disk = await builtDisk();
      damage(disk, objectPath(templates[0]!.digest));
      disk.files.delete(objectPath(HELLO.artifact.digest));
      const verified = await verifyBuild(disk);
      expect(verified!.findings.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
        `${disk.files.has(objectPath(templates[0]!.digest)) ? 'artifact_corrupt' : 'artifact_missing'} ${TEMPLATES}`,
        'artifact_missing bundle hello@1.0.0',
      ]);
      expect(verified).not.toHaveProperty('index');
      // What the page named is no rubbish.
      expect(verified!.unnamed).toBe(0);
    }
  });

  it('with ids of the next is found', async () => {
    const forged = forgeManifest(build!, (manifest, files) => {
      const names = Array.from({ length: 300 }, (_, i) => `greet${i}`);
      const index = Object.fromEntries(['greet', ...names].map((id) => [id, build!.index.templates['greet']!]));
      const pages = pagesOf('templates', index);
      for (const { reference, bytes } of pages) files.set(objectPath(reference.digest), bytes);
      manifest.templates = pages.map(({ reference }) => reference);
      manifest.templates[1].first = 'greet1';
    });
    const about = await found(forged);
    expect(about.filter((one) => !one.startsWith('wrong_entry'))).toEqual([
      `artifact_corrupt ${TEMPLATES}`,
      'artifact_corrupt the page of templates from greet1 on',
    ]);
  });
});

describe('build.json', () => {
  it.each([
    ['', 'artifact_corrupt build.json'],
    ['[]\n', 'artifact_corrupt build.json'],
    ['{}\n', 'invalid build.json'],
    [`${JSON.stringify({ manifest: build!.manifestDigest, commit: null, dirty: null })}\n`, 'not_canonical build.json'],
  ])('%j', async (text, finding) => {
    const disk = await builtDisk();
    disk.files.set('build.json', Buffer.from(text));
    expect(await found(disk)).toEqual([finding]);
  });
});

describe('an artifact whose digest is right', () => {
  const HELLO_NAME = 'bundle hello@1.0.0';
  const GREET_NAME = 'template greet@1.0.0';

  it.each<[string, 'bundles' | 'templates', string, Change, string]>([
    ['no JSON', 'bundles', 'hello', () => '{', `artifact_corrupt ${HELLO_NAME}`],
    ['of a later spec', 'bundles', 'hello', (a) => void a.spec++, `artifact_unsupported ${HELLO_NAME}`],
    ['not canonical', 'bundles', 'hello', (a) => JSON.stringify(a, null, 1), `not_canonical ${HELLO_NAME}`],
    [
      'not canonical at all',
      'bundles',
      'hello',
      (a) => canonicalJson(a).replace('model-a', String.raw`\ud800`),
      `not_canonical ${HELLO_NAME}`,
    ],
    ['another version', 'bundles', 'hello', (a) => void (a.version = '3.0.0'), `wrong_entry ${HELLO_NAME}`],
    ['with an unknown key', 'bundles', 'hello', (a) => void (a.note = 1), `invalid ${HELLO_NAME}`],
    ['with another slot', 'bundles', 'hello', (a) => void (a.slots.task.hash = sha256('x')), `wrong_slot ${HELLO_NAME}`],
    ['with an unknown operation', 'templates', 'greet', (a) => void a.operations.push(['exec']), `invalid ${GREET_NAME}`],
    [
      'with a loop that nothing ends',
      'templates',
      'greet',
      (a) => void a.operations.push(['indent', ' ']),
      `artifact_unsupported ${GREET_NAME}`,
    ],
  ])('%s', async (_what, kind, id, change, finding) => {
    expect(await found(forgeArtifact(build!, kind, id, '1.0.0', change))).toContain(finding);
  });
});
