import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type BlobContent, MISSING, presentObjects, readBlobs } from './blobs.js';
import type { Git } from './command.js';
import { isObjectId, type ObjectFormat } from './object-id.js';
import { parseTree, type TreeEntry } from './tree.js';
import { differsFrom } from './working-tree.js';

/** A branch, and where it stands. */
export interface Branch {
  readonly name: string;
  /** As people write it: `origin/main` as origin has it, or `main` as this clone has it. */
  readonly label: string;
  readonly isRemote: boolean;
  readonly commit: string;
}

/** A commit, for people. */
export interface Commit {
  readonly id: string;
  /** When it was committed: ISO 8601. */
  readonly date: string;
  readonly author: string;
  /** The first paragraph of the message, on one line. */
  readonly subject: string;
}

/**
 * The repository that a project lies in, read only. A linked worktree and a submodule are repositories like any other.
 *
 * Commits are given by their whole ids, which `resolve` and `head` return. Paths are relative to the project's folder,
 * which may be any folder of the repository, with forward slashes. Every method throws `git_failed` if Git fails.
 */
export class Repository {
  readonly #git: Git;
  readonly objectFormat: ObjectFormat;
  /** Whether history was cut off when it was cloned or fetched. */
  readonly isShallow: boolean;

  constructor(git: Git, objectFormat: ObjectFormat, isShallow: boolean) {
    this.#git = git;
    this.objectFormat = objectFormat;
    this.isShallow = isShallow;
  }

  /**
   * The commit that a revision means; `undefined` if it means none that this clone has.
   *
   * @param revision - whatever a user wrote
   */
  async resolve(revision: string): Promise<string | undefined> {
    if (revision.includes('\0')) return undefined;
    const id = await this.#git.answer('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
    // `^main`, the commits that main does not have, is a revision to Git.
    return id !== undefined && isObjectId(id, this.objectFormat) ? id : undefined;
  }

