/** Where the prompts that are being compiled come from, as Git knows it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BuildOrigin } from '../format/artifact.js';

const run = promisify(execFile);

/**
 * The commit that is checked out at a folder, and whether the given paths differ from it. Both are `null`
 * without Git, without a repository, and before its first commit.
 */
export async function originOf(root: string, paths: readonly string[]): Promise<Omit<BuildOrigin, 'manifest'>> {
  const commit = await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', 'HEAD^{commit}']);
  if (commit === undefined) return { commit: null, dirty: null };
  const changes = await git(root, ['status', '--porcelain', '--untracked-files=all', '--', ...paths]);
  return { commit: commit.trim(), dirty: changes === undefined ? null : changes !== '' };
}

/** What a git command prints; `undefined` if it fails. */
async function git(root: string, args: readonly string[]): Promise<string | undefined> {
  try {
    // No program that the repository names (a file-system monitor) is run, and no lock is taken.
    const { stdout } = await run('git', ['-C', root, '-c', 'core.fsmonitor=false', ...args], {
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch {
    return undefined;
  }
}
