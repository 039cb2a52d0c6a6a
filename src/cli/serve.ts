import path from 'node:path';
import { printDiagnostics } from './diagnostics/format.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { readLimits } from './project.js';

export interface ServeOptions {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  /** Called once requests are answered. */
  readonly onListening?: (url: string) => void;
}

/** `promptc serve`: serves a build until it is told to stop. */
export async function serve(terminal: Terminal, { dir, host, port, onListening }: ServeOptions): Promise<ExitCode> {
  const { diagnostics, limits } = await readLimits(terminal.cwd);
  await printDiagnostics(terminal, diagnostics, { format: 'text', root: terminal.cwd });
  if (limits === undefined) return EXIT.promptErrors;
  // Listened for from the beginning: a signal may come as soon as the server says that it is there.
  const stopped = terminal.untilStopped();
  // Only this command needs Express, which takes as long to load as a whole check.
  const { serve: startServer } = await import('../server/serve.js');
  const server = await startServer({
    dir: path.resolve(terminal.cwd, dir),
    host,
    port,
    limits: { ...limits, bodyBytes: limits.payloadBytes },
    log: (line) => terminal.err(`${line}\n`),
  }).catch(explainListening);
  terminal.err(`Serving ${dir} on ${server.url} (stop with Ctrl-C)\n`);
  onListening?.(server.url);
  await stopped;
  await server.close();
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
