/** The files of a folder that a server reads meanwhile: nothing here keeps it waiting for the disk. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../base/sync-folder.js';

/** Paths are relative to the folder, with forward slashes. Methods throw what the system says. */
export class Folder {
  readonly #root: string;
  /** Folders that are known to exist, so that each is made once. */
  readonly #folders = new Set<string>();

  constructor(root: string) {
    this.#root = path.resolve(root);
  }

  /** The names in a folder; none if it is not there. */
  async names(folder: string): Promise<string[]> {
    return (await ifThere(readdir(this.#path(folder)))) ?? [];
  }

  /** A file's bytes; `undefined` if there is no such file. */
  read(file: string): Promise<Uint8Array | undefined> {
    return ifThere(readFile(this.#path(file)));
  }

  /** A file's size; `undefined` if there is no such file. */
  async size(file: string): Promise<number | undefined> {
    const found = await ifThere(stat(this.#path(file)));
    return found?.isFile() === true ? found.size : undefined;
  }

  /** Puts a file in place, whole or not at all. With `sync`, it is on the disk before it returns. */
  async write(file: string, bytes: Uint8Array, { sync = false } = {}): Promise<void> {
    const target = this.#path(file);
    const folder = path.dirname(target);
    if (!this.#folders.has(folder)) await mkdir(folder, { recursive: true });
    this.#folders.add(folder);
    // A name of its own for every writer, so that two mirrors at once never share a file.
    const temporary = path.join(folder, `.${path.basename(target)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
    try {
      const handle = await open(temporary, 'wx');
      try {
        await handle.writeFile(bytes);
        if (sync) await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, target);
      if (sync) await syncFolder(folder);
    } catch (error) {
      // Somebody may have removed it.
      this.#folders.delete(folder);
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Removes a file. If there is none, that is fine: somebody else may have removed it. */
  remove(file: string): Promise<void> {
    return rm(this.#path(file), { force: true });
  }

  #path(relative: string): string {
    return path.join(this.#root, ...relative.split('/'));
  }
}

async function ifThere<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
