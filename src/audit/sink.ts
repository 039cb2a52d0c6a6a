import type { RenderResult } from '../render/render-bundle.js';

/** What a record takes over from a render. */
type Kept = 'bundle_id' | 'semver' | 'bundle_hash' | 'personality_hash' | 'prompt_hash' | 'engine_version' | 'adapter_version';

/** What is kept of a render: which bundle, and the hashes that prove what it was made from and became. */
export interface AuditRecord extends Pick<RenderResult, Kept> {
  /** When it was rendered: ISO 8601, in UTC. */
  readonly time: string;
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

export function auditRecord({
  bundle_id,
  semver,
  bundle_hash,
  personality_hash,
  prompt_hash,
  engine_version,
  adapter_version,
}: RenderResult): AuditRecord {
  return { time: new Date().toISOString(), bundle_id, semver, bundle_hash, personality_hash, prompt_hash, engine_version, adapter_version };
}
