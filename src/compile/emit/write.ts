/** A build → files. */
import { canonicalJson } from '../../base/canonical-json.js';
import { BUILD_FILE, type BuildOrigin, MANIFEST_FILE } from '../../format/artifact.js';
import type { Disk } from '../discover/disk.js';
import type { Build } from './emit.js';

/** What writing a build came to. */
export interface Written {
  readonly objects: number;
  /** Objects that were there already. */
  readonly kept: number;
}

/**
 * Writes the objects, then `build.json`, then the manifest: a reader sees the old build or the new one,
 * whole. Objects that are there with the right size are left alone, since their name is their digest.
 */
export async function writeBuild(build: Build, origin: Omit<BuildOrigin, 'manifest'>, disk: Disk): Promise<Written> {
  let kept = 0;
  for (const [path, bytes] of build.objects) {
    if ((await disk.size(path)) === bytes.length) kept++;
    else await disk.write(path, bytes);
  }
  const buildOrigin: BuildOrigin = { manifest: build.manifestDigest, ...origin };
  await disk.write(BUILD_FILE, new TextEncoder().encode(`${canonicalJson(buildOrigin)}\n`));
  await disk.write(MANIFEST_FILE, build.manifestBytes, { sync: true });
  return { objects: build.objects.size, kept };
}
