/** A build that can be read: its manifest and its objects, checked. */
import { type Digest, sha256 } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import { isObject, type Json } from '../base/json.js';
import { SPEC } from '../base/version.js';
import {
  type BundleArtifact,
  FORMAT_VERSION,
  type Manifest,
  type ObjectReference,
  type SlotArtifact,
  type TemplateArtifact,
} from '../format/artifact.js';
import { ID_PATTERN, VERSION_PATTERN } from '../format/frontmatter-schema.js';
import { selectVersion } from './select-version.js';
import type { BundleSource, TemplateSource } from './source.js';

export interface ManifestFile {
  readonly manifest: Manifest;
  readonly bytes: Uint8Array;
  /** The build's identity. */
  readonly digest: Digest;
}

export interface Store {
  manifest(): Promise<ManifestFile>;
  /** The bytes of an object; whoever calls checks them. Throws `artifact_missing`. */
  object(reference: ObjectReference): Promise<Uint8Array>;
}

const ID = new RegExp(ID_PATTERN);
const VERSION = new RegExp(VERSION_PATTERN);

/** Both kinds of source, over any store. */
export class StoreSource implements BundleSource, TemplateSource {
  constructor(readonly store: Store) {}

  async bundle(id: string, version?: string): Promise<BundleArtifact> {
    const { manifest } = await this.store.manifest();
    const versions = Object.hasOwn(manifest.bundles, id) ? manifest.bundles[id] : undefined;
    if (versions === undefined) throw new PromptcError('bundle_not_found', `There is no bundle "${id}".`);
    const found = selectVersion('bundle', id, versions, version);
    const { artifact: reference, hash } = found.entry;
    const artifact = readArtifact('bundle', await this.store.object(reference), reference) as unknown as BundleArtifact;
    return expectIdentity(artifact, { id, version: found.version, hash }, reference);
  }

  async template(slot: SlotArtifact): Promise<TemplateArtifact> {
    const artifact = readArtifact('template', await this.store.object(slot.artifact), slot.artifact) as unknown as TemplateArtifact;
    return expectIdentity(artifact, slot, slot.artifact);
  }
}

/**
 * Checks an object's bytes against the size and digest that name it, and only then parses them.
 *
 * @throws PromptcError `artifact_corrupt`, `artifact_unsupported`
 */
export function readArtifact(kind: 'bundle' | 'template', bytes: Uint8Array, reference: ObjectReference): Json {
  checkObject(bytes, reference);
  const { digest } = reference;
  const artifact = parseJson(bytes, `artifact ${digest}`);
  if (!isObject(artifact) || artifact['formatVersion'] !== FORMAT_VERSION || artifact['kind'] !== kind) {
    throw new PromptcError(
      'artifact_unsupported',
      `The artifact ${digest} is no ${kind} of format ${FORMAT_VERSION}; this version of promptc reads no other.`,
    );
  }
  // The same operations could mean something else in another spec: the directives' wording, say.
  if (artifact['spec'] !== SPEC) {
    const found = JSON.stringify(artifact['spec']);
    throw new PromptcError('artifact_unsupported', `The artifact ${digest} has spec ${found}; this version of promptc knows spec ${SPEC}.`);
  }
  return artifact;
}

/**
 * Checks an object's bytes against the size and digest that name it.
 *
 * @throws PromptcError `artifact_corrupt`
 */
export function checkObject(bytes: Uint8Array, { digest, size }: ObjectReference): void {
  if (bytes.length !== size || sha256(bytes) !== digest) {
    throw new PromptcError('artifact_corrupt', `The artifact ${digest} is not what its name says: it was changed or cut off. Build again.`);
  }
}

/** What points to an artifact must have meant this one: bytes that are whole can still be another version's. */
function expectIdentity<Artifact extends Identity>(
  artifact: Artifact,
  { id, version, hash }: Identity,
  { digest }: ObjectReference,
): Artifact {
  if (artifact.id === id && artifact.version === version && artifact.hash === hash) return artifact;
  throw new PromptcError(
    'artifact_corrupt',
    `The artifact ${digest} is ${artifact.id}@${artifact.version}, not ${id}@${version} of hash ${hash}. Build again.`,
  );
}

interface Identity {
  readonly id: string;
  readonly version: string;
  readonly hash: Digest;
}

/**
 * Parses a manifest, whose bytes nothing vouches for: everything that is used of it is checked.
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
  if (!isManifest(manifest)) throw new PromptcError('artifact_corrupt', 'The manifest is not one that promptc wrote. Build again.');
  return { manifest, bytes, digest: sha256(bytes) };
}

function parseJson(bytes: Uint8Array, what: string): Json {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
  } catch (cause) {
    throw new PromptcError('artifact_corrupt', `The ${what} is not JSON. Build again.`, [], { cause });
  }
}

function isManifest(value: unknown): value is Manifest {
  if (!isObject(value) || value['formatVersion'] !== FORMAT_VERSION) return false;
  const { partial, bundles, templates } = value;
  return (partial === undefined || partial === true) && isIndex(bundles) && isIndex(templates);
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

function isReference(value: unknown): boolean {
  return isObject(value) && isDigest(value['digest']) && Number.isSafeInteger(value['size']) && (value['size'] as number) >= 0;
}

/** Also keeps a manifest from naming a path: a digest is all that a path is made from. */
export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}
