/** What a bundle's references can mean. */
import semver from 'semver';
import type { Bundle, Reference } from '../compile/model.js';
import type { SlotName } from '../format/artifact.js';

/** The slots of a bundle that are filled, with what is written for each. */
export function referencesOf({ references }: Bundle): [SlotName, Reference][] {
  return Object.entries(references) as [SlotName, Reference][];
}

/** Whether a reference names one version, such as `tone@1.2.0`. */
export function isExact({ wanted }: Reference): boolean {
  return wanted !== undefined && semver.valid(wanted) !== null;
}

/** Whether a reference can mean a version of its template. */
export function takes({ wanted }: Reference, version: string): boolean {
  return wanted === undefined || semver.satisfies(version, wanted);
}
