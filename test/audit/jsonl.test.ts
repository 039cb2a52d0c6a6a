/** The files of a log of lines: rotation, and what others or a crash do to them. */
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAuditReader, type OpenSink } from '../../src/audit/open-sink.js';
import { unseal } from '../../src/audit/record.js';
import { verifyAuditLog } from '../../src/audit/verify-audit-log.js';
import { sha256 } from '../../src/base/digest.js';
import { found, linesOf, recordAll, testLog } from './logs.js';

type Log = Awaited<ReturnType<typeof testLog>>;

async function verified({ spec }: Log) {
  return verifyAuditLog((await openAuditReader(spec)).lines());
}

async function sequences({ spec }: Log): Promise<number[]> {
  const lines = await linesOf(await openAuditReader(spec));
  return lines.map((line) => {
    const record = unseal(line);
    return typeof record === 'string' ? -1 : record.sequence;
  });
}

async function written(sink: OpenSink): Promise<void> {
  while (sink.counts.queued > 0) await new Promise((resolve) => setImmediate(resolve));
}

async function failing(sink: OpenSink): Promise<void> {
  const before = sink.counts.failures;
  while (sink.counts.failures === before) await new Promise((resolve) => setImmediate(resolve));
}

const upTo = (number: number): number[] => Array.from({ length: number }, (_, i) => i + 1);

/** A log of several files: each batch is larger than a file may be. */
async function rotated(): Promise<Log> {
  const log = await testLog('jsonl', { fileBytes: 1000 });
  const sink = await log.open();
  for (const from of [1, 4, 7]) {
    recordAll(sink, from, from + 2);
    await written(sink);
  }
  await sink.close();
  return log;
}

describe('rotation', () => {
  it('names a file after its first record, and leaves it alone', async () => {
    const log = await rotated();
    const names = ['audit-000000000001.jsonl', 'audit-000000000004.jsonl', 'audit.jsonl'];
    expect(await readdir(path.dirname(log.file))).toEqual(names);
    const first = await readFile(path.join(path.dirname(log.file), names[0]!), 'utf8');
    await log.write(10, 11);
    expect(await readdir(path.dirname(log.file))).toEqual([...names.slice(0, 2), 'audit-000000000007.jsonl', 'audit.jsonl']);
    expect(await readFile(path.join(path.dirname(log.file), names[0]!), 'utf8')).toBe(first);
    expect(await sequences(log)).toEqual(upTo(11));
    expect(await verified(log)).toMatchObject({ findings: [] });
    const reader = await openAuditReader(log.spec);
    expect((await found(reader, sha256('bundle'))).map(({ sequence }) => sequence)).toEqual(upTo(11).toReversed());
    expect(await reader.head()).toMatchObject({ sequence: 11 });
  });

  it('keeps small batches together', async () => {
    const log = await testLog('jsonl', { fileBytes: 3000 });
    const sink = await log.open();
    for (const number of upTo(9)) {
      recordAll(sink, number, number);
      await written(sink);
    }
    await sink.close();
    const sizes = await Promise.all((await readdir(path.dirname(log.file))).map((name) => stat(path.join(path.dirname(log.file), name))));
    expect(sizes.length).toBeGreaterThan(2);
    for (const { size } of sizes) expect(size).toBeLessThanOrEqual(3000);
    expect(await sequences(log)).toEqual(upTo(9));
  });

  it('goes on after a crash between two files', async () => {
    const log = await rotated();
    await rename(log.file, path.join(path.dirname(log.file), 'audit-000000000007.jsonl'));
    expect(await sequences(log)).toEqual(upTo(9));
    await log.write(10, 12);
    expect(await sequences(log)).toEqual(upTo(12));
    expect(await verified(log)).toMatchObject({ findings: [] });
    expect(log.messages).toEqual([]);
  });

  it('overwrites nothing', async () => {
    const log = await testLog('jsonl', { fileBytes: 1000, closeMs: 50 });
    const inTheWay = path.join(path.dirname(log.file), 'audit-000000000001.jsonl');
    const sink = await log.open();
    recordAll(sink, 1, 3);
    await written(sink);
    await mkdir(inTheWay);
    recordAll(sink, 4, 6);
    await failing(sink);
    expect(log.messages.join('\n')).toContain('audit-000000000001.jsonl is in the way');
    await rm(inTheWay, { recursive: true });
    await written(sink);
    await sink.close();
    expect(await sequences(log)).toEqual(upTo(6));
  });

  it('takes no other files for its own', async () => {
    const log = await rotated();
    for (const name of ['audit-1.jsonl', 'audit-000000000002.txt', 'audit-x00000000001.jsonl', 'other-000000000001.jsonl']) {
      await writeFile(path.join(path.dirname(log.file), name), 'something else\n');
    }
    expect(await sequences(log)).toEqual(upTo(9));
  });
});

