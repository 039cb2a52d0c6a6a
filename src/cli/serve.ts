import path from 'node:path';
import type { KeyFile } from '../access/key-file.js';
import type { OpenSink } from '../audit/open-sink.js';
import type { Digest } from '../base/digest.js';
import type { FollowProblem } from '../server/builds.js';
import type { RunningServer } from '../server/serve.js';
import type { MirrorLimits } from '../sources/mirror/limits.js';
import type { Mirror } from '../sources/mirror/mirror.js';
import { explainListening } from './listening.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { readRenderLimits } from './render-limits.js';
import { jsonLog, type ServerLog, type ServerLogFormat, textLog } from './server-log.js';

export interface ServeOptions {
  /** The build; `dist` by default. */
  readonly dir?: string | undefined;
  /** The address of a build, which `dir` is kept in step with. */
  readonly from?: string | undefined;
  /** The only build that is taken from there. */
  readonly expect?: Digest | undefined;
  /** Start also if there is no build yet. */
  readonly wait?: boolean;
  readonly host: string;
  readonly port: number;
  /** The file with the keys that are let in. */
  readonly keys?: string | undefined;
  /** Let anybody render and read. */
  readonly public?: boolean;
  /** Where renders are recorded. */
  readonly audit?: string | undefined;
  readonly auditPayload?: boolean;
  /** What of payloads is not recorded. */
  readonly auditMask?: readonly string[];
  /** Requests in flight at most; 1000 by default. */
  readonly maxConcurrent?: number | undefined;
  /** How many bundles are kept ready; 1000 by default. */
  readonly cache?: number | false | undefined;
  /** How long to go on answering when told to stop, in seconds. */
  readonly drain?: number;
  readonly metrics?: boolean;
  readonly logFormat?: ServerLogFormat | undefined;
  readonly logRequests?: boolean;
  /** How often the address is asked, for example: for tests. */
  readonly mirrorLimits?: Partial<MirrorLimits>;
  /** Called once requests are answered. */
  readonly onListening?: (url: string) => void;
}

/** `promptc serve`: serves a build until it is told to stop. */
export async function serve(terminal: Terminal, options: ServeOptions): Promise<ExitCode> {
  const { from, host, port, maxConcurrent, cache, drain = 0, metrics = true, wait = false, onListening } = options;
  const limits = await readRenderLimits(terminal);
  if (limits === undefined) return EXIT.promptErrors;
  if (from !== undefined && options.dir === undefined)
    throw new UsageError('Say with --dir which folder the builds of --from are kept in: one of its own, on a disk that stays.');
  if (options.expect !== undefined && from === undefined)
    throw new UsageError('--expect is about the address in --from, and there is none.');
  if (options.audit === undefined && (options.auditPayload === true || options.auditMask !== undefined))
    throw new UsageError('--audit-payload and --audit-mask are about the log in --audit, and there is none.');
  const dir = options.dir ?? 'dist';

  const isText = (options.logFormat ?? (terminal.interactive ? 'text' : 'json')) === 'text';
  const log = isText ? textLog(terminal) : jsonLog(terminal);
  // Listened for from the beginning: a signal may come as soon as the server says that it is there.
  const stopped = terminal.untilStopped();
  const closing: (() => Promise<unknown>)[] = [() => log.close()];
  try {
    const keys = options.keys === undefined ? undefined : await openKeys(path.resolve(terminal.cwd, options.keys), log);
    if (keys !== undefined) closing.unshift(async () => keys.close());
    const audit = options.audit === undefined ? undefined : await openAudit(terminal, options.audit, options, log);
    if (audit !== undefined) closing.unshift(() => audit.close());
    let server: RunningServer | undefined;
    const folder = path.resolve(terminal.cwd, dir);
    const served = (): Digest[] => (server?.builds.served === undefined ? [] : [server.builds.served.digest]);
    const { expect, mirrorLimits = {} } = options;
    const mirror =
      from === undefined
        ? undefined
        : await openMirror({ url: from, folder, expect, inUse: served, mayBeEmpty: wait, limits: mirrorLimits, log });
    if (mirror !== undefined) closing.unshift(() => mirror.close());

    const { serve: startServer, OpenToAllError } = await import('../server/serve.js');
    server = await startServer({
      ...{ dir: folder, host, port, keys, audit, metrics, log },
      isPublic: options.public === true,
      waitForBuild: wait,
      upstream: () => mirror && problemOf(mirror),
      limits: { ...limits, bodyBytes: limits.payloadBytes, ...(maxConcurrent !== undefined && { concurrentRequests: maxConcurrent }) },
      ...(cache !== undefined && { cache }),
      drainMilliseconds: drain * 1000,
      logsRequests: options.logRequests === true,
    }).catch((error: NodeJS.ErrnoException): never => {
      if (error instanceof OpenToAllError) throw new UsageError(error.message);
      throw explainListening(error, host, port);
    });
    // Behind the requests, and before what they may still want to write to.
    closing.unshift(() => server.close());
    const { url, policy, builds } = server;
    const fields = {
      dir,
      ...(from !== undefined && { from }),
      url,
      build: builds.served?.digest,
      commit: builds.served?.origin.commit,
      policy,
    };
    log.info(fields, `Serving ${dir} on ${url}${isText ? ' (stop with Ctrl-C)' : ''}`);
    onListening?.(url);
    await stopped;
    return EXIT.fine;
  } finally {
    for (const close of closing) await close();
  }
}

