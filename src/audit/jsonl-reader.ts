/**
 * A log of lines: its files, and reading them.
 *
 * `audit.jsonl` is written to. What came before is beside it, in files that are named after the first record that they hold:
 * `audit-000000004711.jsonl`. Such a file is never written to or renamed again.
 */
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import { auditError, systemCode } from './audit-error.js';
import { type FileLine, linesBackwards, linesForwards } from './line-file.js';
import { type AuditRecord, EMPTY_HEAD, type AuditHead, unseal } from './record.js';
import type { AuditReader, AuditLine } from './storage.js';

/** The name that a log's file gets when the next one is begun. */
export function rotatedPath(file: string, first: number): string {
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}-${String(first).padStart(12, '0')}${ext}`);
}

/** The files that were rotated, in the order of the chain. */
export async function rotatedPaths(file: string): Promise<string[]> {
  const { dir, name, ext } = path.parse(file);
  const numbers = (await readdir(dir === '' ? '.' : dir)).flatMap((entry) => {
    if (!entry.startsWith(`${name}-`) || !entry.endsWith(ext)) return [];
    const number = entry.slice(name.length + 1, entry.length - ext.length);
    return /^[0-9]{12,15}$/.test(number) ? [Number(number)] : [];
  });
  return numbers.toSorted((a, b) => a - b).map((number) => rotatedPath(file, number));
}

/** Reads the files of a log. Needs no lock, and sees what was there when it began. */
export class JsonlReader implements AuditReader {
  constructor(readonly file: string) {}

  /** @throws PromptcError `audit_failed` if there is no log */
  static async open(file: string): Promise<JsonlReader> {
    const reader = new JsonlReader(file);
    for await (const _ of reader.#lines(linesForwards)) break;
    return reader;
  }

  async head(): Promise<AuditHead> {
    for await (const { file, text } of this.#lines(linesBackwards)) {
      const record = unseal(text);
      if (typeof record === 'string') throw auditError(`The last line of ${file} ${record}. \`promptc audit verify\` says more.`);
      return { sequence: record.sequence, hash: record.hash };
    }
    return EMPTY_HEAD;
  }

  async *find(hash: Digest): AsyncGenerator<AuditRecord> {
    for await (const { text } of this.#lines((handle) => linesBackwards(handle, hash))) {
      const record = unseal(text);
      if (typeof record !== 'string' && (record.prompt_hash === hash || record.bundle_hash === hash)) yield record;
    }
  }

  async *lines(): AsyncGenerator<AuditLine> {
    let last = '';
    let number = 0;
    for await (const { file, text, isUnfinished = false } of this.#lines(linesForwards, { isOldestFirst: true })) {
      number = file === last ? number + 1 : 1;
      last = file;
      yield { place: `${path.basename(file)}:${number}`, text, ...(isUnfinished ? { isUnfinished } : {}) };
    }
  }

  async close(): Promise<void> {}

  /** The lines of every file; of the newest first, unless told otherwise. */
  async *#lines(
    read: (handle: FileHandle) => AsyncGenerator<FileLine>,
    { isOldestFirst = false } = {},
  ): AsyncGenerator<FileLine & { file: string }> {
    try {
      for await (const { file, handle } of this.#files(isOldestFirst)) {
        for await (const line of read(handle)) yield { file, ...line };
      }
    } catch (error) {
      throw error instanceof PromptcError ? error : this.#unreadable(this.file, error);
    }
  }

  /** Open while they are looked at. */
  async *#files(isOldestFirst: boolean): AsyncGenerator<{ file: string; handle: FileHandle }> {
    // Opened first: if it is rotated meanwhile, it is among the rotated ones as well, and whatever comes then is of no concern.
    const current = await this.#open(this.file);
    try {
      const rotated = await rotatedPaths(this.file);
      if (current === undefined && rotated.length === 0) throw auditError(`There is no audit log ${this.file}.`);
      const files: { file: string; known?: FileHandle }[] = rotated.map((file) => ({ file }));
      if (current !== undefined && !(await isSameFile(current, rotated.at(-1)))) files.push({ file: this.file, known: current });
      if (!isOldestFirst) files.reverse();
      for (const { file, known } of files) {
        const handle = known ?? (await this.#open(file));
        if (handle === undefined) throw auditError(`${file} was removed while it was to be read.`);
        try {
          yield { file, handle };
        } finally {
          if (handle !== current) await handle.close();
        }
      }
    } finally {
      await current?.close();
    }
  }

  /** @returns `undefined` if there is none */
  async #open(file: string): Promise<FileHandle | undefined> {
    try {
      return await open(file, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw this.#unreadable(file, error);
    }
  }

  #unreadable(file: string, error: unknown): Error {
    return auditError(`The audit log ${file} cannot be read: ${systemCode(error)}.`, error);
  }
}

async function isSameFile(handle: FileHandle, file: string | undefined): Promise<boolean> {
  if (file === undefined) return false;
  const [a, b] = await Promise.all([handle.stat(), stat(file)]);
  return a.ino === b.ino && a.dev === b.dev;
}