describe('what a crash leaves behind the last whole record', () => {
  it.each([
    ['half a record', (line: string) => line.slice(0, 100)],
    ['a record without its line end', (line: string) => line],
    ['zeros', () => '\0'.repeat(5000)],
    ['zeros that end in a line end', () => `${'\0'.repeat(300)}\n`],
    ['bytes that are no text', () => Buffer.from([0xff, 0xfe, 0x0a, 0x80])],
    ['half a record and half a record', (line: string) => `${line.slice(0, 50)}\n${line.slice(0, 60)}`],
  ])('is moved aside: %s', async (_, torn) => {
    const log = await testLog('jsonl');
    await log.write(1, 4);
    const lines = (await readFile(log.file, 'utf8')).split('\n').slice(0, -1);
    const bytes = Buffer.from(torn(lines[3]!));
    await writeFile(log.file, Buffer.concat([Buffer.from(`${lines.slice(0, 3).join('\n')}\n`), bytes]));
    await log.write(5, 6);
    expect(await sequences(log)).toEqual(upTo(5));
    expect(await verified(log)).toMatchObject({ findings: [] });
    expect(await readFile(`${log.file}.torn`)).toEqual(Buffer.concat([bytes, Buffer.from('\n')]));
    expect(log.messages).toEqual([
      `The audit log ${log.file} ended with ${bytes.length} bytes that are no whole record, as a crash leaves them. They were moved to ${log.file}.torn.`,
    ]);
  });

  it('may be all that there is', async () => {
    const log = await testLog('jsonl');
    await writeFile(log.file, '{"hash":"sha2');
    await log.write(1, 2);
    expect(await sequences(log)).toEqual([1, 2]);
  });

  it('may be all that there is in the newest file', async () => {
    const log = await rotated();
    await truncate(log.file, 100);
    await log.write(1, 2);
    expect(await sequences(log)).toEqual(upTo(8));
    expect(await verified(log)).toMatchObject({ findings: [] });
  });

  it('is no record while it is read, and not found to be wrong', async () => {
    const log = await testLog('jsonl');
    await log.write(1, 3);
    await appendFile(log.file, '{"hash":"sha256:');
    expect(await verified(log)).toMatchObject({ findings: [], records: 3, unfinished: 'audit.jsonl:4' });
    const reader = await openAuditReader(log.spec);
    expect(await reader.head()).toMatchObject({ sequence: 3 });
    expect(await found(reader, sha256('bundle'))).toHaveLength(3);
  });

  it('is not more than a crash can leave', async () => {
    const log = await testLog('jsonl');
    await log.write(1, 2);
    await appendFile(log.file, `${'x'.repeat(1024 * 1024)}\n`.repeat(20));
    await expect(log.open()).rejects.toMatchObject({ code: 'audit_failed', message: expect.stringContaining('is damaged') as string });
    await writeFile(log.file, `${'x'.repeat(20 * 1024 * 1024)}\n`);
    await expect(log.open()).rejects.toMatchObject({ code: 'audit_failed', message: expect.stringContaining('is damaged') as string });
    expect((await verified(log)).findings).toEqual([{ place: 'audit.jsonl:1', message: 'The line is no audit record.' }]);
  });

  it('is not looked for in a log whose beginning is damaged', async () => {
    const log = await testLog('jsonl');
    await log.write(1, 3);
    const text = await readFile(log.file, 'utf8');
    await writeFile(log.file, text.replace('"sequence":1,', '"sequence":7,'));
    await expect(log.open()).rejects.toMatchObject({ code: 'audit_failed', message: expect.stringContaining('is damaged') as string });
  });

  it('is not to be had from a file that was rotated', async () => {
    const log = await rotated();
    await rm(log.file);
    await appendFile(path.join(path.dirname(log.file), 'audit-000000000004.jsonl'), 'x\n');
    await expect(log.open()).rejects.toMatchObject({
      code: 'audit_failed',
      message: expect.stringContaining('is no audit record') as string,
    });
  });
});

