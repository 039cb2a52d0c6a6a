/**
 * A cache on the disk: beside the prompts, in a folder that Git ignores.
 *
 * What always holds: a cache is taken as it was written or not at all, and what cannot be taken is no mistake of anybody's:
 * the build only takes longer.
 */
import { canonicalJson } from '../../base/canonical-json.js';
import { type Digest, sha256 } from '../../base/digest.js';
import type { Disk } from '../discover/disk.js';
import { CompileCache, NO_RECORDS } from './compile-cache.js';
import type { Records } from './records.js';

/** From the project's root. */
const CACHE_FOLDER = '.promptc';
const CACHE_FILE = `${CACHE_FOLDER}/cache.json`;

/** Some hundred thousand prompts. A larger cache is not kept, since reading it would take as long as compiling. */
const MOST_BYTES = 128 * 1024 * 1024;

/** Of no build: what is remembered with it is remembered with other settings. */
const NO_SETTINGS: Digest = sha256('');

/** The cache of a project, as the last build left it; an empty one if there is none that can be used. */
export async function openCache(disk: Disk): Promise<CompileCache> {
  const found = await readCache(disk).catch(() => undefined);
  return new CompileCache(found?.settings ?? NO_SETTINGS, found?.records ?? NO_RECORDS);
}

/**
 * Puts a cache in place, if it is another one than what is there.
 *
 * @throws what the disk throws if it cannot be written
 */
export async function saveCache(cache: CompileCache, disk: Disk): Promise<void> {
  const changes = cache.takeChanges();
  if (changes === undefined) return;
  const text = JSON.stringify(changes.records);
  const bytes = new TextEncoder().encode(`${canonicalJson({ digest: sha256(text), settings: changes.settings })}\n${text}`);
  if (bytes.length > MOST_BYTES) return disk.remove(CACHE_FILE);
  // The folder ignores itself, so that nobody has to think of it.
  const ignore = `${CACHE_FOLDER}/.gitignore`;
  if ((await disk.size(ignore)) === undefined) await disk.write(ignore, new TextEncoder().encode('*\n'));
  await disk.write(CACHE_FILE, bytes);
}

async function readCache(disk: Disk): Promise<{ settings: Digest; records: Records } | undefined> {
  const size = await disk.size(CACHE_FILE);
  const bytes = size === undefined || size > MOST_BYTES ? undefined : await disk.read(CACHE_FILE);
  const lineEnd = bytes?.indexOf(0x0a) ?? -1;
  if (bytes === undefined || lineEnd === -1) return undefined;
  const text = new TextDecoder();
  const { digest, settings } = JSON.parse(text.decode(bytes.subarray(0, lineEnd))) as { digest: Digest; settings: Digest };
  const records = bytes.subarray(lineEnd + 1);
  // Who writes it is this program alone, so that its digest vouches for its form.
  return sha256(records) === digest ? { settings, records: JSON.parse(text.decode(records)) as Records } : undefined;
}
