/** The keys that a server knows, and whether a text is one of them. */
import { timingSafeEqual } from 'node:crypto';
import { hashKey, hasChecksum, keyIdOf } from './key.js';
import type { KeyEntry } from './keys-format.js';
import type { Scope } from './scope.js';
import { timeOf } from './time.js';

/** A key, ready to be asked. */
export interface Key {
  readonly id: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly prefix: string | undefined;
}

/** Why a presented text opens nothing. Only who holds a key learns that it expired or was revoked. */
export type Unusable =
  /** No key's form, or its checksum is wrong. */
  | { readonly why: 'malformed' }
  | { readonly why: 'unknown' }
  | { readonly why: 'expired' | 'revoked'; readonly id: string; readonly since: string };

interface Known {
  readonly entry: KeyEntry;
  readonly hash: Buffer;
  readonly expires: number;
  readonly key: Key;
}

/** Stands in for ids that nobody has, so that they take as long as others. No key has it, since no hash is all zeros. */
const NOBODY = Buffer.from(`sha256:${'0'.repeat(64)}`);

export class Keyring {
  readonly #known: ReadonlyMap<string, Known>;

  constructor(entries: readonly KeyEntry[]) {
    this.#known = new Map(entries.map((entry) => [entry.id, known(entry)]));
  }

  get size(): number {
    return this.#known.size;
  }

  /**
   * Looks a key up. Nothing is remembered between two calls: to hash a key takes about a microsecond.
   *
   * @param presented - any text
   * @param now - in milliseconds since 1970
   */
  find(presented: string, now: number): Key | Unusable {
    const id = keyIdOf(presented);
    if (id === undefined) return { why: 'malformed' };
    const found = this.#known.get(id);
    const isIt = timingSafeEqual(Buffer.from(hashKey(presented)), found?.hash ?? NOBODY);
    if (found === undefined || !isIt) return { why: hasChecksum(presented) ? 'unknown' : 'malformed' };
    const { entry, expires, key } = found;
    if (entry.revoked !== undefined) return { why: 'revoked', id, since: entry.revoked };
    if (now >= expires) return { why: 'expired', id, since: entry.expires! };
    return key;
  }
}

function known(entry: KeyEntry): Known {
  const { id, hash, scopes, prefix, expires } = entry;
  return {
    entry,
    hash: Buffer.from(hash),
    expires: expires === undefined ? Infinity : timeOf(expires)!,
    key: { id, scopes: new Set(scopes), prefix },
  };
}
