/** The bytes of manifest.json → a manifest. */
import { type Digest, isDigest, sha256 } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import { isObject, type Json } from '../base/json.js';
import { FORMAT_VERSION, type Manifest } from '../format/artifact.js';
import { ID_PATTERN } from '../format/frontmatter-schema.js';
import { parseJson } from './read-artifact.js';

export interface ManifestFile {
  readonly manifest: Manifest;
  readonly bytes: Uint8Array;
  /** The build's identity. */
  readonly digest: Digest;
}

const ID = new RegExp(ID_PATTERN);

/**
 * Parses a manifest. Whether it is one that a build wrote is for the store to say.
 *
 * @throws PromptcError `artifact_corrupt`, `artifact_unsupported`
 */
export function readManifest(bytes: Uint8Array): ManifestFile {
  const manifest = parseJson(bytes, 'manifest');
  if (isObject(manifest) && manifest['formatVersion'] !== undefined && manifest['formatVersion'] !== FORMAT_VERSION) {
    const found = JSON.stringify(manifest['formatVersion']);
    throw new PromptcError(
      'artifact_unsupported',
      `The manifest has format ${found}; this version of promptc reads format ${FORMAT_VERSION}.`,
    );
  }
  if (!isManifest(manifest)) throw notWritten();
  return { manifest, bytes, digest: sha256(bytes) };
}

/** The error of a manifest that was changed, or that something else has made. */
export function notWritten(): PromptcError {
  return new PromptcError('artifact_corrupt', 'The manifest is not one that promptc wrote. Build again.');
}

function isManifest(value: unknown): value is Manifest {
  if (!isObject(value) || value['formatVersion'] !== FORMAT_VERSION) return false;
  const { partial, bundles, templates } = value;
  return (partial === undefined || partial === true) && arePages(bundles) && arePages(templates);
}

function arePages(value: Json | undefined): boolean {
  if (!Array.isArray(value) || !value.every(isPage)) return false;
  const firsts = value.map((page) => (page as unknown as { first: string }).first);
  return firsts.every((first, i) => i === 0 || firsts[i - 1]! < first);
}

function isPage(value: unknown): boolean {
  return isObject(value) && typeof value['first'] === 'string' && ID.test(value['first']) && isReference(value);
}

export function isReference(value: unknown): boolean {
  return isObject(value) && isDigest(value['digest']) && Number.isSafeInteger(value['size']) && (value['size'] as number) >= 0;
}
