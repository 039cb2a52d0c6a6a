/**
 * Changes a keys file.
 *
 * What always holds: a reader sees the file as it was or as it is to be; of two changes at once, neither is lost; a
 * file that cannot be read as one of keys stays as it is.
 */
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { syncFolder } from '../base/sync-folder.js';
import { KeysError } from './keys-error.js';
import { formatKeys, type KeyEntry } from './keys-format.js';
import { readKeys } from './read-keys.js';

export interface UpdateOptions {
  /** Whether a file that is not there is made. */
  readonly make: boolean;
  /** How long another change is waited for, in milliseconds. */
  readonly patience?: number;
}

const PATIENCE = 10_000;
const RETRY = 20;
const OWNER_ONLY = 0o600;

/**
 * Puts other keys in the place of those that a file holds. The next content is written into `<file>.lock`, which only one
 * process can make, and which then becomes the file: so it is the lock as well, as in Git.
 *
 * @param change - the next keys, from those that there are; what it throws leaves the file as it was
 * @throws KeysError if the file cannot be used or written
 */
export async function updateKeys(
  file: string,
  change: (keys: readonly KeyEntry[]) => readonly KeyEntry[],
  { make, patience = PATIENCE }: UpdateOptions,
): Promise<void> {
  // A link goes on leading to the file.
  const target = await realpath(file).catch(() => file);
  const lock = `${target}.lock`;
  const handle = await take(lock, file, patience);
  try {
    const next = formatKeys(change(await present(target, make)));
    await keepOwner(handle, target);
    await handle.writeFile(next);
    await handle.sync();
    await handle.close();
    await rename(lock, target);
  } catch (error) {
    await handle.close();
    await rm(lock, { force: true });
    throw error instanceof Error && 'syscall' in error ? unwritable(file, error) : error;
  }
  await syncFolder(path.dirname(target));
}

async function take(lock: string, file: string, patience: number): Promise<FileHandle> {
  for (const until = performance.now() + patience; ; await sleep(RETRY)) {
    try {
      return await open(lock, 'wx', OWNER_ONLY);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(file, error);
      if (performance.now() < until) continue;
      throw new KeysError(`Another command is changing ${file}. If none is running, one was cut off: delete ${lock}, and try again.`);
    }
  }
}

async function present(target: string, make: boolean): Promise<readonly KeyEntry[]> {
  try {
    return (await readKeys(target)).keys;
  } catch (error) {
    if (make && error instanceof KeysError && error.isMissing) return [];
    throw error;
  }
}

/** Whoever could read the old file, such as the user that a server runs as, can read the new one. */
async function keepOwner(handle: FileHandle, target: string): Promise<void> {
  const before = await stat(target).catch(() => undefined);
  if (before === undefined || process.platform === 'win32') return;
  const { uid, gid } = await handle.stat();
  if (before.uid !== uid || before.gid !== gid) await handle.chown(before.uid, before.gid);
  await handle.chmod(before.mode & 0o777);
}

function unwritable(file: string, error: unknown): KeysError {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'fchown')
    return new KeysError(`The keys file ${file} is another user's, whom it would be taken from. Run this as that user, or as root.`);
  if (code === 'ENOENT')
    return new KeysError(`The keys file ${file} cannot be written, since its folder is not there. Make the folder first.`);
  return new KeysError(`The keys file ${file} cannot be written (${code ?? String(error)}).`);
}
