/**
 * The queue and the chain in front of every storage.
 *
 * In: renders, on the path of a request. Out: sealed records in batches, behind the answers. What always holds: `record`
 * only puts a small object into a list; the list is bounded; what does not fit is counted, in the metrics and in the next record;
 * a record gets its place in the chain once, and is offered to the storage until it is there.
 */
import type { JsonObject } from '../base/json.js';
import { applyMasks, type Mask } from './mask.js';
import { type AuditHead, type AuditRecord, seal, type SealedRecord, type UnsealedRecord } from './record.js';
import type { AuditedRender, AuditSink } from './sink.js';
import type { AuditStorage } from './storage.js';
import { Warnings } from './warnings.js';

/** What a log has done since it was opened, for metrics. */
export interface AuditCounts {
  /** Records that are stored. */
  readonly written: number;
  /** Renders that were not recorded: there was no room for them, or no way to store them before the end. */
  readonly dropped: number;
  /** Attempts to store a batch that failed. Its records are tried again. */
  readonly failures: number;
  /** Records that are on their way. */
  readonly queued: number;
}

export interface AuditLogOptions {
  /** Whether records have the payload of their render. Otherwise they have its hash. */
  readonly keepsPayload: boolean;
  readonly masks: readonly Mask[];
  /** How many records may be on their way. */
  readonly queueRecords: number;
  /** What they may hold, in bytes, roughly. */
  readonly queueBytes: number;
  /** How long to try, when closing, while nothing can be stored, in milliseconds. */
  readonly closeMs: number;
  /** Told what goes wrong, in sentences, and at most every few seconds. */
  readonly log: (message: string) => void;
}

/** What is kept of a render until it is written. It holds no prompt. */
type Entry = Omit<AuditRecord, 'sequence' | 'time' | 'payload' | 'masked' | 'dropped' | 'previous' | 'hash'> & {
  readonly at: number;
  readonly payload: string | undefined;
  readonly dropped: number;
  readonly size: number;
};

interface Batch {
  readonly entries: readonly Entry[];
  readonly records: readonly SealedRecord[];
}

/** What a record takes without its payload. */
const ENTRY_BYTES = 1024;

/** What is written, and waited for, at once. */
const BATCH_RECORDS = 1024;
const BATCH_BYTES = 1024 * 1024;

/** What is sealed at once, so that a request waits for half a millisecond at most. */
const SLICE_RECORDS = 64;
const SLICE_BYTES = 64 * 1024;

/** How long a record waits for others to be written with, in milliseconds. */
const GATHER_MS = 20;

/** Between attempts, in milliseconds: from, doubled up to, and while closing. */
const RETRY_MS = { first: 100, most: 30_000, closing: 50 };

export class AuditLog implements AuditSink {
  readonly #storage: AuditStorage;
  readonly #options: AuditLogOptions;
  readonly #warnings: Warnings;
  readonly #queue: Entry[] = [];
  /** Sealed, and not known to be stored. */
  #batch: Batch | undefined;
  /** Of the last record that was sealed. */
  #head: AuditHead;
  #queued = 0;
  #queuedBytes = 0;
  #written = 0;
  #dropped = 0;
  #failures = 0;
  /** Those that the next record will tell of. */
  #untold = 0;
  #writing: Promise<void> | undefined;
  /** Ends a wait early. */
  #wake: () => void = () => {};
  #closing: Promise<void> | undefined;
  /** When to give up, once it is closing: put off by whatever could be stored. */
  #deadline = Infinity;

  constructor(storage: AuditStorage, options: AuditLogOptions) {
    this.#storage = storage;
    this.#options = options;
    this.#head = storage.start;
    this.#warnings = new Warnings(options.log);
  }

