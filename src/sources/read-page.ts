/** The bytes of an object → a page of the index. */
import { isDigest } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import { isObject, type Json } from '../base/json.js';
import type { IndexKind, IndexPage, PageReference } from '../format/artifact.js';
import { ID_PATTERN, VERSION_PATTERN } from '../format/frontmatter-schema.js';
import { readObject } from './read-artifact.js';
import { isReference } from './read-manifest.js';

const ID = new RegExp(ID_PATTERN);
const VERSION = new RegExp(VERSION_PATTERN);

/**
 * @param next - the first id of the next page, if there is one
 * @throws PromptcError `artifact_corrupt`, `artifact_unsupported`
 */
export function readPage<Kind extends IndexKind>(
  kind: Kind,
  bytes: Uint8Array,
  reference: PageReference,
  next: string | undefined,
): IndexPage<Kind> {
  const page = readObject(kind, bytes, reference);
  const { ids } = page;
  if (!isIndex(ids) || !isBetween(Object.keys(ids as object), reference.first, next)) {
    throw new PromptcError('artifact_corrupt', `The artifact ${reference.digest} is no page of this build's index. Build again.`);
  }
  return page as unknown as IndexPage<Kind>;
}

/** Whether a page has the ids that it was looked up for: an id is looked for on one page alone. */
function isBetween(ids: readonly string[], first: string, next: string | undefined): boolean {
  return ids.includes(first) && ids.every((id) => id >= first && (next === undefined || id < next));
}

function isIndex(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.entries(value).every(
      ([id, versions]) => ID.test(id) && isObject(versions) && isDefault(versions) && areEntries(versions['versions']),
    )
  );
}

function isDefault({ default: version, versions }: { [key: string]: Json }): boolean {
  return version === undefined || (typeof version === 'string' && isObject(versions) && Object.hasOwn(versions, version));
}

function areEntries(value: unknown): boolean {
  return isObject(value) && Object.entries(value).every(([version, entry]) => VERSION.test(version) && isEntry(entry));
}

function isEntry(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { hash, artifact, description, tags, yanked } = value;
  return isDigest(hash) && isReference(artifact) && [description, yanked].every(isTextOrAbsent) && areTags(tags);
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function areTags(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((tag) => typeof tag === 'string'));
}
