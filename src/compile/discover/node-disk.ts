import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fastGlob from 'fast-glob';
import { syncFolder } from '../../base/sync-folder.js';
import type { Disk, DiskEntry } from './disk.js';

/**
 * The computer's own disk, below a folder. Calls are synchronous inside: projects have thousands of small files, for each
 * of which a promise of `node:fs/promises` costs ten times what reading it does.
 */
export class NodeDisk implements Disk {
  readonly #root: string;
  /** Folders that are known to exist, so that each is made once. */
  readonly #folders = new Set<string>();

  constructor(root: string) {
    this.#root = path.resolve(root);
  }

  async list(folder: string): Promise<DiskEntry[]> {
    const found = await fastGlob.glob('**', {
      cwd: this.#path(folder),
      dot: true,
      followSymbolicLinks: false,
      onlyFiles: false,
      objectMode: true,
      suppressErrors: false,
    });
    return found
      .filter(({ dirent }) => !dirent.isDirectory())
      .map(({ path: name, dirent }): DiskEntry => ({
        path: name,
        kind: dirent.isSymbolicLink() ? 'link' : dirent.isFile() ? 'file' : 'other',
      }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  async read(file: string): Promise<Uint8Array | undefined> {
    return orUndefined(() => readFileSync(this.#path(file)));
  }

  async size(file: string): Promise<number | undefined> {
    const found = orUndefined(() => statSync(this.#path(file), { throwIfNoEntry: false }));
    return found?.isFile() === true ? found.size : undefined;
  }

  async isFile(file: string): Promise<boolean> {
    return orUndefined(() => lstatSync(this.#path(file), { throwIfNoEntry: false }))?.isFile() === true;
  }

  async modified(file: string): Promise<Date | undefined> {
    return orUndefined(() => statSync(this.#path(file), { throwIfNoEntry: false })?.mtime);
  }

  async write(file: string, bytes: Uint8Array, { sync = false } = {}): Promise<void> {
    const target = this.#path(file);
    const folder = path.dirname(target);
    if (!this.#folders.has(folder)) {
      mkdirSync(folder, { recursive: true });
      this.#folders.add(folder);
    }
    // A name of its own for every writer, so that two builds at once never share a file: TEMPORARY_NAME.
    const temporary = path.join(folder, `.${path.basename(target)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
    try {
      writeFileSync(temporary, bytes, { flag: 'wx', flush: sync });
      renameSync(temporary, target);
      if (sync) await syncFolder(folder);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  async remove(file: string): Promise<void> {
    rmSync(this.#path(file), { force: true });
  }

  #path(relative: string): string {
    return path.join(this.#root, ...relative.split('/'));
  }
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
