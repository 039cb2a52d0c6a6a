import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Terminal } from './io.js';

/**
 * Where a project lies in its repository: the path of its folder, with a slash at its end, or nothing if the
 * project is the repository. Annotations name files from there.
 *
 * The repository is the one that Git would find. Where there is none, as in a container into which a checkout was
 * copied, it is the workspace of GitHub's job, or else the folder that the command runs in.
 */
export async function folderInRepository(root: string, { cwd, env }: Pick<Terminal, 'cwd' | 'env'>): Promise<string> {
  const project = await realpath(root);
  for (const base of [await repositoryOf(project), env['GITHUB_WORKSPACE'], cwd]) {
    if (base === undefined || base === '') continue;
    const folder = folderPrefix(await realpath(base).catch(() => base), project);
    if (!folder.startsWith('../') && !path.isAbsolute(folder)) return folder;
  }
  return '';
}

/** The way from one folder to another, with forward slashes and one at its end; nothing if they are the same. */
export function folderPrefix(from: string, to: string): string {
  const way = path.relative(from, to);
  return way === '' ? '' : `${way.replaceAll(path.sep, '/')}/`;
}

/** The nearest folder with a `.git`, which in a second working tree and in a submodule is a file. */
async function repositoryOf(folder: string): Promise<string | undefined> {
  const isRepository = await stat(path.join(folder, '.git')).then(
    () => true,
    () => false,
  );
  if (isRepository) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}
