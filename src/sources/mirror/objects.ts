/** The objects of a build, in a folder: what is there, and getting what is not. */
import { type Digest, sha256, isDigest } from '../../base/digest.js';
import { PromptcError } from '../../base/error.js';
import { objectPath, type ObjectReference } from '../../format/artifact.js';
import { checkObject } from '../read-artifact.js';
import type { Folder } from './folder.js';
import type { Host } from './host.js';
import type { MirrorLimits } from './limits.js';
import { MirrorError } from './mirror-error.js';
import type { NamedObjects } from './named-objects.js';

/** How many objects are on their way at once. */
const CONCURRENCY = 8;

export interface ObjectsOptions {
  readonly folder: Folder;
  readonly named: NamedObjects;
  readonly limits: MirrorLimits;
}

/**
 * Gets every object of a build that the folder lacks. Those that came whole stay, whatever becomes of the others.
 *
 * @param known - pages that are there for certain, with all that they name
 * @param fetched - called for each object that was got
 * @returns the pages of the build: its objects that name others
 * @throws MirrorError; PromptcError `artifact_corrupt`, `artifact_unsupported`; what the system says
 */
export async function getObjects(
  manifest: Uint8Array,
  host: Host,
  { folder, named, limits }: ObjectsOptions,
  known: ReadonlySet<Digest>,
  fetched: () => void,
): Promise<Set<Digest>> {
  const seen = new Set<Digest>();
  const pages = new Set<Digest>();
  const references = named(manifest, async (reference) => {
    note(reference);
    pages.add(reference.digest);
    if (known.has(reference.digest)) return undefined;
    host.closed.throwIfAborted();
    const bytes = await folder.read(objectPath(reference.digest));
    return bytes !== undefined && isWhole(bytes, reference) ? bytes : download(reference);
  });

  // Each takes the next one. The first that fails ends the list for all, and what the others have begun comes to its end.
  const takers = Array.from({ length: CONCURRENCY }, async () => {
    for await (const reference of references) {
      if (!note(reference)) continue;
      host.closed.throwIfAborted();
      if ((await folder.size(objectPath(reference.digest))) !== reference.size) await download(reference);
    }
  });
  const failed = (await Promise.allSettled(takers)).find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return pages;

  /** @returns whether it is seen for the first time */
  function note({ digest, size }: ObjectReference): boolean {
    // A path is made from the digest.
    if (!isDigest(digest)) throw new PromptcError('artifact_corrupt', `The manifest names ${JSON.stringify(digest)}, which is no digest.`);
    if (seen.has(digest)) return false;
    seen.add(digest);
    if (seen.size > limits.objects) throw new MirrorError(`The build has more than the ${limits.objects} objects that it may have.`);
    // Not even if it is no number: it is how much will be read.
    if (!(size <= limits.objectBytes)) {
      throw new MirrorError(`The object ${digest} has ${size} bytes, which is more than the ${limits.objectBytes} that it may have.`);
    }
    return true;
  }

  async function download(reference: ObjectReference): Promise<Uint8Array> {
    const path = objectPath(reference.digest);
    // Without conditions there is always an answer.
    const { bytes } = (await host.get(path, reference.size))!;
    if (!isWhole(bytes, reference)) {
      throw new MirrorError(`${host.address(path)} is not the object that its name says: it was changed or cut off.`);
    }
    await folder.write(path, bytes);
    fetched();
    return bytes;
  }
}

/**
 * Adds the paths of all objects that a build in the folder needs.
 *
 * @param paths - also what others need; pages that are among them are not read again
 * @returns whether its manifest is there
 * @throws PromptcError `artifact_missing`, `artifact_corrupt`, `artifact_unsupported`
 */
export async function addObjectsOf(digest: Digest, { folder, named }: ObjectsOptions, paths: Set<string>): Promise<boolean> {
  const manifest = await folder.read(objectPath(digest));
  if (manifest === undefined) return false;
  checkObject(manifest, { digest, size: manifest.length });
  paths.add(objectPath(digest));
  const references = named(manifest, async (reference) => {
    const path = objectPath(reference.digest);
    if (paths.has(path)) return undefined;
    paths.add(path);
    const bytes = await folder.read(path);
    if (bytes === undefined) throw new PromptcError('artifact_missing', `The object ${reference.digest} is missing.`);
    checkObject(bytes, reference);
    return bytes;
  });
  for await (const { digest: object } of references) paths.add(objectPath(object));
  return true;
}

function isWhole(bytes: Uint8Array, { digest, size }: ObjectReference): boolean {
  return bytes.length === size && sha256(bytes) === digest;
}
