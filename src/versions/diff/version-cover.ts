/**
 * Whether a new version says enough about what changed.
 *
 * The measure is what ranges promise: `^1.2.0` takes 1.3.0 and not 2.0.0, `^0.1.0` takes 0.1.1 and not 0.2.0,
 * `^0.0.1` takes no other version. So a major change has to leave the caret range of the version before.
 */
import semver from 'semver';
import type { Level } from '../../format/diff-rule.js';

export interface VersionCover {
  readonly covered: boolean;
  /** The lowest version that covers the changes and is no prerelease, unless the version before is one. */
  readonly least: string;
}

/** @param level - the heaviest change; `none` if there is none */
export function versionCover(before: string, after: string, level: Level | 'none'): VersionCover {
  return { covered: isCovered(before, after, level), least: leastVersion(before, level) };
}

function isCovered(before: string, after: string, level: Level | 'none'): boolean {
  if (level === 'none') return semver.gte(after, before);
  // Nobody was promised anything about a draft: the next draft, or the version itself, may differ in any way.
  if (semver.prerelease(before) !== null) return semver.gt(after, before);
  // A draft of a version announces what that version announces.
  return semver.gte(withoutPrerelease(after), leastVersion(before, level));
}

/** The lowest version that may follow with such a change. */
export function leastVersion(before: string, level: Level | 'none'): string {
  if (level === 'none') return before;
  if (semver.prerelease(before) !== null) return semver.inc(before, 'prerelease')!;
  const [major, minor] = [semver.major(before), semver.minor(before)];
  if (major > 0) return semver.inc(before, level)!;
  return semver.inc(before, level === 'major' && minor > 0 ? 'minor' : 'patch')!;
}

function withoutPrerelease(version: string): string {
  const { major, minor, patch } = semver.parse(version)!;
  return `${major}.${minor}.${patch}`;
}
