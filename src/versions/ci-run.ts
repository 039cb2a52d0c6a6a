/**
 * What a CI service says of the run that it started. Only GitHub Actions and GitLab CI are known; from any other, what
 * Git itself says must do.
 */
import { readFile } from 'node:fs/promises';
import { isObject, type Json } from '../base/json.js';

export interface Environment {
  readonly [name: string]: string | undefined;
}

export interface CiRun {
  /** Of a run for a pull request. */
  readonly target?: Target;
  /** The branch that was pushed, or that the run is for in another way. */
  readonly branch?: string | undefined;
  /** Where that branch was before the push, unless it is new. */
  readonly before?: string | undefined;
  readonly defaultBranch?: string | undefined;
}

/** Where a pull request goes. */
export interface Target {
  readonly branch: string;
  /** The commit at the branch's tip that the run is for. */
  readonly tip?: string | undefined;
  /** The commit by which the service itself merged the request into the branch; its first parent was the tip. */
  readonly merge?: string | undefined;
}

/** Something that a service should have said and did not: a sentence for people. */
export interface UnknownRun {
  readonly problem: string;
}

/** Whether this is a CI: `CI` is set, and not to a way of saying no. */
export function isCi(env: Environment): boolean {
  return !['', 'false', '0'].includes((env['CI'] ?? '').toLowerCase());
}

export async function readCiRun(env: Environment): Promise<CiRun | UnknownRun> {
  if (env['GITHUB_ACTIONS'] === 'true') return gitHubRun(env);
  if (env['GITLAB_CI'] === 'true') return gitLabRun(env);
  return {};
}

const NO_EVENT: UnknownRun = {
  problem: 'What was there before is said in the event of this run, and GITHUB_EVENT_PATH names no file with such an event.',
};

/**
 * The variables and events are those of docs.github.com, "Variables reference", "Events that trigger workflows" and
 * "Webhook events and payloads".
 */
async function gitHubRun(env: Environment): Promise<CiRun | UnknownRun> {
  const name = env['GITHUB_EVENT_NAME'];
  const ref = env['GITHUB_REF'];
  const event = await readEvent(env['GITHUB_EVENT_PATH']);
  if (name === 'merge_group') {
    const branch = afterHeads(textAt(event, 'merge_group', 'base_ref'));
    const tip = textAt(event, 'merge_group', 'base_sha');
    return branch === undefined || tip === undefined ? NO_EVENT : { target: { branch, tip } };
  }
  if (name === 'push' && event === undefined) return NO_EVENT;
  const target = given(env['GITHUB_BASE_REF']) ?? textAt(event, 'pull_request', 'base', 'ref');
  if (target !== undefined) {
    // The tip in the event is the one when the request was last changed. The merge commit, which is checked out
    // unless the workflow asks for another, is newer; what it was made from goes with what is checked out.
    return { target: { branch: target, merge: /^refs\/pull\/\d+\/merge$/.test(ref ?? '') ? env['GITHUB_SHA'] : undefined } };
  }
  const before = name === 'push' ? unlessZeros(textAt(event, 'before')) : undefined;
  return { branch: afterHeads(ref), before, defaultBranch: textAt(event, 'repository', 'default_branch') };
}

/** The variables are those of docs.gitlab.com, "Predefined CI/CD variables reference". */
function gitLabRun(env: Environment): CiRun {
  const target = given(env['CI_MERGE_REQUEST_TARGET_BRANCH_NAME']);
  // Only a pipeline for merged results knows the tip: it is what the request was merged into.
  if (target !== undefined) return { target: { branch: target, tip: given(env['CI_MERGE_REQUEST_TARGET_BRANCH_SHA']) } };
  return {
    branch: given(env['CI_COMMIT_BRANCH']),
    before: unlessZeros(given(env['CI_COMMIT_BEFORE_SHA'])),
    defaultBranch: given(env['CI_DEFAULT_BRANCH']),
  };
}

async function readEvent(file: string | undefined): Promise<Json | undefined> {
  if (file === undefined) return undefined;
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Json;
  } catch {
    return undefined;
  }
}

/** A text within an event that is not empty. */
function textAt(event: Json | undefined, ...keys: readonly string[]): string | undefined {
  let value: unknown = event;
  for (const key of keys) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof value === 'string' ? given(value) : undefined;
}

/** A variable that is set to nothing is not given. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** Services write the id of no commit as zeros. */
function unlessZeros(id: string | undefined): string | undefined {
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}

function afterHeads(ref: string | undefined): string | undefined {
  return ref?.startsWith('refs/heads/') === true ? ref.slice('refs/heads/'.length) : undefined;
}
