/**
 * A manifest → its build in place in the folder.
 *
 * What always holds: a reader of the folder sees the build before or this one, whole, whenever it stops. Others may mirror
 * into the folder at the same time, or prune it. No pruning removes what the manifest in place names, or what a build with
 * a record names; so the record comes first, then a look whether all objects are still there, then the manifest, and all of
 * it again if the record is gone by then.
 */
import type { Digest } from '../../base/digest.js';
import { isObject, type Json } from '../../base/json.js';
import { BUILD_FILE, MANIFEST_FILE, objectPath } from '../../format/artifact.js';
import type { Host } from './host.js';
import { MirrorError } from './mirror-error.js';
import { getObjects, type ObjectsOptions } from './objects.js';
import { presentBuild, recordBuild } from './records.js';

/** More than any build.json has. */
const MAX_BUILD_FILE_BYTES = 64 * 1024;

export interface FoundManifest {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/**
 * Takes a build.
 *
 * @param known - pages that are in the folder for certain, with all that they name, as long as the manifest in place stays there
 * @param fetched - called for each object that was got
 * @returns its pages
 * @throws MirrorError; PromptcError `artifact_corrupt`, `artifact_unsupported`; what the system says
 */
export async function takeBuild(
  { bytes, digest }: FoundManifest,
  host: Host,
  options: ObjectsOptions,
  known: ReadonlySet<Digest>,
  fetched: () => void,
): Promise<Set<Digest>> {
  const { folder } = options;
  let pages = await getObjects(bytes, host, options, known, fetched);
  const kept = await folder.read(BUILD_FILE);
  const isKept = kept !== undefined && isOriginOf(digest, kept);
  if (isKept && (await presentBuild(folder)) === digest) return pages;

  const origin = isKept ? kept : await getOrigin(digest, host);
  for (;;) {
    await folder.write(objectPath(digest), bytes);
    const record = await recordBuild(folder, digest, origin);
    pages = await getObjects(bytes, host, options, known, fetched);
    await folder.write(BUILD_FILE, origin);
    await folder.write(MANIFEST_FILE, bytes, { sync: true });
    if ((await folder.size(record)) !== undefined) return pages;
    known = new Set();
  }
}

async function getOrigin(manifest: Digest, host: Host): Promise<Uint8Array> {
  const { bytes } = (await host.get(BUILD_FILE, MAX_BUILD_FILE_BYTES))!;
  if (isOriginOf(manifest, bytes)) return bytes;
  throw new MirrorError(`${host.address(BUILD_FILE)} does not belong to the manifest ${manifest}. Another build may be on its way there.`);
}

function isOriginOf(manifest: Digest, bytes: Uint8Array): boolean {
  let origin: Json;
  try {
    origin = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
  } catch {
    return false;
  }
  if (!isObject(origin) || origin['manifest'] !== manifest) return false;
  const { commit, dirty } = origin;
  return (commit === null || typeof commit === 'string') && (dirty === null || typeof dirty === 'boolean');
}
