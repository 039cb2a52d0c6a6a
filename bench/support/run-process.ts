/** Whole commands in processes of their own: how long each takes, and what it holds in memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The command line as it is built. */
export const CLI = path.join(ROOT, 'lib/cli.js');
const PEAK = path.join(ROOT, 'bench/support/peak.mjs');

export interface Ended {
  /** From starting it to its end. */
  readonly ms: number;
  /** What it took of all processors: other programs on the machine change it less. */
  readonly 'cpu ms': number;
  /** The most that it held in memory at once. */
  readonly MiB: number;
}

/** Runs a program of JavaScript. @throws if it fails, with what it said */
export async function runNode(args: readonly string[], cwd: string): Promise<Ended> {
  const used: Buffer[] = [];
  const ms = await run(process.execPath, ['--import', PEAK, ...args], cwd, (chunk) => used.push(chunk));
  const { memory, processor } = JSON.parse(Buffer.concat(used).toString()) as { memory: number; processor: number };
  return { ms, 'cpu ms': processor / 1000, MiB: memory / 1024 ** 2 };
}

/** Runs any program. @throws if it fails, with what it said */
export async function runProgram(program: string, args: readonly string[], cwd: string): Promise<{ ms: number }> {
  return { ms: await run(program, args, cwd, () => undefined) };
}

async function run(program: string, args: readonly string[], cwd: string, onUsed: (chunk: Buffer) => void): Promise<number> {
  const said: Buffer[] = [];
  const start = performance.now();
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const [, stdout, stderr, used] = child.stdio;
  for (const stream of [stdout, stderr]) stream!.on('data', (chunk: Buffer) => said.push(chunk));
  used!.on('data', onUsed);
  let ms = 0;
  child.once('exit', () => (ms = performance.now() - start));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${Buffer.concat(said).toString().slice(-2000)}`);
  return ms;
}
