import { createRequire } from 'node:module';
import { PromptcError } from '../base/error.js';
import type { Versions } from '../format/artifact.js';

/** Loads semver when it is needed: most requests name a version or none, which are looked up. */
const requirePackage = createRequire(import.meta.url);
const loadSemver = (): typeof import('semver') => requirePackage('semver') as typeof import('semver');

/** What is asked of an entry of a manifest. */
interface Yankable {
  readonly yanked?: string;
}

/**
 * The version that a request means: exact, the highest in a range that is not yanked, or the default. Never a substitute.
 *
 * @throws PromptcError `version_not_found`, `version_invalid`, `no_default_version`
 */
export function selectVersion<Entry extends Yankable>(
  kind: string,
  id: string,
  versions: Versions<Entry>,
  wanted: string | undefined,
): { version: string; entry: Entry } {
  const exact = wanted ?? versions.default;
  if (exact !== undefined && Object.hasOwn(versions.versions, exact)) return { version: exact, entry: versions.versions[exact]! };
  const known = Object.entries(versions.versions);
  if (wanted === undefined) {
    throw new PromptcError('no_default_version', `The ${kind} "${id}" has no stable version to take; name one: ${list(known)}.`);
  }
  const version = loadSemver().valid(wanted) === null ? inRange(wanted, known) : undefined;
  if (version === undefined) {
    throw new PromptcError('version_not_found', `The ${kind} "${id}" has no version ${wanted}; it has ${list(known)}.`);
  }
  return { version, entry: versions.versions[version]! };
}

type Known = readonly (readonly [version: string, entry: Yankable])[];

/** Longer ranges serve nobody, and cost time to read and memory to remember. */
const MAX_RANGE_LENGTH = 256;

function inRange(wanted: string, known: Known): string | undefined {
  const semver = loadSemver();
  if (wanted.length > MAX_RANGE_LENGTH) {
    throw new PromptcError('version_invalid', `A version or range has at most ${MAX_RANGE_LENGTH} characters.`);
  }
  if (wanted.trim() === '' || semver.validRange(wanted) === null) {
    throw new PromptcError('version_invalid', `${JSON.stringify(wanted)} is neither a version nor a range.`);
  }
  const usable = known.flatMap(([version, { yanked }]) => (yanked === undefined ? [version] : []));
  return semver.maxSatisfying(usable, wanted) ?? undefined;
}

/** The highest few, for a message. */
function list(known: Known): string {
  const semver = loadSemver();
  const sorted = known.toSorted(([a], [b]) => semver.rcompare(a, b));
  const names = sorted.map(([version, { yanked }]) => (yanked === undefined ? version : `${version} (yanked)`));
  return names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} older ones` : names.join(', ');
}
