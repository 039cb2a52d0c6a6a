/** Serves a build over HTTP. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { addressOf, isLoopbackAddress, urlOf } from './address.js';
import type { Log } from './answer.js';
import { createApp } from './app.js';
import { createHttpServer } from './http-server.js';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from './limits.js';
import { Registry } from './registry.js';

export interface ServeOptions {
  /** An output folder, such as `dist`. */
  readonly dir: string;
  /** A name or address of this machine. On a loopback address, only loopback names are answered. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** How many bundles are kept ready; `false` keeps nothing, for debugging. 1000 by default. */
  readonly cache?: number | false;
  readonly limits?: Partial<ServerLimits>;
  /** Takes what goes wrong on the server's side, of which clients are told nothing. Dropped by default. */
  readonly log?: Log;
}

export interface RunningServer {
  /** Where it answers, such as `http://127.0.0.1:7070`. */
  readonly url: string;
  readonly address: AddressInfo;
  /** Stops accepting, and settles when all requests in flight are answered and all connections closed. */
  close(): Promise<void>;
}

/**
 * Starts to serve the build in a folder.
 *
 * @throws PromptcError `artifact_missing`, `artifact_corrupt`, `artifact_unsupported` if there is no valid build;
 *   what Node throws if it cannot listen there
 */
export async function serve({ dir, host, port, cache, limits: given, log = () => {} }: ServeOptions): Promise<RunningServer> {
  const limits = { ...DEFAULT_SERVER_LIMITS, ...given };
  const registry = await Registry.open(dir, { cache, limits });
  const boundTo = await addressOf(host);
  const app = createApp({ registry, bodyBytes: limits.bodyBytes, onLoopback: isLoopbackAddress(boundTo), log });
  const { server, connections } = createHttpServer({ listener: app, build: registry.build, limits, log });
  server.listen(port, boundTo);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return { url: urlOf(address), address, close: () => connections.close() };
}
