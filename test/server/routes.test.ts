/** Methods, probes and everything that is no route. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  call,
  callRaw,
  connection,
  json,
  parseAnswer,
  problem,
  received,
  RENDER,
  SMALL,
  startServer,
  type TestServer,
  verdict,
} from './test-server.js';

let server: TestServer;
let artifact: string;
beforeAll(async () => {
  server = await startServer(SMALL);
  artifact = `/v1/artifacts/${server.build.bundles[0]!.reference.digest.replace(':', '/')}`;
});
afterAll(() => server.close());

const READING = ['/v1/prompts/bundles', '/v1/prompts/bundles/team/hello', '/v1/prompts/templates/greet', '/v1/manifest', 'artifact'];
const PROBES = ['/healthz', '/readyz'];
const pathOf = (name: string): string => (name === 'artifact' ? artifact : name);

describe('probes', () => {
  it('/healthz is 200 while the server runs', async () => {
    const answer = await call(server, '/healthz');
    expect([answer.status, json(answer), answer.headers['cache-control']]).toEqual([200, { status: 'ok' }, 'no-store']);
  });

  it('/readyz names the build', async () => {
    const answer = await call(server, '/readyz');
    expect([answer.status, json(answer)]).toEqual([
      200,
      { status: 'ready', build: server.build.manifestDigest, commit: null, problem: null },
    ]);
  });
});

describe('methods', () => {
  it.each([...READING, ...PROBES])('HEAD %s has the headers of GET and no body', async (name) => {
    const get = await call(server, pathOf(name));
    const head = await call(server, pathOf(name), { method: 'HEAD' });
    const { date: _getDate, 'x-request-id': _getId, ...expected } = get.headers;
    const { date: _headDate, 'x-request-id': _headId, ...headers } = head.headers;
    expect([head.status, head.text, headers]).toEqual([200, '', expected]);
    expect(headers['content-length']).toBe(String(Buffer.byteLength(get.text)));
  });

  it.each(READING.flatMap((name) => ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => [method, name] as const)))(
    '%s %s is 405 and says that changes go through Git',
    async (method, name) => {
      const answer = await call(server, pathOf(name), { method, headers: { 'content-length': '3' }, body: 'x=1' });
      expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD']);
      const { code, detail } = problem(answer);
      expect(code).toBe('method_not_allowed');
      expect(detail).toMatch(/edit its file below prompts\/ and open a pull request/);
    },
  );

  it('a write to a bundle that does not exist is refused in the same way', async () => {
    expect((await call(server, '/v1/prompts/bundles/new/one', { method: 'PUT', body: '{}' })).status).toBe(405);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('%s on the render route is 405', async (method) => {
    const answer = await call(server, RENDER, { method });
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
    expect(answer.text).toMatch(method === 'HEAD' ? /^$/ : /"detail":"This route answers POST only\."/);
  });

  it.each(['/healthz', '/metrics', '/v1/manifest'])('OPTIONS %s is 405', async (target) => {
    const answer = await call(server, target, { method: 'OPTIONS' });
    expect([answer.status, answer.headers['allow'], problem(answer).detail]).toEqual([
      405,
      'GET, HEAD',
      'This route answers GET, HEAD only.',
    ]);
  });
});

describe('what is no route', () => {
  it.each([
    '/',
    '/v1',
    '/v1/prompts',
    '/v1/prompts/',
    '/v1/prompts/bundles/',
    '/v1/prompts/templates',
    '/v1/prompts/templates/',
    '/v1/manifest/',
    '/V1/manifest',
    '//v1/manifest',
    '/v1/%6danifest',
    '/v1/prompts/render/',
    '/v1/artifacts',
    '/openapi.json/',
    '/docs/',
    '/%',
    '/%00',
    '/manifest.json',
    '*',
  ])('%s is 404', async (target) => {
    for (const method of ['GET', 'POST']) {
      const answer = await call(server, target, { method });
      expect(verdict(answer)).toEqual([404, 'not_found']);
    }
  });
});

describe('targets with a host', () => {
  it.each(['http://localhost/healthz', 'HTTP://127.0.0.1:9/healthz?x'])('%s is answered', async (target) => {
    expect((await call(server, target)).status).toBe(200);
  });

  it('one without a path is the root', async () => {
    expect(problem(await call(server, 'http://localhost')).code).toBe('not_found');
    expect(problem(await call(server, 'http://localhost?x')).code).toBe('not_found');
  });

  it('one that is no HTTP is refused', async () => {
    const answer = await call(server, 'ftp://localhost/healthz');
    expect(verdict(answer)).toEqual([400, 'bad_path']);
  });
});

it('says nothing more behind the last answer of a connection', async () => {
  const request = 'DELETE /v1/manifest HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\nx=1';
  const { status, headers, text } = await callRaw(server, request);
  expect([status, text.length]).toEqual([405, Number(headers['content-length'])]);
});

it('answers requests that come in one after the other on a connection', async () => {
  const socket = await connection(server);
  const all = received(socket);
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const text = await all;
  const second = text.indexOf('HTTP/1.1', 1);
  expect(parseAnswer(text.slice(0, second)).text).toBe('{"status":"ok"}');
  expect(json(parseAnswer(text.slice(second)))).toMatchObject({ status: 'ready' });
});
