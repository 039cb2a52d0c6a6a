import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { blobId, type ObjectFormat } from './object-id.js';
import type { TreeEntry } from './tree.js';

/**
 * Whether files on the disk differ from what a commit holds. `git status` would say it too, but it runs the filters that
 * a repository's attributes and configuration name; here the ids are computed from the bytes.
 *
 * @param listed - the paths at which there may be files that count, beside those of the commit
 */
export function differsFrom(
  folder: string,
  committed: ReadonlyMap<string, TreeEntry>,
  listed: readonly string[],
  format: ObjectFormat,
): boolean {
  const onDisk = (name: string): string => path.join(folder, ...name.split('/'));
  return (
    listed.some((name) => !committed.has(name) && lstatSync(onDisk(name), { throwIfNoEntry: false }) !== undefined) ||
    // A link or a submodule has its text elsewhere, where the commit does not vouch for it.
    [...committed].some(([name, { id, kind }]) => kind !== 'file' || !holds(onDisk(name), id, format))
  );
}

/** Whether a file holds the bytes of a blob, as they are or with CRLF for LF. */
function holds(file: string, id: string, format: ObjectFormat): boolean {
  try {
    if (!lstatSync(file).isFile()) return false;
    // Read one by one: for thousands of small files this is several times as fast as promises are.
    const bytes = readFileSync(file);
    return blobId(bytes, format) === id || (bytes.includes('\r\n') && blobId(withLineFeeds(bytes), format) === id);
  } catch {
    // Gone, or not to be read: nothing says that it is the same.
    return false;
  }
}

/** latin1 gives each byte a character of its own, and takes it back. */
function withLineFeeds(bytes: Buffer): Uint8Array {
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}
