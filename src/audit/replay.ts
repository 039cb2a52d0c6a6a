/** Comparing a render with the record of an earlier one. */
import type { RenderResult } from '../render/render-bundle.js';
import { type AuditRecord, seal } from './record.js';

/** The fields in which two renders are the same render, in the order in which one follows from the other. */
const COMPARED = ['bundle_id', 'semver', 'adapter_version', 'bundle_hash', 'personality_hash', 'prompt_hash'] as const;

export interface Difference {
  readonly field: (typeof COMPARED)[number] | 'hash';
  readonly recorded: string | null;
  readonly now: string | null;
}

/** In what a render differs from a recorded one. */
export function compareRender(record: AuditRecord, result: RenderResult): Difference[] {
  return COMPARED.flatMap((field) => (record[field] === result[field] ? [] : [{ field, recorded: record[field], now: result[field] }]));
}

/** Whether a record is what was written: its hash is that of its content. */
export function checkRecord({ hash, ...content }: AuditRecord): Difference[] {
  const now = seal(content).hash;
  return now === hash ? [] : [{ field: 'hash', recorded: hash, now }];
}
