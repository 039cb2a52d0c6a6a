/** A process that writes a log, and is killed or finds no room: what is in the log then. */
import { readFile, rename } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openAuditReader } from '../../src/audit/open-sink.js';
import type { AuditHead } from '../../src/audit/record.js';
import { verifyAuditLog } from '../../src/audit/verify-audit-log.js';
import { testLog } from './logs.js';
import { writerProcess } from './writer-process.js';

const start = writerProcess();
const KILLS = 8;

async function verified(spec: string, heads: readonly AuditHead[] = []) {
  const reader = await openAuditReader(spec);
  try {
    return await verifyAuditLog(reader.lines(), { heads });
  } finally {
    await reader.close();
  }
}

describe.each(['jsonl', 'sqlite'] as const)('a writer of %s that is killed', (kind) => {
  it(`loses at most its queue, and the chain holds, ${KILLS} times in a row`, async () => {
    const log = await testLog(kind);
    const heads: AuditHead[] = [];
    for (let i = 0; i < KILLS; i++) {
      const writer = start(log.spec, { fileBytes: 50_000 }, 'endless');
      await writer.until('written ');
      // At some moment of what it does: writing, syncing, rotating, or nothing.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
      writer.process.kill('SIGKILL');
      expect(await writer.ended).toEqual({ code: null, signal: 'SIGKILL' });
      const told = writer.said.filter((line) => line.startsWith('written ')).map((line) => Number(line.slice('written '.length)));
      const before = heads.at(-1)?.sequence ?? 0;
      const { findings, head } = await verified(log.spec, heads);
      expect(findings).toEqual([]);
      expect(head.sequence - before).toBeGreaterThanOrEqual(Math.max(...told));
      heads.push(head);
    }
    await log.write(1, 5);
    const { findings, head, unfinished } = await verified(log.spec, heads);
    expect(findings).toEqual([]);
    expect(unfinished).toBeUndefined();
    expect(head.sequence).toBe(heads.at(-1)!.sequence + 5);
  }, 60_000);
});

describe('a writer', () => {
  it('waits for file descriptors', async () => {
    const log = await testLog('jsonl');
    const writer = start(log.spec, { fileBytes: 20_000 }, 'no-descriptors', '-n 64');
    expect(await writer.ended).toEqual({ code: 0, signal: null });
    expect(writer.said).toContain('EMFILE');
    expect(writer.said).toContain('Audit records are stored again.');
    expect(JSON.parse(writer.said.at(-1)!)).toMatchObject({ written: 1010, dropped: 0, queued: 0 });
    expect(await verified(log.spec)).toMatchObject({ findings: [], records: 1010 });
  });

  it('cuts back what was not written whole, before it is written again', async () => {
    const log = await testLog('jsonl');
    await log.write(1, 35);
    // 64 blocks are 32 KiB: room for some of the 30 records that come now.
    const writer = start(log.spec, {}, 'until-room', '-f 64');
    await writer.until('full');
    await rename(log.file, log.file.replace('.jsonl', '-000000000001.jsonl'));
    expect(await writer.ended).toEqual({ code: 0, signal: null });
    expect(writer.said[0]).toContain('EFBIG');
    expect(JSON.parse(writer.said.at(-1)!)).toMatchObject({ written: 30, dropped: 0 });
    expect(await verified(log.spec)).toMatchObject({ findings: [], records: 65 });
  });

  it('cuts back what was not written whole, and gives up in time', async () => {
    const log = await testLog('jsonl');
    // 64 blocks: a batch of 1000 records takes some ten times as much.
    const writer = start(log.spec, { closeMs: 300 }, 'until-full', '-f 64');
    expect(await writer.ended).toEqual({ code: 0, signal: null });
    expect(writer.said[0]).toContain('Audit records cannot be stored, and will be tried again: EFBIG');
    expect(writer.said.at(-2)).toBe('1000 renders were not recorded in the audit log: they could not be stored before the end.');
    expect(JSON.parse(writer.said.at(-1)!)).toMatchObject({ written: 0, dropped: 1000 });
    expect(await readFile(log.file, 'utf8')).toBe('');
    await log.write(1, 3);
    expect(await verified(log.spec)).toMatchObject({ findings: [], records: 3 });
  });
});
