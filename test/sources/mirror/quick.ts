import type { MirrorLimits } from '../../../src/sources/mirror/limits.js';

/** Limits with which a mirror does in milliseconds what takes it seconds. */
export const QUICK: MirrorLimits = {
  manifestBytes: 100_000,
  objectBytes: 100_000,
  objects: 1000,
  requestMilliseconds: 2000,
  idleMilliseconds: 1000,
  pollMilliseconds: 20,
  retryMilliseconds: 5,
  longestWaitMilliseconds: 50,
  startMilliseconds: 5000,
};
