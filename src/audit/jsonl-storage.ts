/**
 * A log in files, one record a line: writing it.
 *
 * What always holds: a file is only ever appended to; a batch that was not written whole is cut back before it is written
 * again; a file is rotated before a batch and never within one; and what a crash left of a line is moved into a file beside the log.
 */
import { appendFile, type FileHandle, open, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../base/sync-folder.js';
import { auditError, systemCode } from './audit-error.js';
import { JsonlReader, rotatedPath, rotatedPaths } from './jsonl-reader.js';
import { linesBackwards, linesForwards, MAX_LINE_BYTES } from './line-file.js';
import { EMPTY_HEAD, type AuditHead, type SealedRecord, unseal } from './record.js';
import type { AuditStorage } from './storage.js';
import { type LockTimes, WriterLock } from './writer-lock.js';

export interface JsonlOptions {
  /** A file that would become larger is rotated first. */
  readonly fileBytes: number;
  readonly log: (message: string) => void;
  readonly lock?: Partial<LockTimes>;
}

export class JsonlStorage implements AuditStorage {
  #handle: FileHandle | undefined;
  /** Up to where the file holds whole batches. */
  #size = 0;
  /** The sequence of its first record. */
  #first = 0;
  #inode = 0;
  /** Whether something may stand behind the whole batches: the last attempt failed. */
  #isTorn = false;

  private constructor(
    readonly file: string,
    readonly start: AuditHead,
    private readonly options: JsonlOptions,
    private readonly lock: WriterLock,
  ) {}

  /** @throws PromptcError `audit_failed` */
  static async open(file: string, options: JsonlOptions): Promise<JsonlStorage> {
    const lock = await WriterLock.take(file, options.lock);
    try {
      const found = await recover(file, options.log);
      const storage = new JsonlStorage(file, found.head, options, lock);
      await storage.#open();
      storage.#first = found.first;
      return storage;
    } catch (error) {
      await lock.release();
      if ((error as Error).name === 'PromptcError') throw error;
      throw auditError(`The audit log ${file} cannot be opened: ${systemCode(error)}.`, error);
    }
  }

  async append(records: readonly SealedRecord[]): Promise<void> {
    const bytes = Buffer.from(records.map(({ line }) => `${line}\n`).join(''));
    await this.lock.check();
    let handle = await this.#current();
    if (this.#size > 0 && this.#size + bytes.length > this.options.fileBytes) {
      await this.#close();
      await this.#rotate();
      handle = await this.#open();
    }
    if (this.#size === 0) this.#first = records[0]!.sequence;
    this.#isTorn = true;
    for (let written = 0; written < bytes.length;) written += (await handle.write(bytes, written)).bytesWritten;
    await handle.datasync();
    this.#isTorn = false;
    this.#size += bytes.length;
  }

  async close(): Promise<void> {
    // What was given up is not to be there in part. If that fails as well, whole records are left, and are told of nowhere.
    if (this.#handle !== undefined) await this.#cutBack(this.#handle).catch(() => {});
    await this.#close();
    await this.lock.release();
  }

  /** The file, as the last batch left it. */
  async #current(): Promise<FileHandle> {
    const handle = this.#handle;
    // A rotation that was not finished.
    if (handle === undefined) return this.#open();
    await this.#cutBack(handle);
    const there = await stat(this.file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (there === undefined || (there.ino !== this.#inode && there.size === 0)) {
      this.options.log(`The audit log ${this.file} was moved away or removed. It goes on in a new file.`);
      await this.#close();
      return this.#open();
    }
    if (there.ino !== this.#inode || there.size !== this.#size) throw new Error(`${this.file} was changed by somebody else`);
    return handle;
  }

  /** Takes what was written of a batch that failed out of the file again. */
  async #cutBack(handle: FileHandle): Promise<void> {
    if (!this.#isTorn) return;
    if ((await handle.stat()).size > this.#size) await handle.truncate(this.#size);
    this.#isTorn = false;
  }

  /** The file gets the name under which it stays. */
  async #rotate(): Promise<void> {
    const target = rotatedPath(this.file, this.#first);
    const isTaken = await stat(target).then(
      () => true,
      () => false,
    );
    if (isTaken) throw new Error(`${target} is in the way of rotating`);
    await rename(this.file, target);
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.file, 'a');
    try {
      const { size, ino } = await handle.stat();
      await syncFolder(path.dirname(this.file));
      [this.#handle, this.#size, this.#inode] = [handle, size, ino];
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}

interface Recovered {
  readonly head: AuditHead;
  /** The sequence of the first record in the file. */
  readonly first: number;
}

/** Finds the last whole record. What a crash left behind it is moved out of the log, where somebody can look at it. */
async function recover(file: string, log: (message: string) => void): Promise<Recovered> {
  const handle = await open(file, 'a+');
  try {
    const { size } = await handle.stat();
    const last = await lastRecord(handle, file, size);
    const end = last?.end ?? 0;
    if (end < size) {
      const torn = Buffer.alloc(size - end);
      await handle.read(torn, 0, torn.length, end);
      await appendFile(`${file}.torn`, Buffer.concat([torn, Buffer.from('\n')]), { flush: true });
      await handle.truncate(end);
      await handle.sync();
      log(
        `The audit log ${file} ended with ${torn.length} bytes that are no whole record, as a crash leaves them. They were moved to ${file}.torn.`,
      );
    }
    if (last !== undefined) return { head: last.head, first: await firstSequence(handle, file) };
  } finally {
    await handle.close();
  }
  const rotated = (await rotatedPaths(file)).length > 0;
  return { head: rotated ? await new JsonlReader(file).head() : EMPTY_HEAD, first: 0 };
}

async function lastRecord(handle: FileHandle, file: string, size: number): Promise<{ head: AuditHead; end: number } | undefined> {
  for await (const { text, end } of linesBackwards(handle)) {
    const record = unseal(text);
    if (typeof record !== 'string') return { head: { sequence: record.sequence, hash: record.hash }, end };
    if (size - end > MAX_LINE_BYTES) break;
  }
  if (size > MAX_LINE_BYTES) throw damaged(file);
  return undefined;
}

async function firstSequence(handle: FileHandle, file: string): Promise<number> {
  for await (const { text } of linesForwards(handle)) {
    const record = unseal(text);
    if (typeof record !== 'string') return record.sequence;
    break;
  }
  throw damaged(file);
}

function damaged(file: string): Error {
  return auditError(
    `The audit log ${file} is damaged: more of it is no record than a crash leaves behind. \`promptc audit verify\` says where. Move it away to begin a new log.`,
  );
}
