/** Whose builds a folder holds: those in a mirror's own folder are the mirror's to remove. */
import { BUILD_FILE, MANIFEST_FILE } from '../../format/artifact.js';
import { RECORDS_FOLDER } from '../../format/build-record.js';
import type { Folder } from './folder.js';

/** Says in a folder that all builds in it were mirrored. */
const MARK = 'mirror.json';

/** Takes a folder without any build for the mirrors' own. Only in such a folder is anything ever removed. */
export async function claim(folder: Folder, from: URL): Promise<void> {
  for (const name of [MANIFEST_FILE, BUILD_FILE]) if ((await folder.size(name)) !== undefined) return;
  for (const name of ['objects', RECORDS_FOLDER]) if ((await folder.names(name)).length > 0) return;
  await folder.write(MARK, new TextEncoder().encode(`${JSON.stringify({ from: from.href })}\n`));
}

export async function isClaimed(folder: Folder): Promise<boolean> {
  return (await folder.size(MARK)) !== undefined;
}
