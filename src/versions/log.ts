/** When each published version of a prompt came to the line of history that is checked out. */
import semver from 'semver';
import { LOCK_FILE, type LockEntry } from '../format/lock.js';
import type { Commit, Repository } from './git/repository.js';
import { nameOf } from './lock.js';
import { lockAt } from './project-versions.js';

export interface LoggedVersion {
  readonly entry: LockEntry;
  /** The first-parent commit that published it. */
  readonly commit: Commit;
  /** The one that yanked it, if it is. */
  readonly yankedBy?: Commit;
}

/** @returns the versions of an id as HEAD has them, the newest first */
export async function logVersions(repository: Repository, id: string): Promise<LoggedVersion[]> {
  const head = await repository.head();
  const entries = (await lockAt(repository, head)).entries.filter((entry) => entry.id === id);
  const published = new Map<string, Commit>();
  const yanked = new Map<string, Commit>();
  // From the newest on: the last commit in which a version still occurs is the one that brought it.
  for (const commit of entries.length === 0 ? [] : await repository.log(head, [LOCK_FILE])) {
    for (const entry of (await lockAt(repository, commit.id)).entries) {
      if (entry.id !== id) continue;
      published.set(nameOf(entry), commit);
      if (entry.yanked !== undefined) yanked.set(nameOf(entry), commit);
    }
  }
  return entries
    .toSorted((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : semver.rcompare(a.version, b.version)))
    .map((entry) => {
      const yankedBy = yanked.get(nameOf(entry));
      return { entry, commit: published.get(nameOf(entry))!, ...(yankedBy !== undefined && { yankedBy }) };
    });
}
