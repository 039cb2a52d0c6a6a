/**
 * A project's folder → a server of what its files make, as they are now.
 *
 * changes (watch) → builds (session) → the server, in memory; the output folder, when it is quiet (output); events.
 */
import { randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import type { Digest } from '../base/digest.js';
import { Diagnostics } from '../base/diagnostic.js';
import type { Config, Limits } from '../compile/config.js';
import { readConfig } from '../compile/discover/config-file.js';
import { NodeDisk } from '../compile/discover/node-disk.js';
import type { Build } from '../compile/emit/emit.js';
import type { Recompiler } from '../compile/recompile.js';
import type { RenderLimits } from '../render/limits.js';
import { EventStreams } from '../server/event-streams.js';
import { HandedBuilds } from '../server/handed-builds.js';
import type { Log } from '../server/log.js';
import type { RunningServer } from '../server/serve.js';
import { BuildStore } from '../sources/inline.js';
import { EVENTS_PATH, streamEvent } from './events.js';
import { Output, type OutputReport } from './output.js';
import { type CompileReport, Session } from './session.js';
import { ProjectWatcher } from './watch.js';

export type DevReport =
  | CompileReport
  | OutputReport
  /** The system does not tell of changes, which are looked for from now on. */
  | { readonly kind: 'polling'; readonly reason: string }
  /** Limits of rendering are set otherwise than they were at the start, when the server took them. */
  | { readonly kind: 'limits' };

export interface DevOptions {
  /** The folder that holds `prompts/`. */
  readonly root: string;
  /** Where builds are written when it is quiet. */
  readonly out: string;
  /** A name or address of this machine, on loopback. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly recompiler: Recompiler;
  /** Is called once requests are answered, before anything is compiled. */
  readonly onListening: (url: string) => void;
  readonly report: (report: DevReport, served: Digest | undefined) => void;
  readonly log: Log;
}

export interface RunningDev {
  readonly server: RunningServer;
  close(): Promise<void>;
}

/**
 * Serves the drafts of a project, and goes on with what changes in it.
 *
 * @throws what `serve` throws
 */
export async function startDev(options: DevOptions): Promise<RunningDev> {
  const { out, host, port, recompiler, report, log } = options;
  const root = await realpath(options.root);
  const { serve } = await import('../server/serve.js');
  const { limits, dev } = await readConfig(new NodeDisk(root), new Diagnostics());
  const events = new EventStreams();
  let builds!: HandedBuilds;
  const server = await serve({
    ...{ host, port, log },
    limits: { ...renderLimits(limits), bodyBytes: limits.payloadBytes },
    feed: (tools) => (builds = new HandedBuilds(tools)),
    streams: { path: EVENTS_PATH, events },
  });
  options.onListening(server.url);
  const watcher = new ProjectWatcher({
    root,
    debounce: dev.debounce,
    onChange: (files) => session.change(files),
    onPolling: (reason) => report({ kind: 'polling', reason }, builds.served?.digest),
  });
  const output = new Output({ root, folder: out, report: (one) => report(one, builds.served?.digest) });
  const session = new Session({ recompiler, take, report: tell });
  // Ids of another process are never taken for ones of this.
  const run = randomBytes(6).toString('base64url');
  let told = 0;
  let limitsTold = JSON.stringify(renderLimits(limits));
  session.change(undefined);
  await watcher.start();
  return { server, close };

  function take(build: Build, milliseconds: number): void {
    const { manifest, manifestBytes: bytes, manifestDigest: digest } = build;
    const store = new BuildStore(build);
    builds.take({ manifest, bytes, digest }, (reference) => store.object(reference), milliseconds);
  }

  function tell(one: CompileReport): void {
    if (one.kind !== 'taken')
      builds.lack(
        one.kind === 'failed' ? one.error.message : 'The prompts have errors. The last build without any is served, if there was one.',
      );
    const served = builds.served?.digest;
    events.send(streamEvent(one, `${run}-${++told}`, served));
    report(one, served);
    if (one.kind === 'taken') output.offer(one.build, one.compiled);
    if (one.kind !== 'failed') follow(one.compiled.config);
  }

  function follow(config: Config): void {
    watcher.bounds = config.dev.debounce;
    const set = JSON.stringify(renderLimits(config.limits));
    if (set !== limitsTold) report({ kind: 'limits' }, builds.served?.digest);
    limitsTold = set;
  }

  async function close(): Promise<void> {
    await watcher.close();
    await session.close();
    await output.close();
    await server.close();
  }
}

function renderLimits({ promptBytes, payloadBytes, payloadDepth, steps }: Limits): RenderLimits {
  return { promptBytes, payloadBytes, payloadDepth, steps };
}
