/** The command line as users have it: built, in processes of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { REPOSITORY } from './project.js';

let lib: string;

/** Builds the command line for the tests of a file. */
export function buildCommand(): void {
  beforeAll(async () => {
    // Below node_modules, where it finds its packages.
    lib = await mkdtemp(path.join(REPOSITORY, 'node_modules', '.promptc-test-'));
    await build({ root: REPOSITORY, logLevel: 'error', build: { outDir: lib, sourcemap: false } });
  }, 60_000);
  afterAll(() => rm(lib, { recursive: true, force: true }));
}

export interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  /** What it has said on stderr. */
  readonly said: () => string;
  /** How it ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Settles when it has said something. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts a command; whoever starts it in a test need not end it. */
export function startCommand(cwd: string, args: readonly string[], { descriptors }: { descriptors?: number } = {}): Running {
  const command = [process.execPath, path.join(lib, 'cli.js'), ...args];
  const limited = descriptors === undefined ? command : ['sh', '-c', `ulimit -n ${descriptors}; exec "$0" "$@"`, ...command];
  const child = spawn(limited[0]!, limited.slice(1), { cwd });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  return {
    process: child,
    said: () => said,
    ended,
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(said);
        if (found !== null) return found;
        const isOver = await Promise.race([once(child.stderr, 'data').then(() => false), ended.then(() => true)]);
        if (isOver && pattern.exec(said) === null) throw new Error(`It never said ${pattern}, but:\n${said}`);
      }
    },
  };
}
