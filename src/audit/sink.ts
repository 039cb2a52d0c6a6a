import type { Digest } from '../base/digest.js';
import type { RenderResult } from '../render/render-bundle.js';

/** What is kept of a render. */
export interface AuditRecord {
  /** When it was rendered: ISO 8601, in UTC. */
  readonly time: string;
  readonly bundle_id: string;
  readonly semver: string;
  readonly bundle_hash: Digest;
  readonly personality_hash: Digest;
  readonly prompt_hash: Digest;
  readonly engine_version: string;
  readonly adapter_version: string | null;
}

/**
 * Where audit records go. A sink never changes a result, and a render never waits for it: `record` returns
 * at once, and keeps its own failures to itself.
 */
export interface AuditSink {
  record(record: AuditRecord): void;
}

/** The default: keeps nothing. */
export class NullAuditSink implements AuditSink {
  record(): void {}
}

export function auditRecord(result: RenderResult): AuditRecord {
  const { bundle_id, semver, bundle_hash, personality_hash, prompt_hash, engine_version, adapter_version } = result;
  return { time: new Date().toISOString(), bundle_id, semver, bundle_hash, personality_hash, prompt_hash, engine_version, adapter_version };
}
