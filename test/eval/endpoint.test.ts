/** The client of endpoints, against a real server that is well or ill. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Answer, AnswerError } from '../../src/eval/answers/answerer.js';
import { EndpointAddressError, parseEndpoint } from '../../src/eval/answers/endpoint/address.js';
import { Endpoint, type EndpointOptions } from '../../src/eval/answers/endpoint/endpoint.js';
import type { RenderResult } from '../../src/render/render-bundle.js';
import { temporaryFolder } from '../support/project.js';
import { chatServer, type Reply, sendAnswer, sendEvents, sendJson } from './chat-server.js';

const RENDER = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello?' },
  ],
  config: { temperature: 0.2, max_output_tokens: 50, house_key: 'x', top_p: 'no number' },
} as unknown as RenderResult;

const KEY = { variable: 'API_KEY', value: 'sk-very-secret' };

function endpoint(url: string, options: Partial<EndpointOptions> = {}): Endpoint {
  const usual = { model: 'm-1', streams: false, retries: 3, milliseconds: 10_000, firstWait: 5 };
  return new Endpoint({ ...usual, url: parseEndpoint(url), ...options });
}

function ask(client: Endpoint, signal = new AbortController().signal): Promise<Answer> {
  return client.answer({ render: RENDER }, signal);
}

/** How asking fails. */
async function failure(client: Endpoint, signal?: AbortSignal): Promise<{ message: string; reach: string }> {
  const error: unknown = await ask(client, signal).then(
    (answer) => new Error(`It answered ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof AnswerError)) throw error;
  return { message: error.message, reach: error.reach };
}

async function against(reply: Reply, options: Partial<EndpointOptions> = {}) {
  const server = await chatServer(reply);
  return { server, client: endpoint(server.url, options) };
}

describe('a server that is well', () => {
  it('is asked with the messages, the model, the settings that it knows, and the key', async () => {
    const { server, client } = await against((response) => sendAnswer(response, 'Hi.'), { key: KEY });
    expect(await ask(client)).toEqual({ text: 'Hi.', tokens: { prompt: 10, completion: 3 } });
    const [{ path, body, headers }] = server.asked as [(typeof server.asked)[number]];
    expect(path).toBe('/v1/chat/completions');
    expect(headers.authorization).toBe('Bearer sk-very-secret');
    expect(headers['user-agent']).toMatch(/^promptc\//);
    expect(body).toEqual({ model: 'm-1', messages: RENDER.messages, temperature: 0.2, max_tokens: 50 });
  });

  it('gets no key if there is none, and may count nothing', async () => {
    const { server, client } = await against((response) =>
      sendJson(response, 200, { choices: [{ message: { content: '' } }], usage: null }),
    );
    expect(await ask(client)).toEqual({ text: '' });
    expect(server.asked[0]!.headers).not.toHaveProperty('authorization');
  });

  it('takes its time', async () => {
    const { client } = await against((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const text = Buffer.from('{"choices":[{"message":{"content":"Grüße 😀"}}]}');
      let at = 0;
      // Byte by byte, also within characters.
      const timer = setInterval(() => {
        response.write(text.subarray(at, ++at));
        if (at === text.length) {
          clearInterval(timer);
          response.end();
        }
      }, 1);
    });
    expect(await ask(client)).toEqual({ text: 'Grüße 😀' });
  });

  it.each([['\n'], ['\r\n']])('streams, its lines ending in %j', async (end) => {
    const { server, client } = await against((response) => sendEvents(response, ['Hel', 'lo ', '😀'], { end }), { streams: true });
    expect(await ask(client)).toEqual({ text: 'Hello 😀', tokens: { prompt: 7, completion: 2 } });
    expect(server.asked[0]!.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('streams unasked, or does not stream though asked', async () => {
    const unasked = await against((response) => sendEvents(response, ['a', 'b']));
    expect((await ask(unasked.client)).text).toBe('ab');
    const whole = await against((response) => sendAnswer(response, 'ab'), { streams: true });
    expect((await ask(whole.client)).text).toBe('ab');
  });

  it('streams events cut anywhere, and ends without an empty line', async () => {
    const { client } = await against(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const text = Buffer.from(
        `data:{"choices":\ndata: [{"delta":{"content":"é😀"},"finish_reason":"stop"}]}\nid: 1\n\ndata: {"choices":[]}`,
      );
      for (const byte of text) {
        response.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    expect((await ask(client)).text).toBe('é😀');
  });
});

describe('a server that fails for a while', () => {
  it.each([500, 502, 503, 504, 408, 429])('with %d is asked again', async (status) => {
    const { server, client } = await against((response, _, number) => {
      if (number < 2) response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Sorry</html>');
      else sendAnswer(response, 'Hi.');
    });
    expect((await ask(client)).text).toBe('Hi.');
    expect(server.asked).toHaveLength(3);
  });

  it('by dropping connections, or in the middle of an answer, is asked again', async () => {
    const { server, client } = await against((response, _, number) => {
      if (number === 0) response.socket!.destroy();
      else if (number === 1) response.writeHead(200, { 'content-length': '100' }).write('{"cho', () => response.socket!.destroy());
      else if (number === 2) sendEvents(response, ['Hal'], { isWhole: false });
      else sendAnswer(response, 'Hi.');
    });
    expect((await ask(client)).text).toBe('Hi.');
    expect(server.asked).toHaveLength(4);
  });

  it('is given up after so many retries, with what it says', async () => {
    const { server, client } = await against((response) => sendJson(response, 503, { error: { message: 'Loading\n the model' } }));
    expect(await failure(client)).toEqual({
      message: 'The endpoint failed (503). It says: Loading the model. It was tried 4 times.',
      reach: 'answer',
    });
    expect(server.asked).toHaveLength(4);
    const single = await against((response) => sendJson(response, 500, {}), { retries: 0 });
    expect((await failure(single.client)).message).toBe('The endpoint failed (500). It says: {}.');
  });

  it('is waited for longer and longer', async () => {
    const { server, client } = await against((response) => sendJson(response, 500, {}), { firstWait: 100, retries: 2 });
    await failure(client);
    const [first, second, third] = server.asked.map(({ at }) => at) as [number, number, number];
    // Half of what is due at the least, since it is spread.
    expect(second - first).toBeGreaterThan(45);
    expect(third - second).toBeGreaterThan(90);
  });
});

describe('a server that limits the rate', () => {
  it('is waited for as long as it asks, by all requests', async () => {
    const { server, client } = await against((response, _, number) => {
      if (number === 0) sendJson(response, 429, { error: { message: 'Slow down' } }, { 'retry-after': '1' });
      else sendAnswer(response, 'Hi.');
    });
    const first = ask(client);
    while (server.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const answers = await Promise.all([first, ask(client)]);
    expect(answers.map(({ text }) => text)).toEqual(['Hi.', 'Hi.']);
    const [refused, ...later] = server.asked.map(({ at }) => at);
    for (const at of later) expect(at - refused!).toBeGreaterThan(950);
  });

  it('by a date too', async () => {
    const { server, client } = await against((response, _, number) => {
      // Dates have no parts of seconds.
      if (number === 0) sendJson(response, 429, {}, { 'retry-after': new Date(Date.now() + 2000).toUTCString() });
      else sendAnswer(response, 'Hi.');
    });
    await ask(client);
    expect(server.asked[1]!.at - server.asked[0]!.at).toBeGreaterThan(900);
  });

  it('for longer than there is time is not waited for', async () => {
    const { server, client } = await against((response) => sendJson(response, 429, {}, { 'retry-after': '3600' }));
    const begin = performance.now();
    expect((await failure(client)).message).toMatch(
      /^The endpoint is asked too often \(429\)\..* Waiting 3600 s to try again takes longer than --timeout allows\.$/,
    );
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(server.asked).toHaveLength(1);
  });

  it('because the account is used up is not asked again', async () => {
    const { server, client } = await against((response) =>
      sendJson(response, 429, { error: { message: 'You exceeded your current quota' } }),
    );
    expect(await failure(client)).toEqual({
      message: 'The account behind the key is used up (429). It says: You exceeded your current quota.',
      reach: 'all',
    });
    expect(server.asked).toHaveLength(1);
  });
});

describe('a server that is no such endpoint', () => {
  const page =
    (status: number): Reply =>
    (response) =>
      void response.writeHead(status, { 'content-type': 'text/html' }).end('<!doctype html>\n<p>Hi');

  it.each<[string, Reply, string, 'all' | 'answer', number]>([
    [
      'answers with a page',
      page(200),
      'The endpoint answered with a web page. Is it the address of the API, such as https://api.example.com/v1?',
      'all',
      1,
    ],
    [
      'answers with a page that it calls JSON',
      (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('\n<!DOCTYPE html>'),
      'The endpoint answered with a web page. Is it the address of the API, such as https://api.example.com/v1?',
      'all',
      1,
    ],
    ['answers with nothing', (response) => void response.end(), 'The endpoint answered with nothing. It was tried 2 times.', 'answer', 2],
    [
      'answers with what is not JSON',
      (response) => void response.end('ok'),
      'The endpoint answered with what is not JSON. Does it complete chats as OpenAI does? It was tried 2 times.',
      'answer',
      2,
    ],
    [
      'answers with other JSON',
      (response) => sendJson(response, 200, { answer: 'Hi.' }),
      'The endpoint answered without `choices`. Does it complete chats as OpenAI does?',
      'all',
      1,
    ],
    [
      'answers with other JSON in events',
      (response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: 1\n\ndata: [DONE]\n\n'),
      'The endpoint finished its answer without any text.',
      'answer',
      1,
    ],
    [
      'refuses to answer',
      (response) => sendJson(response, 200, { choices: [{ message: { content: null, refusal: 'No.' } }] }),
      'The endpoint finished its answer without any text. It refused: No.',
      'answer',
      1,
    ],
    [
      'says in 200 what is wrong',
      (response) => sendJson(response, 200, { error: 'overloaded' }),
      'The endpoint says: overloaded. It was tried 2 times.',
      'answer',
      2,
    ],
    [
      'says in an event what is wrong',
      (response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"error":{"code":1}}\n\n'),
      'The endpoint says: {"code":1}. It was tried 2 times.',
      'answer',
      2,
    ],
    ['has no such path', page(404), 'The endpoint has no chat completions there, or no model "m-1" (404).', 'all', 1],
    [
      'takes no such request',
      (response) => sendJson(response, 400, { error: { message: 'Too long' } }),
      'The endpoint refuses the request (400). It says: Too long.',
      'answer',
      1,
    ],
    ['wants money', page(402), 'The endpoint wants to be paid (402).', 'all', 1],
    [
      'redirects',
      (response) => void response.writeHead(307, { location: 'https://elsewhere.example/' }).end(),
      'The endpoint redirects to https://elsewhere.example/ (307), and is not followed. If that is the API, name it.',
      'all',
      1,
    ],
    [
      'wants a key',
      page(401),
      'The endpoint wants a key (401). Put it into an environment variable, and name that with --key-env.',
      'all',
      1,
    ],
  ])('%s', async (_, reply, message, reach, requests) => {
    const { server, client } = await against(reply, { retries: 1 });
    expect(await failure(client)).toEqual({ message, reach });
    expect(server.asked).toHaveLength(requests);
  });

  it('does not take the key, and repeats it', async () => {
    const reply: Reply = (response, { headers }) =>
      sendJson(response, 401, { error: { message: `Incorrect key: ${headers.authorization}` } });
    const { client } = await against(reply, { key: KEY });
    expect(await failure(client)).toEqual({
      message: 'The endpoint does not take the key in API_KEY (401). It says: Incorrect key: Bearer (the key).',
      reach: 'all',
    });
  });

  it('sends without end', async () => {
    const { client } = await against((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        response.once('drain', more);
      };
      more();
    });
    expect((await failure(client)).message).toBe('The endpoint sent more than 67108864 bytes.');
  });
});

describe('a server that never answers', () => {
  it.each<[string, Reply]>([
    ['sends nothing at all', () => undefined],
    ['begins, and stops', (response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{')],
    [
      'streams on and on',
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const timer = setInterval(() => response.write('data: {"choices":[{"delta":{"content":"a"}}]}\n\n'), 5);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('%s', async (_, reply) => {
    const { client } = await against(reply, { milliseconds: 300 });
    const begin = performance.now();
    expect(await failure(client)).toEqual({
      message: 'The endpoint gave no answer within 0.3 s. Raise --timeout if that is too soon.',
      reach: 'answer',
    });
    expect(performance.now() - begin).toBeLessThan(2000);
  });

  it('is left when the run is stopped', async () => {
    const { server, client } = await against(() => undefined);
    const stop = new AbortController();
    const failing = failure(client, stop.signal);
    while (server.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    expect(await failing).toEqual({ message: 'The run was stopped.', reach: 'all' });
    expect((await failure(client, stop.signal)).message).toBe('The run was stopped.');
  });
});

describe('a server that is not there', () => {
  it('or not started', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    expect(await failure(endpoint(`http://127.0.0.1:${port}`))).toEqual({
      message: `Nothing listens at 127.0.0.1:${port}. Is the server started? It was tried 4 times.`,
      reach: 'all',
    });
  });

  it('or no web server', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-x\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { message } = await failure(endpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { retries: 0 }));
    expect(message).toMatch(/^The connection to 127\.0\.0\.1:\d+ broke \(\w+\)\.$/);
  });

  it('or without a certificate that is trusted', async () => {
    const folder = await temporaryFolder();
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const how = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost'];
    execFileSync('openssl', ['req', '-x509', ...how, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    let isAsked = false;
    const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, () => (isAsked = true)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await failure(endpoint(`https://localhost:${port}/v1`, { key: KEY }))).toEqual({
      message: `The certificate of localhost:${port} is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT). NODE_EXTRA_CA_CERTS names a file with more certificates to trust.`,
      reach: 'all',
    });
    expect(isAsked).toBe(false);
  });

  it('or without a name', async () => {
    expect(await failure(endpoint('https://nowhere.invalid/v1'))).toEqual({
      message: 'There is no host nowhere.invalid, or its name cannot be found now.',
      reach: 'all',
    });
  });
});

describe('addresses', () => {
  it.each([
    ['https://api.example.com/v1', 'https://api.example.com/v1/chat/completions'],
    ['https://api.example.com/v1/', 'https://api.example.com/v1/chat/completions'],
    ['https://api.example.com', 'https://api.example.com/chat/completions'],
    ['https://api.example.com/v1/chat/completions', 'https://api.example.com/v1/chat/completions'],
    ['https://x.example.com/d/m?api-version=1#top', 'https://x.example.com/d/m/chat/completions?api-version=1'],
    ['http://localhost:8000/v1', 'http://localhost:8000/v1/chat/completions'],
    ['http://[::1]:8000/v1', 'http://[::1]:8000/v1/chat/completions'],
  ])('%s', (text, href) => {
    expect(parseEndpoint(text).href).toBe(href);
  });

  it.each([
    'http://10.0.0.1/v1',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'ftp://localhost',
    'https://a:b@x.example',
    'just-text',
  ])('%s is refused, and not repeated', (text) => {
    expect(() => parseEndpoint(text)).toThrow(EndpointAddressError);
    expect(() => parseEndpoint(text)).not.toThrow(text);
  });
});
