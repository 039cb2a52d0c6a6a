/** The queue and the chain, before storages that do as they are told. */
import { describe, expect, it } from 'vitest';
import { AuditLog, type AuditLogOptions } from '../../src/audit/audit-log.js';
import { EMPTY_HEAD, type SealedRecord, unseal } from '../../src/audit/record.js';
import type { AuditStorage } from '../../src/audit/storage.js';
import { sha256 } from '../../src/base/digest.js';
import { recording } from './recording.js';

/** Keeps records in memory, unless it is told to fail or to hang. */
class TestStorage implements AuditStorage {
  readonly start = EMPTY_HEAD;
  readonly batches: SealedRecord[][] = [];
  attempts: number[] = [];
  behaviour: 'fine' | 'fails' | 'hangs' = 'fine';
  isClosed = false;

  async append(records: readonly SealedRecord[]): Promise<void> {
    this.attempts.push(records[0]!.sequence);
    if (this.behaviour === 'hangs') await new Promise(() => {});
    if (this.behaviour === 'fails') throw new Error('no room');
    this.batches.push([...records]);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  get sequences(): number[] {
    return this.batches.flat().map(({ sequence }) => sequence);
  }
}

function open(options: Partial<AuditLogOptions> = {}) {
  const storage = new TestStorage();
  const messages: string[] = [];
  const log = new AuditLog(storage, {
    keepsPayload: false,
    masks: [],
    queueRecords: 10_000,
    queueBytes: 10_000_000,
    closeMs: 100,
    log: (message) => void messages.push(message),
    ...options,
  });
  return { storage, log, messages };
}

function recordMany(log: AuditLog, count: number, payload?: object): void {
  for (let number = 1; number <= count; number++) log.record(recording(number, payload));
}

const upTo = (number: number): number[] => Array.from({ length: number }, (_, i) => i + 1);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a log', () => {
  it('writes what comes together together, and not more than is good for the requests', async () => {
    const { storage, log } = open();
    recordMany(log, 3000);
    expect(storage.batches).toEqual([]);
    let turns = 0;
    const closing = log.close();
    while (log.counts.queued > 0) {
      await turn();
      turns++;
    }
    await closing;
    expect(storage.sequences).toEqual(upTo(3000));
    expect(storage.batches.length).toBeLessThan(10);
    // Between two slices of a batch, others had their turn.
    expect(turns).toBeGreaterThan(40);
  });

  it('gives large records batches of their own', async () => {
    const { storage, log } = open({ keepsPayload: true });
    recordMany(log, 12, { inputs: { text: 'x'.repeat(500_000) } });
    await log.close();
    expect(storage.batches.map(({ length }) => length)).toEqual([3, 3, 3, 3]);
  });

  it('holds no more bytes than it may', async () => {
    const { storage, log } = open({ keepsPayload: true, queueBytes: 10_000 });
    recordMany(log, 5, { inputs: { text: 'x'.repeat(3000) } });
    expect(log.counts).toMatchObject({ queued: 2, dropped: 3 });
    log.record(recording(6));
    await log.close();
    expect(storage.batches.flat()).toHaveLength(3);
    expect(unseal(storage.batches.flat()[2]!.line)).toMatchObject({ dropped: 3, prompt_hash: sha256('Prompt 6.') });
  });

  it('offers the same records again until they are stored', async () => {
    const { storage, log, messages } = open();
    storage.behaviour = 'fails';
    recordMany(log, 3);
    while (storage.attempts.length < 3) await turn();
    recordMany(log, 2);
    storage.behaviour = 'fine';
    while (log.counts.queued > 0) await turn();
    expect(storage.attempts).toEqual([1, 1, 1, 1, 4]);
    expect(storage.sequences).toEqual(upTo(5));
    expect(log.counts).toEqual({ written: 5, dropped: 0, failures: 3, queued: 0 });
    expect(messages).toEqual(['Audit records cannot be stored, and will be tried again: no room', 'Audit records are stored again.']);
    await log.close();
    expect(storage.isClosed).toBe(true);
  });

  it('counts what finds no room while nothing can be stored, and says so in few words', async () => {
    const { storage, log, messages } = open({ queueRecords: 5 });
    storage.behaviour = 'fails';
    recordMany(log, 5);
    while (log.counts.failures === 0) await turn();
    recordMany(log, 1000);
    await new Promise((resolve) => setTimeout(resolve, 5));
    recordMany(log, 1000);
    expect(log.counts).toMatchObject({ queued: 5, dropped: 2000 });
    storage.behaviour = 'fine';
    while (log.counts.queued > 0) await turn();
    log.record(recording(7));
    await log.close();
    expect(unseal(storage.batches.at(-1)![0]!.line)).toMatchObject({ sequence: 6, dropped: 2000 });
    const lacks = messages.filter((message) => message.includes('not recorded'));
    expect(lacks).toEqual([
      '1000 renders were not recorded in the audit log: there was no room for them in the queue.',
      '1000 renders were not recorded in the audit log: there was no room for them in the queue.',
    ]);
  });

  it.each(['fails', 'hangs'] as const)('ends in time if its storage %s', async (behaviour) => {
    const { storage, log, messages } = open({ closeMs: 60 });
    storage.behaviour = behaviour;
    recordMany(log, 4);
    while (storage.attempts.length === 0) await turn();
    const start = performance.now();
    await log.close();
    expect(performance.now() - start).toBeLessThan(5000);
    expect(log.counts).toMatchObject({ written: 0, dropped: 4 });
    expect(messages.at(-1)).toBe('4 renders were not recorded in the audit log: they could not be stored before the end.');
    // What does not answer cannot be closed either.
    expect(storage.isClosed).toBe(behaviour === 'fails');
  });

  it('is held up by no record that has no form', async () => {
    const { storage, log, messages } = open();
    log.record(recording(1));
    log.record(recording(2, {}, { caller: '\ud800' }));
    log.record(recording(3));
    await log.close();
    expect(storage.sequences).toEqual([1, 2]);
    expect(log.counts).toEqual({ written: 2, dropped: 1, failures: 0, queued: 0 });
    expect(messages).toEqual(['1 render was not recorded in the audit log: a string holds half of a surrogate pair.']);

    const alone = open();
    alone.log.record(recording(1, {}, { caller: '\ud800' }));
    await alone.log.close();
    expect(alone.storage.attempts).toEqual([]);
  });

  it('takes what the clock says, whatever that is', async () => {
    const { storage, log } = open();
    const { now } = Date;
    try {
      for (const time of [1e12, 0, 1e12 - 1e9]) {
        Date.now = () => time;
        log.record(recording(1));
      }
    } finally {
      Date.now = now;
    }
    await log.close();
    const records = storage.batches.flat().map(({ line }) => unseal(line));
    expect(records.map((record) => (typeof record === 'string' ? record : record.time))).toEqual([
      '2001-09-09T01:46:40.000Z',
      '1970-01-01T00:00:00.000Z',
      '2001-08-28T12:00:00.000Z',
    ]);
    expect(storage.sequences).toEqual([1, 2, 3]);
  });

  it('keeps what a render was when it was recorded, and no prompt', async () => {
    const { storage, log } = open({ keepsPayload: true });
    const event = recording(1, { task: 'secret of the payload' });
    log.record(event);
    Object.assign(event.result, { prompt_hash: 'changed', bundle_id: 'changed' });
    await log.close();
    const { line } = storage.batches[0]![0]!;
    expect(line).not.toContain('changed');
    expect(line).not.toContain('Prompt 1.');
    expect(line).toContain('secret of the payload');
  });
});
