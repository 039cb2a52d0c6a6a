import path from 'node:path';
import { hashKey, isKeyId, KEY_ID_FORM, newKey, randomKeyId } from '../access/key.js';
import { KEY_FIELDS, type KeyEntry } from '../access/keys-format.js';
import { isPrefix, PREFIX_FORM } from '../access/prefix.js';
import { readKeys } from '../access/read-keys.js';
import type { Scope } from '../access/scope.js';
import { timeOf, timeText } from '../access/time.js';
import { updateKeys } from '../access/update-keys.js';
import { visible } from './diagnostics/visible.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';

export interface KeysOptions {
  /** The keys file. */
  readonly keys: string;
}

export interface AddKeyOptions extends KeysOptions {
  readonly id?: string;
  readonly scope: readonly Scope[];
  readonly prefix?: string;
  /** In milliseconds since 1970. */
  readonly expires?: number;
  readonly note?: string;
}

/** `promptc keys add`: makes a key, and prints it. */
export async function addKey(
  terminal: Terminal,
  { keys, id = randomKeyId(), scope, prefix, expires, note }: AddKeyOptions,
): Promise<ExitCode> {
  if (!isKeyId(id)) throw new UsageError(`An id is ${KEY_ID_FORM}; ${visible(id)} is none.`);
  if (prefix !== undefined && !isPrefix(prefix)) throw new UsageError(`A prefix is ${PREFIX_FORM}; ${visible(prefix)} is none.`);
  if (note !== undefined && !KEY_FIELDS.note.fits(note)) throw new UsageError(`A note is ${KEY_FIELDS.note.form}.`);
  const key = newKey(id);
  const entry: KeyEntry = {
    id,
    hash: hashKey(key),
    scopes: scope,
    ...(prefix !== undefined && { prefix }),
    created: timeText(Date.now()),
    ...(expires !== undefined && { expires: timeText(expires) }),
    ...(note !== undefined && { note }),
  };
  await updateKeys(path.resolve(terminal.cwd, keys), (before) => [...before, fresh(entry, before, keys)], { make: true });
  terminal.out(`${key}\n`);
  terminal.err(
    `The key ${id} is for ${scope.join(', ')}${prefix === undefined ? '' : ` within ${prefix}`}${
      expires === undefined ? '' : `, until ${entry.expires}`
    }. It is printed this once: ${keys} holds its hash only.\n`,
  );
  return EXIT.fine;
}

/** `promptc keys list`: shows who has keys. */
export async function listKeys(terminal: Terminal, { keys: file }: KeysOptions): Promise<ExitCode> {
  const { keys, exposure } = await readKeys(path.resolve(terminal.cwd, file));
  if (exposure !== undefined) terminal.err(`warning: ${exposure}\n`);
  if (keys.length === 0) terminal.err(`${file} holds no keys: nobody gets in with one.\n`);
  const now = Date.now();
  const rows = keys.map((key) => [
    key.id,
    stateOf(key, now),
    key.scopes.join(','),
    key.prefix ?? '(all)',
    `created ${key.created}`,
    visible(key.note ?? ''),
  ]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows)
    terminal.out(
      `${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}\n`,
    );
  return EXIT.fine;
}

/** `promptc keys revoke`: says in the file that a key opens nothing any more. Its entry stays, since logs name its id. */
export async function revokeKey(terminal: Terminal, id: string, { keys: file }: KeysOptions): Promise<ExitCode> {
  let revoked = timeText(Date.now());
  await updateKeys(
    path.resolve(terminal.cwd, file),
    (keys) => {
      const key = keys.find((one) => one.id === id);
      if (key === undefined) throw new UsageError(`${file} holds no key ${visible(id)}. \`promptc keys list --keys ${file}\` shows all.`);
      // Whoever revokes it once more wants to be sure that it is.
      revoked = key.revoked ?? revoked;
      return keys.map((one) => (one === key ? { ...key, revoked } : one));
    },
    { make: false },
  );
  terminal.err(`The key ${id} opens nothing any more, since ${revoked}.\n`);
  return EXIT.fine;
}

/** An id is one caller's, and stays so when the key is revoked. */
function fresh(entry: KeyEntry, before: readonly KeyEntry[], file: string): KeyEntry {
  if (before.some(({ id }) => id === entry.id)) {
    throw new UsageError(
      `${file} has a key ${entry.id} already, and logs would not tell the two apart. Choose another --id, such as ${entry.id}-2.`,
    );
  }
  return entry;
}

function stateOf({ revoked, expires }: KeyEntry, now: number): string {
  if (revoked !== undefined) return `revoked ${revoked}`;
  if (expires === undefined) return 'good';
  return timeOf(expires)! > now ? `until ${expires}` : `expired ${expires}`;
}
