/**
 * Which revision is the base: what its lock holds is published.
 *
 * | where                                         | the base                                                             |
 * | --------------------------------------------- | -------------------------------------------------------------------- |
 * | `--base` is given                             | that revision                                                        |
 * | no repository, or no commit in it yet         | none: nothing is published                                           |
 * | CI, a pull request or a merge queue           | the tip of the target branch                                         |
 * | CI, a commit of the default branch            | the revision before the push; if the CI does not say, the parent     |
 * | CI, any other commit                          | the last commit that it shares with the default branch               |
 * | elsewhere, origin has a default branch        | the last commit that HEAD shares with it                             |
 * | elsewhere, a branch beside the default one    | the last commit that it shares with the default branch of this clone |
 * | elsewhere, the default branch, without origin | HEAD if the prompts differ from it, else its parent                  |
 *
 * In a CI, a base that cannot be found is `unresolved`, never none. Elsewhere HEAD stands in for it, and `how` says so.
 *
 * What a developer has not pushed is not published: on the default branch, too, commits that origin does not have can
 * still be mended, which is what comparing with the revision before the push means as long as the push is to come.
 * Without origin nothing is ever pushed, and a commit is all that publishing can mean. There the change in question is
 * the one that is not committed yet, or else the last commit: so that it is refused before it is committed, and is not
 * let pass because it was.
 */
import { type CiRun, type Environment, isCi, readCiRun, type Target } from './ci-run.js';
import type { NoRepository } from './git/open.js';
import { isObjectId } from './git/object-id.js';
import { type Branch, Repository } from './git/repository.js';

export type Base =
  | ResolvedBase
  /** An error of the environment: what is wrong, in sentences for people, and what mends it, in a shell. */
  | { readonly kind: 'unresolved'; readonly problem: string; readonly commands: readonly string[] };

export type ResolvedBase =
  /** Nothing is published; `reason` is a sentence for people. */
  | { readonly kind: 'none'; readonly reason: string }
  /** `how` says what the commit is, as the object of a sentence. */
  | { readonly kind: 'revision'; readonly commit: string; readonly how: string };

export interface BaseRequest {
  readonly repository: Repository | NoRepository;
  readonly env: Environment;
  /** What `--base` says. */
  readonly explicit?: string | undefined;
  /** The project's files and folders, from its root: whether they differ from HEAD can matter. */
  readonly paths: readonly string[];
  /** Whether they are about to differ from HEAD, in case that they do not yet. */
  readonly isEdited?: boolean;
}

/** Reads the repository as it is: nothing is fetched. Throws `git_failed` if Git fails. */
export async function findBase({ repository, env, explicit, paths, isEdited = false }: BaseRequest): Promise<Base> {
  if (!(repository instanceof Repository)) return baseWithoutRepository(repository, env, explicit);
  if (explicit !== undefined) return explicitBase(repository, explicit);
  if (!isCi(env)) return localBase(repository, async () => isEdited || !(await repository.isClean(paths)));
  const run = await readCiRun(env);
  if ('problem' in run) return unresolved(run.problem);
  return run.target === undefined ? branchBase(repository, run) : targetBase(repository, run.target);
}

function baseWithoutRepository({ reason, message, commands }: NoRepository, env: Environment, explicit: string | undefined): Base {
  if (explicit !== undefined) return unresolved(`There is no revision ${explicit} to compare with. ${message}`, ...commands);
  // There may well be something published where Git cannot look.
  if (reason === 'unsafe' || (reason === 'no-git' && isCi(env))) return unresolved(message, ...commands);
  return { kind: 'none', reason: message };
}

async function explicitBase(repository: Repository, explicit: string): Promise<Base> {
  const commit = await repository.resolve(explicit);
  if (commit !== undefined) return revision(commit, `${explicit}, as --base says`);
  const problem = `--base says ${explicit}, and this clone has no such commit.`;
  const meant = await repository.branch(explicit);
  if (meant !== undefined) return unresolved(`${problem} Did you mean ${meant.label}?`);
  if (explicit.startsWith('origin/')) return unresolved(problem, fetchBranch(repository, explicit.slice('origin/'.length)));
  if (isObjectId(explicit, repository.objectFormat)) return unresolved(problem, fetchCommit(repository, explicit));
  return unresolved(problem, ...(repository.isShallow ? ['git fetch --unshallow'] : []));
}

/** A pull request: the target branch as it is when the two come together. */
async function targetBase(repository: Repository, { branch, tip, merge }: Target): Promise<Base> {
  const head = await repository.head();
  const known = merge === head ? (await repository.parents(head))[0] : tip;
  const commit =
    (known === undefined ? undefined : await repository.resolve(known)) ?? (await repository.resolve(`refs/remotes/origin/${branch}`));
  if (commit !== undefined) return revision(commit, `the tip of ${branch}, the target branch of the pull request`);
  return known === undefined
    ? unresolved(`The target branch of the pull request, ${branch}, is not in this clone.`, fetchBranch(repository, branch))
    : unresolved(`The tip of ${branch}, the target branch of the pull request, is not in this clone.`, fetchCommit(repository, known));
}

