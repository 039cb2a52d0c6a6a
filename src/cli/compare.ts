/** The two sides that `diff` and `bump` compare: a revision, and the working tree or another revision. */
import { PromptcError } from '../base/error.js';
import type { Compiled } from '../compile/compile.js';
import type { Base } from '../versions/base.js';
import { projectView, type ProjectView } from '../versions/diff/project-view.js';
import { promptSizes } from '../versions/diff/prompt-sizes.js';
import { Repository } from '../versions/git/repository.js';
import { compileRevision } from '../versions/revision.js';
import { UsageError } from './io.js';

const NOTHING: ProjectView = { bundles: [], templates: [] };

/** The prompts of a commit; none, if it has no prompts. */
export async function viewOfCommit(repository: Repository, commit: string, { sizes = true } = {}): Promise<ProjectView> {
  return viewOf(await compileRevision(repository, commit), { sizes });
}

/** The prompts of the base; without one, none. */
export async function viewOfBase(repository: Repository | undefined, base: Base, options = { sizes: true }): Promise<ProjectView> {
  return base.kind === 'revision' && repository !== undefined ? viewOfCommit(repository, base.commit, options) : NOTHING;
}

export async function viewOf({ build, examples }: Compiled, { sizes = true } = {}): Promise<ProjectView> {
  if (build === undefined) return NOTHING;
  return projectView(build, examples, sizes ? await promptSizes(build, examples) : undefined);
}

/** The commit that a user names. */
export async function resolveRevision(repository: unknown, revision: string): Promise<string> {
  if (!(repository instanceof Repository)) {
    throw new PromptcError(
      'base_unresolved',
      `There is no revision ${revision} to compare with: ${(repository as { message: string }).message}`,
    );
  }
  const commit = await repository.resolve(revision);
  if (commit === undefined) throw new UsageError(`This clone has no revision "${revision}". \`git fetch\` may bring it.`);
  return commit;
}
