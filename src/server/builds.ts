/** The build that is served, wherever builds come from. */
import type { Digest } from '../base/digest.js';
import type { Caches } from './caches.js';
import type { ServedBuild } from './served-build.js';

/** What requests, probes and metrics ask. */
export interface Builds {
  /** `undefined` until there is a build that can be served. */
  readonly served: ServedBuild | undefined;
  readonly state: FollowState;
  /** When the newest build was last found to be the one that is served, on `performance`'s clock. */
  readonly lookedAt: number;
  /**
   * The build that is served, or one before it, as far as it is kept.
   *
   * @throws PromptcError `artifact_missing`, `artifact_corrupt`, `artifact_unsupported`
   */
  kept(digest: Digest): Promise<ServedBuild>;
}

/** What builds come from while a server runs. */
export interface BuildFeed extends Builds {
  /** Begins to look for builds beyond the first. */
  follow(): void;
  close(): Promise<void>;
}

/** What a server gives to what its builds come from. */
export interface FeedTools {
  readonly caches: Caches;
  readonly events: BuildEvents;
}

/** What happens to builds, for logs and metrics. */
export interface BuildEvents {
  /** Another build is served from now on. */
  swapped?(build: ServedBuild, milliseconds: number): void;
  /** The newest build cannot be served, or what is served turned out not to be whole. */
  failed?(error: Error, nextTryMilliseconds: number): void;
}

/** Why the newest build is not the one that is served. */
export interface FollowProblem {
  readonly message: string;
  /** ISO 8601, in UTC. */
  readonly since: string;
}

/** How it stands with what builds come from. */
export interface FollowState {
  readonly problem?: FollowProblem;
}
