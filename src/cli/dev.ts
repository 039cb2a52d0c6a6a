import path from 'node:path';
import type { Digest } from '../base/digest.js';
import type { DevReport } from '../dev/dev-server.js';
import { addressOf, isLoopbackAddress } from '../server/address.js';
import { DevPrinter } from './dev/printer.js';
import { RenderView } from './dev/render-view.js';
import { explainListening } from './listening.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { openProject } from './project.js';
import { folderPrefix } from './repository.js';
import { resolveRoot } from './root.js';
import { textLog } from './server-log.js';

export interface DevOptions {
  readonly root: string;
  /** Where builds are written, from `root`. */
  readonly out: string;
  /** A loopback address. */
  readonly host: string;
  readonly port: number;
  /** A bundle to show, with `@` and an example's name if need be. */
  readonly render?: string;
  readonly base?: string;
  readonly cache?: boolean;
  /** Called once requests are answered. */
  readonly onListening?: (url: string) => void;
  /** Called once changes are followed. */
  readonly onFollowing?: () => void;
}

/** `promptc dev`: serves what the files make, and goes on with what changes in them, until it is told to stop. */
export async function dev(terminal: Terminal, options: DevOptions): Promise<ExitCode> {
  const { host, port, out, onListening, onFollowing } = options;
  const root = await resolveRoot(terminal.cwd, options.root);
  await expectLoopback(host);
  const stopped = terminal.untilStopped();
  const printer = new DevPrinter(terminal, { folder: folderPrefix(terminal.cwd, root), out });
  const view = options.render === undefined ? undefined : new RenderView(terminal, options.render);
  /** Reports are printed whole, and in their order. */
  let printed = Promise.resolve();
  const { startDev } = await import('../dev/dev-server.js');
  const project = await openProject(root, out, options.base, terminal.env, options.cache !== false);
  const log = textLog(terminal);
  const running = await startDev({
    ...{ root, host, port, report },
    out: path.resolve(root, out),
    recompiler: project,
    // What it does is told in lines of its own.
    log: { ...log, info: () => undefined },
    onListening(url) {
      terminal.err(`Serving the drafts in ${options.root} on ${url} (stop with Ctrl-C)\n`);
      onListening?.(url);
    },
  }).catch((error: NodeJS.ErrnoException): never => {
    throw explainListening(error, host, port);
  });
  try {
    onFollowing?.();
    await stopped;
    return EXIT.fine;
  } finally {
    await running.close();
    await printed;
    await project.close();
  }

  function report(one: DevReport, served: Digest | undefined): void {
    printed = printed.then(() => print(one, served));
  }

  async function print(one: DevReport, served: Digest | undefined): Promise<void> {
    printer.print(one, served);
    if (one.kind === 'taken') await view?.show(one.build, one.compiled);
  }
}

/** Drafts are for whoever writes them, and `promptc serve` is for everybody else. */
async function expectLoopback(host: string): Promise<void> {
  const address = await addressOf(host).catch(() => undefined);
  if (address !== undefined && !isLoopbackAddress(address))
    throw new UsageError(`\`promptc dev\` is for this machine alone, and ${host} is not: use 127.0.0.1, ::1 or localhost.`);
}
