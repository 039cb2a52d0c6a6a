/** What a mirror asks for and waits for at most: a host may be broken, slow or hostile. */
export interface MirrorLimits {
  readonly manifestBytes: number;
  /** Of one object, as whatever names it declares its size. */
  readonly objectBytes: number;
  /** How many objects one build may name that are not on pages of the build before. */
  readonly objects: number;
  /** Until an answer is there whole, redirects included. */
  readonly requestMilliseconds: number;
  /** Without a single byte. */
  readonly idleMilliseconds: number;
  /** Between two looks at a host that answers; 20 % more or less, so that many mirrors do not ask at once. */
  readonly pollMilliseconds: number;
  /** Before a try after a failed one; it doubles with each that follows. */
  readonly retryMilliseconds: number;
  /** Before any try, whatever the host asks for. */
  readonly longestWaitMilliseconds: number;
  /** For the first look, if the folder has a build to start from. */
  readonly startMilliseconds: number;
}

export const DEFAULT_MIRROR_LIMITS: MirrorLimits = {
  manifestBytes: 64 * 1024 * 1024,
  objectBytes: 32 * 1024 * 1024,
  objects: 1_000_000,
  requestMilliseconds: 60_000,
  idleMilliseconds: 10_000,
  pollMilliseconds: 30_000,
  retryMilliseconds: 1000,
  longestWaitMilliseconds: 5 * 60_000,
  startMilliseconds: 5000,
};
