/**
 * Builds that are handed over in memory, for a server in the process that makes them.
 *
 * What always holds: there is one reference, which requests take once and keep to, and it changes when a whole build is
 * there. Objects are not gone over beforehand, since nothing lay between whoever made them and here where they could have
 * been changed; each is still held to its digest when it is first used.
 */
import type { Digest } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import type { ManifestFile } from '../sources/read-manifest.js';
import type { BuildFeed, FeedTools, FollowProblem, FollowState } from './builds.js';
import { type ReadObject, ServedBuild } from './served-build.js';

export class HandedBuilds implements BuildFeed {
  readonly #tools: FeedTools;
  #served: ServedBuild | undefined;
  #problem: FollowProblem | undefined;
  #takenAt = performance.now();

  constructor(tools: FeedTools) {
    this.#tools = tools;
  }

  get served(): ServedBuild | undefined {
    return this.#served;
  }

  get state(): FollowState {
    return this.#problem === undefined ? {} : { problem: this.#problem };
  }

  /** Nobody but who hands them over has newer ones. */
  get lookedAt(): number {
    return this.#problem === undefined ? performance.now() : this.#takenAt;
  }

  /**
   * Serves a build from now on.
   *
   * @param milliseconds - how long it took to make
   */
  take(file: ManifestFile, read: ReadObject, milliseconds: number): void {
    this.#problem = undefined;
    this.#takenAt = performance.now();
    if (file.digest === this.#served?.digest) return;
    // What is made of files that nobody has committed is of no commit.
    this.#served = new ServedBuild(file, { commit: null, dirty: null }, read, this.#tools.caches);
    this.#tools.events.swapped?.(this.#served, milliseconds);
  }

  /** Says why there is no newer build than the one that is served. */
  lack(message: string): void {
    this.#problem = { message, since: this.#problem?.since ?? new Date().toISOString() };
  }

  kept(digest: Digest): Promise<ServedBuild> {
    if (digest === this.#served?.digest) return Promise.resolve(this.#served);
    return Promise.reject(new PromptcError('artifact_missing', `The build ${digest} is not kept: builds before the present one are gone.`));
  }

  /** They come when they come. */
  follow(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}
