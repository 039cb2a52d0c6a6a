/** Starting, stopping, and faults. */
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ErrorCode } from '../../src/base/error.js';
import { PromptcError } from '../../src/index.js';
import { Counts } from '../../src/server/counts.js';
import { HttpError } from '../../src/server/http-error.js';
import { errorFields } from '../../src/server/log.js';
import { problemOf } from '../../src/server/problem.js';
import { Refusals } from '../../src/server/refusals.js';
import { ServedBuild } from '../../src/server/served-build.js';
import { serve } from '../../src/server/serve.js';
import {
  buildInto,
  call,
  connection,
  json,
  keptLog,
  parseAnswer,
  problem,
  received,
  render,
  RENDER,
  SMALL,
  startServerForTest,
} from './test-server.js';

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));

const BODY = JSON.stringify({ bundle_id: 'team/hello', inputs: { name: 'Ada' } });
const HEAD = `POST ${RENDER} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;

describe('starting', () => {
  it('says where it answers', async () => {
    const server = await startServerForTest(SMALL);
    expect(server.url).toBe(`http://127.0.0.1:${server.address.port}`);
    const res = await fetch(`${server.url}/readyz`);
    expect(await res.json()).toMatchObject({ status: 'ready', build: server.build.manifestDigest });
  });

  it.skipIf(!hasIpv6)('on IPv6 too', async () => {
    const server = await startServerForTest(SMALL, { host: '::1' });
    expect(server.url).toBe(`http://[::1]:${server.address.port}`);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await call(server, '/healthz', { headers: { host: 'evil.example' } })).status).toBe(403);
  });

  it('rejects if the port is taken, or the address not this machine’s, or empty', async () => {
    const { address, dir } = await startServerForTest(SMALL);
    await expect(serve({ dir, host: '127.0.0.1', port: address.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(serve({ dir, host: '', port: 0 })).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(serve({ dir, host: '203.0.113.7', port: 0, isPublic: true })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });
});

describe('the log', () => {
  it('has a line for each request, if asked for', async () => {
    const server = await startServerForTest(SMALL, { logsRequests: true });
    const answer = await render(server, BODY);
    await call(server, '/v1/prompts/bundles/none');
    await expect.poll(() => server.log.length).toBe(2);
    expect(server.log).toMatchObject([
      {
        level: 'info',
        fields: {
          request_id: answer.headers['x-request-id'],
          method: 'POST',
          route: RENDER,
          status: 200,
          latency_ms: expect.any(Number),
          caller: null,
        },
        message: expect.stringMatching(/^POST \/v1\/prompts\/render 200 \d+\.\d ms$/),
      },
      { fields: { method: 'GET', route: '/v1/prompts/bundles/{id}', status: 404 } },
    ]);
  });

  it('tells of a flood in a line now and then, and adds up to it', async () => {
    const { log, lines } = keptLog();
    const counts = new Counts();
    const refusals = new Refusals(counts, log, 30);
    for (let i = 0; i < 1000; i++) refusals.add('overloaded');
    await expect.poll(() => lines.length).toBe(2);
    refusals.add('bad_request');
    // What comes after a quiet while is told at once again.
    await expect.poll(() => lines.length).toBe(3);
    await sleep(100);
    refusals.add('bad_request');
    refusals.add('request_timeout');
    refusals.close();
    expect(lines.map(({ fields }) => (fields as { refused: object }).refused)).toEqual([
      { overloaded: 1 },
      { overloaded: 999 },
      { bad_request: 1 },
      { bad_request: 1 },
      { request_timeout: 1 },
    ]);
    expect(lines.every(({ level }) => level === 'warn')).toBe(true);
    expect([...counts.refused]).toEqual([
      ['overloaded', 1000],
      ['bad_request', 2],
      ['request_timeout', 1],
    ]);
  });
});

describe('a server without a build', () => {
  it('is not ready, says so in metrics, and takes the build that comes', async () => {
    const { dir } = await buildInto(SMALL);
    const waiting = path.join(dir, 'not-yet');
    const server = await serve({ dir: waiting, host: '127.0.0.1', port: 0, waitForBuild: true, pollMilliseconds: 20 });
    onTestFinished(() => server.close());
    expect((await call(server, '/healthz')).status).toBe(200);
    const ready = await call(server, '/readyz');
    expect([ready.status, json(ready)]).toEqual([503, expect.objectContaining({ status: 'waiting', build: null, commit: null })]);
    const refused = await render(server, BODY);
    expect([refused.status, refused.headers['retry-after'], (json(refused) as { code: string }).code]).toEqual([503, '5', 'no_build']);
    const { text } = await call(server, '/metrics');
    expect(text).toContain('promptc_build_age_seconds NaN\n');
    expect(text).not.toMatch(/^promptc_build_info/m);
    expect(text).toContain('render_errors_total{code="no_build"} 1\n');
    const { dir: next } = await buildInto(SMALL);
    await cp(next, waiting, { recursive: true });
    await expect.poll(async () => (await call(server, '/readyz')).status, { timeout: 10_000 }).toBe(200);
    expect((await render(server, BODY)).status).toBe(200);
  });
});

describe('stopping', () => {
  it('answers 100 requests in flight, and takes no more', async () => {
    const server = await startServerForTest(SMALL);
    const sockets = await Promise.all(Array.from({ length: 100 }, () => connection(server)));
    const answers = sockets.map(received);
    // The server says when it has a request's head.
    const begun = sockets.map((socket) => once(socket, 'data'));
    for (const socket of sockets) socket.write(HEAD.replace('\r\n', '\r\nExpect: 100-continue\r\n'));
    await Promise.all(begun);
    const closed = server.close();
    for (const socket of sockets) socket.write(BODY);
    for (const text of await Promise.all(answers)) {
      const answer = parseAnswer(text.slice(text.indexOf('HTTP/1.1 200')));
      expect(answer.status).toBe(200);
      expect(answer.headers['connection']).toBe('close');
      expect(json(answer)).toMatchObject({ rendered_prompt: 'Hello Ada!' });
    }
    await closed;
    await expect(call(server, '/healthz')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('answers requests that had not even been accepted', async () => {
    const server = await startServerForTest(SMALL);
    const sockets = await Promise.all(Array.from({ length: 100 }, () => connection(server)));
    const answers = sockets.map(received);
    for (const socket of sockets) socket.write(HEAD + BODY);
    const closed = server.close();
    expect((await Promise.all(answers)).map((text) => parseAnswer(text).status)).toEqual(Array.from({ length: 100 }, () => 200));
    await closed;
  });

  it('closes idle connections, whose clients would keep them for a minute', async () => {
    const server = await startServerForTest(SMALL);
    const agent = new Agent({ keepAlive: true });
    const [res] = (await once(get({ ...target(server), path: '/healthz', agent }), 'response')) as [NodeJS.ReadableStream];
    res.resume();
    await once(res, 'end');
    const start = Date.now();
    await server.close();
    expect(Date.now() - start).toBeLessThan(5000);
    agent.destroy();
  });

  it('gives a connection that has asked nothing yet a moment, no more', async () => {
    const server = await startServerForTest(SMALL);
    const asking = await connection(server);
    const silent = await connection(server);
    const half = await connection(server);
    half.write('GET /healthz HTTP/1.1\r\nHos');
    await sleep(20);
    const start = Date.now();
    const closed = server.close();
    const [answer, nothing] = [received(asking), received(silent)];
    asking.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(parseAnswer(await answer)).toMatchObject({ status: 200, headers: { connection: 'close' } });
    expect(await nothing).toBe('');
    await closed;
    expect(Date.now() - start).toBeLessThan(5000);
  });

  it('lets a slow reader have its answer whole', async () => {
    const server = await startServerForTest(SMALL, { limits: { bodyBytes: 8 << 20, payloadBytes: 8 << 20, promptBytes: 8 << 20 } });
    const name = 'x'.repeat(7 << 20);
    const socket = connect(server.address.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const body = JSON.stringify({ bundle_id: 'team/hello', inputs: { name } });
    socket.write(`${HEAD.replace(/Content-Length: \d+/, `Content-Length: ${body.length}`)}${body}`);
    // The first bytes are here, the rest waits in the server until this side reads on.
    await once(socket, 'readable');
    const closed = server.close();
    await sleep(50);
    const text = await received(socket);
    expect((json(parseAnswer(text)) as { rendered_prompt: string }).rendered_prompt.length).toBe(name.length + 'Hello !'.length);
    await closed;
  });

  it('waits for no one who never ends a request', async () => {
    const server = await startServerForTest(SMALL, { limits: { requestMilliseconds: 300 } });
    const socket = await connection(server);
    const answer = received(socket);
    socket.write(HEAD);
    await sleep(20);
    const start = Date.now();
    await server.close();
    expect(Date.now() - start).toBeLessThan(5000);
    expect(problem(parseAnswer(await answer)).code).toBe('request_timeout');
  });

  it('waits a moment for a body whose request is answered already', async () => {
    const server = await startServerForTest(SMALL);
    const socket = await connection(server);
    const answer = received(socket);
    socket.write('PUT /v1/manifest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{');
    await sleep(30);
    await server.close();
    expect(parseAnswer(await answer).status).toBe(405);
  });

  it('says so, and goes on for as long as it is to drain', async () => {
    const server = await startServerForTest(SMALL, { drainMilliseconds: 500 });
    const start = performance.now();
    const closed = server.close();
    const ready = await call(server, '/readyz');
    expect([ready.status, json(ready)]).toEqual([503, expect.objectContaining({ status: 'stopping', build: server.build.manifestDigest })]);
    const answer = await render(server, BODY);
    expect([answer.status, answer.headers['connection']]).toEqual([200, 'close']);
    await closed;
    expect(performance.now() - start).toBeGreaterThanOrEqual(490);
    await expect(call(server, '/readyz')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(server.log.map(({ message }) => message)).toEqual(['Stopping, with 0 requests in flight.', 'Stopped.']);
  });

  it('can be asked for twice', async () => {
    const server = await startServerForTest(SMALL);
    await Promise.all([server.close(), server.close()]);
    await expect(server.close()).resolves.toBeUndefined();
  });
});

describe('connections', () => {
  it('are kept for the next request, longer than proxies keep theirs', async () => {
    const server = await startServerForTest(SMALL);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (let i = 0; i < 5; i++) {
      const sent = request({ ...target(server), path: RENDER, method: 'POST', agent, headers: { 'content-type': 'application/json' } });
      sent.end(BODY);
      const [res] = (await once(sent, 'response')) as [IncomingMessage];
      ports.add(res.socket.localPort);
      expect(res.headers['keep-alive']).toBe('timeout=65');
      res.resume();
      await once(res, 'end');
    }
    agent.destroy();
    expect(ports.size).toBe(1);
  });

  it('an answer that is on its way is not mixed with that to the garbage behind it', async () => {
    const server = await startServerForTest(SMALL, { limits: { bodyBytes: 8 << 20, payloadBytes: 8 << 20, promptBytes: 8 << 20 } });
    const body = JSON.stringify({ bundle_id: 'team/hello', inputs: { name: 'x'.repeat(7 << 20) } });
    const socket = connect(server.address.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(`${HEAD.replace(/Content-Length: \d+/, `Content-Length: ${body.length}`)}${body}`);
    await once(socket, 'readable');
    socket.write('garbage\r\n\r\n');
    await sleep(50);
    const answer = parseAnswer(await received(socket));
    expect(answer.status).toBe(200);
    expect(answer.text.length).toBe(Number(answer.headers['content-length']));
  });
});

describe('a fault of the server', () => {
  it('is 500, goes to the log, and tells nothing of the inside', async () => {
    const { dir } = await buildInto(SMALL);
    const spy = vi.spyOn(ServedBuild.prototype, 'choose').mockRejectedValue(new Error('secret detail'));
    const spyOnBundle = vi.spyOn(ServedBuild.prototype, 'bundle').mockRejectedValue(new TypeError('another secret'));
    onTestFinished(() => {
      spy.mockRestore();
      spyOnBundle.mockRestore();
    });
    const { log, lines } = keptLog();
    const server = await serve({ dir, host: '127.0.0.1', port: 0, log });
    const answers = [await render(server, BODY), await call(server, '/v1/prompts/bundles/any')];
    for (const answer of answers) {
      expect(answer.status).toBe(500);
      expect(problem(answer)).toEqual({
        type: 'about:blank',
        title: 'Internal Server Error',
        status: 500,
        detail: 'The server is at fault; its log says more.',
        code: 'internal',
      });
    }
    expect(lines).toMatchObject([
      {
        level: 'error',
        fields: {
          request_id: answers[0]!.headers['x-request-id'],
          ...{ method: 'POST', route: RENDER, status: 500, code: 'internal' },
          err: { type: 'Error', message: 'secret detail', stack: expect.stringContaining('serve.test.ts') },
        },
        message: 'POST /v1/prompts/render failed: Error: secret detail',
      },
      { level: 'error', message: 'GET /v1/prompts/bundles/{id} failed: TypeError: another secret' },
    ]);
    await server.close();

    // Without a log, a fault is still answered.
    const quiet = await serve({ dir, host: '127.0.0.1', port: 0 });
    expect((await render(quiet, BODY)).status).toBe(500);
    await quiet.close();
  });
});

describe('too few descriptors', () => {
  it.each(['EMFILE', 'ENFILE'])('%s passes, so the client is told to come back and the operator why', async (code) => {
    const { dir } = await buildInto(SMALL);
    const shortage = Object.assign(new Error(`${code}: too many open files`), { code });
    const spy = vi.spyOn(ServedBuild.prototype, 'bundle').mockRejectedValue(shortage);
    onTestFinished(() => spy.mockRestore());
    const { log, lines } = keptLog();
    const server = await serve({ dir, host: '127.0.0.1', port: 0, log });
    onTestFinished(() => server.close());
    const answer = await call(server, '/v1/prompts/bundles/any');
    expect([answer.status, answer.headers['retry-after'], problem(answer).code]).toEqual([503, '1', 'overloaded']);
    expect(lines).toMatchObject([{ level: 'error', fields: { status: 503, err: { code } } }]);
  });
});

describe('what a line says of an error', () => {
  it('is its name, message, code and place, and none of what it carries', () => {
    const error = Object.assign(new TypeError('No such thing.', { cause: 'secret' }), { code: 'ERR_X', payload: 'secret' });
    expect(errorFields(error)).toEqual({
      type: 'TypeError',
      message: 'No such thing.',
      code: 'ERR_X',
      stack: expect.stringMatching(/^ {4}at /),
    });
    expect(errorFields(Object.assign(new Error('x'.repeat(5000)), { code: 7, stack: undefined }))).toEqual({
      type: 'Error',
      message: 'x'.repeat(1000),
      stack: '',
    });
    expect(errorFields('secret')).toEqual({ type: 'string', message: 'What was thrown is no error.', stack: '' });
  });

  it('is not what V8 quotes of a text that is no JSON, nor a message of many lines in the stack', () => {
    for (const text of ['{"a": secret', 'secret']) {
      let thrown: unknown;
      try {
        JSON.parse(text);
      } catch (error) {
        thrown = error;
      }
      expect(JSON.stringify(errorFields(thrown))).not.toContain('secret');
    }
    expect(errorFields(new Error('one\nsecret')).stack).not.toContain('secret');
  });
});

describe('problem documents', () => {
  const STATUSES: { readonly [code in ErrorCode]: number } = {
    bundle_not_found: 404,
    template_not_found: 404,
    version_not_found: 404,
    no_default_version: 404,
    version_invalid: 400,
    bundle_unsupported_model: 400,
    payload_invalid: 400,
    payload_too_large: 413,
    prompt_too_large: 422,
    render_too_long: 422,
    content_invalid: 500,
    compile_failed: 500,
    output_failed: 500,
    git_failed: 500,
    base_unresolved: 500,
    history_missing: 500,
    artifact_missing: 500,
    artifact_corrupt: 500,
    artifact_unsupported: 500,
    audit_failed: 500,
  };

  it.each(Object.entries(STATUSES) as [ErrorCode, number][])('%s is %i', (code, status) => {
    const found = problemOf(new PromptcError(code, 'What happened.', [{ path: '/a', message: 'is wrong' }]));
    expect(found).toMatchObject({ type: 'about:blank', status, code });
    const told =
      status < 500 ? ['What happened.', [{ path: '/a', message: 'is wrong' }]] : ['The server is at fault; its log says more.', undefined];
    expect([found.detail, found.errors]).toEqual(told);
  });

  it('leave `errors` out if there is no place to name', () => {
    expect(problemOf(new HttpError('not_found', 'There is no such route.'))).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'There is no such route.',
      code: 'not_found',
    });
  });

  it('do not trust what is no error', () => {
    expect(problemOf('text').code).toBe('internal');
    expect(problemOf({ code: 'not_found', message: 'x' }).code).toBe('internal');
    expect(problemOf(undefined).status).toBe(500);
  });
});

function target({ address }: { readonly address: AddressInfo }): { host: string; port: number } {
  return { host: address.address, port: address.port };
}
