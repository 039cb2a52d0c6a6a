/** Files of an output folder that were being written when their writer was killed: nobody will ever put them in place. */
import path from 'node:path';
import { type Disk, TEMPORARY_NAME } from '../compile/discover/disk.js';
import { BUILD_FILE, isObjectPath, MANIFEST_FILE } from '../format/artifact.js';
import { isRecordPath } from '../format/build-record.js';

/** Writing a file takes milliseconds, and on a disk that hangs perhaps minutes. */
const MILLISECONDS = 60 * 60 * 1000;

/**
 * Only what a build writes counts, and only if it is so old that nobody can be writing it.
 *
 * @param disk - of the output folder
 */
export async function findLeftovers(disk: Disk): Promise<string[]> {
  const found: string[] = [];
  for (const { path: file, kind } of await disk.list('.')) {
    if (kind !== 'file' || !isOfBuild(file)) continue;
    const modified = await disk.modified(file);
    if (modified !== undefined && Date.now() - modified.getTime() > MILLISECONDS) found.push(file);
  }
  return found;
}

function isOfBuild(file: string): boolean {
  const { dir, base } = path.posix.parse(file);
  const name = TEMPORARY_NAME.exec(base)?.groups?.['name'];
  if (name === undefined) return false;
  const target = path.posix.join(dir, name);
  return target === MANIFEST_FILE || target === BUILD_FILE || isRecordPath(target) || isObjectPath(target);
}
