/** Every damage to a build is found, by the build alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { sha256 } from '../../src/base/digest.js';
import { verifyBuild } from '../../src/builds/verify-build.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import { objectPath } from '../../src/format/artifact.js';
import { type Files, SMALL_PROJECT } from '../support/project.js';

const PROJECT: Files = {
  ...SMALL_PROJECT,
  'prompts/templates/newer.md': String(SMALL_PROJECT['prompts/templates/greet.md']).replace('1.0.0', '1.1.0-rc.1'),
};
const { build } = await compile(new MemoryDisk(PROJECT));
const GREET = build!.manifest.templates['greet']!.versions['1.0.0']!;
const HELLO = build!.manifest.bundles['hello']!.versions['1.0.0']!;

async function builtDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await writeBuild(build!, { commit: null, dirty: null }, disk);
  return disk;
}

/** `code subject` of all that is found. */
async function found(disk: MemoryDisk): Promise<string[]> {
  return (await verifyBuild(disk))!.findings.map(({ code, subject }) => `${code} ${subject}`);
}

type Value = any;

/** A build whose manifest says something else, and whose build.json goes along with it. */
async function withManifest(change: (manifest: Value) => unknown): Promise<MemoryDisk> {
  const disk = await builtDisk();
  const manifest: Value = JSON.parse(new TextDecoder().decode(build!.manifestBytes));
  change(manifest);
  const bytes = new TextEncoder().encode(canonicalJson(manifest));
  disk.files.set('manifest.json', bytes);
  disk.files.set('build.json', new TextEncoder().encode(`${canonicalJson({ commit: null, dirty: null, manifest: sha256(bytes) })}\n`));
  return disk;
}

/** A build with another artifact for a version, which the manifest names as it is. */
async function withArtifact(kind: 'bundles' | 'templates', id: string, change: (artifact: Value) => unknown): Promise<MemoryDisk> {
  const original = await builtDisk();
  const { digest } = build!.manifest[kind][id]!.versions['1.0.0']!.artifact;
  const artifact: Value = JSON.parse(new TextDecoder().decode(original.files.get(objectPath(digest))));
  const text = change(artifact);
  const bytes = new TextEncoder().encode(typeof text === 'string' ? text : canonicalJson(artifact));
  const disk = await withManifest((manifest) => {
    manifest[kind][id].versions['1.0.0'].artifact = { digest: sha256(bytes), size: bytes.length };
  });
  disk.files.set(objectPath(sha256(bytes)), bytes);
  return disk;
}

describe('a build', () => {
  it('as it was written is fine', async () => {
    const disk = await builtDisk();
    expect(await verifyBuild(disk)).toEqual({
      findings: [],
      manifest: { manifest: build!.manifest, bytes: build!.manifestBytes, digest: build!.manifestDigest },
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
    expect(await found(await withManifest((manifest) => (manifest.partial = true)))).toEqual([]);
  });
});

describe('every byte counts', () => {
  const named = ['manifest.json', ...build!.objects.keys()];

  it('any single bit of the manifest and of every artifact', async () => {
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
    expect(await found(disk)).toEqual(['artifact_missing build.json', 'artifact_missing template greet@1.0.0']);
    for (const [name, subject] of [
      ['manifest.json', 'manifest.json'],
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
  it.each<[string, (manifest: Value) => unknown, string[]]>([
    [
      'that names a path',
      (m) => (m.templates.greet.versions['1.0.0'].artifact.digest = 'sha256:../../x'),
      ['artifact_corrupt manifest.json'],
    ],
    ['of a later format', (m) => m.formatVersion++, ['artifact_unsupported manifest.json']],
    ['with a key that no manifest has', (m) => (m.note = 1), ['invalid manifest.json']],
    ['with a bundle without versions', (m) => (m.bundles.none = { versions: {} }), ['invalid manifest.json']],
    ['with a prerelease as default', (m) => (m.templates.greet.default = '1.1.0-rc.1'), ['wrong_default template greet']],
    ['without the default', (m) => delete m.bundles.hello.default, ['wrong_default bundle hello']],
    ['with a yanked default', (m) => (m.bundles.hello.versions['1.0.0'].yanked = 'It was wrong.'), ['wrong_default bundle hello']],
    ['with another hash', (m) => (m.bundles.hello.versions['1.0.0'].hash = sha256('x')), ['wrong_entry bundle hello@1.0.0']],
    ['with other tags', (m) => delete m.bundles.hello.versions['1.0.0'].tags, ['wrong_entry bundle hello@1.0.0']],
    ['with the wrong size', (m) => m.bundles.hello.versions['1.0.0'].artifact.size++, ['artifact_corrupt bundle hello@1.0.0']],
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
    expect(await found(await withManifest(change))).toEqual(findings);
  });

  it('that is not canonical, and one that is of another build', async () => {
    const disk = await builtDisk();
    const bytes = new TextEncoder().encode(JSON.stringify(build!.manifest, null, 1));
    disk.files.set('manifest.json', bytes);
    expect(await found(disk)).toEqual(['not_canonical manifest.json', 'manifest_mismatch build.json']);
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

  it.each<[string, 'bundles' | 'templates', string, (artifact: Value) => unknown, string]>([
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
    expect(await found(await withArtifact(kind, id, change))).toContain(finding);
  });
});
