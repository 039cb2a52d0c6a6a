/**
 * What is known of a project's files: which there are, and what each looked like when it was last looked at.
 *
 * In: paths that may have changed. Out: the files that did. What always holds: nothing is read but folders, and a file is
 * never taken for unchanged because the system told nothing of it: `patrol` gets round to each of them.
 *
 * Calls are synchronous, for the reason that NodeDisk gives: to look at a file takes a microsecond or two.
 */
import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import path from 'node:path';
import { isTool } from '../compile/discover/discover.js';

/** Tells a file from what it was before. */
interface Stamp {
  readonly modified: number;
  /** Of whatever there is about it: who may read it, for example. */
  readonly changed: number;
  readonly size: number;
  readonly ino: number;
}

interface Folder {
  readonly modified: number;
  readonly names: ReadonlySet<string>;
}

export class FileTree {
  readonly #root: string;
  readonly #files = new Map<string, Stamp>();
  readonly #folders = new Map<string, Folder>();
  /** Where the patrol is. */
  #filesAhead: MapIterator<string>;
  #foldersAhead: MapIterator<string>;

  /**
   * @param root - the project's folder
   * @param tops - the files and folders below it that are followed
   */
  constructor(
    root: string,
    private readonly tops: readonly string[],
  ) {
    this.#root = root;
    this.#filesAhead = this.#files.keys();
    this.#foldersAhead = this.#folders.keys();
  }

  /** Whether there is something at a path, or was. */
  concerns(one: string): boolean {
    return this.#files.has(one) || this.#folders.has(one) || this.#stat(one) !== undefined;
  }

  isFolder(file: string): boolean {
    return this.#folders.has(file);
  }

  /** Whether a file is there and holds nothing. */
  isEmpty(file: string): boolean {
    return this.#files.get(file)?.size === 0;
  }

  /** Looks at everything, and returns what differs from what was known. */
  all(): Set<string> {
    const changed = new Set<string>();
    for (const top of this.tops) this.#visit(top, changed);
    return changed;
  }

  /**
   * Looks at paths of which the system says that something happened to them, and at everything below them.
   *
   * @param paths - below the root, with forward slashes
   * @returns the files that are there or were; what came and went between two looks is none of them
   */
  look(paths: Iterable<string>): Set<string> {
    const changed = new Set<string>();
    for (const one of paths) {
      const wasFile = this.#files.has(one);
      this.#visit(one, changed);
      // Within one tick of the file system's clock, two texts of the same length look alike.
      if (wasFile || this.#files.has(one)) changed.add(one);
    }
    return changed;
  }

  /**
   * Goes on looking at what there is, from where it stopped the last time, folders ahead of files: what appeared or went
   * shows in its folder.
   *
   * @param milliseconds - how long it may take
   * @returns the files that changed
   */
  patrol(milliseconds: number): Set<string> {
    const changed = new Set<string>();
    const end = performance.now() + milliseconds;
    for (const top of this.tops) if (!this.#files.has(top) && !this.#folders.has(top)) this.#visit(top, changed);
    this.#foldersAhead = this.#goOn(this.#folders, this.#foldersAhead, end - milliseconds / 2, (one) => this.#checkFolder(one, changed));
    this.#filesAhead = this.#goOn(this.#files, this.#filesAhead, end, (one) => this.#visit(one, changed));
    return changed;
  }

  /** Takes what is ahead until the time is over or everything was there; returns what is ahead now. */
  #goOn<Value>(
    all: ReadonlyMap<string, Value>,
    ahead: MapIterator<string>,
    end: number,
    check: (path: string) => void,
  ): MapIterator<string> {
    for (;;) {
      const next = ahead.next();
      if (next.done === true) return all.keys();
      check(next.value);
      if (performance.now() >= end) return ahead;
    }
  }

  #checkFolder(folder: string, changed: Set<string>): void {
    const found = this.#stat(folder);
    if (found?.isDirectory() !== true) this.#visit(folder, changed);
    else if (found.mtimeMs !== this.#folders.get(folder)!.modified) this.#enter(folder, found, changed, false);
  }

  #visit(one: string, changed: Set<string>): void {
    const found = this.#stat(one);
    if (found?.isDirectory() === true) {
      if (this.#files.delete(one)) changed.add(one);
      this.#enter(one, found, changed, true);
      return;
    }
    this.#leave(one, changed);
    const before = this.#files.get(one);
    if (found === undefined) {
      if (this.#files.delete(one)) changed.add(one);
      return;
    }
    const { mtimeMs: modified, ctimeMs, size, ino } = found;
    if (before?.modified === modified && before.changed === ctimeMs && before.size === size && before.ino === ino) return;
    this.#files.set(one, { modified, changed: ctimeMs, size, ino });
    changed.add(one);
  }

  /** @param isDeep - whether to look at what was known already as well */
  #enter(folder: string, found: Stats, changed: Set<string>, isDeep: boolean): void {
    const entries = this.#list(folder);
    const names = new Set(entries.map(({ name }) => name));
    const known = this.#folders.get(folder)?.names;
    for (const name of known ?? []) if (!names.has(name)) this.#visit(`${folder}/${name}`, changed);
    this.#folders.set(folder, { modified: settled(found), names });
    for (const entry of entries) if (isDeep || known?.has(entry.name) !== true) this.#visit(`${folder}/${entry.name}`, changed);
  }

  /** Forgets a folder that is none any more, with all that was in it. */
  #leave(folder: string, changed: Set<string>): void {
    const known = this.#folders.get(folder);
    if (known === undefined) return;
    this.#folders.delete(folder);
    for (const name of known.names) {
      const below = `${folder}/${name}`;
      this.#leave(below, changed);
      if (this.#files.delete(below)) changed.add(below);
    }
  }

  #list(folder: string): Dirent[] {
    try {
      return readdirSync(path.join(this.#root, folder), { withFileTypes: true }).filter(
        (entry) => !isIgnored(entry.name, entry.isDirectory()),
      );
    } catch {
      // It went meanwhile, or may not be read, which compiling says.
      return [];
    }
  }

  #stat(one: string): Stats | undefined {
    try {
      return lstatSync(path.join(this.#root, one), { throwIfNoEntry: false });
    } catch {
      return undefined;
    }
  }
}

/** What compiling does not look at: what tools leave behind, and what is within a repository of its own. */
export function isIgnored(name: string, isFolder: boolean): boolean {
  return isFolder ? name === '.git' : isTool(name);
}

/**
 * A folder that was changed just now may be changed once more within the same tick of the file system's clock, and look
 * the same: it is read again.
 */
function settled({ mtimeMs }: Stats): number {
  const age = Date.now() - mtimeMs;
  return age >= 0 && age < TICK_MILLISECONDS ? NaN : mtimeMs;
}

const TICK_MILLISECONDS = 20;
