/** The sinks by their names, as `serve --audit` takes them. */
import type { Writable } from 'node:stream';
import { auditError } from './audit-error.js';
import { type AuditCounts, AuditLog } from './audit-log.js';
import { JsonlReader } from './jsonl-reader.js';
import { JsonlStorage } from './jsonl-storage.js';
import { parseMask } from './mask.js';
import { type AuditSink, NullAuditSink } from './sink.js';
import { SqliteReader, SqliteStorage } from './sqlite.js';
import type { AuditReader, AuditStorage } from './storage.js';
import { StreamStorage } from './stream-storage.js';
import type { LockTimes } from './writer-lock.js';

export interface SinkOptions {
  /** What is kept of payloads: their hashes, or themselves as well. `hashes` by default. */
  readonly keep?: 'hashes' | 'payload';
  /** What of a payload is not kept: paths such as `inputs.customer_name`, with `*` for any key or item. */
  readonly masks?: readonly string[];
  /** A file of `jsonl:` that would become larger is rotated first. 64 MiB by default. */
  readonly fileBytes?: number;
  /** How many records may wait to be written. 65,536 by default. */
  readonly queueRecords?: number;
  /** What they may hold, in bytes, roughly. 64 MiB by default. */
  readonly queueBytes?: number;
  /** How long `close` tries while records cannot be stored, in milliseconds. 5,000 by default. */
  readonly closeMs?: number;
  /** Told what goes wrong, in sentences, and at most every few seconds. */
  readonly log?: (message: string) => void;
  /** The stream of `stdout`. */
  readonly stdout?: Writable;
  /** When a lock is somebody's; for tests. */
  readonly lock?: Partial<LockTimes>;
}

/** A sink that is open: whoever opened it closes it. */
export interface OpenSink extends AuditSink {
  readonly counts: AuditCounts;
  /** Reads what was written; absent where that cannot be read. */
  readonly reader?: AuditReader;
  /** Writes what is on its way, and closes. Renders that come later are counted as dropped. */
  close(): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;
const FORMS = 'null, stdout, jsonl:<path> or sqlite:<path>';

/**
 * Opens a sink.
 *
 * @param spec - `null`, `stdout`, `jsonl:<path>` or `sqlite:<path>`
 * @throws PromptcError `audit_failed`
 */
export async function openSink(spec: string, options: SinkOptions = {}): Promise<OpenSink> {
  const { kind, path } = parseSpec(spec);
  const { keep = 'hashes', masks = [], queueRecords = 65_536, queueBytes = 64 * MEBIBYTE, closeMs = 5000, log = () => {} } = options;
  if (keep === 'hashes' && masks.length > 0)
    throw auditError('Masks are for payloads, which this log does not keep: keep payloads, or leave the masks out.');
  const queue = { keepsPayload: keep === 'payload', masks: masks.map(parseMask), queueRecords, queueBytes, closeMs, log };
  if (kind === 'null') return new NullSink();
  const storage = await openStorage(kind, path, options, log);
  return new LogSink(new AuditLog(storage, queue), kind === 'stdout' ? undefined : await openAuditReader(spec));
}

/**
 * Opens a log for reading, which can be done while it is written.
 *
 * @param spec - `jsonl:<path>` or `sqlite:<path>`
 * @throws PromptcError `audit_failed`
 */
export async function openAuditReader(spec: string): Promise<AuditReader> {
  const { kind, path } = parseSpec(spec);
  if (kind === 'jsonl') return JsonlReader.open(path);
  if (kind === 'sqlite') return SqliteReader.open(path);
  throw auditError(`What goes to ${kind} cannot be read back. Name a log as jsonl:<path> or sqlite:<path>.`);
}

function openStorage(
  kind: Kind,
  path: string,
  { fileBytes = 64 * MEBIBYTE, stdout, lock = {} }: SinkOptions,
  log: (message: string) => void,
): Promise<AuditStorage> {
  if (kind === 'jsonl') return JsonlStorage.open(path, { fileBytes, log, lock });
  if (kind === 'sqlite') return SqliteStorage.open(path, lock);
  if (stdout === undefined) throw auditError('The sink stdout needs the stream to write to, in the option `stdout`.');
  return Promise.resolve(new StreamStorage(stdout));
}

type Kind = 'null' | 'stdout' | 'jsonl' | 'sqlite';

function parseSpec(spec: string): { kind: Kind; path: string } {
  if (spec === 'null' || spec === 'stdout') return { kind: spec, path: '' };
  const { kind, path } = /^(?<kind>jsonl|sqlite):(?<path>.+)$/s.exec(spec)?.groups ?? {};
  if (path === undefined || path.includes('\0')) throw auditError(`${JSON.stringify(spec)} names no audit log: it is ${FORMS}.`);
  return { kind: kind as Kind, path };
}

class LogSink implements OpenSink {
  readonly reader?: AuditReader;

  constructor(
    private readonly auditLog: AuditLog,
    reader: AuditReader | undefined,
  ) {
    if (reader !== undefined) this.reader = reader;
  }

  record(render: Parameters<AuditSink['record']>[0]): void {
    this.auditLog.record(render);
  }

  get counts(): AuditCounts {
    return this.auditLog.counts;
  }

  async close(): Promise<void> {
    await this.auditLog.close();
    await this.reader?.close();
  }
}

class NullSink extends NullAuditSink implements OpenSink {
  readonly counts: AuditCounts = { written: 0, dropped: 0, failures: 0, queued: 0 };

  async close(): Promise<void> {}
}
