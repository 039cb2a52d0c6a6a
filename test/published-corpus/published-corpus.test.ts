/**
 * A project that was published once and for all, by promptc 0.1: three versions of two templates, and of two bundles
 * three and two. This and every later promptc has to build it to the same hashes, the same renders and the same lock.
 *
 * `project/` is its working tree. `objects/` holds the older texts, each in a file that has the name of its blob.
 * Nothing here is ever edited or made anew: CONTRIBUTING.md says what to do if this fails.
 */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileProject } from '../../src/cli/project.js';
import type { JsonObject } from '../../src/base/json.js';
import { LOCK_FILE } from '../../src/format/lock.js';
import { BundleRenderer } from '../../src/generator/bundle-renderer.js';
import { BuildStore } from '../../src/sources/inline.js';
import { StoreSource } from '../../src/sources/store.js';
import { blobId } from '../../src/versions/git/object-id.js';
import { formatLock, nameOf } from '../../src/versions/lock.js';
import { repository, type TestRepository } from '../support/repository.js';
import { build, lockOf } from '../versions/published-project.js';

const CORPUS = fileURLToPath(new URL('.', import.meta.url));
const LOCK = readFileSync(path.join(CORPUS, 'project', LOCK_FILE), 'utf8');
const OBJECTS = readdirSync(path.join(CORPUS, 'objects'));
const RENDERS = JSON.parse(readFileSync(path.join(CORPUS, 'renders.json'), 'utf8')) as {
  readonly [name: string]: { readonly payload: JsonObject; readonly result: JsonObject };
};

/** What its working tree holds. */
const CURRENT = new Set(['bundle desk@2.0.0', 'bundle triage@1.1.0', 'template desk/system@2.0.0', 'template desk/task@2.0.0']);

/** The corpus as a clone has it: the last version in the tree, the others among Git's objects. */
async function clone(): Promise<TestRepository> {
  const made = await repository();
  cpSync(path.join(CORPUS, 'project'), made.folder, { recursive: true });
  for (const id of OBJECTS) expect(made.git('hash-object', '-w', '--no-filters', path.join(CORPUS, 'objects', id))).toBe(id);
  made.commit();
  return made;
}

describe('the published corpus', () => {
  it('holds every text that its lock names, as it was', async () => {
    const entries = await lockOf({ folder: path.join(CORPUS, 'project') });
    expect(entries.map(nameOf)).toEqual([
      ...['desk@1.0.0', 'desk@1.1.0', 'desk@2.0.0', 'triage@1.0.0', 'triage@1.1.0'].map((name) => `bundle ${name}`),
      ...['system@1.0.0', 'system@1.1.0', 'system@2.0.0', 'task@1.0.0', 'task@1.1.0', 'task@2.0.0'].map((name) => `template desk/${name}`),
    ]);
    for (const id of OBJECTS) expect(blobId(readFileSync(path.join(CORPUS, 'objects', id)), 'sha1')).toBe(id);
    const files = new Set(entries.flatMap((entry) => Object.keys(entry.files)));
    const current = [...files].map((file) => blobId(readFileSync(path.join(CORPUS, 'project', file)), 'sha1'));
    expect(new Set([...OBJECTS, ...current])).toEqual(new Set(entries.flatMap((entry) => Object.values(entry.files))));
  });

  it('is built from a clone without a word, to the same lock, byte for byte', async () => {
    const made = await clone();
    const { compiled } = await compileProject(made.folder, 'dist', { base: 'HEAD', frozen: true });
    expect(compiled.diagnostics).toEqual([]);
    await build(made, { base: 'HEAD' });
    expect(readFileSync(path.join(made.folder, LOCK_FILE), 'utf8')).toBe(LOCK);
    // The versions of the tree as if they were new: then nothing of their entries is taken from the lock.
    const older = (await lockOf(made)).filter((entry) => !CURRENT.has(nameOf(entry)));
    expect(older).toHaveLength(7);
    made.commit({ [LOCK_FILE]: formatLock({ entries: older }) });
    await build(made, { base: 'HEAD' });
    expect(readFileSync(path.join(made.folder, LOCK_FILE), 'utf8')).toBe(LOCK);
  });

  it('has the same hashes and artifacts, and the same marks', async () => {
    const made = await clone();
    const { bundles, templates } = await build(made, { base: 'HEAD' });
    for (const { kind, id, version, hash, artifact, yanked } of await lockOf(made)) {
      const entry = (kind === 'bundle' ? bundles : templates)[id]!.versions[version]!;
      expect({ hash: entry.hash, digest: entry.artifact.digest, yanked: entry.yanked }).toEqual({ hash, digest: artifact.digest, yanked });
    }
    expect(Object.entries({ ...bundles, ...templates }).map(([id, versions]) => [id, versions.default])).toEqual([
      ['desk', '2.0.0'],
      ['triage', '1.1.0'],
      ['desk/system', '2.0.0'],
      ['desk/task', '2.0.0'],
    ]);
  });

  it('renders every bundle version as it did', async () => {
    const { compiled } = await compileProject((await clone()).folder, 'dist', { base: 'HEAD' });
    const source = new StoreSource(new BuildStore(compiled.build!));
    const renderer = new BundleRenderer({ bundles: source, templates: source });
    expect(new Set(Object.keys(RENDERS).map((name) => name.split(' ')[0]))).toEqual(
      new Set(compiled.build!.bundles.map(({ artifact: { id, version } }) => `${id}@${version}`)),
    );
    for (const [name, { payload, result }] of Object.entries(RENDERS)) {
      const [id, version] = name.split(' ')[0]!.split('@');
      const { engine_version: _, ...rendered } = await renderer.render(id!, version, payload);
      expect(rendered, name).toEqual(result);
    }
  });
});
