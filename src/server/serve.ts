/** Serves a build over HTTP. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { addressOf, isLoopbackAddress, urlOf } from './address.js';
import type { Log } from './answer.js';
import { createApp } from './app.js';
import { Caches } from './caches.js';
import { type BuildEvents, CurrentBuild } from './current-build.js';
import { createHttpServer } from './http-server.js';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from './limits.js';

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
  /** Start also if there is no valid build yet; until there is one, every route but the probes answers 503. */
  readonly waitForBuild?: boolean;
  /** How often the folder is looked at, beside what the system tells; 2 seconds by default. */
  readonly pollMilliseconds?: number;
  /** Is told of builds that are taken, and of those that cannot be. */
  readonly events?: BuildEvents;
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
 * Starts to serve the build in a folder, and follows it: a build that is put there is served as soon as it is checked.
 *
 * @throws PromptcError `artifact_missing`, `artifact_corrupt`, `artifact_unsupported` if there is no valid build;
 *   what Node throws if it cannot listen there
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { dir, host, port, cache, limits: given, waitForBuild = false, pollMilliseconds, events, log = () => {} } = options;
  const limits = { ...DEFAULT_SERVER_LIMITS, ...given };
  const builds = new CurrentBuild({
    dir,
    caches: new Caches({ cache, limits }),
    ...(pollMilliseconds !== undefined && { pollMilliseconds }),
    ...(events !== undefined && { events }),
  });
  if (!waitForBuild) await builds.open();
  const boundTo = await addressOf(host);
  const app = createApp({ builds, limits, onLoopback: isLoopbackAddress(boundTo), log });
  const { server, connections } = createHttpServer({ app, builds, limits, log });
  server.listen(port, boundTo);
  await once(server, 'listening');
  builds.follow();
  const address = server.address() as AddressInfo;
  return {
    url: urlOf(address),
    address,
    close: async () => {
      await Promise.all([connections.close(), builds.close()]);
    },
  };
}
