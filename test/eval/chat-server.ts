/** A real server that completes chats, in the process of the test: as well or as badly as the test says. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Asked {
  readonly headers: IncomingMessage['headers'];
  readonly path: string;
  /** Parsed JSON, for a test to look into. */
  readonly body: any;
  /** When it came. */
  readonly at: number;
}

export interface ChatServer {
  /** As `--endpoint` takes it. */
  readonly url: string;
  readonly asked: readonly Asked[];
  /** How many requests were there at once, at the most. */
  readonly busiest: () => number;
}

/** Answers a request; the number counts requests from 0. */
export type Reply = (response: ServerResponse, request: Asked, number: number) => void | Promise<void>;

export async function chatServer(reply: Reply): Promise<ChatServer> {
  const asked: Asked[] = [];
  let now = 0;
  let most = 0;
  const server = createServer(async (request, response) => {
    most = Math.max(most, ++now);
    response.on('close', () => now--);
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
    const one = { headers: request.headers, path: request.url!, body: JSON.parse(text) as unknown, at: performance.now() };
    asked.push(one);
    await reply(response, one, asked.length - 1);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked, busiest: () => most };
}

/** Sends an answer as OpenAI's API does. */
export function sendAnswer(response: ServerResponse, content: string | null, tokens = { prompt_tokens: 10, completion_tokens: 3 }): void {
  sendJson(response, 200, { choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }], usage: tokens });
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: { readonly [name: string]: string } = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** Sends an answer in pieces, as server-sent events. */
export function sendEvents(response: ServerResponse, pieces: readonly string[], { end = '\n', isWhole = true } = {}): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const event = (value: unknown): string => `data: ${JSON.stringify(value)}${end}${end}`;
  response.write(`: a comment${end}${end}${event({ choices: [{ delta: { role: 'assistant' } }] })}`);
  for (const content of pieces) response.write(event({ choices: [{ delta: { content } }] }));
  if (!isWhole) return void response.end();
  response.write(event({ choices: [{ delta: {}, finish_reason: 'stop' }] }));
  response.write(event({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } }));
  response.end(`data: [DONE]${end}${end}`);
}
