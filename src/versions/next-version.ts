/** Which version follows on another. */
import semver from 'semver';
import type { Level } from '../format/diff-rule.js';
import { leastVersion } from './diff/version-cover.js';

/**
 * The lowest version that covers a change, and that is free.
 *
 * @param level - how heavy the change is
 */
export function nextVersion(version: string, level: Level, isTaken: (version: string) => boolean): string {
  return firstFree(leastVersion(version, level), isTaken);
}

/** The version with one of its numbers raised, whatever changed; of a prerelease, the version that it is one of. */
export function raisedVersion(version: string, level: Level, isTaken: (version: string) => boolean): string {
  return firstFree(semver.inc(version, level)!, isTaken);
}

function firstFree(version: string, isTaken: (version: string) => boolean): string {
  let free = version;
  while (isTaken(free)) free = semver.inc(free, semver.prerelease(free) === null ? 'patch' : 'prerelease')!;
  return free;
}
