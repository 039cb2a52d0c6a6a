/** Starts test/audit/writer.ts as a process of its own, fast: bundled once, and run by Node alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { REPOSITORY } from '../support/project.js';

export interface Writer {
  readonly process: ChildProcess;
  /** What it has said so far, in lines. */
  readonly said: string[];
  /** Settles when it has said something that begins so, or ended. */
  until(beginning: string): Promise<void>;
  /** How it ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** To be called once in a file of tests. */
export function writerProcess() {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'promptc-writer-'));
    await symlink(path.join(REPOSITORY, 'node_modules'), path.join(folder, 'node_modules'));
    await build({
      root: REPOSITORY,
      configFile: false,
      logLevel: 'error',
      build: {
        ssr: true,
        target: 'node20.19',
        outDir: folder,
        emptyOutDir: false,
        rolldownOptions: { input: { writer: path.join(REPOSITORY, 'test/audit/writer.ts') }, output: { entryFileNames: '[name].mjs' } },
      },
    });
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** @param ulimit - what its shell limits, such as `-n 64` */
  return function start(spec: string, options: object, mode: string, ulimit?: string): Writer {
    const args = [path.join(folder, 'writer.mjs'), spec, JSON.stringify(options), mode];
    const [command, ...rest]: [string, ...string[]] =
      ulimit === undefined ? [process.execPath, ...args] : ['sh', '-c', `ulimit ${ulimit} && exec "$0" "$@"`, process.execPath, ...args];
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const said: string[] = [];
    let unended = '';
    let heard = (): void => {};
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (unended + text).split('\n');
      unended = lines.pop()!;
      said.push(...lines);
      heard();
    });
    const state = { hasEnded: false };
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once('close', (code, signal) => {
        state.hasEnded = true;
        heard();
        resolve({ code, signal });
      });
    });
    const until = async (beginning: string): Promise<void> => {
      while (!state.hasEnded && !said.some((line) => line.startsWith(beginning))) {
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
    };
    return { process: child, said, ended, until };
  };
}
