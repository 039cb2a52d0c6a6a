/**
 * A project's folder → the files that changed, in batches.
 *
 * Folders are watched, not files: the system tells of each file in them, and a project of ten thousand files has fifty
 * folders. What always holds: no change is lost for good. Systems drop events when there are many, network drives send
 * none, and a folder that has just been made is not watched yet: so everything is looked at again and again, a slice at a
 * time, and that is all there is where nothing can be watched.
 */
import path from 'node:path';
import { type FSWatcher, watch as watchFolders } from 'chokidar';
import type { Bounds } from '../compile/config.js';
import { PROMPTS_FOLDER } from '../compile/discover/discover.js';
import { CONFIG_FILE } from '../format/config-file.js';
import { Debounce } from './debounce.js';
import { FileTree, isIgnored } from './file-tree.js';

export interface WatchOptions {
  /** The folder that holds `prompts/`. */
  readonly root: string;
  readonly debounce: Bounds;
  /** Takes the files that changed: paths below the root, with forward slashes. */
  readonly onChange: (files: ReadonlySet<string>) => void;
  /** Is told why the system does not tell of changes, once: from then on they are looked for more often. */
  readonly onPolling: (reason: string) => void;
  /** Chokidar's, by default. */
  readonly watch?: typeof watchFolders;
}

/** What is looked at in one go, and how often. */
interface Pace {
  readonly everyMilliseconds: number;
  readonly sliceMilliseconds: number;
}

/** Less than one part in a hundred of a core: ten thousand files are through in some three seconds, and a few at once. */
const CALM: Pace = { everyMilliseconds: 250, sliceMilliseconds: 2 };
/** Where nothing else tells of changes: ten thousand files are through in half a second. */
const POLLING: Pace = { everyMilliseconds: 100, sliceMilliseconds: 8 };

const TOPS = [PROMPTS_FOLDER, CONFIG_FILE];

/** What Vim makes and removes to see whether it may. */
const PROBE = '4913';

export class ProjectWatcher {
  readonly #options: WatchOptions;
  readonly #tree: FileTree;
  readonly #debounce: Debounce;
  /** Where something happened. */
  readonly #touched = new Set<string>();
  /** Files that changed, and are not handed over yet. */
  readonly #found = new Set<string>();
  #watcher: FSWatcher | undefined;
  #isPolling = false;
  #timer: NodeJS.Timeout | undefined;
  #timerDue = Infinity;
  #due = Infinity;
  #patrol: NodeJS.Timeout | undefined;
  #hasWaited = false;

  /** Knows the files as they are from now on; `start` has to follow. */
  constructor(options: WatchOptions) {
    this.#options = options;
    this.#tree = new FileTree(options.root, TOPS);
    this.#debounce = new Debounce(options.debounce);
    this.#tree.all();
  }

  /** Between how short and how long a wait further changes are waited for. */
  set bounds(bounds: Bounds) {
    this.#debounce.bounds = bounds;
  }

  /** Whether changes are only found by looking. */
  get isPolling(): boolean {
    return this.#isPolling;
  }

  /** Settles when changes are told of by the system, or when it is known that they are not. */
  async start(): Promise<void> {
    const { root, watch = watchFolders } = this.#options;
    this.#goOnPatrol();
    this.#watcher = watch(root, {
      followSymlinks: false,
      ignoreInitial: true,
      ignored: (file, stats) => !this.#isWatched(path.relative(root, file), stats?.isDirectory()),
    });
    this.#watcher.on('raw', (_event, name, details) => {
      const { watchedPath } = details as { readonly watchedPath: string };
      this.#touch(path.relative(root, typeof name === 'string' ? path.join(watchedPath, name) : watchedPath), false);
    });
    // What came into a new folder before it was watched is found when the folder is looked at.
    this.#watcher.on('addDir', (folder) => this.#touch(path.relative(root, folder), true));
    this.#watcher.on('error', (error) => this.#poll(error as NodeJS.ErrnoException));
    await new Promise<void>((resolve) => {
      this.#watcher!.once('ready', resolve);
      this.#watcher!.once('error', () => resolve());
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#patrol);
    await this.#watcher?.close();
  }

  /** @param isFolder - `undefined` if that is not known yet */
  #isWatched(file: string, isFolder: boolean | undefined): boolean {
    if (file === '') return true;
    const [top] = file.split(path.sep, 1);
    return top === PROMPTS_FOLDER && (isFolder ?? true) && path.basename(file) !== '.git';
  }

  #touch(native: string, isFolder: boolean): void {
    const file = native.replaceAll(path.sep, '/');
    const [top = ''] = file.split('/', 1);
    const name = path.posix.basename(file);
    if (!TOPS.includes(top) || name === PROBE || isIgnored(name, isFolder || this.#tree.isFolder(file))) return;
    // What is gone already is what an editor has written beside the file, and put in its place.
    if (!this.#tree.concerns(file)) return;
    this.#touched.add(file);
    this.#wait(this.#debounce.add(file, performance.now()));
  }

  #wait(due: number): void {
    this.#due = due;
    // One timer is enough for a thousand events: where it is early, it is set again.
    if (due >= this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    this.#timer = setTimeout(() => this.#wake(), Math.max(0, due - performance.now()));
  }

  #wake(): void {
    this.#timerDue = Infinity;
    const left = this.#due - performance.now();
    if (left > 0) this.#wait(this.#due);
    else this.#take();
  }

  /** Hands over what changed. */
  #take(): void {
    for (const file of this.#tree.look(this.#touched)) this.#found.add(file);
    this.#touched.clear();
    // Many programs empty a file before they write it: whoever finds it empty is too early, mostly.
    if (!this.#hasWaited && [...this.#found].some((file) => this.#tree.isEmpty(file))) {
      this.#hasWaited = true;
      this.#wait(performance.now() + this.#debounce.bounds.max);
      return;
    }
    this.#hasWaited = false;
    this.#debounce.taken();
    const changed = new Set(this.#found);
    this.#found.clear();
    if (changed.size > 0) this.#options.onChange(changed);
  }

  #goOnPatrol(): void {
    const { everyMilliseconds, sliceMilliseconds } = this.#isPolling ? POLLING : CALM;
    this.#patrol = setTimeout(() => {
      for (const file of this.#tree.patrol(sliceMilliseconds)) {
        this.#found.add(file);
        this.#wait(this.#debounce.add(file, performance.now()));
      }
      this.#goOnPatrol();
    }, everyMilliseconds);
  }

  #poll({ code, message }: NodeJS.ErrnoException): void {
    if (this.#isPolling) return;
    this.#isPolling = true;
    this.#options.onPolling(REASONS[code ?? ''] ?? message);
  }
}

/** Why nothing, or not everything, can be watched, and what to do about it. */
const REASONS: { readonly [code: string]: string | undefined } = {
  ENOSPC: 'the system has no more watches to give (raise fs.inotify.max_user_watches)',
  EMFILE: 'there are too many open files or watchers (raise `ulimit -n` or fs.inotify.max_user_instances)',
};
