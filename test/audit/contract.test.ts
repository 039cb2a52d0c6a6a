/** What holds for every sink, and what for every log that can be read back. */
import { PassThrough } from 'node:stream';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openAuditReader, openSink, type OpenSink, type SinkOptions } from '../../src/audit/open-sink.js';
import { EMPTY_HEAD, NO_RECORD, unseal } from '../../src/audit/record.js';
import type { AuditLine } from '../../src/audit/storage.js';
import { verifyAuditLog } from '../../src/audit/verify-audit-log.js';
import { sha256 } from '../../src/base/digest.js';
import { temporaryFolder } from '../support/project.js';
import { found, linesOf, recordAll } from './logs.js';
import { recording } from './recording.js';

interface Kind {
  readonly name: string;
  readonly isKept: boolean;
  readonly isReadable: boolean;
}

const KINDS: readonly Kind[] = [
  { name: 'null', isKept: false, isReadable: false },
  { name: 'stdout', isKept: true, isReadable: false },
  { name: 'jsonl', isKept: true, isReadable: true },
  { name: 'sqlite', isKept: true, isReadable: true },
];

let folder: string;
let stdout: PassThrough;
let printed: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  stdout = new PassThrough();
  printed = '';
  stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
});

function specOf({ name, isReadable }: Kind): string {
  return isReadable ? `${name}:${path.join(folder, 'audit.log')}` : name;
}

async function open(kind: Kind, options: SinkOptions = {}): Promise<OpenSink> {
  const sink = await openSink(specOf(kind), { stdout, ...options });
  onTestFinished(() => sink.close());
  return sink;
}

/** What a kind has written, once it is closed. */
async function written(kind: Kind): Promise<string[]> {
  return kind.isReadable ? linesOf(await openAuditReader(specOf(kind))) : printed.split('\n').slice(0, -1);
}

async function* numbered(lines: readonly string[]): AsyncGenerator<AuditLine> {
  for (const [i, text] of lines.entries()) yield await Promise.resolve({ place: `line ${i + 1}`, text });
}

describe.each(KINDS)('the sink $name', (kind) => {
  const kept = (number: number): number => (kind.isKept ? number : 0);

  it('writes in the background all that it was told of before it is closed', async () => {
    const sink = await open(kind);
    expect(recordAll(sink, 1, 500)).toBeUndefined();
    expect(sink.counts).toEqual({ written: 0, dropped: 0, failures: 0, queued: kept(500) });
    await sink.close();
    expect(sink.counts).toEqual({ written: kept(500), dropped: 0, failures: 0, queued: 0 });
    const lines = await written(kind);
    expect(lines).toHaveLength(kept(500));
    const verified = await verifyAuditLog(numbered(lines));
    expect(verified).toMatchObject({ findings: [], records: kept(500), head: { sequence: kept(500) } });
  });

  it('writes nothing of what comes after it is closed, and can be closed again', async () => {
    const sink = await open(kind);
    await Promise.all([sink.close(), sink.close()]);
    sink.record(recording(1));
    await sink.close();
    expect(sink.counts).toMatchObject({ written: 0, dropped: kept(1) });
    expect(await written(kind)).toEqual([]);
  });

  it('takes no more than its queue holds', async () => {
    const messages: string[] = [];
    const sink = await open(kind, { queueRecords: 10, log: (message) => void messages.push(message) });
    recordAll(sink, 1, 25);
    await sink.close();
    expect(sink.counts).toMatchObject({ written: kept(10), dropped: kept(15) });
    expect(messages).toEqual(
      kind.isKept ? ['15 renders were not recorded in the audit log: there was no room for them in the queue.'] : [],
    );
  });
});

describe.each(KINDS.filter(({ isKept }) => isKept))('a record of $name', (kind) => {
  it('says what was rendered, and where it stands', async () => {
    const sink = await open(kind);
    const before = Date.now();
    sink.record(recording(1, {}, { build: sha256('build'), commit: 'c0ffee', caller: 'key-1' }));
    sink.record(recording(2));
    const after = Date.now();
    await sink.close();
    const [first, second] = (await written(kind)).map((line) => unseal(line));
    expect(first).toEqual({
      sequence: 1,
      time: expect.any(String) as string,
      bundle_id: 'hello',
      semver: '1.0.0',
      bundle_hash: sha256('bundle'),
      personality_hash: sha256('{}'),
      prompt_hash: sha256('Prompt 1.'),
      engine_version: '0.1.0',
      adapter_version: null,
      build: sha256('build'),
      commit: 'c0ffee',
      caller: 'key-1',
      latency_ms: 0.123,
      previous: NO_RECORD,
      hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    });
    if (typeof first === 'string' || typeof second !== 'object') throw new Error('no records');
    expect(first!.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(first!.time)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(first!.time)).toBeLessThanOrEqual(after);
    expect(second).toMatchObject({ sequence: 2, previous: first!.hash, build: null, commit: null, caller: null });
  });

  it('holds the payload, masked, if payloads are kept', async () => {
    const sink = await open(kind, { keep: 'payload', masks: ['inputs.name', 'inputs.none', 'inputs.list.*.mail'] });
    const inputs = { name: { first: 'Ada' }, plan: `it's "pro"\u2028\u0000`, list: [{ mail: 'a@b', n: 1 }, {}, 'x'] };
    const payload = { inputs, task: 'T' };
    sink.record(recording(1, payload));
    sink.record(recording(2, { inputs: { plan: 'free' } }));
    await sink.close();
    const [first, second] = (await written(kind)).map((line) => unseal(line));
    const mark = { $masked: true };
    expect(first).toMatchObject({
      payload: { task: 'T', inputs: { name: mark, plan: inputs.plan, list: [{ mail: mark, n: 1 }, {}, 'x'] } },
      masked: ['inputs.name', 'inputs.list.*.mail'],
    });
    expect(second).toMatchObject({ payload: { inputs: { plan: 'free' } } });
    expect(second).not.toHaveProperty('masked');
  });

  it('says how many renders before it were not recorded', async () => {
    const sink = await open(kind, { queueRecords: 1 });
    recordAll(sink, 1, 4);
    while (sink.counts.written === 0) await new Promise((resolve) => setImmediate(resolve));
    sink.record(recording(5));
    await sink.close();
    const records = (await written(kind)).map((line) => unseal(line));
    expect(records).toMatchObject([{ sequence: 1 }, { sequence: 2, dropped: 3, prompt_hash: sha256('Prompt 5.') }]);
    expect(records[0]).not.toHaveProperty('dropped');
    expect(await verifyAuditLog(numbered(await written(kind)))).toMatchObject({ findings: [], dropped: 3 });
  });
});

