import { spawnSync } from 'node:child_process';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WriterLock } from '../../src/audit/writer-lock.js';
import { temporaryFolder } from '../support/project.js';
import { recordAll, testLog } from './logs.js';

const TIMES = { touchMs: 20, staleMs: 200, waitMs: 600 };
const REFUSED = { code: 'audit_failed', message: expect.stringContaining('A log has one writer') as string };

let log: string;
beforeEach(async () => {
  log = path.join(await temporaryFolder(), 'audit.jsonl');
});

async function take(times: Partial<typeof TIMES> = {}): Promise<WriterLock> {
  const lock = await WriterLock.take(log, { ...TIMES, ...times });
  onTestFinished(() => lock.release());
  return lock;
}

async function write(owner: object | string): Promise<void> {
  await writeFile(`${log}.lock`, typeof owner === 'string' ? owner : JSON.stringify(owner));
}

/** The id of a process that is gone. */
const GONE = spawnSync('true').pid;

describe('a lock', () => {
  it('is one process’s, once', async () => {
    const lock = await take();
    await expect(take()).rejects.toMatchObject({
      message: expect.stringContaining(`the process ${process.pid} on ${hostname()}`) as string,
    });
    await lock.check();
    await lock.release();
    await (await take()).check();
  });

  it.each([
    ['a process of this host that is gone', { host: hostname(), pid: GONE, process: 'x' }],
    ['one that had this process’s id, as in a container', { host: hostname(), pid: process.pid, process: 'x' }],
  ])('of %s is taken at once', async (_, owner) => {
    await write(owner);
    const start = performance.now();
    await take({ staleMs: 60_000, waitMs: 60_000 });
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it.each([
    ['another host', { host: 'elsewhere', pid: 1, process: 'x' }],
    ['a process whose id is another’s now', { host: hostname(), pid: process.ppid, process: 'x' }],
    ['nobody', ''],
    ['nobody, in other words', '{"host":1}'],
  ])('of %s is taken when nobody touches it', async (_, owner) => {
    await write(owner);
    const start = performance.now();
    await take();
    expect(performance.now() - start).toBeGreaterThan(TIMES.staleMs);
  });

  it('of another host is left to it while it is touched', async () => {
    await write({ host: 'elsewhere', pid: 7, process: 'x' });
    // Clocks that go back are clocks that move.
    let time = Date.now();
    const touching = setInterval(() => void utimes(`${log}.lock`, new Date(), new Date((time -= 5000))), 20);
    onTestFinished(() => clearInterval(touching));
    await expect(take()).rejects.toMatchObject({ message: expect.stringContaining('the process 7 on elsewhere') as string });
  });

  it('is waited for, as long as it takes to stop a server', async () => {
    await write({ host: 'elsewhere', pid: 7, process: 'x' });
    const taking = take({ staleMs: 5000, waitMs: 10_000 });
    const { rm } = await import('node:fs/promises');
    await rm(`${log}.lock`);
    expect(await (await taking).check()).toBeUndefined();
  });

  it('is touched, so that it is not taken for stale', async () => {
    await take({ touchMs: 10 });
    const owner = JSON.parse(await readFile(`${log}.lock`, 'utf8')) as object;
    // As another process sees it, on another host.
    await write({ ...owner, process: 'x', host: 'elsewhere' });
    await expect(take()).rejects.toMatchObject(REFUSED);
  });

  it('that was lost is not given back to the one who lost it', async () => {
    const lock = await take();
    await write('{"host":"elsewhere","pid":7,"process":"x"}');
    await expect(lock.check()).rejects.toThrow('says that another process writes this log now');
    await lock.release();
    expect(await readFile(`${log}.lock`, 'utf8')).toContain('elsewhere');
  });
});

it.each(['jsonl', 'sqlite'] as const)('a writer of %s that lost its lock writes nothing any more', async (kind) => {
  const { file, open, messages } = await testLog(kind, { closeMs: 50 });
  const sink = await open();
  await writeFile(`${file}.lock`, 'another');
  recordAll(sink, 1, 3);
  await sink.close();
  expect(sink.counts).toMatchObject({ written: 0, dropped: 3 });
  expect(messages[0]).toContain('another process writes this log now');
});
