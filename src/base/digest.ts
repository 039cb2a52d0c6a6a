import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

/** The form of a digest, for schemas and arguments. */
export const DIGEST_PATTERN = '^sha256:[0-9a-f]{64}$';

const DIGEST = new RegExp(DIGEST_PATTERN);

/** Also keeps whoever writes a digest from naming a path: a digest is all that paths of objects are made from. */
export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && DIGEST.test(value);
}

/** The digest of bytes, or of a string's UTF-8 bytes. */
export function sha256(data: string | Uint8Array): Digest {
  return `sha256:${hash('sha256', data)}`;
}

/** The digest of a value's canonical JSON: the `H` of docs/hashes.md. */
export function hashJson(value: unknown): Digest {
  return sha256(canonicalJson(value));
}

/** The 64 hexadecimal digits of a digest. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
