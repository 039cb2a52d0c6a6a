/** A lock and the repository that it lies in → what Git does not vouch for. */
import { LOCK_FILE, type Lock } from '../format/lock.js';
import { blobId } from '../versions/git/object-id.js';
import type { Repository } from '../versions/git/repository.js';
import { lackOfBlobs } from '../versions/history.js';
import { nameOf } from '../versions/lock.js';
import type { Finding } from './finding.js';

export interface CommitRequest {
  readonly repository: Repository;
  /** The commit that the build names; without one, what is checked out is taken. */
  readonly commit: string | null;
  readonly lock: Lock;
  /** The bytes of the lock, with LF line ends. */
  readonly lockBytes: Uint8Array;
}

/**
 * The lock is the one of the build's commit, and every file that it names is in the clone, so that every version can be
 * traced to a commit and built again. Nothing is built here.
 */
export async function verifyCommit({ repository, commit, lock, lockBytes }: CommitRequest): Promise<Finding[]> {
  const head = await repository.head();
  const built = commit ?? head;
  if ((await repository.resolve(built)) === undefined) {
    const message = `The build names the commit ${built}, which this clone does not have.`;
    const commands = [`git fetch --no-tags${repository.isShallow ? ' --depth=1' : ''} origin ${built}`];
    return [{ code: 'commit_missing', subject: 'build.json', message, commands }];
  }
  const id = blobId(lockBytes, repository.objectFormat);
  if ((await lockOf(repository, built)) !== id) {
    const isOther = built !== head && (await lockOf(repository, head)) === id;
    const message = isOther
      ? `The build is of the commit ${built}, whose lock is another one than that of what is checked out, ${head}. Check out that commit, or build again.`
      : `It differs from the lock of the commit ${built}, which the build names: it is not committed. Commit it together with the prompts, and build again.`;
    // What is not committed has no blobs either, and that is no second mistake.
    return [{ code: 'lock_uncommitted', subject: LOCK_FILE, message }];
  }
  return blobFindings(repository, lock);
}

/** The id of the lock's blob in a commit. */
async function lockOf(repository: Repository, commit: string): Promise<string | undefined> {
  return (await repository.files(commit, [LOCK_FILE])).get(LOCK_FILE)?.id;
}

async function blobFindings(repository: Repository, { entries }: Lock): Promise<Finding[]> {
  const ids = new Set(entries.flatMap(({ files }) => Object.values(files)));
  const missing = new Set<string>();
  // Only whether they are there is asked: no content is read.
  for await (const { id, size } of repository.blobs([...ids], 0)) if (size === undefined) missing.add(id);
  if (missing.size === 0) return [];
  const { why, command } = await lackOfBlobs(repository);
  return entries.flatMap((entry): Finding[] => {
    const lacking = Object.entries(entry.files).filter(([, blob]) => missing.has(blob));
    if (lacking.length === 0) return [];
    const names = lacking.map(([path, blob]) => `${path} as ${blob}`).join(' and ');
    const message = `The lock records it with ${names}, and ${why}.`;
    return [{ code: 'blob_missing', subject: nameOf(entry), message, commands: [command] }];
  });
}