describe.each(KINDS.filter(({ isReadable }) => isReadable))('the log of $name', (kind) => {
  it('goes on where it ended', async () => {
    const heads = [];
    for (const from of [1, 4, 7]) {
      const sink = await open(kind);
      recordAll(sink, from, from + 2);
      await sink.close();
      const reader = await openAuditReader(specOf(kind));
      heads.push(await reader.head());
      await reader.close();
    }
    const reader = await openAuditReader(specOf(kind));
    expect(heads.map(({ sequence }) => sequence)).toEqual([3, 6, 9]);
    expect(await verifyAuditLog(reader.lines(), { heads })).toMatchObject({ findings: [], records: 9, head: heads[2] });
    await reader.close();
  });

  it('is read while it is written, the newest records first', async () => {
    const sink = await open(kind);
    const { reader } = sink;
    expect(await reader!.head()).toEqual(EMPTY_HEAD);
    expect(await found(reader!, sha256('bundle'))).toEqual([]);
    for (let i = 0; i < 40; i++) recordAll(sink, 1, 3);
    while (sink.counts.queued > 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await reader!.head()).sequence).toBe(120);
    const ofBundle = await found(reader!, sha256('bundle'));
    expect(ofBundle.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 120 }, (_, i) => 120 - i));
    const ofPrompt = await found(reader!, sha256('Prompt 2.'));
    expect(ofPrompt.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 40 }, (_, i) => 119 - 3 * i));
    // Neither the payload's hash nor a record's own is what one asks for.
    expect(await found(reader!, ofPrompt[0]!.personality_hash)).toEqual([]);
    expect(await found(reader!, ofPrompt[0]!.hash)).toEqual([]);
    expect(await found(reader!, sha256('never'))).toEqual([]);
  });

  it('has one writer', async () => {
    const sink = await open(kind);
    await expect(open(kind)).rejects.toMatchObject({
      code: 'audit_failed',
      message: expect.stringContaining('A log has one writer') as string,
    });
    recordAll(sink, 1, 2);
    await sink.close();
    const next = await open(kind);
    recordAll(next, 3, 4);
    await next.close();
    expect(await verifyAuditLog(numbered(await written(kind)))).toMatchObject({ findings: [], records: 4 });
  });

  it('has to be somewhere', async () => {
    const refusal = (part: string) => ({ code: 'audit_failed', message: expect.stringContaining(part) as string });
    await expect(openAuditReader(specOf(kind))).rejects.toMatchObject(refusal('There is no audit log'));
    await expect(openAuditReader(`${kind.name}:${path.join(folder, 'nowhere', 'audit.log')}`)).rejects.toMatchObject(refusal(''));
    const spec = `${kind.name}:${path.join(folder, 'nowhere', 'audit.log')}`;
    await expect(openSink(spec)).rejects.toMatchObject(refusal('Make it first.'));
    await expect(openSink(`${kind.name}:${folder}`)).rejects.toMatchObject(refusal(''));
  });
});

describe('a sink', () => {
  it.each([
    ['csv:audit.csv', {}, 'names no audit log: it is null, stdout, jsonl:<path> or sqlite:<path>'],
    ['jsonl:', {}, 'names no audit log'],
    ['jsonl:a\0b', {}, 'names no audit log'],
    ['stdout', {}, 'needs the stream to write to'],
    ['null', { masks: ['task'] }, 'Masks are for payloads'],
    ['null', { keep: 'payload', masks: ['customer_name'] }, 'is no mask'],
    ['null', { keep: 'payload', masks: ['inputs..a'] }, 'is no mask'],
    ['null', { keep: 'payload', masks: ['inputs.__proto__'] }, 'is no mask'],
  ] as const)('%j %j is refused', async (spec, options, message) => {
    await expect(openSink(spec, options)).rejects.toMatchObject({
      code: 'audit_failed',
      message: expect.stringContaining(message) as string,
    });
  });

  it.each(['null', 'stdout'])('%s cannot be read back', async (spec) => {
    await expect(openAuditReader(spec)).rejects.toMatchObject({
      code: 'audit_failed',
      message: expect.stringContaining('cannot be read back') as string,
    });
  });
});
