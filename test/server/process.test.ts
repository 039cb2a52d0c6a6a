/** `promptc serve` as a process: its log, its end, and what it does when it runs out of descriptors. */
import { once } from 'node:events';
import { cp, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildCommand, type Running, startCommand } from '../support/command.js';
import { buildInto, call, json, parseAnswer, received, render, RENDER, SMALL } from './test-server.js';

buildCommand();

const BODY = JSON.stringify({ bundle_id: 'team/hello', inputs: { name: 'Ada' } });
const HEAD = `POST ${RENDER} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;

interface Served extends Running {
  readonly dir: string;
  readonly url: string;
  readonly address: { address: string; family: string; port: number };
}

async function serveInProcess(args: readonly string[] = [], limits: { descriptors?: number } = {}): Promise<Served> {
  const { dir } = await buildInto(SMALL);
  const running = startCommand(dir, ['serve', '--dir', '.', '--port', '0', ...args], limits);
  const [, url, port] = await running.says(/Serving \. on (http:\/\/127\.0\.0\.1:(\d+))/);
  return { ...running, dir, url: url!, address: { address: '127.0.0.1', family: 'IPv4', port: Number(port) } };
}

/** Its log, every line of which is JSON. */
function lines(served: Served): { [name: string]: unknown }[] {
  return served
    .said()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { [name: string]: unknown });
}

async function open(served: Served): Promise<Socket> {
  const socket = connect(served.address.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

it('the log of a whole session: what happened, and nothing of what was sent', async () => {
  const served = await serveInProcess(['--log-requests']);
  const CANARY = 'canary-7f3a';
  const secret = (place: string): string => `${CANARY}-${place}`;
  const headers = {
    authorization: `Bearer ${secret('key')}`,
    cookie: secret('cookie'),
    'user-agent': secret('agent'),
    referer: secret('referer'),
  };
  const answer = await render(
    served,
    { bundle_id: 'team/hello', inputs: { name: secret('name') }, task: secret('task') },
    { ...headers, 'x-request-id': 'order-17' },
  );
  expect(answer.text).toContain(secret('name'));
  await render(served, { bundle_id: secret('id'), [secret('field')]: secret('value') }, headers);
  await render(served, { bundle_id: 'any', [secret('field')]: secret('value'), semantic_traits: secret('traits') }, headers);
  await render(served, `{"bundle_id": "any", "task": ${secret('broken')}}`, headers);
  await render(served, BODY, { ...headers, 'x-request-id': secret('bad id') });
  for (const target of [`/v1/prompts/bundles/${secret('bundle')}?semver=${secret('version')}`, `/${secret('path')}?${secret('query')}`]) {
    await call(served, target, { headers });
  }
  await call(served, '/healthz', { headers: { host: secret('host') } });
  const garbage = await open(served);
  garbage.end(`${secret('garbage')}\r\n\r\n`).resume();
  await once(garbage, 'close');
  // Another build, then one that is broken, then a fault of the server.
  const { dir, build } = await buildInto({ ...SMALL, 'prompts/bundles/more.md': SMALL['prompts/bundles/any.md']!.replace('any', 'more') });
  await cp(dir, served.dir, { recursive: true });
  await served.says(/"msg":"Serving the build/);
  const { digest } = build.bundles.find(({ artifact }) => artifact.id === 'more')!.reference;
  await writeFile(`${served.dir}/objects/${digest.replace(':', '/').replace(/\/(..)/, '/$1/$1')}.json`, 'x');
  const fault = await render(served, { bundle_id: 'more', task: secret('fault') }, { ...headers, 'x-request-id': 'order-18' });
  expect(fault.status).toBe(500);
  await writeFile(`${served.dir}/manifest.json`, '{}');
  await served.says(/cannot be served/);
  served.process.kill('SIGTERM');
  expect(await served.ended).toEqual({ code: 0, signal: null });

  expect(served.said()).not.toContain(CANARY);
  const log = lines(served);
  expect(
    log.every(
      ({ level, time, msg, pid, hostname }) =>
        typeof level === 'string' &&
        typeof msg === 'string' &&
        !Number.isNaN(Date.parse(String(time))) &&
        pid === undefined &&
        hostname === undefined,
    ),
  ).toBe(true);
  expect(log[0]).toMatchObject({
    level: 'info',
    dir: '.',
    url: served.url,
    build: expect.stringMatching(/^sha256:/),
    commit: null,
    policy: 'loopback',
  });
  const requests = log.filter(({ latency_ms }) => typeof latency_ms === 'number');
  expect(requests.map(({ method, route, status }) => `${String(method)} ${String(route)} ${String(status)}`)).toEqual([
    `POST ${RENDER} 200`,
    `POST ${RENDER} 404`,
    `POST ${RENDER} 400`,
    `POST ${RENDER} 400`,
    `POST ${RENDER} 200`,
    'GET /v1/prompts/bundles/{id} 404',
    'GET other 404',
    'GET /healthz 403',
    `POST ${RENDER} 500`,
  ]);
  expect(requests[0]).toMatchObject({ request_id: 'order-17', caller: null });
  const about = (pattern: RegExp): object | undefined => log.find(({ msg }) => pattern.test(String(msg)));
  expect(about(/^POST .* failed/)).toMatchObject({
    ...{ level: 'error', request_id: 'order-18', method: 'POST', route: RENDER, status: 500, code: 'artifact_corrupt' },
    err: { type: 'PromptcError', code: 'artifact_corrupt', stack: expect.stringMatching(/^ {4}at /) },
  });
  expect(about(/^Refused/)).toMatchObject({ level: 'warn', refused: { bad_request: 1 } });
  expect(about(/^Serving the build/)).toMatchObject({ level: 'info', build: build.manifestDigest, took_ms: expect.any(Number) });
  expect(about(/cannot be served/)).toMatchObject({ level: 'warn', next_try_ms: expect.any(Number) });
  expect(log.slice(-2).map(({ msg }) => msg)).toEqual([expect.stringMatching(/^Stopping, with \d requests? in flight\.$/), 'Stopped.']);
});

describe('stopping', () => {
  it('42: readiness drops, 100 requests in flight are answered, and new ones while it drains; it ends with 0', async () => {
    const served = await serveInProcess(['--drain', '2']);
    const sockets = await Promise.all(Array.from({ length: 100 }, () => open(served)));
    const answers = sockets.map(received);
    for (const socket of sockets) socket.write(HEAD + BODY.slice(0, 10));
    expect((await call(served, '/readyz')).status).toBe(200);
    served.process.kill('SIGTERM');
    await served.says(/"msg":"Stopping, with 100 requests in flight\."/);
    const ready = await call(served, '/readyz');
    expect([ready.status, json(ready), ready.headers['connection']]).toEqual([
      503,
      expect.objectContaining({ status: 'stopping' }),
      'close',
    ]);
    expect((await render(served, BODY)).status).toBe(200);
    for (const socket of sockets) socket.write(BODY.slice(10));
    const statuses = (await Promise.all(answers)).map((text) => parseAnswer(text).status);
    expect(statuses).toEqual(Array.from({ length: 100 }, () => 200));
    expect(await served.ended).toEqual({ code: 0, signal: null });
  });

  it('a second signal ends it at once', async () => {
    const served = await serveInProcess(['--drain', '900']);
    served.process.kill('SIGTERM');
    await served.says(/"msg":"Stopping/);
    served.process.kill('SIGINT');
    expect(await served.ended).toEqual({ code: null, signal: 'SIGINT' });
  });
});

describe('too few descriptors', () => {
  const DESCRIPTORS = 48;
  const LIST = 'GET /v1/prompts/bundles/any HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

  it('end nothing, and it answers when there are some again', async () => {
    const served = await serveInProcess([], { descriptors: DESCRIPTORS });
    // Until all is loaded that answers, though nobody has asked for it.
    await sleep(3000);
    const asking = await open(served);
    const sockets = await Promise.all(Array.from({ length: 2 * DESCRIPTORS }, () => open(served)));
    // Some are taken in, and the rest are closed or left waiting.
    await sleep(300);
    const answer = received(asking);
    asking.write(LIST);
    expect(parseAnswer(await answer)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    const before = await cpuSeconds(served);
    await sleep(1000);
    // It does not spin.
    expect((await cpuSeconds(served)) - before).toBeLessThan(0.5);
    expect(served.process.exitCode).toBe(null);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await render(served, BODY).catch(() => undefined))?.status, { timeout: 10_000 }).toBe(200);
    for (const target of ['/readyz', '/v1/prompts/bundles/any']) {
      await expect.poll(async () => (await call(served, target).catch(() => undefined))?.status, { timeout: 10_000 }).toBe(200);
    }
    served.process.kill('SIGTERM');
    expect(await served.ended).toEqual({ code: 0, signal: null });
  });
});

/** What a process has used of the CPU. */
async function cpuSeconds({ process: { pid } }: Running): Promise<number> {
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const { stdout } = await promisify(execFile)('ps', ['-o', 'cputime=', '-p', String(pid)]);
  return stdout
    .trim()
    .split(/[:-]/)
    .reduce((sum, part) => sum * 60 + Number(part), 0);
}
