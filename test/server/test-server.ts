/** Servers under test: real builds in temporary folders, real sockets on loopback. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { compile } from '../../src/compile/compile.js';
import type { Disk } from '../../src/compile/discover/disk.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import type { Build } from '../../src/compile/emit/emit.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import type { Log } from '../../src/server/log.js';
import { type RunningServer, serve, type ServeOptions } from '../../src/server/serve.js';
import { REPOSITORY } from '../support/project.js';
import { checkAnswer } from './conformance.js';

export interface TestServer extends RunningServer {
  readonly dir: string;
  readonly build: Build;
  /** What the server wrote to its log. */
  readonly log: LogLine[];
}

export interface LogLine {
  readonly level: keyof Log;
  readonly fields: object;
  readonly message: string;
}

/** A log, and what was written to it. */
export function keptLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: keyof Log) => (fields: object, message: string) => void lines.push({ level, fields, message });
  return { log: { info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

/** This project's own prompts. */
export const CORPUS: Disk = new NodeDisk(REPOSITORY);

/** Compiles prompts into a folder that is gone when the file's tests are over. */
export async function buildInto(prompts: Disk | { readonly [path: string]: string }): Promise<{ dir: string; build: Build }> {
  const disk = isDisk(prompts) ? prompts : new MemoryDisk(prompts);
  const { build, diagnostics } = await compile(disk);
  if (build === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const dir = await mkdtemp(path.join(tmpdir(), 'promptc-server-'));
  folders.push(dir);
  await writeBuild(build, { commit: null, dirty: null }, new NodeDisk(dir));
  return { dir, build };
}

/** A server on a free port; whoever starts it in a test need not stop it. */
export async function startServer(
  prompts: Disk | { readonly [path: string]: string },
  options: Partial<ServeOptions> = {},
): Promise<TestServer> {
  const built = await buildInto(prompts);
  const { log, lines } = keptLog();
  const server = await serve({ dir: built.dir, host: '127.0.0.1', port: 0, log, ...options });
  return { ...server, ...built, log: lines };
}

/** Starts a server for one test. */
export async function startServerForTest(...args: Parameters<typeof startServer>): Promise<TestServer> {
  const server = await startServer(...args);
  onTestFinished(() => server.close());
  return server;
}

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

function isDisk(prompts: object): prompts is Disk {
  return 'list' in prompts && typeof prompts.list === 'function';
}

export interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | undefined };
  readonly text: string;
}

export interface Call {
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Uint8Array;
}

/** Where a server can be called. */
type Reachable = Pick<RunningServer, 'address'>;

/** Sends a request whose path goes out as it is written. What comes back must be what the document of the API says. */
export async function call({ address }: Reachable, target: string, { method = 'GET', headers = {}, body }: Call = {}): Promise<Answer> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    const sent = request({ host: address.address, port: address.port, path: target, method, headers, agent: false }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        text += chunk;
      });
      res.on('end', () => resolve({ status: res.statusCode!, headers: res.headers as Answer['headers'], text }));
      res.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
  checkAnswer(method, target, answer);
  return answer;
}

export const RENDER = '/v1/prompts/render';

/** Asks for a render; a body that is no text goes out as JSON. */
export function render(server: Reachable, body: unknown, headers: Call['headers'] = {}): Promise<Answer> {
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return call(server, RENDER, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text });
}

export function json(answer: Answer): unknown {
  return JSON.parse(answer.text);
}

export interface SeenProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: { path: string; message: string }[];
}

/** The problem document of an answer; throws if it is not one, or not whole. */
export function problem({ status, headers, text }: Answer): SeenProblem {
  const found = JSON.parse(text) as SeenProblem;
  if (headers['content-type'] !== 'application/problem+json') throw new Error(`content-type ${headers['content-type']}`);
  if (headers['x-content-type-options'] !== 'nosniff') throw new Error('no x-content-type-options');
  if (!/^sha256:[0-9a-f]{64}$/.test(headers['x-promptc-build'] ?? '')) throw new Error('no build');
  if (found.type !== 'about:blank' || found.status !== status || found.title === '' || found.detail === '') throw new Error(text);
  return found;
}

/** The status of an answer and the code of its problem. */
export function verdict(answer: Answer): [status: number, code: string] {
  return [answer.status, problem(answer).code];
}

/** A connection of one's own; gone when the test is over. */
export async function connection({ address }: Reachable): Promise<Socket> {
  const socket = connect(address.port, address.address);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Everything that a connection receives until the server closes it. */
export async function received(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  await once(socket, 'end');
  return text;
}

/** Sends bytes as they are and reads the one answer until the server closes the connection. */
export async function callRaw(server: Reachable, text: string): Promise<Answer> {
  const socket = await connection(server);
  const answer = received(socket);
  socket.write(text);
  return parseAnswer(await answer);
}

/** One answer out of the bytes of a connection. */
export function parseAnswer(raw: string): Answer {
  const end = raw.indexOf('\r\n\r\n');
  const [first, ...lines] = raw.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(first!.split(' ')[1]), headers, text: raw.slice(end + 4) };
}

/** A small project: two stable versions and a prerelease of one bundle, one without a stable version, one without tags. */
export const SMALL: { readonly [path: string]: string } = {
  'prompts/templates/greet-1.md': template('greet', '1.0.0', 'Hi {{name}}.'),
  'prompts/templates/greet-2.md': template('greet', '2.0.0', 'Hello {{name}}!{{#each list}} {{this}}{{/each}}'),
  'prompts/templates/plain.md': '---\nid: plain\nversion: "1.0.0-rc.1"\nrole: user\n---\nPlain {{task}}.',
  'prompts/bundles/hello-1.md': bundle('team/hello', '1.0.0', 'greet@1.0.0', 'tags: [model-a]\n'),
  'prompts/bundles/hello-2.md': bundle('team/hello', '2.0.0', 'greet@2.0.0', 'tags: [model-a, model-b]\ndescription: Says hello.\n'),
  'prompts/bundles/hello-3.md': bundle('team/hello', '3.0.0-rc.1', 'greet@2.0.0', ''),
  'prompts/bundles/draft.md': bundle('draft', '0.1.0-beta.1', 'plain', ''),
  'prompts/bundles/any.md': bundle('any', '1.0.0', 'plain', ''),
  // JavaScript lists keys such as these first, and by their number.
  'prompts/bundles/number-7.md': bundle('7', '1.0.0', 'plain', 'tags: [model-a]\n'),
  'prompts/bundles/number-42.md': bundle('42', '1.0.0', 'plain', 'tags: [model-b]\n'),
};

function template(id: string, version: string, body: string): string {
  return `---\nid: ${id}\nversion: "${version}"\nrole: user\ndescription: Greets.\ninputs: { name: string${body.includes('list') ? ', "list?": "string[]"' : ''} }\nconstraints: { NO_EMOJI: true }\n---\n${body}`;
}

function bundle(id: string, version: string, reference: string, more: string): string {
  return `---\nid: "${id}"\nversion: "${version}"\nslots: { task: ${reference} }\n${more}---\nFor tests.`;
}
