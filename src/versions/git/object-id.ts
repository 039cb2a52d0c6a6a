import { createHash } from 'node:crypto';

/** How a repository names its objects. */
export type ObjectFormat = 'sha1' | 'sha256';

const PATTERNS: { readonly [format in ObjectFormat]: RegExp } = { sha1: /^[0-9a-f]{40}$/, sha256: /^[0-9a-f]{64}$/ };

/** Whether a text is a whole object id, as Git prints it. */
export function isObjectId(text: string, format: ObjectFormat): boolean {
  return PATTERNS[format].test(text);
}

/**
 * The id of the blob that holds these bytes as they are: the digest of `blob <length>\0` and the bytes
 * (gitformat-loose(5)). Git makes LF of CRLF first, so that what it is given here must have LF.
 */
export function blobId(bytes: Uint8Array, format: ObjectFormat): string {
  return createHash(format).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