describe('a log that is written', () => {
  it('goes on in a new file when its file is moved away', async () => {
    const log = await testLog('jsonl');
    const sink = await log.open();
    recordAll(sink, 1, 3);
    await written(sink);
    const archived = path.join(path.dirname(log.file), 'audit-000000000001.jsonl');
    await rename(log.file, archived);
    recordAll(sink, 4, 6);
    await written(sink);
    // As logrotate does it.
    await rename(log.file, path.join(path.dirname(log.file), 'audit-000000000004.jsonl'));
    await writeFile(log.file, '');
    recordAll(sink, 7, 9);
    await sink.close();
    expect(await sequences(log)).toEqual(upTo(9));
    expect(await verified(log)).toMatchObject({ findings: [] });
    expect(log.messages).toEqual(Array(2).fill(`The audit log ${log.file} was moved away or removed. It goes on in a new file.`));
  });

  it('adds nothing to a file that somebody else changed', async () => {
    const log = await testLog('jsonl', { closeMs: 50 });
    const sink = await log.open();
    recordAll(sink, 1, 3);
    await written(sink);
    await appendFile(log.file, 'me too\n');
    recordAll(sink, 4, 6);
    await failing(sink);
    await sink.close();
    expect(sink.counts).toMatchObject({ written: 3, dropped: 3 });
    expect(log.messages[0]).toContain('was changed by somebody else');
    expect(await readFile(log.file, 'utf8')).toMatch(/me too\n$/);
  });

  it('waits for a disk that is full', async () => {
    const log = await testLog('jsonl');
    await symlink('/dev/full', log.file);
    const sink = await log.open();
    recordAll(sink, 1, 3);
    await failing(sink);
    expect(sink.counts).toEqual({ written: 0, dropped: 0, failures: 1, queued: 3 });
    recordAll(sink, 4, 6);
    await rm(log.file);
    await sink.close();
    expect(sink.counts).toMatchObject({ written: 6, dropped: 0 });
    expect(log.messages[0]).toContain('cannot be stored, and will be tried again: ENOSPC');
    expect(log.messages).toContain('Audit records are stored again.');
    expect(await sequences(log)).toEqual(upTo(6));
  });

  it('waits for a folder that is gone', async () => {
    const log = await testLog('jsonl');
    const folder = path.dirname(log.file);
    const sink = await log.open();
    recordAll(sink, 1, 3);
    await written(sink);
    await rename(folder, `${folder}-away`);
    recordAll(sink, 4, 6);
    await failing(sink);
    await failing(sink);
    await rename(`${folder}-away`, folder);
    await written(sink);
    expect(sink.counts).toMatchObject({ written: 6, dropped: 0 });
    await sink.close();
    expect(await sequences(log)).toEqual(upTo(6));
  });
});

describe('a reader', () => {
  it('finds records that are longer than what is read at once', async () => {
    const log = await testLog('jsonl', { keep: 'payload', fileBytes: 3_000_000 });
    const sink = await log.open();
    const { recording } = await import('./recording.js');
    for (const number of upTo(8)) {
      sink.record(recording(number, { inputs: { text: 'ä'.repeat(number * 100_000) } }));
      if (number % 3 === 0) await written(sink);
    }
    await sink.close();
    const reader = await openAuditReader(log.spec);
    expect((await found(reader, sha256('bundle'))).map(({ sequence }) => sequence)).toEqual(upTo(8).toReversed());
    expect((await found(reader, sha256('Prompt 5.'))).map(({ sequence }) => sequence)).toEqual([5]);
    expect(await verified(log)).toMatchObject({ findings: [], records: 8 });
  });

  it('passes over lines that are no records', async () => {
    const log = await testLog('jsonl');
    await log.write(1, 3);
    const lines = (await readFile(log.file, 'utf8')).split('\n');
    await writeFile(log.file, [lines[0], `"${sha256('bundle')}"`, '', lines[1]!.replace('1.0.0', '1.0.1'), lines[2], ''].join('\n'));
    const reader = await openAuditReader(log.spec);
    expect((await found(reader, sha256('bundle'))).map(({ sequence }) => sequence)).toEqual([3, 1]);
  });

  it('sees no half of a rotation', async () => {
    const log = await testLog('jsonl', { fileBytes: 2000 });
    const sink = await log.open();
    for (let round = 1; round <= 30; round++) {
      recordAll(sink, 1, 5);
      const reading = verified(log);
      await written(sink);
      expect((await reading).findings).toEqual([]);
    }
    await sink.close();
    expect(await sequences(log)).toEqual(upTo(150));
  });

  it('says what it cannot read', async () => {
    const log = await rotated();
    const reader = await openAuditReader(log.spec);
    const lines = reader.lines()[Symbol.asyncIterator]();
    await lines.next();
    await rm(path.join(path.dirname(log.file), 'audit-000000000004.jsonl'));
    const rest = async (): Promise<void> => {
      while (!(await lines.next()).done);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'audit_failed', message: expect.stringContaining('was removed') as string });
    await expect(openAuditReader(`jsonl:${log.file}/below`)).rejects.toMatchObject({ code: 'audit_failed' });
    await rm(log.file);
    await mkdir(log.file);
    await expect(reader.head()).rejects.toMatchObject({ code: 'audit_failed', message: expect.stringContaining('EISDIR') as string });
  });
});
