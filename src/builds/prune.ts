/**
 * An output folder → the objects that neither its build nor one of the last builds needs.
 *
 * What always holds: what the manifest in place names is never removed, and neither is anything but objects and records
 * of builds; whenever it stops, every build that has a record is whole. Builds may be written meanwhile. A build writes
 * its record, then looks whether all that it needs is there, then puts its manifest in place, and begins anew if the
 * record is gone by then. So records go first; then the manifest is looked at once more; and an object comes back if a
 * record has come by the time that it is gone. If pruning is killed right between the two, the build brings the object
 * back, since it looks a second time when its manifest is in place. What is left: pruning that stands still, from before
 * a build's record until after that second look, and is killed behind its next removal. `promptc verify` then tells which
 * object is missing, and the next build writes it.
 *
 * What a build needs is on the pages of its index: a build that lacks one is not whole, and does not stay; if it is the
 * one in place, nothing is removed.
 */
import { setTimeout } from 'node:timers/promises';
import { type Digest, sha256 } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import type { Disk } from '../compile/discover/disk.js';
import { isObjectPath, MANIFEST_FILE, objectPath, type ObjectReference } from '../format/artifact.js';
import { type BuildRecord, RECORDS_FOLDER, recordsAmong } from '../format/build-record.js';
import { Catalog } from '../sources/catalog.js';
import { checkObject } from '../sources/read-artifact.js';
import { type ManifestFile, readManifest } from '../sources/read-manifest.js';
import { versionsOf } from './versions.js';

/** What pruning a folder comes to. All of it is paths below the folder. */
export interface PrunePlan {
  /** The objects that nobody needs. */
  readonly objects: readonly string[];
  /** The records of builds that do not stay. */
  readonly records: readonly string[];
  readonly keptRecords: readonly string[];
  /** The digest of the manifest in place. */
  readonly manifest: Digest;
}

/** How often a manifest or a page of the build in place is looked for: who prunes may be putting it back at this very moment. */
const ATTEMPTS = 10;
const MILLISECONDS_BETWEEN = 20;

/**
 * Looks what can be removed, and removes nothing.
 *
 * @param disk - of the output folder
 * @param keep - how many of the last builds stay whole, beside the one in place
 * @throws PromptcError `artifact_missing` without a build; `artifact_corrupt`, `artifact_unsupported` if it cannot be
 *   told what a build needs
 */
export async function planPrune(disk: Disk, keep: number): Promise<PrunePlan> {
  // Listed before manifests are read: what is written meanwhile is not on the list.
  const listed = (await disk.list('objects')).filter(({ kind }) => kind === 'file').map(({ path }) => `objects/${path}`);
  const records = await readRecords(disk);
  const present = await inPlace(disk);
  const needed = new Set(present.needed);
  const keptRecords: string[] = [];
  for (const { path, manifest } of lastBuilds(records, keep, present.digest)) {
    const neededToo = await neededByKept(manifest, disk);
    // Somebody else is removing that build: nothing leads back to it.
    if (neededToo === undefined) continue;
    keptRecords.push(path);
    for (const one of neededToo) needed.add(one);
  }
  return {
    objects: listed.filter((path) => isObjectPath(path) && !needed.has(path)),
    records: records.map(({ path }) => path).filter((path) => !keptRecords.includes(path)),
    keptRecords,
    manifest: present.digest,
  };
}

/**
 * Removes what can be removed. Others may build, prune or read in the folder at the same time.
 *
 * @returns how many objects were removed
 * @throws PromptcError as `planPrune` does
 */
export async function prune(disk: Disk, keep: number): Promise<number> {
  let removed = 0;
  for (;;) {
    const { objects, records, keptRecords, manifest } = await planPrune(disk, keep);
    if (objects.length + records.length === 0) return removed;
    for (const path of records) await disk.remove(path);
    // Of a build that came to its end meanwhile, the record may have been among them.
    if (sha256((await disk.read(MANIFEST_FILE)) ?? '') !== manifest) continue;
    for (const path of objects) {
      const bytes = await disk.read(path);
      await disk.remove(path);
      const found = await readRecords(disk);
      if (found.some((record) => !keptRecords.includes(record.path))) {
        // Whose record it is may have looked before the object went.
        if (bytes !== undefined) await disk.write(path, bytes);
        break;
      }
      removed++;
    }
  }
}

async function readRecords(disk: Disk): Promise<BuildRecord[]> {
  return recordsAmong((await disk.list(RECORDS_FOLDER)).map(({ path }) => path));
}

/** The last record of each of the last builds, and of the one in place. */
function lastBuilds(records: readonly BuildRecord[], keep: number, present: Digest): BuildRecord[] {
  const byManifest = new Map<Digest, BuildRecord>();
  for (const record of records.toReversed()) if (!byManifest.has(record.manifest)) byManifest.set(record.manifest, record);
  return [...byManifest.values()].filter(({ manifest }, i) => i < keep || manifest === present);
}

/** The manifest in place, and what it needs. */
async function inPlace(disk: Disk): Promise<{ digest: Digest; needed: readonly string[] }> {
  for (let attempt = 1; ; attempt++) {
    const bytes = await disk.read(MANIFEST_FILE);
    if (bytes === undefined) {
      throw new PromptcError('artifact_missing', `There is no build: ${MANIFEST_FILE} is missing. Run \`promptc build\` first.`);
    }
    const file = readManifest(bytes);
    try {
      // Readers refuse a manifest that is no object: it may name less than what is needed.
      await readNeeded(file, disk);
      return { digest: file.digest, needed: await neededBy(file, disk) };
    } catch (error) {
      if (!isMissing(error) || attempt === ATTEMPTS) throw error;
      await setTimeout(MILLISECONDS_BETWEEN);
    }
  }
}

/** @returns `undefined` if the manifest or a page of the index is gone */
async function neededByKept(digest: Digest, disk: Disk): Promise<readonly string[] | undefined> {
  const bytes = await disk.read(objectPath(digest));
  if (bytes === undefined) return undefined;
  checkObject(bytes, { digest, size: bytes.length });
  try {
    return await neededBy(readManifest(bytes), disk);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The objects that a build needs, by path; also its manifest, which can be put back in place, and the pages of its index. */
async function neededBy(file: ManifestFile, disk: Disk): Promise<readonly string[]> {
  const { manifest, digest } = file;
  const index = await new Catalog(file, (reference) => readNeeded(reference, disk)).whole();
  const objects = [...manifest.bundles, ...manifest.templates, ...versionsOf(index).map(({ entry }) => entry.artifact)];
  return [digest, ...objects.map((object) => object.digest)].map(objectPath);
}

async function readNeeded({ digest }: Pick<ObjectReference, 'digest'>, disk: Disk): Promise<Uint8Array> {
  const bytes = await disk.read(objectPath(digest));
  if (bytes !== undefined) return bytes;
  throw new PromptcError('artifact_missing', `The artifact ${digest} is missing, and it says what the build needs. Build again.`);
}

function isMissing(error: unknown): boolean {
  return error instanceof PromptcError && error.code === 'artifact_missing';
}
