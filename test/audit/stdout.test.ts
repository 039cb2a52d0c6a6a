import { spawn } from 'node:child_process';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { openSink } from '../../src/audit/open-sink.js';
import { recordAll } from './logs.js';

it('survives a pipe that nobody reads any more', async () => {
  const reader = spawn('true', { stdio: ['pipe', 'ignore', 'ignore'] });
  await new Promise((resolve) => reader.once('close', resolve));
  const messages: string[] = [];
  const sink = await openSink('stdout', { stdout: reader.stdin, closeMs: 50, log: (message) => void messages.push(message) });
  recordAll(sink, 1, 3);
  await sink.close();
  expect(sink.counts).toMatchObject({ written: 0, dropped: 3 });
  expect(messages[0]).toMatch(/^Audit records cannot be stored, and will be tried again: /);
});

it('survives an error of the last moment', async () => {
  const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('gone')) });
  const sink = await openSink('stdout', { stdout: failing, closeMs: 0 });
  recordAll(sink, 1, 1);
  while (sink.counts.failures === 0) await new Promise((resolve) => setImmediate(resolve));
  await sink.close();
  expect(sink.counts).toMatchObject({ written: 0, dropped: 1 });
});

it('leaves the stream open, and adds no listeners to it that stay', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  for (let i = 0; i < 20; i++) {
    const sink = await openSink('stdout', { stdout: stream });
    recordAll(sink, 1, 1);
    await sink.close();
  }
  expect(stream.listenerCount('error')).toBe(0);
  expect(stream.writableEnded).toBe(false);
});
