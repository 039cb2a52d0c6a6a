/**
 * Lines 36 to 40 of the list of bad inputs, and their neighbours. Framing is in framing.test.ts, line 41 in metrics.test.ts, 42 in
 * process.test.ts.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SERVER_LIMITS } from '../../src/server/limits.js';
import {
  call,
  callRaw,
  connection,
  json,
  parseAnswer,
  problem,
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

const POST = `POST ${RENDER} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
const VALID = JSON.stringify({ bundle_id: 'team/hello', inputs: { name: 'Ada' } });

async function stillServes(): Promise<void> {
  expect((await render(server, VALID)).status).toBe(200);
}

describe('36: header over 16 KiB → 431', () => {
  it.each([17_000, 100_000, 1_000_000])('one header of %i bytes', async (size) => {
    const answer = await callRaw(server, `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(size)}\r\n\r\n`);
    expect(verdict(answer)).toEqual([431, 'header_too_large']);
    expect(answer.headers).toMatchObject({ connection: 'close', 'cache-control': 'no-store', date: expect.any(String) });
    await stillServes();
  });

  it('many small headers, and a path', async () => {
    expect(verdict(await callRaw(server, `GET /healthz HTTP/1.1\r\nHost: localhost\r\n${'abc: def\r\n'.repeat(4000)}\r\n`))).toEqual([
      431,
      'header_too_large',
    ]);
    expect(verdict(await callRaw(server, `GET /${'x'.repeat(17_000)} HTTP/1.1\r\n`))).toEqual([431, 'header_too_large']);
  });

  it('none of many small ones is overlooked', async () => {
    const many = 'a: b\r\n'.repeat(2500);
    const answer = await callRaw(server, `GET /healthz HTTP/1.1\r\n${many}Host: evil.example\r\nConnection: close\r\n\r\n`);
    expect(verdict(answer)).toEqual([403, 'host_not_allowed']);
  });

  it('16,000 bytes are fine', async () => {
    expect((await call(server, '/healthz', { headers: { 'x-long': 'x'.repeat(16_000) } })).status).toBe(200);
  });

  it('answers on a connection that has been used before', async () => {
    const socket = await connection(server);
    const all = received(socket);
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await sleep(50);
    socket.write(`GET /healthz HTTP/1.1\r\nX-Long: ${'x'.repeat(20_000)}\r\n`);
    const text = await all;
    expect(parseAnswer(text).status).toBe(200);
    expect(verdict(parseAnswer(text.slice(text.indexOf('HTTP/1.1', 1))))).toEqual([431, 'header_too_large']);
  });
});

describe('36: body over the limit → 413', () => {
  const limit = DEFAULT_SERVER_LIMITS.bodyBytes;
  const padded = (size: number): string => VALID + ' '.repeat(size - VALID.length);

  it('exactly the limit is fine', async () => {
    expect((await render(server, padded(limit))).status).toBe(200);
  });

  it('one byte more is not', async () => {
    const answer = await render(server, padded(limit + 1));
    expect(verdict(answer)).toEqual([413, 'body_too_large']);
    expect(problem(answer).detail).toBe('The body is larger than 1048576 bytes.');
    expect(answer.headers['connection']).toBe('close');
  });

  it('is known from the length alone', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '99999999999' };
    const answer = await call(server, RENDER, { method: 'POST', headers, body: '{' });
    expect(verdict(answer)).toEqual([413, 'body_too_large']);
  });

  it('in chunks, without a length: the client can send it all and then read the answer', async () => {
    const small = await startServerForTest(SMALL, { limits: { bodyBytes: 1000 } });
    const socket = await connection(small);
    const answer = received(socket);
    socket.write(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = 'x'.repeat(65_536);
    for (let i = 0; i < 64; i++) {
      socket.write(`10000\r\n${chunk}\r\n`);
      if (i % 8 === 0) await sleep(1);
    }
    socket.write('0\r\n\r\n');
    expect(verdict(parseAnswer(await answer))).toEqual([413, 'body_too_large']);
  });

  it('a client that goes on sending is cut off', async () => {
    const small = await startServerForTest(SMALL, { limits: { bodyBytes: 1000 } });
    const socket = await connection(small);
    socket.on('error', () => {});
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    socket.write(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
    const sending = setInterval(() => socket.write(`400\r\n${'x'.repeat(1024)}\r\n`), 20);
    const start = Date.now();
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(sending);
    expect(Date.now() - start).toBeLessThan(5000);
    expect(verdict(parseAnswer(text))).toEqual([413, 'body_too_large']);
  });
});

describe('36: not JSON → 415', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json5',
    'application/jsonp',
    'application/problem+json',
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'application/json; version=1',
    'application/json, text/plain',
    'json',
  ])('%s', async (type) => {
    expect(verdict(await render(server, VALID, { 'content-type': type }))).toEqual([415, 'unsupported_media_type']);
  });

  it('no type at all', async () => {
    expect(verdict(await call(server, RENDER, { method: 'POST', body: VALID }))).toEqual([415, 'unsupported_media_type']);
  });

  it.each(['application/json', 'Application/JSON', 'application/json; charset=utf-8', 'application/json;charset="UTF-8"'])(
    '%s is fine',
    async (type) => {
      expect((await render(server, VALID, { 'content-type': type })).status).toBe(200);
    },
  );

  it.each(['gzip', 'br', 'deflate, gzip'])('a body in %s', async (encoding) => {
    const answer = await render(server, VALID, { 'content-encoding': encoding });
    expect(verdict(answer)).toEqual([415, 'unsupported_content_encoding']);
    expect(answer.headers['accept-encoding']).toBe('identity');
  });

  it('a body in no encoding is fine', async () => {
    expect((await render(server, VALID, { 'content-encoding': 'identity' })).status).toBe(200);
  });
});

describe('36: malformed JSON → 400 with the place', () => {
  it.each([
    ['{"bundle_id": "any",}', 'line 1, column 21: expected a key in double quotes, found "}"'],
    ['{\n  "bundle_id": "any"\n  "semver": "1"\n}', 'line 3, column 3: expected a comma or the closing bracket, found "\\"semver\\""'],
    ['{"bundle_id": any}', 'line 1, column 15: expected a value, found "any"'],
    ['{"ä😀": 1x}', 'line 1, column 9: expected a comma or the closing bracket, found "x"'],
    ['{"a": "b\nc"}', 'line 1, column 7: this string does not end, or holds a control character or an escape that JSON does not have'],
    ["{'a': 1}", 'line 1, column 2: expected a key in double quotes or "}", found "\'a\'"'],
    ['{"a": 1} {}', 'line 1, column 10: expected the end, found "{"'],
    ['// hi\n{}', 'line 1, column 1: expected a value, found "// hi"'],
    ['   ', 'line 1, column 4: expected a value, found the end'],
    ['{"bundle_id": "any"', 'line 1, column 20: expected a comma or the closing bracket, found the end'],
    ['bundle_id=any&semver=1.0.0', 'line 1, column 1: expected a value, found "bundle_id=any&semver…"'],
    ['\ufeff{}', 'line 1, column 1: expected a value, found "\ufeff"'],
  ])('%j', async (body, place) => {
    const answer = await render(server, body);
    expect(verdict(answer)).toEqual([400, 'malformed_json']);
    expect(problem(answer).detail).toBe(`The body is no JSON: ${place}.`);
  });

  it('nested 500,000 deep and never closed', async () => {
    const answer = await render(server, '[{"a":'.repeat(100_000));
    expect(verdict(answer)).toEqual([400, 'malformed_json']);
    expect(problem(answer).detail).toMatch(/line 1, column 600001: expected a value, found the end/);
    await stillServes();
  });

  it('an empty body', async () => {
    expect(verdict(await render(server, ''))).toEqual([400, 'empty_body']);
    expect(verdict(await callRaw(server, `${POST}Connection: close\r\n\r\n`))).toEqual([400, 'empty_body']);
  });

  it('bytes that are no UTF-8', async () => {
    expect(verdict(await render(server, Buffer.from(VALID.replace('Ada', 'Zoë'), 'latin1')))).toEqual([400, 'invalid_utf8']);
    expect(verdict(await render(server, Buffer.from(VALID, 'utf16le')))).toEqual([400, 'malformed_json']);
  });

  it('of keys that come twice, the last counts', async () => {
    const answer = await render(server, '{"bundle_id":"nothing","bundle_id":"team/hello","inputs":{"name":"Ada"}}');
    expect(json(answer)).toMatchObject({ bundle_id: 'team/hello' });
  });
});

describe('37: a wrong payload → 400, each problem with its path', () => {
  it.each([
    ['unknown field', { bundle_id: 'any', tusk: 'x' }, ['/tusk']],
    ['wrong type', { bundle_id: 'team/hello', inputs: { name: 7 } }, ['/inputs/name']],
    ['missing input', { bundle_id: 'team/hello' }, ['/inputs/name']],
    ['number out of range', { bundle_id: 'any', stress: 1.5 }, ['/stress']],
    ['unknown input', { bundle_id: 'team/hello', inputs: { name: 'x', 'a/b': 1 } }, ['/inputs/a~1b']],
    ['half a surrogate pair', { bundle_id: 'any', task: '\ud800' }, ['/task']],
    ['model_type that is no text', { bundle_id: 'any', model_type: null }, ['/model_type']],
    [
      'several at once',
      { bundle_id: 'team/hello', vector: [1], activity_level: -1, stress: 'high', inputs: {} },
      ['/activity_level', '/inputs/name', '/stress', '/vector'],
    ],
    ['no bundle', {}, ['/bundle_id']],
    ['bundle that is no text', { bundle_id: 1 }, ['/bundle_id']],
    ['version that is no text', { bundle_id: 'any', semver: null }, ['/semver']],
    [
      'another spelling of the fields',
      { bundleId: 'any', version: '1', semver: 1, task: '' },
      ['/bundleId', '/bundle_id', '/semver', '/version'],
    ],
    ['a list', [1], ['']],
    ['null', null, ['']],
    ['a text', 'any', undefined],
  ])('%s', async (_name, body, paths) => {
    const answer = await render(server, paths === undefined ? JSON.stringify(body) : body);
    expect(verdict(answer)).toEqual([400, 'payload_invalid']);
    const { errors } = problem(answer);
    expect(errors!.map(({ path }) => path).toSorted()).toEqual(paths ?? ['']);
    expect(errors!.every(({ message }) => message !== '')).toBe(true);
  });
});

describe('38: `__proto__` and deep JSON → 400', () => {
  it.each([
    ['{"bundle_id":"any","__proto__":{"task":"x"}}', '/__proto__'],
    ['{"bundle_id":"any","constructor":1}', '/constructor'],
    ['{"bundle_id":"any","semantic_traits":{"__proto__":{"calm":1}}}', '/semantic_traits/__proto__'],
    ['{"bundle_id":"any","inputs":{"a":[{"prototype":1}]}}', '/inputs/a/0/prototype'],
    ['{"__proto__":{"bundle_id":"any"}}', '/__proto__'],
  ])('%s', async (body, path) => {
    const answer = await render(server, body);
    expect(verdict(answer)).toEqual([400, 'payload_invalid']);
    expect(problem(answer).errors!.map((one) => one.path)).toContain(path);
    expect(({} as { task?: unknown }).task).toBeUndefined();
  });

  it.each([10_000, 170_000])('%i deep', async (depth) => {
    const deep = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    for (const body of [
      `{"bundle_id":"any","semantic_traits":${deep}}`,
      `{"bundle_id":${deep}}`,
      `{"x":${deep}}`,
      `{"bundle_id":"any","x":${deep}}`,
      `[${deep}]`,
    ]) {
      expect(verdict(await render(server, body))).toEqual([400, 'payload_invalid']);
    }
    await stillServes();
  });
});

describe('39: escapes in a path → 4xx and no file access', () => {
  const FAMILIES = ['/v1/prompts/bundles', '/v1/prompts/templates'];
  const NOT_FOUND = [
    '%00',
    'any%00',
    '%2e%2e%2f',
    '%2e%2e%2f%2e%2e%2fmanifest.json',
    '..%2f..%2fetc%2fpasswd',
    '../../manifest.json',
    '..',
    '.',
    '%2f',
    '/',
    'any//x',
    'any%5c..%5c',
    'any%0a',
    'any;x',
    '%252e%252e',
    'C:%5Cwindows',
    '%F0%9F%98%80',
    'a'.repeat(300),
  ];
  it.each(FAMILIES.flatMap((family) => NOT_FOUND.map((id) => `${family}/${id}`)))('%s is 404', async (target) => {
    const answer = await call(server, target);
    expect(answer.status).toBe(404);
    expect(problem(answer).code).toMatch(/^(?:bundle|template)_not_found$/);
    expect(problem(answer).detail).toMatch(/^There is no (?:bundle|template) "/);
    // A log line would tell of a file that was looked for.
    expect(server.log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it.each(FAMILIES.flatMap((family) => ['%', '%2', '%zz', 'any%', '%ff', '%c0%af', '%ed%a0%80'].map((id) => `${family}/${id}`)))(
    '%s is 400',
    async (target) => {
      expect(verdict(await call(server, target))).toEqual([400, 'bad_path']);
    },
  );

  it('what could name a file is only looked up', () => {
    // The one place where a path is made below the folder takes a checked digest.
    const source = readFileSync(new URL('../../src/server/served-build.ts', import.meta.url), 'utf8');
    expect(source).not.toMatch(/node:fs|node:path/);
  });
});

describe('40: a slow client is closed', () => {
  it('within 10 s by default', () => {
    const { requestMilliseconds } = DEFAULT_SERVER_LIMITS;
    // What the server adds: the step of its clock, and the time to read the answer.
    expect(requestMilliseconds + 500 + 500).toBeLessThanOrEqual(10_000);
  });

  it.each([
    ['headers', `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: `],
    ['a body', `${POST}Content-Length: 1000\r\n\r\n{`],
    ['a chunk', `${POST}Transfer-Encoding: chunked\r\n\r\n400\r\n{`],
    ['nothing', ''],
  ])('that sends %s byte by byte', async (_name, beginning) => {
    const strict = await startServerForTest(SMALL, { limits: { requestMilliseconds: 200 } });
    const socket = await connection(strict);
    socket.on('error', () => {});
    const answer = received(socket);
    socket.write(beginning);
    const sending = beginning === '' ? undefined : setInterval(() => socket.write(' '), 20);
    const start = Date.now();
    expect(verdict(parseAnswer(await answer))).toEqual([408, 'request_timeout']);
    clearInterval(sending);
    expect(Date.now() - start).toBeLessThan(5000);
  });
});

describe('what breaks HTTP itself', () => {
  it('is answered, and then cut off if the client goes on', async () => {
    const socket = await connection(server);
    socket.on('error', () => {});
    const answer = received(socket);
    // The client's own half stays open, and it goes on talking.
    socket.allowHalfOpen = true;
    socket.write('garbage\r\n\r\n');
    expect(verdict(parseAnswer(await answer))).toEqual([400, 'bad_request']);
    const talking = setInterval(() => socket.write('more\r\n'), 20);
    const start = Date.now();
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(talking);
    expect(Date.now() - start).toBeLessThan(5000);
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['two lengths', `${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}`],
    ['a length and chunks', `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a length that is no number', `${POST}Content-Length: five\r\n\r\n`],
    ['a broken chunk', `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ])('%s is 400', async (_name, text) => {
    expect(verdict(await callRaw(server, text))).toEqual([400, 'bad_request']);
    await stillServes();
  });

  it('chunk extensions without end are 413', async () => {
    expect(verdict(await callRaw(server, `${POST}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}`))).toEqual([
      413,
      'body_too_large',
    ]);
  });

  it('Expect: 100-continue works', async () => {
    const socket = await connection(server);
    const all = received(socket);
    const length = Buffer.byteLength(VALID);
    socket.write(`${POST}Connection: close\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`);
    await sleep(30);
    socket.write(VALID);
    const text = await all;
    const interim = 'HTTP/1.1 100 Continue\r\n\r\n';
    expect(text.startsWith(interim)).toBe(true);
    expect(parseAnswer(text.slice(interim.length)).status).toBe(200);
  });

  it('other expectations are 417', async () => {
    const answer = await callRaw(server, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: wonders\r\n\r\n');
    expect(verdict(answer)).toEqual([417, 'expectation_failed']);
  });

  it('a client that leaves in the middle of its body does no harm', async () => {
    const leaving = await startServerForTest(SMALL);
    const socket = await connection(leaving);
    socket.write(`${POST}Content-Length: 100\r\n\r\n{"bundle_id":`);
    await sleep(30);
    socket.destroy();
    await sleep(30);
    expect((await render(leaving, VALID)).status).toBe(200);
    expect(leaving.log).toEqual([]);
  });
});
