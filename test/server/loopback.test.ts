/** A page of another site must not read prompts by way of a name that it points at this machine. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Access } from '../../src/access/access.js';
import { isLoopbackAddress, urlOf } from '../../src/server/address.js';
import { createApp } from '../../src/server/app.js';
import { Caches } from '../../src/server/caches.js';
import { Counts } from '../../src/server/counts.js';
import { CurrentBuild } from '../../src/server/current-build.js';
import { Exchange } from '../../src/server/exchange.js';
import { DEFAULT_SERVER_LIMITS } from '../../src/server/limits.js';
import { SILENT } from '../../src/server/log.js';
import { buildInto, call, callRaw, problem, RENDER, SMALL, startServerForTest, verdict } from './test-server.js';

describe('on a loopback address', () => {
  it('answers to loopback names and refuses others', async () => {
    const server = await startServerForTest(SMALL);
    const { port } = server.address;
    const status = async (host: string, target = '/healthz'): Promise<number> => (await call(server, target, { headers: { host } })).status;

    for (const host of [
      'localhost',
      'LOCALHOST:80',
      `localhost:${port}`,
      'app.localhost',
      '127.0.0.1:1',
      '127.1.2.3',
      '[::1]',
      '[::1]:80',
    ]) {
      expect([host, await status(host)]).toEqual([host, 200]);
    }
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'evillocalhost',
      '127.0.0.1@evil.example',
      '0.0.0.0',
      '192.168.0.1',
      '[::2]',
      '::1',
    ]) {
      expect([host, await status(host)]).toEqual([host, 403]);
    }
    expect((await callRaw(server, 'GET /healthz HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).status).toBe(403);
    expect(await status('evil.example', '/v1/manifest')).toBe(403);
    expect(await status('evil.example', '/nowhere')).toBe(403);
  });

  it('refuses renders too, and says why', async () => {
    const server = await startServerForTest(SMALL);
    const headers = { host: 'evil.example', 'content-type': 'application/json' };
    const answer = await call(server, RENDER, { method: 'POST', headers, body: '{"bundle_id":"any"}' });
    expect(answer.status).toBe(403);
    expect(problem(answer)).toMatchObject({
      code: 'host_not_allowed',
      detail: 'This server answers on loopback only, to names such as localhost:7070, not to "evil.example".',
    });
  });

  it('looks at the host of the target, if it has one', async () => {
    const server = await startServerForTest(SMALL);
    const request = (target: string, host: string): string => `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    expect((await callRaw(server, request('http://evil.example/healthz', 'localhost'))).status).toBe(403);
    expect((await callRaw(server, request('http://localhost/healthz', 'evil.example'))).status).toBe(200);
  });

  it('needs a Host header', async () => {
    const server = await startServerForTest(SMALL);
    const modern = await callRaw(server, 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(verdict(modern)).toEqual([400, 'bad_request']);
    const old = await callRaw(server, 'GET /healthz HTTP/1.0\r\n\r\n');
    expect(verdict(old)).toEqual([403, 'host_not_allowed']);
  });

  it('is so for names that mean it', async () => {
    const server = await startServerForTest(SMALL, { host: 'localhost' });
    expect(isLoopbackAddress(server.address.address)).toBe(true);
    expect((await call(server, '/healthz', { headers: { host: 'evil.example' } })).status).toBe(403);
  });
});

describe('on other addresses', () => {
  it('answers to any name, and to none', async () => {
    const { dir } = await buildInto(SMALL);
    const builds = new CurrentBuild({ dir, caches: new Caches({}) });
    await builds.open();
    const counts = new Counts();
    const app = createApp({
      ...{ builds, counts, limits: DEFAULT_SERVER_LIMITS, onLoopback: false, access: new Access('public') },
      isStopping: () => false,
      log: SILENT,
    });
    const http = createServer({ requireHostHeader: false }, (req, res) => app(new Exchange(req, res, builds.served))).listen(
      0,
      '127.0.0.1',
    );
    onTestFinished(() => void http.close());
    await once(http, 'listening');
    const server = { address: http.address() as AddressInfo };
    expect((await call(server, '/healthz', { headers: { host: 'prompts.example' } })).status).toBe(200);
    expect((await callRaw(server, 'GET /healthz HTTP/1.0\r\n\r\n')).status).toBe(200);
    expect((await callRaw(server, 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n')).status).toBe(400);
  });
});

it.each([
  ['127.0.0.1', 'IPv4', 'http://127.0.0.1:7070'],
  ['192.168.0.9', 'IPv4', 'http://192.168.0.9:7070'],
  ['0.0.0.0', 'IPv4', 'http://127.0.0.1:7070'],
  ['::1', 'IPv6', 'http://[::1]:7070'],
  ['::', 'IPv6', 'http://[::1]:7070'],
])('%s (%s) is reached at %s', (address, family, url) => {
  expect(urlOf({ address, family, port: 7070 })).toBe(url);
});

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.127.0.1', false],
  ['1270.0.0.1', false],
])('%s is loopback: %s', (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected);
});
