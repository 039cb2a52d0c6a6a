/** Keys and keys files for tests. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashKey, newKey } from '../../src/access/key.js';
import { formatKeys, type KeyEntry } from '../../src/access/keys-format.js';
import { temporaryFolder } from '../support/project.js';

export const CREATED = '2026-01-02T03:04:05Z';

/** A key and its entry. */
export interface TestKey {
  readonly key: string;
  readonly entry: KeyEntry;
}

export function testKey(id: string, fields: Partial<KeyEntry> = {}): TestKey {
  const key = newKey(id);
  return { key, entry: { id, hash: hashKey(key), scopes: ['render', 'read'], created: CREATED, ...fields } };
}

export function keysText(...keys: readonly TestKey[]): string {
  return formatKeys(keys.map(({ entry }) => entry));
}

/** The path of a real file that holds these keys, in a folder of its own. */
export async function keysFile(...keys: readonly TestKey[]): Promise<string> {
  const file = path.join(await temporaryFolder(), 'keys.json');
  writeFileSync(file, keysText(...keys), { mode: 0o600 });
  return file;
}

/** Does something as a user that owns nothing here. */
export async function unprivileged(action: () => Promise<void>): Promise<void> {
  if (process.geteuid!() !== 0) return action();
  process.seteuid!(65_534);
  try {
    await action();
  } finally {
    process.seteuid!(0);
  }
}

/** The header that presents a key. */
export function bearer({ key }: TestKey): string {
  return `Bearer ${key}`;
}
