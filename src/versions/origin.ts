/** Where the prompts that are being compiled come from, as Git knows it. */
import type { BuildOrigin } from '../format/artifact.js';
import type { NoRepository } from './git/open.js';
import { Repository } from './git/repository.js';

/**
 * The commit that is checked out, and whether the given paths differ from it. Both are `null` without Git, without a
 * repository, and before its first commit.
 */
export async function originOf(repository: Repository | NoRepository, paths: readonly string[]): Promise<Omit<BuildOrigin, 'manifest'>> {
  if (!(repository instanceof Repository)) return { commit: null, dirty: null };
  return { commit: await repository.head(), dirty: !(await repository.isClean(paths)) };
}
