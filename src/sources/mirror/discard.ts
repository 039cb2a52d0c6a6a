/**
 * A mirror's folder → without the objects that only builds before the last two need.
 *
 * What always holds: the build in place, the one before, and those in use stay whole; nothing but objects and records is
 * removed, and nothing from a folder that is not the mirror's own. Others may mirror into it at the same time: as in
 * `promptc prune`, records go first, then the manifest is looked at once more, and an object comes back if a record has
 * come by the time that it is gone.
 */
import type { Digest } from '../../base/digest.js';
import type { BuildRecord } from '../../format/build-record.js';
import { isClaimed } from './claim.js';
import type { Folder } from './folder.js';
import { addObjectsOf, type ObjectsOptions } from './objects.js';
import { presentBuild, readRecords } from './records.js';

const OBJECTS = 'objects/sha256';
const OBJECT_PATH = /^objects\/sha256\/([0-9a-f]{2})\/\1[0-9a-f]{62}\.json$/;

/** How many of the last builds stay: requests may still be answered from the one before. */
const KEPT_BUILDS = 2;

/**
 * @param inUse - builds that have to stay, beside the last two
 * @throws PromptcError if it cannot be told what a build needs; what the system says
 */
export async function discardOld(options: ObjectsOptions, inUse: readonly Digest[]): Promise<void> {
  const { folder } = options;
  if (!(await isClaimed(folder))) return;
  for (;;) {
    // Listed before manifests are read: what is written meanwhile is not on the list.
    const listed = await listObjects(folder);
    const records = await readRecords(folder);
    const present = await presentBuild(folder);
    if (present === undefined) return;
    const lastRecords = lastOfEachBuild(records);
    const kept = new Set([present, ...inUse, ...lastRecords.slice(0, KEPT_BUILDS).map(({ manifest }) => manifest)]);
    const needed = new Set<string>();
    for (const build of kept) {
      // Of one that is in use, it cannot be told then what has to stay.
      if (!(await addObjectsOf(build, options, needed)) && (build === present || inUse.includes(build))) return;
    }
    const keptRecords = lastRecords.filter(({ manifest }) => kept.has(manifest)).map(({ path }) => path);
    for (const { path } of records) if (!keptRecords.includes(path)) await folder.remove(path);
    if ((await presentBuild(folder)) !== present) continue;
    const unneeded = listed.filter((path) => !needed.has(path));
    if (await removeObjects(folder, unneeded, keptRecords)) return;
  }
}

/** @returns whether all were removed; not if another build has come meanwhile, which may need them */
async function removeObjects(folder: Folder, paths: readonly string[], keptRecords: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    const bytes = await folder.read(path);
    await folder.remove(path);
    const records = await readRecords(folder);
    if (records.every((record) => keptRecords.includes(record.path))) continue;
    // Whose record it is may have looked before the object went.
    if (bytes !== undefined) await folder.write(path, bytes);
    return false;
  }
  return true;
}

async function listObjects(folder: Folder): Promise<string[]> {
  const paths: string[] = [];
  for (const first of await folder.names(OBJECTS)) {
    for (const name of await folder.names(`${OBJECTS}/${first}`)) paths.push(`${OBJECTS}/${first}/${name}`);
  }
  return paths.filter((path) => OBJECT_PATH.test(path));
}

/** The last record of each build, the last build first. */
function lastOfEachBuild(records: readonly BuildRecord[]): BuildRecord[] {
  const byManifest = new Map<Digest, BuildRecord>();
  for (const record of records.toReversed()) if (!byManifest.has(record.manifest)) byManifest.set(record.manifest, record);
  return [...byManifest.values()];
}
