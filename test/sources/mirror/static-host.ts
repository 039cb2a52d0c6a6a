/** A static host on loopback that can be told to do everything wrong. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { sha256 } from '../../../src/base/digest.js';
import { MemoryDisk } from '../../../src/compile/discover/memory-disk.js';
import type { Build } from '../../../src/compile/emit/emit.js';
import { writeBuild } from '../../../src/compile/emit/write.js';

export interface SeenRequest {
  /** Below the address of the build. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly response: ServerResponse;
}

export class StaticHost {
  /** By path below the address of the build. */
  files = new Map<string, Uint8Array>();
  /** Answers a request in another way, if it returns `true`. */
  instead: (path: string, response: ServerResponse, request: IncomingMessage) => boolean | void = () => false;
  readonly seen: SeenRequest[] = [];
  readonly sockets = new Set<Socket>();
  /** How many connections were ever made. */
  connections = 0;

  constructor(
    readonly server: Server,
    readonly protocol: 'http' | 'https' = 'http',
  ) {
    server.on('connection', (socket: Socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response));
  }

  get url(): string {
    return `${this.protocol}://127.0.0.1:${(this.server.address() as AddressInfo).port}/dist`;
  }

  /** Puts a build in place, and takes the one before away. */
  async put(build: Build): Promise<void> {
    this.files = await filesOf(build);
  }

  paths(): string[] {
    return this.seen.map(({ path }) => path);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!.replace(/^\/dist\//, '');
    this.seen.push({ path, headers: request.headers, response });
    if (this.instead(path, response, request) === true) return;
    const bytes = this.files.get(path);
    if (bytes === undefined) return void response.writeHead(404).end('no such file');
    const etag = etagOf(bytes);
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
    response.writeHead(200, { etag, 'content-length': bytes.length }).end(bytes);
  }
}

export function etagOf(bytes: Uint8Array): string {
  return `"${sha256(bytes).slice(-20)}"`;
}

/** What `promptc build` writes. */
export async function filesOf(build: Build): Promise<Map<string, Uint8Array>> {
  const disk = new MemoryDisk();
  await writeBuild(build, { commit: null, dirty: null }, disk);
  return disk.files;
}

/** A host that serves a build until the test is over. */
export async function hostOf(build?: Build, secure?: { key: string; cert: string }, port = 0): Promise<StaticHost> {
  const host = secure === undefined ? new StaticHost(createServer()) : new StaticHost(createSecureServer(secure), 'https');
  if (build !== undefined) await host.put(build);
  host.server.listen(port, '127.0.0.1');
  await once(host.server, 'listening');
  onTestFinished(() => stop(host));
  return host;
}

/** As if it were switched off. */
export async function stop({ server, sockets }: StaticHost): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}
