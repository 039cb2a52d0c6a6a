/** Serves a build over HTTP. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Access, type Policy, policyFor } from '../access/access.js';
import type { Keyring } from '../access/keyring.js';
import type { OpenSink } from '../audit/open-sink.js';
import { NullAuditSink } from '../audit/sink.js';
import { addressOf, isLoopbackAddress, urlOf } from './address.js';
import { createApp } from './app.js';
import type { BuildEvents, BuildFeed, Builds, FeedTools, FollowProblem } from './builds.js';
import { Caches } from './caches.js';
import { Counts } from './counts.js';
import { CurrentBuild } from './current-build.js';
import type { EventStreams } from './event-streams.js';
import { createHttpServer } from './http-server.js';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from './limits.js';
import { errorFields, type Log, SILENT } from './log.js';
import { Metrics } from './metrics.js';
import { Refusals } from './refusals.js';
import type { Route } from './route.js';

export type ServeOptions = ListenOptions & (FolderOptions | FeedOptions);

/** Builds from a folder, which is followed. */
export interface FolderOptions {
  /** An output folder, such as `dist`. */
  readonly dir: string;
  /** Start also if there is no valid build yet; until there is one, every route but the probes answers 503. */
  readonly waitForBuild?: boolean;
  /** How often the folder is looked at, beside what the system tells; 2 seconds by default. */
  readonly pollMilliseconds?: number;
  /** What keeps the folder from having a newer build, if something does: for whoever looks at `/readyz`. */
  readonly upstream?: () => FollowProblem | undefined;
}

/** Builds from elsewhere. The server waits for the first one. */
export interface FeedOptions {
  readonly feed: (tools: FeedTools) => BuildFeed;
}

export interface ListenOptions {
  /** A name or address of this machine. On a loopback address, only loopback names are answered. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** How many bundles are kept ready; `false` keeps nothing, for debugging. 1000 by default. */
  readonly cache?: number | false;
  readonly limits?: Partial<ServerLimits>;
  /** Is told of builds that are taken, and of those that cannot be. */
  readonly events?: BuildEvents;
  /** Whether there is `/metrics`; true by default. */
  readonly metrics?: boolean;
  /** The keys that are let in, if there are any. */
  readonly keys?: { readonly keyring: Keyring } | undefined;
  /** Let anybody render and read, wherever they are. */
  readonly isPublic?: boolean;
  /** Where renders are recorded; whoever opened it closes it. */
  readonly audit?: OpenSink | undefined;
  /** Streams of events, by the path that they are answered on: routes that are not of the API. */
  readonly streams?: { readonly path: string; readonly events: EventStreams } | undefined;
  /**
   * How long to go on answering when told to stop, with `/readyz` saying so: balancers take a while to hear of it. 0 by
   * default.
   */
  readonly drainMilliseconds?: number;
  /** Takes what an operator should know, of which clients are told nothing. Dropped by default. */
  readonly log?: Log;
  /** Whether each request gets a line in the log; false by default. */
  readonly logsRequests?: boolean;
}

/** A start that would let in whoever reaches the address, though nobody said so. The message says what to do. */
export class OpenToAllError extends Error {
  override readonly name = 'OpenToAllError';
}

export interface RunningServer {
  /** Where it answers, such as `http://127.0.0.1:7070`. */
  readonly url: string;
  readonly address: AddressInfo;
  /** Who may ask. */
  readonly policy: Policy;
  readonly builds: Builds;
  /**
   * Says at `/readyz` that it stops, goes on for as long as it is to drain, stops accepting, and settles when all requests in
   * flight are answered and all connections closed.
   */
  close(): Promise<void>;
}

/**
 * When the routes beside the busy one are loaded, at the latest. Node remembers for ever that it could not load something,
 * so this is not left to a time when there may be too many open files.
 */
const LOADING_DELAY_MILLISECONDS = 1000;

