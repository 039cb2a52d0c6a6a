/**
 * The bytes of an object → an artifact.
 *
 * What always holds: size and digest are checked before anything is parsed.
 */
import { type Digest, sha256 } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import { isObject, type Json, type JsonObject } from '../base/json.js';
import { SPEC } from '../base/version.js';
import { type BundleArtifact, FORMAT_VERSION, objectPath, type ObjectReference, type TemplateArtifact } from '../format/artifact.js';

/** Which version an artifact has to be. */
export interface Identity {
  readonly id: string;
  readonly version: string;
  readonly hash: Digest;
}

/** @throws PromptcError `artifact_corrupt`, `artifact_unsupported` */
export function readBundle(bytes: Uint8Array, reference: ObjectReference, identity: Identity): BundleArtifact {
  return expectIdentity(readArtifact('bundle', bytes, reference) as unknown as BundleArtifact, identity, reference);
}

/** @throws PromptcError `artifact_corrupt`, `artifact_unsupported` */
export function readTemplate(bytes: Uint8Array, reference: ObjectReference, identity: Identity): TemplateArtifact {
  return expectIdentity(readArtifact('template', bytes, reference) as unknown as TemplateArtifact, identity, reference);
}

/**
 * Checks an object's bytes against the size and digest that name it, and only then parses them.
 *
 * @throws PromptcError `artifact_corrupt`, `artifact_unsupported`
 */
export function readArtifact(kind: 'bundle' | 'template', bytes: Uint8Array, reference: ObjectReference): JsonObject {
  const artifact = readObject(kind, bytes, reference);
  const { digest } = reference;
  // The same operations could mean something else in another spec: the directives' wording, say.
  if (artifact['spec'] !== SPEC) {
    const found = JSON.stringify(artifact['spec']);
    throw new PromptcError('artifact_unsupported', `The artifact ${digest} has spec ${found}; this version of promptc knows spec ${SPEC}.`);
  }
  return artifact;
}

/**
 * Reads an object of any kind.
 *
 * @throws PromptcError `artifact_corrupt`, `artifact_unsupported`
 */
export function readObject(kind: string, bytes: Uint8Array, reference: ObjectReference): JsonObject {
  checkObject(bytes, reference);
  const { digest } = reference;
  const value = parseJson(bytes, `artifact ${digest}`);
  if (isObject(value) && value['formatVersion'] === FORMAT_VERSION && value['kind'] === kind) return value;
  throw new PromptcError(
    'artifact_unsupported',
    `The artifact ${digest} is no ${kind} of format ${FORMAT_VERSION}; this version of promptc reads no other.`,
  );
}

/**
 * Checks an object's bytes against the size and digest that name it.
 *
 * @throws PromptcError `artifact_corrupt`
 */
export function checkObject(bytes: Uint8Array, { digest, size }: ObjectReference): void {
  if (bytes.length !== size || sha256(bytes) !== digest) {
    // A build leaves alone what is there with the right size.
    const mend = bytes.length === size ? `Remove ${objectPath(digest)}, and build again.` : 'Build again.';
    throw new PromptcError('artifact_corrupt', `The artifact ${digest} is not what its name says: it was changed or cut off. ${mend}`);
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

/** @throws PromptcError `artifact_corrupt` */
export function parseJson(bytes: Uint8Array, what: string): Json {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
  } catch (cause) {
    throw new PromptcError('artifact_corrupt', `The ${what} is not JSON. Build again.`, [], { cause });
  }
}
