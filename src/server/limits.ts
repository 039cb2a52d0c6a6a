import { DEFAULT_RENDER_LIMITS, type RenderLimits } from '../render/limits.js';

/** What a request may cost, and what a render may. */
export interface ServerLimits extends RenderLimits {
  /** A request's body, in bytes as sent. */
  readonly bodyBytes: number;
  /** A request's target and the names and values of its headers together, in bytes. */
  readonly headerBytes: number;
  /** A request's target alone: its path and query, in bytes. */
  readonly targetBytes: number;
  /** How long a client may take to send a request. */
  readonly requestMilliseconds: number;
  /** Renders that may be asked for in one call. */
  readonly batchRequests: number;
  /** What the results of one call may come to, in bytes of JSON; the first one is given whatever its size. */
  readonly batchBytes: number;
  /** How long an answer may take in all, its way to the client included. */
  readonly answerMilliseconds: number;
  /** How long nothing may move on a connection while a request is answered: a client that does not read. */
  readonly stallMilliseconds: number;
  /** How long a connection is kept for another request. */
  readonly keepAliveMilliseconds: number;
  /** Requests that are not answered yet, or whose answer is not through. Further ones are refused, save for probes and metrics. */
  readonly concurrentRequests: number;
  /** Open connections. Further ones are closed at once. */
  readonly connections: number;
}

export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  ...DEFAULT_RENDER_LIMITS,
  bodyBytes: 1024 * 1024,
  headerBytes: 16 * 1024,
  targetBytes: 8 * 1024,
  // Clocks are looked at twice a second and the answer takes a moment: all in all no more than 10 s.
  requestMilliseconds: 9000,
  batchRequests: 100,
  batchBytes: 16 * 1024 * 1024,
  answerMilliseconds: 60_000,
  stallMilliseconds: 30_000,
  // Longer than proxies keep their idle connections (60 s, mostly), so that they never send into a closed one.
  keepAliveMilliseconds: 65_000,
  concurrentRequests: 1000,
  connections: 10_000,
};