/**
 * Starts to serve the build in a folder, and follows it: a build that is put there is served as soon as it is checked. Or
 * what a feed hands over.
 *
 * @throws OpenToAllError; PromptcError `artifact_missing`, `artifact_corrupt`, `artifact_unsupported` if there is no valid build;
 *   what Node throws if it cannot listen there
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { host, port, cache, limits: given, events, keys, isPublic = false, audit, streams } = options;
  const { drainMilliseconds = 0, log = SILENT, logsRequests = false } = options;
  const limits = { ...DEFAULT_SERVER_LIMITS, ...given };
  const counts = new Counts();
  const refusals = new Refusals(counts, log);
  const caches = new Caches({ cache, limits });
  const tools = { caches, events: observed({ counts, log, events }) };
  const builds = 'feed' in options ? options.feed(tools) : new CurrentBuild({ ...options, ...tools });
  let stopping: Promise<void> | undefined;
  const boundTo = await addressOf(host);
  const start = policyFor({ host, onLoopback: isLoopbackAddress(boundTo), hasKeys: keys !== undefined, isPublic });
  if ('refusal' in start) throw new OpenToAllError(start.refusal);
  const { policy } = start;
  if (builds instanceof CurrentBuild && !('waitForBuild' in options && options.waitForBuild)) await builds.open();
  const auditNumbers = audit && (() => audit.counts);
  const metrics = options.metrics === false ? undefined : new Metrics({ counts, caches, builds, audit: auditNumbers });
  const isStopping = (): boolean => stopping !== undefined;
  const app = createApp({
    ...{ builds, limits, counts, metrics, isStopping, log },
    // With keys, or for the public, a proxy may stand in front under a name of its own.
    onLoopback: policy === 'loopback',
    access: new Access(policy, keys),
    audit: audit instanceof NullAuditSink ? undefined : audit,
    auditReader: audit?.reader,
    more: streams === undefined ? undefined : new Map([[streams.path, openStream(streams.events)]]),
  });
  const { server, connections } = createHttpServer({ app, builds, limits, counts, refusals, log, logsRequests });
  server.listen(port, boundTo);
  await once(server, 'listening');
  // Out of descriptors, say: those who wait are taken in when there are some again.
  server.on('error', () => refusals.add('accept_failed'));
  builds.follow();
  const loading = setTimeout(() => void import('./express-app.js').catch(() => {}), LOADING_DELAY_MILLISECONDS).unref();
  const address = server.address() as AddressInfo;
  return {
    url: urlOf(address),
    address,
    policy,
    builds,
    close: () => {
      stopping ??= stop();
      return stopping;
    },
  };

  function openStream(stream: EventStreams): Route {
    return (exchange) => {
      stream.open(exchange);
      connections.letGoOn(exchange.req);
    };
  }

  async function stop(): Promise<void> {
    const { connections: open, inFlight } = counts;
    log.info({ connections: open, in_flight: inFlight, drain_ms: drainMilliseconds }, `Stopping, with ${inFlight} requests in flight.`);
    clearTimeout(loading);
    streams?.events.close();
    connections.drain();
    await sleep(drainMilliseconds);
    await Promise.all([connections.close(), builds.close()]);
    refusals.close();
    metrics?.close();
    log.info({}, 'Stopped.');
  }
}

interface Observers {
  readonly counts: Counts;
  readonly log: Log;
  /** Whoever else is told. */
  readonly events: BuildEvents | undefined;
}

/** Counts and logs what happens to builds. */
function observed({ counts, log, events }: Observers): BuildEvents {
  return {
    swapped(build, milliseconds) {
      counts.swaps++;
      counts.swappedAt = performance.now();
      const { digest, origin } = build;
      const took_ms = Math.round(milliseconds);
      log.info({ build: digest, commit: origin.commit, took_ms }, `Serving the build ${digest}, checked in ${took_ms} ms.`);
      events?.swapped?.(build, milliseconds);
    },
    failed(error, nextTryMilliseconds) {
      counts.buildFailures++;
      const next = Math.round(nextTryMilliseconds / 1000);
      const message = `The new build cannot be served: ${error.message} Looked at again in ${next} s.`;
      log.warn({ err: errorFields(error), next_try_ms: nextTryMilliseconds }, message);
      events?.failed?.(error, nextTryMilliseconds);
    },
  };
}
