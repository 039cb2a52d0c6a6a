/** What breaks HTTP's framing, or could be read in two ways, as bytes on a socket. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  call,
  callRaw,
  connection,
  json,
  parseAnswer,
  received,
  render,
  RENDER,
  SMALL,
  startServer,
  startServerForTest,
  type TestServer,
  verdict,
} from './test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer(SMALL);
});
afterAll(() => server.close());

const VALID = JSON.stringify({ bundle_id: 'team/hello', inputs: { name: 'Ada' } });
const LENGTH = `Content-Length: ${VALID.length}`;

/** A render request with some lines of its own. */
function post(lines: string, body = VALID): string {
  return `POST ${RENDER} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n${lines}\r\n\r\n${body}`;
}

const CHUNKED = `${VALID.length.toString(16)}\r\n${VALID}\r\n0\r\n\r\n`;

describe('framing that could be read in two ways is 400, and the connection ends', () => {
  it.each([
    ['two equal lengths', post(`${LENGTH}\r\n${LENGTH}`)],
    ['two lengths', post(`${LENGTH}\r\nContent-Length: 0`)],
    ['a list of lengths', post(`Content-Length: ${VALID.length}, ${VALID.length}`)],
    ['a length behind chunks', post(`Transfer-Encoding: chunked\r\n${LENGTH}`, CHUNKED)],
    ['chunks behind a length', post(`${LENGTH}\r\nTransfer-Encoding: chunked`, CHUNKED)],
    ['chunked twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', CHUNKED)],
    ['chunked, and something behind it', post('Transfer-Encoding: chunked, identity', CHUNKED)],
    ['an encoding that is not chunked', post('Transfer-Encoding: xchunked', CHUNKED)],
    ['a negative length', post('Content-Length: -1')],
    ['a length with a sign', post(`Content-Length: +${VALID.length}`)],
    ['a length in hexadecimal', post('Content-Length: 0x10')],
    ['a length beyond all numbers', post('Content-Length: 99999999999999999999999')],
    ['a folded header', post(`X-Folded: one\r\n two\r\n${LENGTH}`)],
    ['a length in a folded line', post(`Content-Length:\r\n ${VALID.length}`)],
    ['white space before a colon', post(`Content-Length : ${VALID.length}`)],
    ['a header without a name', post(`: nothing\r\n${LENGTH}`)],
    ['a header without a colon', post(`nothing\r\n${LENGTH}`)],
    ['line feeds alone', post(LENGTH).replaceAll('\r\n', '\n')],
    ['a line feed alone behind a header', post(`X-One: 1\nX-Two: 2\r\n${LENGTH}`)],
    ['a carriage return within a value', post(`X-One: 1\rX-Two: 2\r\n${LENGTH}`)],
    ['NUL in a value', post(`X-One: a\0b\r\n${LENGTH}`)],
    ['NUL in a target', `GET /health\0z HTTP/1.1\r\nHost: localhost\r\n\r\n`],
    ['a space in a target', `GET /health z HTTP/1.1\r\nHost: localhost\r\n\r\n`],
    ['a chunk whose size has a sign', post('Transfer-Encoding: chunked', `+${CHUNKED}`)],
    ['a chunk size in 0x', post('Transfer-Encoding: chunked', `0x${CHUNKED}`)],
    ['a chunk size beyond all numbers', post('Transfer-Encoding: chunked', `FFFFFFFFFFFFFFFFFF\r\n${VALID}`)],
    ['a chunk that ends in a line feed alone', post('Transfer-Encoding: chunked', CHUNKED.replace('\r\n0', '\n0'))],
    ['a chunk that is longer than its size', post('Transfer-Encoding: chunked', CHUNKED.replace(VALID, `${VALID}{}`))],
    ['another version of HTTP', 'GET /healthz HTTP/3.7\r\nHost: localhost\r\n\r\n'],
    ['HTTP/2 as it is', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a method that is none', 'FETCH /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a proxy greeting', 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ])('%s', async (_name, text) => {
    const answer = await callRaw(server, text);
    expect(verdict(answer)).toEqual([400, 'bad_request']);
    expect(answer.headers['connection']).toBe('close');
    expect((await render(server, VALID)).status).toBe(200);
  });

  it.each([
    ['Host', 'Host: localhost', 400, 'bad_request'],
    ['Host, another one', 'Host: evil.example', 400, 'bad_request'],
    ['Content-Type', 'Content-Type: application/json', 415, 'unsupported_media_type'],
  ])('%s given twice', async (_name, line, status, code) => {
    expect(verdict(await callRaw(server, post(`${line}\r\n${LENGTH}`)))).toEqual([status, code]);
  });

  it('HTTP/0.9 has no host, and is answered as if it were 1.0', async () => {
    expect(verdict(await callRaw(server, 'GET /healthz\r\n\r\n'))).toEqual([403, 'host_not_allowed']);
  });

  it('a second request does not hide in the body of the first', async () => {
    const hidden = 'GET /v1/manifest HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const socket = await connection(server);
    const all = received(socket);
    socket.write(`GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`);
    expect((await all).match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });
});

describe('what is unusual and right is answered', () => {
  it.each([
    ['chunks', post('Transfer-Encoding: chunked', CHUNKED)],
    ['chunks with a trailer', post('Transfer-Encoding: chunked', CHUNKED.replace(/\r\n$/, 'X-Trailer: 1\r\n\r\n'))],
    ['leading empty lines', `\r\n\r\n${post(LENGTH)}`],
    ['an Upgrade that nobody offers', post(LENGTH).replace('Connection: close', 'Connection: close, Upgrade\r\nUpgrade: websocket')],
  ])('%s', async (_name, text) => {
    const answer = await callRaw(server, text);
    expect(answer.status).toBe(200);
    expect(json(answer)).toMatchObject({ rendered_prompt: 'Hello Ada!' });
  });

  it('HTTP/1.0 is answered, and the connection closed', async () => {
    const answer = await callRaw(server, post(LENGTH).replace('HTTP/1.1', 'HTTP/1.0').replace('Connection: close\r\n', ''));
    expect(answer.status).toBe(200);
    expect(answer.headers['connection']).toBe('close');
  });

  it('HEAD with a body: the body is read past', async () => {
    const socket = await connection(server);
    const all = received(socket);
    socket.write('HEAD /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello');
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    const text = await all;
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    expect(text.endsWith('\r\n\r\n{"status":"ok"}')).toBe(true);
  });

  it('CONNECT is closed', async () => {
    const socket = await connection(server);
    const all = received(socket);
    socket.write('CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await all).toBe('');
  });
});

it('a target over its limit is 414', async () => {
  const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
  expect(verdict(await callRaw(server, get(`/${'x'.repeat(8192)}`)))).toEqual([414, 'uri_too_long']);
  expect(verdict(await callRaw(server, get(`/${'x'.repeat(8191)}`)))).toEqual([404, 'not_found']);
  expect(verdict(await callRaw(server, get(`http://localhost/${'x'.repeat(8192)}`)))).toEqual([414, 'uri_too_long']);
});

it('10,000 deep JSON costs next to nothing', async () => {
  const deep = `{"bundle_id":"any","semantic_traits":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`;
  await render(server, deep);
  const start = process.cpuUsage();
  for (let i = 0; i < 10; i++) expect((await render(server, deep)).status).toBe(400);
  const { user, system } = process.cpuUsage(start);
  // Measured: 2 ms each, client and server together.
  expect((user + system) / 10).toBeLessThan(100_000);
});

describe('a client that takes its answer byte by byte', () => {
  it('is cut off when the answer has taken too long', async () => {
    const limits = { bodyBytes: 8 << 20, payloadBytes: 8 << 20, promptBytes: 8 << 20, answerMilliseconds: 400 };
    const slow = await startServerForTest(SMALL, { limits });
    const body = JSON.stringify({ bundle_id: 'team/hello', inputs: { name: 'x'.repeat(7 << 20) } });
    const socket = await connection(slow);
    socket.on('error', () => {});
    socket.pause();
    socket.write(post(`Content-Length: ${body.length}`, body));
    // Something moves now and then, so that the connection is never idle.
    const reading = setInterval(() => void socket.read(1), 20);
    await expect.poll(async () => refusedFor(slow, 'answer_timeout'), { timeout: 10_000 }).toBe(1);
    clearInterval(reading);
    expect(await inFlight(slow)).toBe(0);
  });

  it('is cut off when nothing moves', async () => {
    const limits = { bodyBytes: 8 << 20, payloadBytes: 8 << 20, promptBytes: 8 << 20, stallMilliseconds: 200 };
    const slow = await startServerForTest(SMALL, { limits });
    const body = JSON.stringify({ bundle_id: 'team/hello', inputs: { name: 'x'.repeat(7 << 20) } });
    const socket = await connection(slow);
    socket.on('error', () => {});
    socket.pause();
    socket.write(post(`Content-Length: ${body.length}`, body));
    await expect.poll(() => inFlight(slow), { timeout: 10_000 }).toBe(1);
    await expect.poll(() => inFlight(slow), { timeout: 10_000 }).toBe(0);
  });
});

describe('too many at once', () => {
  it('are told to come back, while probes and metrics answer', async () => {
    const busy = await startServerForTest(SMALL, { limits: { concurrentRequests: 2 } });
    const waiting = await Promise.all([connection(busy), connection(busy)]);
    const answers = waiting.map(received);
    for (const socket of waiting) socket.write(post(LENGTH, VALID.slice(0, 5)));
    await expect.poll(() => inFlight(busy), { timeout: 10_000 }).toBe(2);

    for (let i = 0; i < 3; i++) {
      const refused = await render(busy, VALID);
      expect(verdict(refused)).toEqual([503, 'overloaded']);
      expect(refused.headers['retry-after']).toBe('1');
    }
    for (const target of ['/healthz', '/readyz?x', '/metrics']) {
      const answer = await callRaw(busy, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      expect([target, answer.status]).toEqual([target, 200]);
    }
    for (const socket of waiting) socket.write(VALID.slice(5));
    expect((await Promise.all(answers)).map((text) => parseAnswer(text).status)).toEqual([200, 200]);
    expect((await render(busy, VALID)).status).toBe(200);
    expect(await refusedFor(busy, 'overloaded')).toBe(3);
    await busy.close();
    // The first at once, the rest in one line.
    const warned = busy.log.filter(({ level }) => level === 'warn');
    expect(warned.map(({ fields }) => fields)).toMatchObject([
      { refused: { overloaded: 1 }, in_flight: 3 },
      { refused: { overloaded: 2 } },
    ]);
  });

  it('requests that wait behind others on a connection are given up with it', async () => {
    const busy = await startServerForTest(SMALL);
    const socket = await connection(busy);
    const request = 'GET /v1/manifest HTTP/1.1\r\nHost: localhost\r\n\r\n';
    socket.write(request.repeat(3) + post(LENGTH, VALID.slice(0, 5)));
    await sleep(50);
    socket.write('');
    socket.destroy();
    await expect.poll(() => inFlight(busy), { timeout: 10_000 }).toBe(0);
    const another = await connection(busy);
    another.write(post(LENGTH, VALID.slice(0, 5)).replace('Connection: close\r\n', ''));
    await expect.poll(() => inFlight(busy), { timeout: 10_000 }).toBe(1);
    another.destroy();
    await expect.poll(() => inFlight(busy), { timeout: 10_000 }).toBe(0);
    const { text } = await callRaw(busy, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(text).toMatch(/promptc_http_requests_total\{route="\/v1\/prompts\/render",status="(?:400|499)"\} /);
  });

  it('connections are closed', async () => {
    const busy = await startServerForTest(SMALL, { limits: { connections: 2 } });
    const first = await connection(busy);
    const second = await connection(busy);
    const third = await connection(busy);
    third.on('error', () => {}).resume();
    await once(third, 'close');
    first.destroy();
    await expect.poll(async () => (await call(busy, '/healthz').catch(() => undefined))?.status, { timeout: 10_000 }).toBe(200);
    second.destroy();
    expect(busy.log.find(({ level }) => level === 'warn')!.message).toMatch(
      /^Refused requests or connections: \d+ too_many_connections\.$/,
    );
  });
});

async function metric(of: TestServer, name: string): Promise<number> {
  const { text } = await callRaw(of, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1) ?? 0,
  );
}

function refusedFor(of: TestServer, reason: string): Promise<number> {
  return metric(of, `promptc_refused_total{reason="${reason}"}`);
}

/** Besides the request that asks. */
async function inFlight(of: TestServer): Promise<number> {
  return (await metric(of, 'promptc_http_requests_in_flight')) - 1;
}
