import type { Digest } from '../base/digest.js';
import type { AuditRecord } from './record.js';
import type { AuditReader } from './storage.js';

/** What `GET /v1/audit/{hash}` answers. */
export interface AuditAnswer {
  /** The prompt or bundle hash that was asked for. */
  readonly hash: Digest;
  /** The newest first. */
  readonly records: readonly AuditRecord[];
  /** Whether there are older ones. */
  readonly has_more: boolean;
}

/** What one answer may hold: records, and what they take as JSON. */
const MOST = { records: 100, characters: 8 * 1024 * 1024 };

/**
 * The records of a prompt or bundle hash.
 *
 * @param isShown - whether whoever asks may see a record
 * @throws PromptcError `audit_failed`
 */
export async function auditAnswer(
  reader: AuditReader,
  hash: Digest,
  isShown: (record: AuditRecord) => boolean = () => true,
): Promise<AuditAnswer> {
  const records: AuditRecord[] = [];
  let characters = 0;
  for await (const record of reader.find(hash)) {
    if (!isShown(record)) continue;
    characters += JSON.stringify(record).length;
    if (records.length >= MOST.records || (characters > MOST.characters && records.length > 0)) return { hash, records, has_more: true };
    records.push(record);
  }
  return { hash, records, has_more: false };
}
