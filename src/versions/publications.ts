/** Which commits brought published versions to the line of history that is checked out, and which yanked them. */
import { LOCK_FILE, type LockEntry } from '../format/lock.js';
import type { Commit, Repository } from './git/repository.js';

export interface Publication {
  /** The first-parent commit since which the lock has the version; absent if the clone lacks the lock of the one before. */
  readonly commit?: Commit;
  /** The same of its being yanked. */
  readonly yankedBy?: Commit;
  /** How many commits that changed the lock came after it. */
  readonly age: number;
}

/** A lock has a line for every version there ever was. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Only looks for the hashes of entries in older locks: what else is wrong with one of these counts for nothing.
 *
 * @param entries - some that the lock at HEAD records
 */
export async function findPublications(repository: Repository, entries: readonly LockEntry[]): Promise<Map<LockEntry, Publication>> {
  const commits = await repository.log(await repository.head(), [LOCK_FILE]);
  const locks = await locksOf(repository, commits);
  /** The commit by which a lock became what it is, if the lock before is known. */
  const commitOf = (i: number): Commit | undefined => (locks[i + 1] === undefined ? undefined : commits[i]);
  return new Map(
    entries.map((entry) => {
      // In the oldest of the locks that have it, from the newest on.
      const age = locks.findLastIndex((lock) => lock?.includes(entry.hash) === true);
      const commit = commitOf(age);
      const yankedBy = entry.yanked === undefined ? undefined : commitOf(locks.findLastIndex((lock) => isYanked(entry, lock)));
      return [entry, { age, ...(commit && { commit }), ...(yankedBy && { yankedBy }) }];
    }),
  );
}

/** The lock of each commit, and of the one before the last of them; `undefined` where the clone does not have it. */
async function locksOf(repository: Repository, commits: readonly Commit[]): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  for (const { id } of commits) ids.push((await repository.files(id, [LOCK_FILE])).get(LOCK_FILE)?.id);
  const texts = new Map<string | undefined, string | undefined>([[undefined, '']]);
  for await (const { id, bytes } of repository.blobs([...new Set(ids.filter((one) => one !== undefined))], MOST_BYTES)) {
    texts.set(id, bytes && new TextDecoder().decode(bytes));
  }
  return [...ids.map((id) => texts.get(id)), (await isCut(repository, commits.at(-1))) ? undefined : ''];
}

/** An entry is one line of canonical JSON, in which no text can hold a quote that is not escaped. */
function isYanked({ hash }: LockEntry, lock: string | undefined): boolean {
  return lock?.split('\n').some((line) => line.includes(hash) && line.includes(',"yanked":"')) === true;
}

/** Whether a shallow clone lacks what was before a commit: the commit then seems to bring everything that it has. */
async function isCut(repository: Repository, oldest: Commit | undefined): Promise<boolean> {
  if (!repository.isShallow || oldest === undefined) return false;
  const [parent] = await repository.parents(oldest.id);
  return parent !== undefined && (await repository.resolve(parent)) === undefined;
}