  record({ result, payload, latencyMs, build, commit, caller }: AuditedRender): void {
    const { keepsPayload, queueRecords, queueBytes } = this.#options;
    const size = keepsPayload ? ENTRY_BYTES + payload.length : ENTRY_BYTES;
    if (this.#closing !== undefined || this.#queued >= queueRecords || this.#queuedBytes + size > queueBytes) {
      this.#drop(1, 'there was no room for them in the queue');
      return;
    }
    this.#queue.push({
      bundle_id: result.bundle_id,
      semver: result.semver,
      bundle_hash: result.bundle_hash,
      personality_hash: result.personality_hash,
      prompt_hash: result.prompt_hash,
      engine_version: result.engine_version,
      adapter_version: result.adapter_version,
      build: build ?? null,
      commit: commit ?? null,
      caller: caller ?? null,
      latency_ms: latencyMs,
      at: Date.now(),
      payload: keepsPayload ? payload : undefined,
      dropped: this.#untold,
      size,
    });
    this.#untold = 0;
    this.#queued++;
    this.#queuedBytes += size;
    this.#writing ??= this.#write();
  }

  get counts(): AuditCounts {
    return { written: this.#written, dropped: this.#dropped, failures: this.#failures, queued: this.#queued };
  }

  /** Stores what is on its way, and closes the storage. What cannot be stored in time is given up, counted and logged. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#extendDeadline();
    this.#wake();
    // After its deadline the writer begins nothing more. A storage that does not answer even then must not keep the process from ending.
    await Promise.race([this.#writing, this.#pastDeadline()]);
    if (this.#queued > 0) this.#drop(this.#queued, 'they could not be stored before the end');
    this.#warnings.close();
    this.#extendDeadline();
    await Promise.race([this.#closeStorage(), this.#pastDeadline()]);
  }

  async #closeStorage(): Promise<void> {
    await this.#writing;
    await this.#storage.close();
  }

  #extendDeadline(): void {
    this.#deadline = performance.now() + this.#options.closeMs;
  }

  /** As long after the deadline as that was away. */
  async #pastDeadline(): Promise<void> {
    const left = (): number => this.#deadline + this.#options.closeMs - performance.now();
    while (left() > 0) {
      // What is waited for keeps the process alive; this must not, when that has come.
      await new Promise((resolve) => void setTimeout(resolve, left() + 1).unref());
    }
  }

  /** Runs while there is something to write. */
  async #write(): Promise<void> {
    await this.#pause(GATHER_MS);
    let pause = RETRY_MS.first;
    while ((this.#queue.length > 0 || this.#batch !== undefined) && performance.now() < this.#deadline) {
      this.#batch ??= await this.#nextBatch();
      const { entries, records } = this.#batch;
      try {
        if (records.length > 0) await this.#storage.append(records);
      } catch (error) {
        this.#failures++;
        this.#warnings.warn(`Audit records cannot be stored, and will be tried again: ${(error as Error).message}`);
        // A process that has nothing else to do need not wait for a disk to get room.
        await (this.#closing === undefined ? this.#pause(pause, { isIdle: true }) : this.#pause(RETRY_MS.closing));
        pause = Math.min(pause * 2, RETRY_MS.most);
        continue;
      }
      if (pause !== RETRY_MS.first) this.#options.log('Audit records are stored again.');
      pause = RETRY_MS.first;
      this.#batch = undefined;
      this.#written += records.length;
      this.#leave(entries);
      if (this.#closing !== undefined) this.#extendDeadline();
    }
    this.#writing = undefined;
  }

  async #nextBatch(): Promise<Batch> {
    const entries: Entry[] = [];
    const records: SealedRecord[] = [];
    let bytes = 0;
    while (this.#queue.length > 0 && records.length < BATCH_RECORDS && bytes < BATCH_BYTES) {
      if (records.length > 0) await new Promise((resolve) => setImmediate(resolve));
      for (const entry of this.#nextSlice()) {
        const record = this.#sealed(entry);
        if (record === undefined) continue;
        records.push(record);
        entries.push(entry);
        bytes += entry.size;
      }
    }
    return { entries, records };
  }

  #nextSlice(): Entry[] {
    let count = 0;
    for (let bytes = 0; count < Math.min(this.#queue.length, SLICE_RECORDS) && bytes < SLICE_BYTES; count++) {
      bytes += this.#queue[count]!.size;
    }
    return this.#queue.splice(0, count);
  }

  /** Gives a render its place in the chain. */
  #sealed(entry: Entry): SealedRecord | undefined {
    try {
      const record = seal(this.#recordOf(entry));
      this.#head = record;
      return record;
    } catch (error) {
      // Only a text with half of a surrogate pair has no canonical form, and no render has one. It must not hold up the rest.
      this.#leave([entry]);
      this.#untold += entry.dropped;
      this.#drop(1, (error as Error).message);
      return undefined;
    }
  }

  /** Field by field, in the order in which they are written: spreading objects costs more than hashing them. */
  #recordOf(entry: Entry): UnsealedRecord {
    const payload = entry.payload === undefined ? undefined : (JSON.parse(entry.payload) as JsonObject);
    const masked = payload === undefined ? [] : applyMasks(payload, this.#options.masks);
    return {
      adapter_version: entry.adapter_version,
      build: entry.build,
      bundle_hash: entry.bundle_hash,
      bundle_id: entry.bundle_id,
      caller: entry.caller,
      commit: entry.commit,
      dropped: entry.dropped === 0 ? undefined : entry.dropped,
      engine_version: entry.engine_version,
      latency_ms: Math.round(entry.latency_ms * 1000) / 1000,
      masked: masked.length === 0 ? undefined : masked,
      payload,
      personality_hash: entry.personality_hash,
      previous: this.#head.hash,
      prompt_hash: entry.prompt_hash,
      semver: entry.semver,
      sequence: this.#head.sequence + 1,
      time: new Date(entry.at).toISOString(),
    };
  }

  #leave(entries: readonly Entry[]): void {
    this.#queued -= entries.length;
    for (const { size } of entries) this.#queuedBytes -= size;
  }

  #drop(count: number, why: string): void {
    this.#dropped += count;
    this.#untold += count;
    this.#warnings.count(count, (sum) => `${sum} render${sum === 1 ? ' was' : 's were'} not recorded in the audit log: ${why}.`);
  }

  #pause(milliseconds: number, { isIdle = false } = {}): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      if (isIdle) timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
