/** The log of `promptc serve`: for people, and for programs. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, writeSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { processTerminal, type Terminal } from '../../src/cli/io.js';
import { jsonLog, textLog } from '../../src/cli/server-log.js';
import { errorFields } from '../../src/server/log.js';
import { projectFolder, SMALL_PROJECT } from '../support/project.js';
import { runCommand } from '../support/terminal.js';

const FAULT = { err: errorFields(Object.assign(new TypeError('Broken.'), { secret: 'x' })) };

/** What `promptc serve` says when it is stopped at once. */
async function session(args: readonly string[], interactive: boolean): Promise<string> {
  const folder = await projectFolder(SMALL_PROJECT);
  await runCommand(folder, ['build']);
  const { code, err } = await runCommand(folder, ['serve', '--port', '0', ...args], { interactive, stop: Promise.resolve() });
  expect(code).toBe(0);
  return err;
}

it.each([
  [[], true],
  [['--log-format', 'text'], false],
])('sentences for a person: %j', async (args, interactive) => {
  expect(await session(args, interactive)).toMatch(
    /^Serving dist on http:\/\/127\.0\.0\.1:\d+ \(stop with Ctrl-C\)\nStopping, with 0 requests in flight\.\nStopped\.\n$/,
  );
});

it.each([
  [[], false],
  [['--log-format', 'json', '--no-metrics', '--max-concurrent', '3', '--drain', '0'], true],
])('JSON lines for programs: %j', async (args, interactive) => {
  const lines = (await session(args, interactive)).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      dir: 'dist',
      policy: 'loopback',
      msg: expect.stringMatching(/^Serving dist on \S+$/),
    },
    { level: 'info', in_flight: 0, connections: 0, drain_ms: 0, msg: 'Stopping, with 0 requests in flight.' },
    { level: 'info', msg: 'Stopped.' },
  ]);
});

it.each([
  [['--drain', 'soon'], 'It is a whole number of seconds, below 1000.'],
  [['--drain', '1000'], 'It is a whole number of seconds, below 1000.'],
  [['--max-concurrent', '0'], 'It is a whole number, at least 1.'],
  [['--log-format', 'xml'], 'Allowed choices are text, json.'],
])('%j is refused', async (args, message) => {
  const { code, err } = await runCommand(await projectFolder({}), ['serve', ...args]);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});

it('a person sees where something went wrong', () => {
  let said = '';
  const log = textLog(terminal({ err: (text) => (said += text) }));
  log.error(FAULT, 'It failed.');
  log.warn({}, 'Careful.');
  expect(said).toMatch(/^It failed\.\n {4}at [^]*\nCareful\.\n$/);
});

it('lines go out in their order, and none is held back at the end', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptc-log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'log');
  const errDescriptor = openSync(file, 'w');
  const log = jsonLog(terminal({ errDescriptor, err: (text) => void writeSync(errDescriptor, text) }));
  for (let i = 0; i < 50; i++) log.info({ i }, 'One of many.');
  await sleep(1500);
  for (let i = 50; i < 100; i++) log.info({ i }, 'One of many.');
  log.warn({}, 'Careful.');
  log.error(FAULT, 'It failed.');
  await log.close();
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { i?: number });
  expect(lines.slice(0, 100).map(({ i }) => i)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(lines.slice(100)).toMatchObject([{ level: 'warn' }, { level: 'error', err: FAULT.err }]);
  // Who made a line cannot be seen.
  expect(
    new Set(
      lines.map((line) =>
        Object.keys(line)
          .filter((key) => key !== 'err')
          .join(' '),
      ),
    ),
  ).toEqual(new Set(['level time i msg', 'level time msg']));
});

it.each(['nobody reads any more', 'cannot be written'])('one that %s ends nothing', async (how) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptc-log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'log');
  execFileSync(how === 'cannot be written' ? 'touch' : 'mkfifo', [file]);
  const reading = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const errDescriptor = how === 'cannot be written' ? reading : openSync(file, 'w');
  if (errDescriptor !== reading) closeSync(reading);
  const log = jsonLog(terminal({ errDescriptor }));
  await sleep(1500);
  for (let i = 0; i < 3; i++) {
    log.info({}, 'Nobody reads this.');
    await sleep(150);
  }
  await expect(log.close()).resolves.toBeUndefined();
});

it('nothing is waited for that was not begun', async () => {
  await expect(jsonLog(terminal({})).close()).resolves.toBeUndefined();
});

it('a signal stops the program, and the next one of either kind is the system’s to handle', async () => {
  const before = ['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal));
  const stopped = processTerminal().untilStopped();
  expect(process.listenerCount('SIGTERM')).toBe(before[1]! + 1);
  const heard = once(process, 'SIGTERM');
  process.kill(process.pid, 'SIGTERM');
  await Promise.all([stopped, heard]);
  expect(['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal))).toEqual(before);
});

it('lines go out by way of the terminal where it has no descriptor', async () => {
  let said = '';
  const log = jsonLog(terminal({ err: (text) => (said += text) }));
  await sleep(1500);
  log.info({ a: 1 }, 'Loaded.');
  await log.close();
  expect(JSON.parse(said)).toEqual({ level: 'info', time: expect.any(String), a: 1, msg: 'Loaded.' });
});

function terminal(parts: Partial<Terminal>): Terminal {
  const { errDescriptor: _none, ...rest } = processTerminal();
  return { ...rest, ...parts };
}
