/** Reads a keys file. */
import { readFile, stat } from 'node:fs/promises';
import { type Digest, sha256 } from '../base/digest.js';
import { KeysError } from './keys-error.js';
import { type KeyEntry, parseKeys } from './keys-format.js';

/** Some 3,000 keys: a server reads them between two requests. */
const MAX_BYTES = 1024 * 1024;

export interface KeysText {
  readonly keys: readonly KeyEntry[];
  /** Of the file's bytes. */
  readonly digest: Digest;
  /** Who may do with the file what they should not, as a message that says what to do. */
  readonly exposure: string | undefined;
}

/** @throws KeysError if the file is not there, not readable, or no keys file */
export async function readKeys(file: string): Promise<KeysText> {
  const { mode } = await statKeys(file);
  const bytes = await readFile(file).catch((error: unknown) => unreadable(file, error));
  try {
    return { keys: parseKeys(decode(bytes)), digest: sha256(bytes), exposure: exposureOf(file, mode) };
  } catch (error) {
    if (error instanceof KeysError) throw new KeysError(`The keys file ${file} ${error.message}`);
    throw error;
  }
}

/** What tells one state of the file from another, and when that began, in milliseconds since 1970. */
export async function statKeys(file: string): Promise<{ readonly state: string; readonly since: number; readonly mode: number }> {
  const stats = await stat(file, { bigint: true }).catch((error: unknown) => unreadable(file, error));
  // A pipe would keep whoever opens it waiting.
  if (!stats.isFile()) throw new KeysError(`The keys file ${file} is no file.`);
  if (stats.size > MAX_BYTES) throw new KeysError(`The keys file ${file} is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
  const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs, mode } = stats;
  return { state: [dev, ino, size, mtimeNs, ctimeNs, mode].join(), since: Number(ctimeMs), mode: Number(mode) };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new KeysError('is not written in UTF-8.');
  }
}

function unreadable(file: string, error: unknown): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') throw new KeysError(`There is no keys file ${file}. \`promptc keys add --keys ${file}\` makes one.`, true);
  const who = code === 'EACCES' ? ' Let the user that this process runs as read it.' : '';
  throw new KeysError(`The keys file ${file} cannot be read (${code ?? String(error)}).${who}`);
}

const READ_BY_OTHERS = 0o004;
const WRITTEN_BY_OTHERS = 0o022;

function exposureOf(file: string, mode: number): string | undefined {
  // Windows makes these bits up.
  if (process.platform === 'win32' || (mode & (READ_BY_OTHERS | WRITTEN_BY_OTHERS)) === 0) return undefined;
  const harm =
    (mode & WRITTEN_BY_OTHERS) === 0
      ? 'can be read by every user of this machine, who learn from it who has keys'
      : 'can be written by others than its owner, who can give themselves keys';
  return `The keys file ${file} ${harm}. \`chmod 600 ${file}\` ends that.`;
}
