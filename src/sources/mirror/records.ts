/**
 * The records of builds in a mirror's folder, as `promptc build` keeps them in the folder that it writes to: they say
 * which build was the one before, and keep `promptc prune` from removing what a mirror is about to put in place.
 */
import { type Digest, sha256 } from '../../base/digest.js';
import { MANIFEST_FILE } from '../../format/artifact.js';
import { type BuildRecord, recordPath, RECORDS_FOLDER, recordsAmong } from '../../format/build-record.js';
import type { Folder } from './folder.js';

export async function readRecords(folder: Folder): Promise<BuildRecord[]> {
  return recordsAmong(await folder.names(RECORDS_FOLDER));
}

/** The digest of the manifest in place. */
export async function presentBuild(folder: Folder): Promise<Digest | undefined> {
  const bytes = await folder.read(MANIFEST_FILE);
  return bytes && sha256(bytes);
}

/**
 * Records a build as the last one, and the build in place right before it: somebody may have gone back to that one.
 *
 * @param origin - what build.json will hold
 * @returns the path of the record
 */
export async function recordBuild(folder: Folder, manifest: Digest, origin: Uint8Array): Promise<string> {
  const records = await readRecords(folder);
  const last = records.at(-1);
  let number = last?.number ?? 0;
  const present = await presentBuild(folder);
  if (last?.manifest !== present) {
    const record = records.findLast((one) => one.manifest === present);
    const bytes = record && (await folder.read(record.path));
    if (record !== undefined && bytes !== undefined) await folder.write(recordPath(++number, record.manifest), bytes);
  }
  if (last?.manifest !== manifest || number > last.number) number++;
  const path = recordPath(number, manifest);
  await folder.write(path, origin);
  return path;
}
