import type { Disk, DiskEntry } from './disk.js';

/** A disk of values: for inline content and for tests. */
export class MemoryDisk implements Disk {
  readonly files = new Map<string, Uint8Array>();

  /** @param files - text or bytes by path */
  constructor(files: { readonly [path: string]: string | Uint8Array } = {}) {
    for (const [path, content] of Object.entries(files)) {
      this.files.set(path, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    }
  }

  list(folder: string): Promise<DiskEntry[]> {
    const prefix = folder === '.' ? '' : `${folder}/`;
    const paths = [...this.files.keys()].filter((path) => path.startsWith(prefix)).toSorted();
    return Promise.resolve(paths.map((path) => ({ path: path.slice(prefix.length), kind: 'file' })));
  }

  read(path: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.files.get(path));
  }

  size(path: string): Promise<number | undefined> {
    return Promise.resolve(this.files.get(path)?.length);
  }

  isFile(path: string): Promise<boolean> {
    return Promise.resolve(this.files.has(path));
  }

  /** Values have no time. */
  modified(): Promise<Date | undefined> {
    return Promise.resolve(undefined);
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    this.files.set(path, bytes.slice());
    return Promise.resolve();
  }

  remove(path: string): Promise<void> {
    this.files.delete(path);
    return Promise.resolve();
  }
}
