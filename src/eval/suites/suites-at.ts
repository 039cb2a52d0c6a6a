/** Suites as a revision has them. */
import { PromptcError } from '../../base/error.js';
import type { Repository } from '../../versions/git/repository.js';
import { readSuite } from './read-suite.js';
import type { Suite } from './suite.js';

/** No suite that is read is as large. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * @param files - relative to the project, with forward slashes
 * @returns those that the commit holds
 * @throws PromptcError `history_missing`
 */
export async function suitesAt(repository: Repository, commit: string, files: readonly string[]): Promise<readonly Suite[]> {
  const entries = files.length === 0 ? new Map() : await repository.files(commit, files);
  const held = files.flatMap((file) => (entries.get(file)?.kind === 'file' ? [{ file, id: entries.get(file)!.id as string }] : []));
  const suites: Suite[] = [];
  let i = 0;
  for await (const { bytes } of repository.blobs(
    held.map(({ id }) => id),
    MOST_BYTES,
  )) {
    const { file } = held[i++]!;
    if (bytes === undefined) {
      const lack = `This clone does not hold ${file} of the commit ${commit}, or it is larger than ${MOST_BYTES} bytes.`;
      throw new PromptcError('history_missing', `${lack} Run \`git fetch --refetch --no-filter origin\`.`);
    }
    suites.push(readSuite(file, bytes));
  }
  return suites;
}
