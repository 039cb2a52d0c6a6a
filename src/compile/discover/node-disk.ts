import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import fastGlob from 'fast-glob';
import type { Disk, DiskEntry } from './disk.js';

/** The computer's own disk, below a folder. */
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
    return orUndefined(readFile(this.#path(file)));
  }

  async size(file: string): Promise<number | undefined> {
    const found = await orUndefined(stat(this.#path(file)));
    return found?.isFile() === true ? found.size : undefined;
  }

  async write(file: string, bytes: Uint8Array, { sync = false } = {}): Promise<void> {
    const target = this.#path(file);
    const folder = path.dirname(target);
    if (!this.#folders.has(folder)) {
      await mkdir(folder, { recursive: true });
      this.#folders.add(folder);
    }
    // A name of its own for every writer, so that two builds at once never share a file.
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
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async remove(file: string): Promise<void> {
    await rm(this.#path(file), { force: true });
  }

  #path(relative: string): string {
    return path.join(this.#root, ...relative.split('/'));
  }
}

/** Makes a rename last through a power cut, where the system can sync folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
