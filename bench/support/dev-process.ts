/**
 * `promptc dev` in a process of its own: all that benches know of it. Its first line names the address, and `GET /dev/events` is a
 * stream of server-sent events, each of which tells of a build (docs/dev.md).
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { CLI } from './run-process.js';

/** A build that is served. */
export interface BuildEvent {
  readonly build: string;
  /** What it took, as promptc counts it: from knowing of the change to serving it. */
  readonly milliseconds: number;
}

export interface DevProcess {
  /** The next build that is served, whenever it was told. */
  next(): Promise<BuildEvent>;
  stop(): Promise<void>;
}

/** What is missing, if there is no such command. */
export function needsDev(): string | undefined {
  const help = execFileSync(process.execPath, [CLI, '--help'], { encoding: 'utf8' });
  return /^ +dev\b/m.test(help) ? undefined : 'this version has no `promptc dev`';
}

const DEADLINE = 120_000;

/** Starts it, and waits until it serves a build. @throws if it ends, or serves nothing for two minutes */
export async function startDev(root: string, nodeFlags: readonly string[]): Promise<DevProcess> {
  const child = spawn(process.execPath, [...nodeFlags, CLI, 'dev', '--root', root, '--port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const said: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      said.push(line);
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`promptc dev ended with ${code}:\n${said.join('\n')}`)));
  });
  const closing = new AbortController();
  const stop = async (): Promise<void> => {
    closing.abort();
    child.kill('SIGTERM');
    await ended;
  };
  try {
    const { body } = await fetch(`${url}/dev/events`, { signal: closing.signal });
    const events = buildEvents(body as import('node:stream/web').ReadableStream);
    const next = async (): Promise<BuildEvent> => {
      const late = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error(`promptc dev served no build for two minutes:\n${said.join('\n')}`)), DEADLINE).unref();
      });
      const { value } = await Promise.race([events.next(), late]);
      if (value === undefined) throw new Error(`promptc dev ended its events:\n${said.join('\n')}`);
      return value;
    };
    await next();
    return { next, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Events of builds, out of https://html.spec.whatwg.org/multipage/server-sent-events.html. */
async function* buildEvents(body: import('node:stream/web').ReadableStream): AsyncGenerator<BuildEvent, undefined> {
  let kind = '';
  for await (const line of createInterface(Readable.fromWeb(body))) {
    if (line.startsWith('event:')) kind = line.slice('event:'.length).trim();
    else if (line.startsWith('data:') && kind === 'build') yield JSON.parse(line.slice('data:'.length)) as BuildEvent;
  }
  return undefined;
}
