/** The two sides that are compared: a revision, and the working tree or another revision. */
import { PromptcError } from '../base/error.js';
import type { Compiled } from '../compile/compile.js';
import type { Lock } from '../format/lock.js';
import type { ResolvedBase } from '../versions/base.js';
import { projectView, type ProjectView, type ViewOptions, yankedVersions } from '../versions/diff/project-view.js';
import { promptSizes } from '../versions/diff/prompt-sizes.js';
import type { NoRepository } from '../versions/git/open.js';
import { Repository } from '../versions/git/repository.js';
import { compileRevision } from '../versions/revision.js';
import { UsageError } from './io.js';

export interface CompareOptions {
  /** Whether the tokens of prompts are counted, which takes time. */
  readonly sizes: boolean;
}

const NOTHING: ProjectView = { bundles: [], templates: [] };

/** What the working tree was compared with, as a sentence. */
export function comparedText(base: ResolvedBase): string {
  return base.kind === 'revision' ? `Compared with ${base.how}.` : `Nothing is published: ${base.reason}`;
}

/** The prompts of a compiled project, and what its lock says is yanked. */
export async function viewOf(compiled: Compiled, lock: Lock, options: CompareOptions): Promise<ProjectView> {
  return { ...(await promptsOf(compiled, options)), yanked: yankedVersions(lock) };
}

/** None, if the project has none. */
async function promptsOf({ build, examples }: Compiled, { sizes }: CompareOptions, isDraft?: ViewOptions['isDraft']): Promise<ProjectView> {
  if (build === undefined) return NOTHING;
  return projectView(build, examples, { sizes: sizes ? await promptSizes(build, examples) : undefined, isDraft });
}

/** The prompts of a commit, and what its project compiles to. */
export async function viewOfCommit(
  repository: Repository,
  commit: string,
  options: CompareOptions,
): Promise<{ readonly view: ProjectView; readonly compiled: Compiled }> {
  const { compiled, lock } = await compileRevision(repository, commit);
  const published = lock && new Set(lock.entries.map(({ hash }) => hash));
  const view = await promptsOf(compiled, options, published && (({ hash }) => !published.has(hash)));
  return { view: { ...view, ...(lock && { yanked: yankedVersions(lock) }) }, compiled };
}

/** The prompts of the base; without one, none. */
export async function viewOfBase(opened: Repository | NoRepository, base: ResolvedBase, options: CompareOptions): Promise<ProjectView> {
  if (base.kind !== 'revision') return NOTHING;
  return (await viewOfCommit(repositoryOf(opened), base.commit, options)).view;
}

/** @throws PromptcError `base_unresolved` if there is no repository */
export function repositoryOf(opened: Repository | NoRepository): Repository {
  if (opened instanceof Repository) return opened;
  const run = opened.commands.map((command) => ` Run \`${command}\`.`).join('');
  throw new PromptcError('base_unresolved', `There is no revision to compare with. ${opened.message}${run}`);
}

/** The commit that a user names. */
export async function resolveRevision(repository: Repository, revision: string): Promise<string> {
  const commit = await repository.resolve(revision);
  if (commit === undefined) throw new UsageError(`This clone has no revision "${revision}". \`git fetch --all --tags\` may bring it.`);
  return commit;
}