async function openKeys(file: string, log: ServerLog): Promise<KeyFile> {
  const { KeyFile } = await import('../access/key-file.js');
  return KeyFile.open(file, {
    report: ({ kind, message }) => (kind === 'loaded' ? log.info({ keys: kind }, message) : log.warn({ keys: kind }, message)),
  });
}

async function openAudit(terminal: Terminal, spec: string, options: ServeOptions, log: ServerLog): Promise<OpenSink> {
  const { openSink } = await import('../audit/open-sink.js');
  const at = spec.indexOf(':');
  // Paths of a command are from where it runs.
  const resolved = at < 0 ? spec : `${spec.slice(0, at + 1)}${path.resolve(terminal.cwd, spec.slice(at + 1))}`;
  return openSink(resolved, {
    keep: options.auditPayload === true ? 'payload' : 'hashes',
    masks: options.auditMask ?? [],
    stdout: process.stdout,
    log: (message) => log.warn({ audit: spec }, message),
  });
}

interface MirrorRequest {
  readonly url: string;
  readonly folder: string;
  readonly expect: Digest | undefined;
  readonly inUse: () => readonly Digest[];
  readonly mayBeEmpty: boolean;
  readonly limits: Partial<MirrorLimits>;
  readonly log: ServerLog;
}

async function openMirror({ url, folder, expect, inUse, mayBeEmpty, limits, log }: MirrorRequest): Promise<Mirror> {
  const { Mirror } = await import('../sources/mirror/mirror.js');
  const { AddressError } = await import('../sources/mirror/address.js');
  try {
    return await Mirror.open({
      ...{ url, folder, expect, inUse, mayBeEmpty, limits },
      report: ({ state, reason, nextTry, build }) => {
        if (state === 'failing') {
          const next = nextTry === undefined ? '' : ` It is tried again at ${nextTry.toISOString()}.`;
          log.warn({ from: url, state, next_try: nextTry }, `The build of ${url} cannot be taken: ${reason}${next}`);
        } else log.info({ from: url, state, build }, `The folder ${folder} has the build of ${url}.`);
      },
    });
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(error.message);
    throw error;
  }
}

function problemOf({ status }: Mirror): FollowProblem | undefined {
  return status.state === 'failing'
    ? { message: status.reason ?? 'The address does not answer.', since: status.since.toISOString() }
    : undefined;
}
