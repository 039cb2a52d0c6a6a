import path from 'node:path';
import { printDiagnostics } from './diagnostics/format.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { readLimits } from './project.js';
import { jsonLog, type ServerLogFormat, textLog } from './server-log.js';

export interface ServeOptions {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  /** Requests in flight at most; 1000 by default. */
  readonly maxConcurrent?: number | undefined;
  /** How long to go on answering when told to stop, in seconds. */
  readonly drain?: number;
  readonly metrics?: boolean;
  readonly logFormat?: ServerLogFormat | undefined;
  readonly logRequests?: boolean;
  /** Called once requests are answered. */
  readonly onListening?: (url: string) => void;
}

/** `promptc serve`: serves a build until it is told to stop. */
export async function serve(terminal: Terminal, options: ServeOptions): Promise<ExitCode> {
  const { dir, host, port, maxConcurrent, drain = 0, metrics = true, logFormat, logRequests = false, onListening } = options;
  const { diagnostics, limits } = await readLimits(terminal.cwd);
  await printDiagnostics(terminal, diagnostics, { format: 'text', root: terminal.cwd });
  if (limits === undefined) return EXIT.promptErrors;
  const isText = (logFormat ?? (terminal.interactive ? 'text' : 'json')) === 'text';
  const log = isText ? textLog(terminal) : jsonLog(terminal);
  // Listened for from the beginning: a signal may come as soon as the server says that it is there.
  const stopped = terminal.untilStopped();
  // Only this command needs Express, which takes as long to load as a whole check.
  const { serve: startServer } = await import('../server/serve.js');
  const server = await startServer({
    dir: path.resolve(terminal.cwd, dir),
    host,
    port,
    limits: { ...limits, bodyBytes: limits.payloadBytes, ...(maxConcurrent !== undefined && { concurrentRequests: maxConcurrent }) },
    metrics,
    drainMilliseconds: drain * 1000,
    log,
    logsRequests: logRequests,
  }).catch(explainListening);
  const { url, policy, builds } = server;
  const fields = { dir, url, build: builds.served?.digest, commit: builds.served?.origin.commit, policy };
  log.info(fields, `Serving ${dir} on ${url}${isText ? ' (stop with Ctrl-C)' : ''}`);
  onListening?.(url);
  await stopped;
  await server.close();
  await log.close();
  return EXIT.fine;

  function explainListening(error: NodeJS.ErrnoException): never {
    if (error.code === 'EADDRINUSE')
      throw new UsageError(`Port ${port} on ${host} is taken. Stop what uses it, or choose another with --port.`);
    if (error.code === 'EACCES')
      throw new UsageError(`Port ${port} needs rights that this process does not have. Choose one above 1023 with --port.`);
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') throw new UsageError(`This machine has no address ${host}.`);
    throw error;
  }
}
