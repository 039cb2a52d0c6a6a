/**
 * Bundles that name a template version exactly, while the working tree holds that version in another form.
 *
 * A published version is not to be edited in place, and once the edit has a version of its own, such a bundle is what it
 * was. So nothing has changed in it, though it was compiled with the edit.
 */
import type { Build } from '../compile/emit/emit.js';
import { bundleHash, type LinkedBundleFile } from '../compile/link/link.js';
import type { LockEntry } from '../format/lock.js';
import type { ProjectView } from './diff/project-view.js';
import { nameOf } from './lock.js';
import { isExact, referencesOf } from './references.js';

/**
 * The working tree with such bundles as they were published.
 *
 * @param tree - what `build` looks like
 * @param base - where they are as they were published
 * @param published - by name
 */
export function withPinnedAtBase(
  tree: ProjectView,
  base: ProjectView,
  build: Build,
  published: ReadonlyMap<string, LockEntry>,
): ProjectView {
  const pinned = new Set(build.bundles.filter((bundle) => isPinned(bundle, published)).map(({ artifact }) => artifact.hash));
  const bundles = tree.bundles.map((bundle) => {
    const { id, version, hash } = bundle.artifact;
    const before = base.bundles.find(({ artifact }) => artifact.id === id && artifact.version === version);
    return pinned.has(hash) && before !== undefined ? before : bundle;
  });
  return { ...tree, bundles };
}

function isPinned({ prompt, artifact }: LinkedBundleFile, published: ReadonlyMap<string, LockEntry>): boolean {
  const entry = published.get(nameOf({ kind: 'bundle', ...prompt }));
  if (entry === undefined || entry.hash === artifact.hash) return false;
  const hashes = referencesOf(prompt).map(([slot, reference]) => {
    const exact = isExact(reference) ? published.get(`template ${reference.id}@${reference.wanted}`) : undefined;
    return [slot, exact?.hash ?? artifact.slots[slot]!.hash];
  });
  return bundleHash(prompt, Object.fromEntries(hashes) as { [slot: string]: string }) === entry.hash;
}
