/** What is published of a project: its lock, the lock at the base, and the history that both point into. */
import { Diagnostics } from '../base/diagnostic.js';
import { PromptcError } from '../base/error.js';
import { SourceText } from '../base/span.js';
import { decode } from '../compile/discover/decode.js';
import type { Disk } from '../compile/discover/disk.js';
import { PROMPTS_FOLDER } from '../compile/discover/discover.js';
import { CONFIG_FILE } from '../format/config-file.js';
import { type Lock, LOCK_FILE, type LockEntry } from '../format/lock.js';
import { findBase, type ResolvedBase } from './base.js';
import type { Environment } from './ci-run.js';
import { openRepository, type NoRepository } from './git/open.js';
import { Repository } from './git/repository.js';
import { LockLines } from './lock-lines.js';
import { byName, type KnownLines, nameOf, parseLock } from './lock.js';
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
  readonly base: ResolvedBase;
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

  const known: KnownLines = new Map();
  const read = await readLock(disk, diagnostics, known);
  if (read === undefined) return undefined;
  const atBase = base.kind === 'revision' ? await lockAt(repository!, base.commit, known) : NO_LOCK;
  const published = new PublishedPrompts({
    ...read,
    repository: opened,
    output,
    base: atBase,
    common: base.kind === 'revision' ? await commonLock(repository!, base.commit, atBase, read.lock) : undefined,
    update,
    currentOnly,
    frozen,
    draft,
  });
  return { repository: opened, base, published };
}

/**
 * What was published at some time: everything that the lock on a disk records.
 *
 * @returns `undefined` if the lock cannot be read, which is reported
 */
export async function everythingOf(disk: Disk, repository: Repository, diagnostics: Diagnostics): Promise<PublishedPrompts | undefined> {
  const read = await readLock(disk, diagnostics);
  const options = { repository, output: undefined, update: false, currentOnly: false, frozen: false, draft: true };
  return read && new PublishedPrompts({ ...options, ...read, base: read.lock });
}

/** An empty lock, if there is none on the disk. */
async function readLock(
  disk: Disk,
  diagnostics: Diagnostics,
  known: KnownLines = new Map(),
): Promise<Pick<PublishedOptions, 'lock' | 'lines'> | undefined> {
  const bytes = await disk.read(LOCK_FILE);
  if (bytes === undefined) return { lock: NO_LOCK, lines: new LockLines(new SourceText(LOCK_FILE, ''), known) };
  const source = decode(LOCK_FILE, bytes, MOST_BYTES, diagnostics);
  const lock = source && parseLock(source, diagnostics, known);
  return lock && { lock, lines: new LockLines(source, known) };
}

/**
 * The lock of a commit; an empty one if it has none.
 *
 * @param known - lines that were read before
 */
export async function lockAt(repository: Repository, commit: string, known?: KnownLines): Promise<Lock> {
  const entry = (await repository.files(commit, [LOCK_FILE])).get(LOCK_FILE);
  if (entry === undefined) return NO_LOCK;
  const diagnostics = new Diagnostics();
  for await (const { bytes } of repository.blobs([entry.id], MOST_BYTES)) {
    if (bytes === undefined) throw unresolved(`The lock of the commit ${commit} is not in this clone.`, [`git fetch origin ${commit}`]);
    const source = decode(LOCK_FILE, bytes, MOST_BYTES, diagnostics);
    const lock = source && parseLock(source, diagnostics, known);
    if (lock !== undefined) return lock;
  }
  const reason = diagnostics.sorted()[0]?.message ?? '';
  throw unresolved(
    `The lock of the commit ${commit} cannot be read: ${reason} Compare with the last commit whose lock can be read: --base <revision>.`,
    [],
  );
}

/** The lock of the last commit that the base and HEAD share, if that is another than the base, and if it matters. */
async function commonLock(repository: Repository, base: string, atBase: Lock, { entries }: Lock): Promise<Lock | undefined> {
  const recorded = byName(entries);
  const isRecorded = (entry: LockEntry): boolean => {
    const before = recorded.get(nameOf(entry));
    return before !== undefined && before.yanked === entry.yanked;
  };
  if (atBase.entries.every(isRecorded)) return undefined;
  const common = await repository.mergeBase(base, await repository.head());
  if (common !== undefined) return common === base ? undefined : lockAt(repository, common);
  if (!repository.isShallow) return undefined;
  throw unresolved('This clone is shallow, and lacks the last commit that HEAD and the base share.', ['git fetch --unshallow']);
}

function unresolved(problem: string, commands: readonly string[]): PromptcError {
  const run = commands.length === 0 ? '' : ` Run:\n${commands.map((command) => `  ${command}`).join('\n')}`;
  return new PromptcError('base_unresolved', `There is no base to compare with. ${problem}${run}`);
}
