/** The one door to the file system: discovering and emitting go through it, and so can a test's. */

/** What lies below a folder. */
export interface DiskEntry {
  /** Relative to the folder that was listed, with forward slashes. */
  readonly path: string;
  readonly kind: 'file' | 'link' | 'other';
}

/** What a file can be called while it is being written: `.<name>.<process>.<12 digits>.tmp`. */
export const TEMPORARY_NAME = /^\.(?<name>.+)\.[0-9]+\.[0-9a-f]{12}\.tmp$/;

/** Paths are relative to the disk's own root, with forward slashes. */
export interface Disk {
  /** Everything below a folder, at any depth, sorted by path; nothing if there is no such folder. */
  list(folder: string): Promise<DiskEntry[]>;
  /** A file's bytes; `undefined` if there is no such file. Throws what the system says if it cannot be read. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** A file's size in bytes; `undefined` if there is no such file. */
  size(path: string): Promise<number | undefined>;
  /** Whether there is a file itself, and no link to one. */
  isFile(path: string): Promise<boolean>;
  /** When a file was last written; `undefined` if there is no such file, or if that is not known. */
  modified(path: string): Promise<Date | undefined>;
  /**
   * Puts a file in place, whole or not at all: it is written under another name and renamed. Folders are
   * made as needed. With `sync`, the bytes are on the disk before it returns.
   */
  write(path: string, bytes: Uint8Array, options?: { sync?: boolean }): Promise<void>;
  /** Removes a file. If there is none, that is fine: somebody else may have removed it. */
  remove(path: string): Promise<void>;
}
