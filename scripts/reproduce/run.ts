import { spawn } from 'node:child_process';
import type { RunOptions } from './variation.js';

/** Runs a program and returns what it prints; rejects with what it said if it does not end with 0. */
export async function run([program, ...args]: readonly string[], { cwd, env, user }: RunOptions = {}): Promise<string> {
  const child = spawn(program!, args, {
    cwd,
    env: env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code === 0) return out;
  throw new Error(`${program} ended with ${code}: ${err.trim() || out.trim()}`);
}

/** Why a command does not run here; nothing if it does. */
export async function failure(command: readonly string[], options?: RunOptions): Promise<string | undefined> {
  return run(command, options).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? `there is no ${command[0]}` : error.message),
  );
}
