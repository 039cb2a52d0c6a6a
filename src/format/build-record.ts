/**
 * builds/: a record of each build that an output folder has seen, numbered in their order, and named so that builds that
 * are written at the same time each have their own. A record holds what build.json held; the manifest of each build is
 * there as an object. Nothing that renders reads them.
 */
import { type Digest, hexOf } from '../base/digest.js';

export const RECORDS_FOLDER = 'builds';

export interface BuildRecord {
  /** Below the output folder. */
  readonly path: string;
  readonly number: number;
  readonly manifest: Digest;
}

const NAME = /^(?<number>[1-9][0-9]{0,14})-(?<hex>[0-9a-f]{64})\.json$/;

export function recordPath(number: number, manifest: Digest): string {
  return `${RECORDS_FOLDER}/${number}-${hexOf(manifest)}.json`;
}

/** Whether a file of an output folder is a record, by its path. */
export function isRecordPath(path: string): boolean {
  return path.startsWith(`${RECORDS_FOLDER}/`) && NAME.test(path.slice(RECORDS_FOLDER.length + 1));
}

/**
 * The records among some files, in their order.
 *
 * @param names - of the files in `builds/`
 */
export function recordsAmong(names: readonly string[]): BuildRecord[] {
  const records = names.flatMap((name): BuildRecord[] => {
    const { number, hex } = NAME.exec(name)?.groups ?? {};
    return hex === undefined ? [] : [{ path: `${RECORDS_FOLDER}/${name}`, number: Number(number), manifest: `sha256:${hex}` }];
  });
  return records.toSorted((a, b) => a.number - b.number || (a.path < b.path ? -1 : 1));
}
