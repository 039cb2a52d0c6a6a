/**
 * A key as it is handed out: `promptc_<id>_<64 hex><8 hex>`, 256 random bits and a checksum.
 *
 * The form is fixed, so that scanners for secrets find a key that was committed or logged, and the checksum tells
 * them, without asking a server, that it is one. Ids hold no `_`, so there is one way to take a key apart.
 */
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Digest, sha256 } from '../base/digest.js';

const ID = '[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?';
const KEY = new RegExp(`^promptc_(${ID})_[0-9a-f]{72}$`);
const WHOLE_ID = new RegExp(`^${ID}$`);
const SECRET_BYTES = 32;
const CHECKSUM_LENGTH = 8;

/** What the id of a key must be, for messages. */
export const KEY_ID_FORM = 'lower-case letters, digits and dashes, at most 64 of them, no dash at an end';

export function isKeyId(text: string): boolean {
  return WHOLE_ID.test(text);
}

/** An id for a key that nobody gave a name. */
export function randomKeyId(): string {
  return randomBytes(5).toString('hex');
}

/** Makes a key; nothing else knows it. */
export function newKey(id: string): string {
  const body = `promptc_${id}_${randomBytes(SECRET_BYTES).toString('hex')}`;
  return body + checksum(body);
}

/**
 * What is kept of a key. A fast hash is right here, and a slow one, as passwords need it, would only let anybody keep
 * the server busy: nobody can try 2^256 secrets, however fast each try is.
 */
export function hashKey(key: string): Digest {
  return sha256(key);
}

/** The id of a text that has the form of a key. */
export function keyIdOf(text: string): string | undefined {
  return KEY.exec(text)?.[1];
}

/** Whether a text of that form is a key whole and unchanged, as far as that can be seen from the key alone. */
export function hasChecksum(key: string): boolean {
  return key.endsWith(checksum(key.slice(0, -CHECKSUM_LENGTH)));
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(CHECKSUM_LENGTH, '0');
}
