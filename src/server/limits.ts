import { DEFAULT_RENDER_LIMITS, type RenderLimits } from '../render/limits.js';

/** What a request may cost, and what a render may. */
export interface ServerLimits extends RenderLimits {
  /** A request's body, in bytes as sent. */
  readonly bodyBytes: number;
  /** A request's target and the names and values of its headers together, in bytes. */
  readonly headerBytes: number;
  /** How long a client may take to send a request. */
  readonly requestMilliseconds: number;
  /** Renders that may be asked for in one call. */
  readonly batchRequests: number;
  /** What the results of one call may come to, in bytes of JSON; the first one is given whatever its size. */
  readonly batchBytes: number;
}

export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  ...DEFAULT_RENDER_LIMITS,
  bodyBytes: 1024 * 1024,
  headerBytes: 16 * 1024,
  // Clocks are looked at twice a second and the answer takes a moment: all in all no more than 10 s.
  requestMilliseconds: 9000,
  batchRequests: 100,
  batchBytes: 16 * 1024 * 1024,
};
