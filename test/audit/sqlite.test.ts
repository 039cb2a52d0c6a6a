/** What only a database has: its rows, and others that use it at the same time. */
import { writeFile } from 'node:fs/promises';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { openAuditReader } from '../../src/audit/open-sink.js';
import { verifyAuditLog } from '../../src/audit/verify-audit-log.js';
import { sha256 } from '../../src/base/digest.js';
import { found, recordAll, testLog } from './logs.js';

async function findings(spec: string): Promise<string[]> {
  const reader = await openAuditReader(spec);
  const verified = await verifyAuditLog(reader.lines());
  await reader.close();
  return verified.findings.map(({ place, message }) => `${place}: ${message}`);
}

/** Runs SQL beside promptc. */
function run(file: string, sql: string): unknown[] {
  const database = new Database(file);
  try {
    if (!sql.startsWith('select') && !sql.startsWith('pragma')) return [database.exec(sql)];
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

describe('a database', () => {
  it.each([
    [
      `update records set line = replace(line, '"latency_ms":0.123', '"latency_ms":9') where sequence = 2`,
      'audit.db, row 2: The line is not what was written: its hash is not that of its content.',
    ],
    ['delete from records where sequence = 2', 'audit.db, row 3: Record 2 is missing before this one.'],
    ['update records set sequence = sequence + 10 where sequence = 2', 'audit.db, row 3: Record 2 is missing before this one.'],
    [`update records set line = '{}' where sequence = 2`, 'audit.db, row 2: The line is no audit record.'],
  ])('that was changed is found: %s', async (sql, expected) => {
    const log = await testLog('sqlite');
    await log.write(1, 3);
    run(log.file, sql);
    expect((await findings(log.spec))[0]).toBe(expected);
  });

  it('refuses a row that is no JSON, of which its index could say nothing', async () => {
    const log = await testLog('sqlite');
    await log.write(1, 3);
    expect(() => run(log.file, `update records set line = 'x' where sequence = 2`)).toThrow('malformed JSON');
  });

  it('keeps readers and its writer out of each other’s way', async () => {
    const log = await testLog('sqlite');
    const sink = await log.open();
    recordAll(sink, 1, 50);
    while (sink.counts.queued > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(run(log.file, 'pragma journal_mode')).toEqual([expect.objectContaining({ journal_mode: 'wal' })]);
    const lines = (await openAuditReader(log.spec)).lines()[Symbol.asyncIterator]();
    await lines.next();
    recordAll(sink, 51, 100);
    await sink.close();
    let count = 1;
    while (!(await lines.next()).done) count++;
    expect(count).toBeGreaterThanOrEqual(50);
    expect(sink.counts).toMatchObject({ written: 100, failures: 0 });
  });

  it('gives no sequence twice, whoever else writes', async () => {
    const log = await testLog('sqlite', { closeMs: 50 });
    const sink = await log.open();
    recordAll(sink, 1, 1);
    while (sink.counts.queued > 0) await new Promise((resolve) => setImmediate(resolve));
    run(log.file, `insert into records (sequence, line) values (2, '{}')`);
    recordAll(sink, 2, 3);
    await sink.close();
    expect(sink.counts).toMatchObject({ written: 1, dropped: 2 });
    expect(log.messages[0]).toContain('UNIQUE constraint failed');
    await expect(log.open()).rejects.toMatchObject({
      code: 'audit_failed',
      message: expect.stringContaining('The last record of') as string,
    });
  });

  it('passes over rows that are no records', async () => {
    const log = await testLog('sqlite');
    await log.write(1, 3);
    run(log.file, `update records set line = replace(line, '"latency_ms":0.123', '"latency_ms":9') where sequence = 2`);
    const reader = await openAuditReader(log.spec);
    expect((await found(reader, sha256('bundle'))).map(({ sequence }) => sequence)).toEqual([3, 1]);
    await reader.close();
  });

  it('has to be one, and a log', async () => {
    const log = await testLog('sqlite');
    await writeFile(log.file, 'This is a text, and no database at all. '.repeat(100));
    const refusal = (part: string) => ({ code: 'audit_failed', message: expect.stringContaining(part) as string });
    await expect(log.open()).rejects.toMatchObject(refusal('cannot be opened'));
    await expect(openAuditReader(log.spec)).rejects.toMatchObject(refusal('cannot be'));
    const other = await testLog('sqlite');
    run(other.file, 'create table people (name text)');
    await expect(openAuditReader(other.spec)).rejects.toMatchObject(refusal('is a database, but no audit log'));
    run(other.file, 'create table records (name text)');
    await expect(other.open()).rejects.toMatchObject(refusal('cannot be'));
  });
});
