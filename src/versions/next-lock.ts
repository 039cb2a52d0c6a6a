/**
 * The lock that a build asks for.
 *
 * In: what is kept of the lock as it is, and the versions of the working tree. Out: entries, each version once. What
 * always holds: a published entry stays as it is, save for what it may gain: a mark that it is yanked, and another form
 * of its artifact.
 */
import { isDeepStrictEqual } from 'node:util';
import type { LinkedBundleFile, LinkedTemplate } from '../compile/link/link.js';
import type { LockEntry } from '../format/lock.js';
import { byName, nameOf } from './lock.js';
import { artifactOf } from './lock-entries.js';

export interface NextLockRequest {
  /** What is published, by name. */
  readonly published: ReadonlyMap<string, LockEntry>;
  /** What stays in the lock whether the tree holds it or not. */
  readonly kept: ReadonlyMap<string, LockEntry>;
  readonly recorded: ReadonlyMap<string, LockEntry>;
  readonly tree: readonly LockEntry[];
  /** Versions that the tree does not hold, as they were compiled now. */
  readonly older: readonly (LinkedTemplate | LinkedBundleFile)[];
}

export function nextEntries({ published, kept, recorded, tree, older }: NextLockRequest): LockEntry[] {
  const current = byName(tree);
  const artifacts = new Map([
    ...tree.map((entry) => [nameOf(entry), entry.artifact] as const),
    ...older.map((linked) => [nameOf(linked.artifact), artifactOf(linked)] as const),
  ]);
  const names = new Set([...kept.keys(), ...current.keys()]);
  return [...names].map((name): LockEntry => {
    const before = recorded.get(name);
    // What nobody can use yet may be changed; what the base has published alike is recorded as it is there.
    const entry = published.has(name) ? (kept.get(name) ?? published.get(name)!) : (current.get(name) ?? kept.get(name)!);
    const yanked = entry.yanked ?? (before?.hash === entry.hash ? before.yanked : undefined);
    const artifact = artifacts.get(name) ?? entry.artifact;
    const isSame =
      yanked === entry.yanked && artifact.digest === entry.artifact.digest && artifact.formatVersion === entry.artifact.formatVersion;
    return isSame ? entry : { ...entry, artifact, ...(yanked !== undefined && { yanked }) };
  });
}

/** What a lock lacks, has too much, or has otherwise, as the end of a sentence; `undefined` if it is as asked. */
export function lockDifference(recorded: ReadonlyMap<string, LockEntry>, next: readonly LockEntry[]): string | undefined {
  const asked = byName(next);
  const parts = [
    ...next.flatMap((entry) => {
      const before = recorded.get(nameOf(entry));
      if (before === undefined) return [`it lacks the ${nameOf(entry)}`];
      return before === entry || isDeepStrictEqual(before, entry) ? [] : [`it has the ${nameOf(entry)} otherwise`];
    }),
    ...[...recorded.keys()].flatMap((name) => (asked.has(name) ? [] : [`it has the ${name}, which is neither published nor in the tree`])),
  ];
  if (parts.length === 0) return undefined;
  return parts.length > MOST_NAMED ? `${parts.slice(0, MOST_NAMED).join(', ')}, and ${parts.length - MOST_NAMED} more` : parts.join(', ');
}

/** A longer list is no hint. */
const MOST_NAMED = 3;
