/** Servers in processes of their own, and what they cost. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { onPath } from './on-path.js';
import { CLI, ROOT } from './run-process.js';

/** What is missing, if servers cannot have a core of their own. */
export function needsTaskset(): string | undefined {
  return onPath('taskset') ? undefined : 'it takes `taskset` (Debian package `util-linux`)';
}

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly port: number;
  stop(): Promise<void>;
}

/** The core that servers run on; their clients run on the other. */
const SERVER_CORE = '0';
export const CLIENT_CORE = '1';

/**
 * Starts a server on one core.
 *
 * @param portOf - the port, out of a line that the process prints
 */
export async function startProcess(args: readonly string[], portOf = (line: string): number => Number(line)): Promise<ServerProcess> {
  const child = spawn('taskset', ['-c', SERVER_CORE, process.execPath, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const port = await new Promise<number>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        const found = portOf(line);
        if (Number.isInteger(found) && found > 0) resolve(found);
      });
    }
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.once('error', reject);
  });
  return {
    child,
    port,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

interface PromptcOptions {
  /** Arguments of `promptc serve`. */
  readonly more?: readonly string[];
  readonly nodeFlags?: readonly string[];
}

/** `promptc serve`, as it is built. */
export function startPromptc(dir: string, { more = [], nodeFlags = [] }: PromptcOptions = {}): Promise<ServerProcess> {
  const args = [...nodeFlags, CLI, 'serve', '--dir', dir, '--port', '0', ...more];
  return startProcess(args, (line) => Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]));
}

/** What a process holds in memory, in MiB. */
export function residentMebibytes({ child }: ServerProcess): number {
  // taskset becomes what it starts.
  const kibibytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) / 1024;
}
