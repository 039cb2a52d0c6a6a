/**
 * The build that is served, and the one that comes after it.
 *
 * In: a folder that builds are written to. Out: one reference, which requests take once and keep to. What always holds:
 * a build is checked as a whole before it takes the place of another; whatever is wrong with it, the one that is served
 * goes on being served, and the folder is looked at again.
 */
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../base/digest.js';
import { MANIFEST_FILE } from '../format/artifact.js';
import { DistFolder } from '../sources/file.js';
import { KeptBuild } from '../sources/kept-build.js';
import type { BuildEvents, BuildFeed, FollowProblem, FollowState } from './builds.js';
import type { Caches } from './caches.js';
import { checkBuild } from './check-build.js';
import { ServedBuild } from './served-build.js';

export interface FollowOptions {
  readonly dir: string;
  readonly caches: Caches;
  readonly events?: BuildEvents;
  /** How often the folder is looked at, beside what the system tells; 2 seconds by default. */
  readonly pollMilliseconds?: number;
  /** What keeps the folder from having a newer build, if something does. */
  readonly upstream?: () => FollowProblem | undefined;
}

const POLL_MILLISECONDS = 2000;
const LONGEST_BACKOFF_MILLISECONDS = 60_000;
/** Builds are put in place by one rename; what comes with it follows within a moment. */
const SETTLE_MILLISECONDS = 20;

export class CurrentBuild implements BuildFeed {
  readonly #options: FollowOptions;
  readonly #ended = new AbortController();
  /** Pages of indexes whose objects were all found whole. */
  readonly #checked = new Set<Digest>();
  #served: ServedBuild | undefined;
  #problem: FollowProblem | undefined;
  #failures = 0;
  /** What the manifest's file looked like when it was last read. */
  #seen = '';
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isStale = false;
  #lookedAt = performance.now();

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  /** `undefined` until there is a build that can be served. */
  get served(): ServedBuild | undefined {
    return this.#served;
  }

  /** When the build in the folder was last found to be the one that is served, on `performance`'s clock. */
  get lookedAt(): number {
    return this.#lookedAt;
  }

  get state(): FollowState {
    const problem = this.#problem ?? this.#options.upstream?.();
    return problem === undefined ? {} : { problem };
  }

  /**
   * Takes the build that is in the folder, whose manifest alone is checked; its objects are when they are first used.
   *
   * @throws PromptcError `artifact_missing`, `artifact_corrupt`, `artifact_unsupported`
   */
  async open(): Promise<void> {
    const seen = await this.#look();
    this.#served = await this.#read(new DistFolder(this.#options.dir));
    this.#seen = seen;
  }

  /**
   * A build that the folder keeps: the one that is served, or one before it.
   *
   * @throws PromptcError `artifact_missing`, `artifact_corrupt`, `artifact_unsupported`
   */
  async kept(digest: Digest): Promise<ServedBuild> {
    return digest === this.#served?.digest ? this.#served : this.#read(new KeptBuild(this.#options.dir, digest));
  }

  /** Begins to follow the folder, and to go over the objects of the build that is served. */
  follow(): void {
    this.#watch();
    this.#isStale = true;
    this.#refresh();
  }

  async close(): Promise<void> {
    this.#ended.abort();
    this.#watcher?.close();
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /** The folder is watched and not the file, which every build replaces. */
  #watch(): void {
    if (this.#watcher !== undefined) return;
    try {
      this.#watcher = watch(this.#options.dir, { persistent: false }, (_event, name) => {
        if (name === MANIFEST_FILE || name === null) this.#refreshIn(SETTLE_MILLISECONDS);
      });
      this.#watcher.on('error', () => this.#unwatch());
    } catch {
      // There is no such folder yet, or the system has no more watches to give: then it is looked at now and then.
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #refreshIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#ended.signal.aborted) return;
    this.#timer = setTimeout(() => this.#refresh(), milliseconds);
    this.#timer.unref();
  }

  #refresh(): void {
    if (this.#looking !== undefined) {
      // What came while it was looking is looked at behind.
      this.#isStale = true;
      return;
    }
    this.#looking = this.#refreshOnce().finally(() => {
      this.#looking = undefined;
      this.#watch();
      const pause = this.#isStale ? SETTLE_MILLISECONDS : this.#pause();
      this.#refreshIn(pause);
    });
  }

  #pause(): number {
    const { pollMilliseconds = POLL_MILLISECONDS } = this.#options;
    const longest = Math.max(pollMilliseconds, LONGEST_BACKOFF_MILLISECONDS);
    return Math.min(longest, pollMilliseconds * 2 ** Math.min(this.#failures, 16));
  }

  async #refreshOnce(): Promise<void> {
    const started = performance.now();
    const isStale = this.#isStale;
    this.#isStale = false;
    try {
      const seen = await this.#look();
      if (seen === this.#seen && !isStale && this.#problem === undefined) {
        this.#lookedAt = performance.now();
        return;
      }
      const folder = new DistFolder(this.#options.dir);
      const build = await this.#read(folder);
      await checkBuild(build.manifest, {
        read: (reference) => folder.object(reference),
        checked: this.#checked,
        signal: this.#ended.signal,
      });
      this.#seen = seen;
      this.#problem = undefined;
      this.#failures = 0;
      this.#lookedAt = performance.now();
      if (build.digest === this.#served?.digest) return;
      this.#served = build;
      this.#options.events?.swapped?.(build, performance.now() - started);
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      this.#failures++;
      const { message } = error as Error;
      this.#problem = { message, since: this.#problem?.since ?? new Date().toISOString() };
      this.#options.events?.failed?.(error as Error, this.#pause());
    }
  }

  async #read(folder: DistFolder): Promise<ServedBuild> {
    const manifest = await folder.manifest();
    const origin = await folder.origin(manifest.digest);
    return new ServedBuild(manifest, origin, (reference) => folder.object(reference), this.#options.caches);
  }

  /** What tells one manifest's file from another, without reading it. */
  async #look(): Promise<string> {
    const found = await stat(path.join(this.#options.dir, MANIFEST_FILE)).catch(() => undefined);
    return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs}`;
  }
}
