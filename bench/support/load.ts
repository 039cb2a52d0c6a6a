/** Requests, as many as a server answers. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { onPath } from './on-path.js';
import { CLIENT_CORE, needsTaskset } from './server-process.js';

const execute = promisify(execFile);

/** What is missing, if nothing can be driven here. */
export function needsWrk(): string | undefined {
  return onPath('wrk') ? needsTaskset() : 'it takes `wrk` (Debian package `wrk`)';
}

export interface Load {
  readonly perSecond: number;
  readonly p50: number;
  /** In milliseconds, as `p50`. */
  readonly p99: number;
}

/**
 * Drives a server with wrk (Debian package `wrk`) from the other core for some seconds.
 *
 * @param script - in Lua: what is asked for; empty for a plain GET
 * @throws if one answer is no success
 */
export async function load(url: string, seconds: number, connections: number, script: string): Promise<Load> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...(script === '' ? [] : ['-s', script]), url];
  const { stdout } = await execute('taskset', ['-c', CLIENT_CORE, 'wrk', ...args]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`not all was answered well:\n${stdout}`);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  return { perSecond, p50: milliseconds(stdout, '50'), p99: milliseconds(stdout, '99') };
}

function milliseconds(text: string, percentile: string): number {
  const [, value, unit] = new RegExp(`${percentile}%\\s+([\\d.]+)(us|ms|s)`).exec(text)!;
  return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit as 'us' | 'ms' | 's'];
}
