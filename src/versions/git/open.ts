import type { PromptcError } from '../../base/error.js';
import { Git, gitFailed } from './command.js';
import type { ObjectFormat } from './object-id.js';
import { Repository } from './repository.js';

/** Why there is no repository to read. */
export interface NoRepository {
  readonly reason: 'no-git' | 'no-repository' | 'no-commit' | 'unsafe';
  /** A sentence for people. */
  readonly message: string;
  /** What mends it, in a shell. */
  readonly commands: readonly string[];
  /** How the repository that has no commit yet will name its objects. */
  readonly objectFormat?: ObjectFormat;
}

/** `rev-parse --end-of-options`, without which a revision that begins with `-` would be an option, came with it. */
const OLDEST = { major: 2, minor: 30 };

/**
 * The repository that a folder lies in. A repository without a working tree (a bare one) holds no project, and counts
 * as none.
 */
export async function openRepository(folder: string): Promise<Repository | NoRepository> {
  const git = new Git(folder);
  const unfit = await unfitGit(git);
  if (unfit !== undefined) return unfit;

  const asked = ['--is-inside-work-tree', '--is-shallow-repository', '--show-object-format'];
  const { code, stdout, stderr } = await git.run('rev-parse', ...asked);
  if (code !== 0) return noRepository(git, stderr);
  const [isInside, isShallow, format] = stdout.toString().split('\n');
  if (isInside !== 'true') return none('no-repository', `${git.folder} lies in a Git repository that has no working tree.`);

  const repository = new Repository(git, format as ObjectFormat, isShallow === 'true');
  if ((await repository.resolve('HEAD')) === undefined) {
    return { ...none('no-commit', 'The Git repository has no commit yet.'), objectFormat: repository.objectFormat };
  }
  return repository;
}

async function unfitGit(git: Git): Promise<NoRepository | undefined> {
  let version: string;
  try {
    version = (await git.output('version')).toString();
  } catch (error) {
    const cause = (error as PromptcError).cause as NodeJS.ErrnoException | undefined;
    if (cause?.code === 'ENOENT') return none('no-git', 'Git is not installed, or its folder is not in PATH.');
    throw error;
  }
  const [found = 'unknown', major, minor] = /(\d+)\.(\d+)[^\s]*/.exec(version) ?? [];
  if (Number(major) > OLDEST.major || (Number(major) === OLDEST.major && Number(minor) >= OLDEST.minor)) return undefined;
  return none('no-git', `Git ${found} is installed, and promptc needs ${OLDEST.major}.${OLDEST.minor} or newer.`);
}

function noRepository({ folder }: Git, stderr: string): NoRepository {
  if (stderr.includes('not a git repository (or any')) return none('no-repository', `${folder} lies in no Git repository.`);
  // Git 2.35.3 to 2.37 called unsafe what is dubious now.
  if (/dubious ownership|unsafe repository/.test(stderr)) {
    const commands = stderr.match(/git config --global --add safe\.directory .+/g) ?? [];
    return none('unsafe', `Git does not read the repository of ${folder}, since its files belong to somebody else.`, commands);
  }
  throw gitFailed('rev-parse', stderr);
}

function none(reason: NoRepository['reason'], message: string, commands: readonly string[] = []): NoRepository {
  return { reason, message, commands };
}