/** A run of a CI for a branch, a tag, or a commit of which no more is known. */
async function branchBase(repository: Repository, run: CiRun): Promise<Base> {
  const head = await repository.head();
  const main = run.defaultBranch === undefined ? await repository.defaultBranch() : await repository.branch(run.defaultBranch);
  const name = run.defaultBranch ?? main?.name;
  const branch = run.branch ?? (await repository.currentBranch());
  if (name !== undefined && name === branch) return pushBase(repository, head, name, run.before);
  if (main === undefined) {
    return run.defaultBranch === undefined
      ? unresolved('Nothing tells which branch of this clone is the default one.', ...fetchDefaultBranch(repository))
      : unresolved(`The default branch, ${run.defaultBranch}, is not in this clone.`, fetchHistory(repository, run.defaultBranch));
  }
  const commit = await repository.mergeBase(head, main.commit);
  // A tag, say, or a commit that a CI checks out without its branch.
  if (commit === head) return parentBase(repository, head, main.name);
  if (commit !== undefined) return shared(commit, main);
  return repository.isShallow
    ? unresolved(`This clone is shallow, and lacks the last commit that HEAD and ${main.label} share.`, fetchHistory(repository, main.name))
    : unresolved(`HEAD shares no commit with ${main.label}.`);
}

/** A push to the default branch. */
async function pushBase(repository: Repository, head: string, branch: string, before: string | undefined): Promise<Base> {
  if (before === undefined) return parentBase(repository, head, branch);
  const commit = await repository.resolve(before);
  if (commit !== undefined) return revision(commit, `${branch} before this push`);
  return unresolved(`The commit that ${branch} was at before this push is not in this clone.`, fetchCommit(repository, before));
}

/** The first parent of a commit of the default branch: what was there before the last change. */
async function parentBase(repository: Repository, head: string, branch: string): Promise<Base> {
  const [parent] = await repository.parents(head);
  if (parent === undefined) return { kind: 'none', reason: `HEAD is the first commit of ${branch}.` };
  const commit = await repository.resolve(parent);
  if (commit !== undefined) return revision(commit, `HEAD^1, the commit before the last one on ${branch}`);
  return unresolved('This clone is shallow, and lacks the commit before HEAD.', fetchCommit(repository, parent));
}

/** On somebody's computer, where no answer may be better than a wrong one, but work has to go on. */
async function localBase(repository: Repository, isEdited: () => Promise<boolean>): Promise<Base> {
  const head = await repository.head();
  const main = await repository.defaultBranch();
  if (main === undefined) return revision(head, 'HEAD, since nothing tells which branch is the default one');
  if (!main.isRemote && main.name === (await repository.currentBranch())) {
    if (await isEdited()) return revision(head, 'HEAD, the last commit');
    const base = await parentBase(repository, head, main.name);
    return base.kind === 'unresolved' ? revision(head, 'HEAD, since this clone is shallow and lacks the commit before it') : base;
  }
  const commit = await repository.mergeBase(head, main.commit);
  if (commit !== undefined) return shared(commit, main);
  return repository.isShallow
    ? revision(head, `HEAD, since this clone is shallow and lacks the last commit that is shared with ${main.label}`)
    : revision(head, `HEAD, since it shares no commit with ${main.label}`);
}

function shared(commit: string, { label }: Branch): Base {
  return revision(commit, `the last commit that HEAD shares with ${label}`);
}

function revision(commit: string, how: string): Base {
  return { kind: 'revision', commit, how };
}

function unresolved(problem: string, ...commands: string[]): Base {
  return { kind: 'unresolved', problem, commands };
}

/** One commit; a clone that has all history gets what belongs to the commit, too. */
function fetchCommit({ isShallow }: Repository, id: string): string {
  return `git fetch --no-tags${isShallow ? ' --depth=1' : ''} origin ${shellWord(id)}`;
}

/** A branch's tip. The clone may be set up for another branch alone, so that both names are given. */
function fetchBranch({ isShallow }: Repository, branch: string): string {
  return `git fetch --no-tags${isShallow ? ' --depth=1' : ''} origin ${refspec(branch)}`;
}

/** A branch, and all history of everything that is there already. */
function fetchHistory({ isShallow }: Repository, branch: string): string {
  return `git fetch --no-tags${isShallow ? ' --unshallow' : ''} origin ${refspec(branch)}`;
}

/** All branches with their history, and which of them is the default one. */
function fetchDefaultBranch(repository: Repository): string[] {
  return [fetchHistory(repository, '*'), 'git remote set-head origin --auto'];
}

function refspec(branch: string): string {
  return shellWord(`+refs/heads/${branch}:refs/remotes/origin/${branch}`);
}

/** A text as one word of a POSIX shell. */
function shellWord(text: string): string {
  return /^[\w./:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