  /** The commit that is checked out. */
  async head(): Promise<string> {
    return (await this.#git.output('rev-parse', '--verify', 'HEAD^{commit}')).toString().trim();
  }

  /** `undefined` if no branch is checked out, but a commit (a detached HEAD). */
  async currentBranch(): Promise<string | undefined> {
    return afterPrefix(await this.#git.answer('symbolic-ref', '--quiet', 'HEAD'), 'refs/heads/');
  }

  /** A branch of that name, as origin has it, as far as this clone knows; else as this clone has it. */
  async branch(name: string): Promise<Branch | undefined> {
    return (await this.#branch(name, true)) ?? this.#branch(name, false);
  }

  /**
   * The branch that others start from: the one that origin names (origin/HEAD); else the first that is there of
   * `init.defaultBranch` (as configured), `main` and `master`, those that origin has before those of this clone.
   */
  async defaultBranch(): Promise<Branch | undefined> {
    const named = afterPrefix(await this.#git.answer('symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD'), 'refs/remotes/origin/');
    const configured = await this.#git.answer('config', '--get', 'init.defaultBranch');
    const names = [named, configured, 'main', 'master'].filter((name) => name !== undefined);
    for (const isRemote of [true, false]) {
      for (const name of new Set(names)) {
        const branch = await this.#branch(name, isRemote);
        if (branch !== undefined) return branch;
      }
    }
    return undefined;
  }

  async #branch(name: string, isRemote: boolean): Promise<Branch | undefined> {
    const commit = await this.resolve(`refs/${isRemote ? 'remotes/origin' : 'heads'}/${name}`);
    return commit === undefined ? undefined : { name, label: isRemote ? `origin/${name}` : name, isRemote, commit };
  }

  /** A commit's parents, as it names them itself: a shallow clone may not have them. */
  async parents(commit: string): Promise<string[]> {
    const [header] = (await this.#git.output('cat-file', '--end-of-options', 'commit', commit)).toString().split('\n\n', 1);
    return header!.split('\n').flatMap((line) => afterPrefix(line, 'parent ') ?? []);
  }

  /**
   * The best commit that two others both contain; one of the best, if there are several. `undefined` if there is none,
   * and in a shallow clone also if what was cut off could hold a better one.
   */
  async mergeBase(a: string, b: string): Promise<string | undefined> {
    const bases = (await this.#git.answer('merge-base', '--all', '--end-of-options', a, b))?.split('\n') ?? [];
    if (!this.isShallow || bases.includes(a) || bases.includes(b)) return bases[0];
    const cut = await this.#commitsWithoutParents();
    for (const base of bases) {
      // Where no history is missing above it, nothing better can be.
      const above = await this.#git.list('\n', 'rev-list', '--end-of-options', a, b, `^${base}`);
      if (!above.some((commit) => cut.has(commit))) return base;
    }
    return undefined;
  }

  /** Whether a commit is another, or contained in it. In a shallow clone, `false` only means that it is not known to be. */
  async isAncestor(ancestor: string, commit: string): Promise<boolean> {
    return (await this.#git.answer('merge-base', '--is-ancestor', '--end-of-options', ancestor, commit)) !== undefined;
  }

  /** Whether the clone leaves out objects until they are needed. What it lacks is never fetched here. */
  async isPartialClone(): Promise<boolean> {
    const settings = await this.#git.answer('config', '--get-regexp', String.raw`^(extensions\.partialclone|remote\..*\.promisor)$`);
    return settings !== undefined && settings.split('\n').some((line) => !line.endsWith(' false'));
  }

  /**
   * What a commit holds at and below some paths, by path. A name that is not UTF-8 comes with replacement characters, as
   * Node names such a file.
   */
  async files(commit: string, paths: readonly string[]): Promise<Map<string, TreeEntry>> {
    return parseTree(await this.#git.list('\0', 'ls-tree', '-r', '-z', '--end-of-options', commit, '--', ...paths));
  }

  /** The ids of the blobs that the next commit would hold at and below some paths, by path; without what is in conflict. */
  async staged(paths: readonly string[]): Promise<Map<string, string>> {
    const lines = await this.#git.list('\0', 'ls-files', '--stage', '-z', '--', ...paths);
    return new Map(lines.flatMap((line) => stagedFile(line) ?? []));
  }

  /**
   * Files that Git converts on their way in and out, each with an attribute that says so (gitattributes(5)). Of line ends
   * this does not tell; and attributes are only read, so that no filter runs.
   */
  async converted(paths: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (let i = 0; i < paths.length; i += MOST_ARGUMENTS) {
      const some = paths.slice(i, i + MOST_ARGUMENTS);
      const fields = await this.#git.list('\0', 'check-attr', '-z', ...CONVERTING, '--', ...some);
      for (let at = 0; at + 2 < fields.length; at += 3) {
        const [file, attribute, value] = fields.slice(at, at + 3) as [string, string, string];
        if (value !== 'unspecified' && value !== 'unset') found.set(file, attribute);
      }
    }
    return found;
  }

  /**
   * Reads many blobs, in the order of their ids, through one process. A text that is no id is one of a missing blob.
   *
   * @param limit - in bytes; the content of a larger blob is not read
   */
  async *blobs(ids: readonly string[], limit: number): AsyncGenerator<BlobContent, void> {
    const proper = ids.filter((id) => isObjectId(id, this.objectFormat));
    // A process that is asked for nothing is none.
    if (proper.length === 0) return yield* ids.map((id) => ({ id, ...MISSING }));
    const asked = (await this.isPartialClone()) ? await presentObjects(this.#git, proper) : new Set(proper);
    yield* readBlobs(this.#git, ids, asked, limit);
  }

  /**
   * The commits by which a line of history changed some paths, newest first. Only first parents are followed: what a
   * merge brought is one change, made by the merge. A shallow clone begins with a commit that seems to add everything.
   */
  async log(commit: string, paths: readonly string[]): Promise<Commit[]> {
    const format = '--format=%x00%cI%x00%an%x00%s%x00';
    const output = await this.#git.output(
      'rev-list',
      '--first-parent',
      '--encoding=UTF-8',
      format,
      '--end-of-options',
      commit,
      '--',
      ...paths,
    );
    // `commit <id>` on a line of its own, whatever the format, then what the format says
    const fields = output.toString().split('\0');
    const commits: Commit[] = [];
    for (let i = 0; i + 4 < fields.length; i += 4) {
      const [line, date, author, subject] = fields.slice(i, i + 4);
      // Git before 2.45 writes UTC in the other way.
      commits.push({ id: line!.trim().slice('commit '.length), date: date!.replace(/\+00:00$/, 'Z'), author: author!, subject: subject! });
    }
    return commits;
  }

  /**
   * Whether the working tree holds at and below some paths just what the checked-out commit does, save for CRLF and for
   * what is ignored. What a filter makes of a file on its way in or out counts as a difference: it is not the text that
   * the commit holds.
   */
  async isClean(paths: readonly string[]): Promise<boolean> {
    const committed = await this.files(await this.head(), paths);
    const listed = await this.#git.list('\0', 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...paths);
    return !differsFrom(this.#git.folder, committed, listed, this.objectFormat);
  }

  /** The commits whose parents a shallow clone was told to forget: gitformat-shallow(5). */
  async #commitsWithoutParents(): Promise<Set<string>> {
    const [file] = await this.#git.list('\n', 'rev-parse', '--git-path', 'shallow');
    const lines = await readFile(path.resolve(this.#git.folder, file!), 'utf8');
    return new Set(lines.trim().split('\n'));
  }
}

/** The attributes by which the text of a file is another in the working tree than in Git. */
const CONVERTING = ['filter', 'ident', 'working-tree-encoding'];

/** Windows takes command lines of 32,767 characters. */
const MOST_ARGUMENTS = 100;

/** A line of `git ls-files --stage`: `<mode> <id> <stage>`, a tab, the path. Only stage 0 is without a conflict. */
function stagedFile(line: string): [[path: string, id: string]] | undefined {
  const tab = line.indexOf('\t');
  const [mode, id, stage] = line.slice(0, tab).split(' ');
  return mode!.startsWith('100') && stage === '0' ? [[line.slice(tab + 1), id!]] : undefined;
}

/** What follows a prefix; `undefined` if a text does not begin with it. */
function afterPrefix(text: string | undefined, prefix: string): string | undefined {
  return text?.startsWith(prefix) === true ? text.slice(prefix.length) : undefined;
}
