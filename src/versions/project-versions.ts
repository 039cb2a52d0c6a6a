/** What is published of a project: its lock, the lock at the base, and the history that both point into. */
import { Diagnostics } from '../base/diagnostic.js';
import { PromptcError } from '../base/error.js';
import { SourceText } from '../base/span.js';
import { CONFIG_FILE } from '../compile/config.js';
import { decode } from '../compile/discover/decode.js';
import type { Disk } from '../compile/discover/disk.js';
import { PROMPTS_FOLDER } from '../compile/discover/discover.js';
import { type Lock, LOCK_FILE } from '../format/lock.js';
import { type Base, findBase } from './base.js';
import type { Environment } from './ci-run.js';
import { openRepository, type NoRepository } from './git/open.js';
import { Repository } from './git/repository.js';
import { parseLock } from './lock.js';
import { type PublishedOptions, PublishedPrompts } from './published.js';

export interface VersionsRequest {
  /** The folder that holds `prompts/`. */
  readonly root: string;
  readonly disk: Disk;
  /** The output folder, whose artifacts can stand in for history. */
  readonly output: Disk | undefined;
  readonly env: Environment;
  /** What `--base` says. */
  readonly base?: string | undefined;
  readonly update?: boolean | undefined;
  readonly currentOnly?: boolean | undefined;
  readonly frozen?: boolean | undefined;
  readonly draft?: boolean | undefined;
  /** Whether the command is about to edit the project. */
  readonly isEdited?: boolean;
}

export interface ProjectVersions {
  readonly repository: Repository | NoRepository;
  readonly base: Base;
  readonly published: PublishedPrompts;
}

/** What a project's own files are, for Git. */
export const PROJECT_PATHS = [PROMPTS_FOLDER, CONFIG_FILE];

const NO_LOCK: Lock = { entries: [] };
/** A lock has a line for every version there ever was. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * @param diagnostics - gets what is wrong with the lock of the working tree
 * @returns `undefined` if that lock cannot be read
 * @throws PromptcError `base_unresolved`, `git_failed`
 */
export async function openVersions(request: VersionsRequest, diagnostics: Diagnostics): Promise<ProjectVersions | undefined> {
  const {
    root,
    disk,
    output,
    env,
    base: explicit,
    update = false,
    currentOnly = false,
    frozen = false,
    draft = false,
    isEdited = false,
  } = request;
  const opened = await openRepository(root);
  const repository = opened instanceof Repository ? opened : undefined;
  const base = await findBase({ repository: opened, env, explicit, paths: PROJECT_PATHS, isEdited });
  if (base.kind === 'unresolved') throw unresolved(base.problem, base.commands);

  const published = await publishedOf(
    {
      disk,
      repository,
      missingRepository: opened instanceof Repository ? '' : opened.message,
      output,
      base: base.kind === 'revision' ? await lockAt(repository!, base.commit) : NO_LOCK,
      common: base.kind === 'revision' ? await commonLock(repository!, base.commit) : undefined,
      update,
      currentOnly,
      frozen,
      draft,
    },
    diagnostics,
  );
  return published && { repository: opened, base, published };
}

type PublishedRequest = Pick<PublishedOptions, 'repository' | 'missingRepository' | 'output' | 'draft'> &
  Partial<Omit<PublishedOptions, 'lock' | 'lockSource'>> & { readonly disk: Disk };

/**
 * What is published, by the lock on a disk and that of a base; without a base, everything that the lock records.
 *
 * @returns `undefined` if the lock cannot be read, which is reported
 */
export async function publishedOf(
  { disk, base, ...request }: PublishedRequest,
  diagnostics: Diagnostics,
): Promise<PublishedPrompts | undefined> {
  const bytes = await disk.read(LOCK_FILE);
  const lockSource = bytes === undefined ? new SourceText(LOCK_FILE, '') : decode(LOCK_FILE, bytes, MOST_BYTES, diagnostics);
  const lock = bytes === undefined ? NO_LOCK : lockSource && parseLock(lockSource, diagnostics);
  if (lock === undefined || lockSource === undefined) return undefined;
  return new PublishedPrompts({ update: false, currentOnly: false, frozen: false, ...request, lock, lockSource, base: base ?? lock });
}

/** The lock of a commit; an empty one if it has none. */
export async function lockAt(repository: Repository, commit: string): Promise<Lock> {
  const entry = (await repository.files(commit, [LOCK_FILE])).get(LOCK_FILE);
  if (entry === undefined) return NO_LOCK;
  const diagnostics = new Diagnostics();
  for await (const { bytes } of repository.blobs([entry.id], MOST_BYTES)) {
    if (bytes === undefined) throw unresolved(`The lock of the commit ${commit} is not in this clone.`, [`git fetch origin ${commit}`]);
    const source = decode(LOCK_FILE, bytes, MOST_BYTES, diagnostics);
    const lock = source && parseLock(source, diagnostics);
    if (lock !== undefined) return lock;
  }
  const reason = diagnostics.sorted()[0]?.message ?? '';
  throw unresolved(`The lock of the commit ${commit}, which is the base, cannot be read: ${reason}`, []);
}

/** The lock of the last commit that the base and HEAD share, if that is another than the base. */
async function commonLock(repository: Repository, base: string): Promise<Lock | undefined> {
  const common = await repository.mergeBase(base, await repository.head());
  return common === undefined || common === base ? undefined : lockAt(repository, common);
}

function unresolved(problem: string, commands: readonly string[]): PromptcError {
  const run = commands.length === 0 ? '' : ` Run:\n${commands.map((command) => `  ${command}`).join('\n')}`;
  return new PromptcError('base_unresolved', `There is no base to compare with. ${problem}${run}`);
}
