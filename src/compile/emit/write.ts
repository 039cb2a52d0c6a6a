/** A build → files. */
import { canonicalJson } from '../../base/canonical-json.js';
import { sha256 } from '../../base/digest.js';
import { BUILD_FILE, type BuildOrigin, MANIFEST_FILE, objectPath } from '../../format/artifact.js';
import { recordPath, RECORDS_FOLDER, recordsAmong } from '../../format/build-record.js';
import type { Disk } from '../discover/disk.js';
import type { Build, BuildObject } from './emit.js';

/** What writing a build came to. */
export interface Written {
  readonly objects: number;
  /** Objects that were there already. */
  readonly kept: number;
}

/**
 * Writes the objects, then the record, then `build.json`, then the manifest: a reader sees the old build or the new
 * one, whole, and every build that has a record is whole. Objects that are there with the right size are left alone,
 * since their name is their digest.
 *
 * @param onObject - is told how many of the objects are there
 */
export async function writeBuild(
  build: Build,
  origin: Omit<BuildOrigin, 'manifest'>,
  disk: Disk,
  onObject?: (done: number, total: number) => void,
): Promise<Written> {
  const manifest: BuildObject = {
    reference: { digest: build.manifestDigest, size: build.manifestBytes.length },
    bytes: build.manifestBytes,
  };
  const objects = [...build.objects, [objectPath(build.manifestDigest), manifest] as const];
  const buildOrigin: BuildOrigin = { manifest: build.manifestDigest, ...origin };
  const originBytes = new TextEncoder().encode(`${canonicalJson(buildOrigin)}\n`);
  // Whoever prunes the folder knows then that its objects are needed.
  const isThere = await isInPlace(buildOrigin, originBytes, disk);
  const written = await writeMissing(objects, disk, onObject);
  const kept = [...build.objects.keys()].filter((path) => !written.has(path)).length;
  if (isThere && written.size === 0) return { objects: build.objects.size, kept };
  for (;;) {
    const record = await recordBuild(buildOrigin, originBytes, disk);
    // Without the record, somebody who pruned the folder could not know that these are needed.
    await writeMissing(objects, disk);
    await disk.write(BUILD_FILE, originBytes);
    await disk.write(MANIFEST_FILE, build.manifestBytes, { sync: true });
    // What pruning took away before it saw the record it puts back, unless it was killed in between.
    await writeMissing(objects, disk);
    // If the record went before the manifest came, nobody knew of this build: it begins anew.
    if ((await disk.size(record)) !== undefined) break;
  }
  return { objects: build.objects.size, kept };
}

/** Whether a build is the one that is in place, and the last one on record. */
async function isInPlace({ manifest }: BuildOrigin, originBytes: Uint8Array, disk: Disk): Promise<boolean> {
  const records = recordsAmong((await disk.list(RECORDS_FOLDER)).map(({ path }) => path));
  const [record, origin, present] = [
    await disk.read(records.at(-1)?.path ?? BUILD_FILE),
    await disk.read(BUILD_FILE),
    await disk.read(MANIFEST_FILE),
  ];
  const isOrigin = (bytes: Uint8Array | undefined): boolean => bytes !== undefined && Buffer.compare(bytes, originBytes) === 0;
  return records.length > 0 && isOrigin(record) && isOrigin(origin) && present !== undefined && sha256(present) === manifest;
}

/** Writes the objects that are not there, and returns their paths. */
async function writeMissing(
  objects: readonly (readonly [path: string, object: BuildObject])[],
  disk: Disk,
  onObject?: (done: number, total: number) => void,
): Promise<Set<string>> {
  const written = new Set<string>();
  for (const [i, [path, object]] of objects.entries()) {
    onObject?.(i, objects.length);
    if ((await disk.size(path)) === object.reference.size) continue;
    await disk.write(path, object.bytes);
    written.add(path);
  }
  return written;
}

/**
 * Records a build as the last one, and the build that is in place right before it: somebody may have gone back to that
 * one. What is built again without a change keeps its record.
 *
 * @returns the path of the record
 */
async function recordBuild({ manifest }: BuildOrigin, originBytes: Uint8Array, disk: Disk): Promise<string> {
  const records = recordsAmong((await disk.list(RECORDS_FOLDER)).map(({ path }) => path));
  const last = records.at(-1);
  let number = last?.number ?? 0;
  const manifestBytes = await disk.read(MANIFEST_FILE);
  const present = manifestBytes === undefined ? undefined : sha256(manifestBytes);
  if (last?.manifest !== present) {
    const record = records.findLast((one) => one.manifest === present);
    const bytes = record && (await disk.read(record.path));
    if (record !== undefined && bytes !== undefined) await disk.write(recordPath(++number, record.manifest), bytes);
  }
  if (last?.manifest !== manifest || number > last.number) number++;
  const path = recordPath(number, manifest);
  await disk.write(path, originBytes);
  return path;
}
