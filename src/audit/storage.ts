/** Where an audit log lies: the one interface behind which files, databases and streams are. */
import type { Digest } from '../base/digest.js';
import type { AuditRecord, AuditHead, SealedRecord } from './record.js';

/** A line of a log as it was found, which need not be one that promptc wrote. */
export interface AuditLine {
  /** Where, for people: `audit.jsonl:17`. */
  readonly place: string;
  readonly text: string;
  /** Set for the last line of a log that does not end: it is being written, or a crash cut it off. */
  readonly isUnfinished?: boolean;
}

/** Reads a log, also while another process writes to it. */
export interface AuditReader {
  /** The last record's place in the chain; `EMPTY_HEAD` if there is none. Only that record is looked at. */
  head(): Promise<AuditHead>;
  /** The records of a prompt or bundle hash, the newest first. Lines that are no records are passed over. */
  find(hash: Digest): AsyncIterable<AuditRecord>;
  /** Every line, the oldest first. */
  lines(): AsyncIterable<AuditLine>;
  close(): Promise<void>;
}

/** What an `AuditLog` writes to. It has one writer, and calls do not overlap. */
export interface AuditStorage {
  /** Where to go on; whatever a crash left behind it has been dealt with. */
  readonly start: AuditHead;
  /**
   * Adds records behind those that are there. When it resolves they are on the disk. When it rejects, the next call
   * gets the same records first, and none of them may be there twice then.
   */
  append(records: readonly SealedRecord[]): Promise<void>;
  close(): Promise<void>;
}
