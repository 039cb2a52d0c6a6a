import type { Digest } from '../base/digest.js';
import type { RenderResult } from '../render/render-bundle.js';

/** One render that succeeded: what a sink is told of it. */
export interface AuditedRender {
  readonly result: RenderResult;
  /** The canonical JSON of the payload with its defaults, which `personality_hash` was taken over: with it the render can be repeated. */
  readonly payload: string;
  /** What the render took, in milliseconds, by a clock that never goes back. */
  readonly latencyMs: number;
  /** The digest of the manifest that the bundle was found in, where that is known. */
  readonly build?: Digest;
  /** The commit that the build was made from, where that is known. */
  readonly commit?: string;
  /** The id of the key that the caller came with, if there was one. */
  readonly caller?: string;
}

/**
 * Where renders are recorded. A sink never changes a result, and a render never waits for it: `record` returns
 * at once, and keeps its own failures to itself.
 */
export interface AuditSink {
  record(render: AuditedRender): void;
}

/** The default: keeps nothing. */
export class NullAuditSink implements AuditSink {
  record(): void {}
}
