/** Builds put in place while requests run: what the hot-swap test and `npm run soak` do. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import type { Build } from '../../src/compile/emit/emit.js';
import { writeBuild } from '../../src/compile/emit/write.js';

export interface SwapLoad {
  readonly url: string;
  /** What the server serves. */
  readonly dir: string;
  /** Taken in turn. */
  readonly builds: readonly Build[];
  readonly swaps: number;
  readonly connections: number;
  /** A request for a render. */
  readonly body: string;
  /** The `rendered_prompt` that each build has to answer it with, by the build's digest. */
  readonly expected: ReadonlyMap<string, string>;
}

export interface SwapReport {
  readonly answers: number;
  /** How many answers each build gave. */
  readonly byBuild: ReadonlyMap<string, number>;
  /** Each answer that was not wholly from one build, or none at all. */
  readonly failures: readonly string[];
  /** Milliseconds from writing a build to the first answer from it. */
  readonly delays: readonly number[];
}

/** How long a build may take to be served. */
const LONGEST_SWAP_MILLISECONDS = 10_000;

/** Asks without a pause on all connections, while builds take each other's place. */
export async function swapUnderLoad({ url, dir, builds, swaps, connections, body, expected }: SwapLoad): Promise<SwapReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const byBuild = new Map<string, number>();
  const failures: string[] = [];
  const delays: number[] = [];
  let answers = 0;
  let latest = '';
  const over = new AbortController();

  const asking = Array.from({ length: connections }, async () => {
    while (!over.signal.aborted) {
      const { status, build, text } = await ask(url, agent, body);
      answers++;
      latest = build;
      byBuild.set(build, (byBuild.get(build) ?? 0) + 1);
      const prompt = status === 200 ? (JSON.parse(text) as { rendered_prompt: string }).rendered_prompt : text;
      if (status !== 200 || prompt !== expected.get(build)) failures.push(`${status} from ${build}: ${prompt.slice(0, 200)}`);
    }
  });
  try {
    for (let i = 0; i < swaps; i++) {
      const build = builds[i % builds.length]!;
      const began = performance.now();
      await writeBuild(build, { commit: null, dirty: null }, new NodeDisk(dir));
      while (latest !== build.manifestDigest) {
        if (performance.now() - began > LONGEST_SWAP_MILLISECONDS) throw new Error(`build ${i} was never served; ${failures.join('\n')}`);
        await sleep(1);
      }
      delays.push(performance.now() - began);
    }
  } finally {
    over.abort();
    await Promise.all(asking);
    agent.destroy();
  }
  return { answers, byBuild, failures, delays };
}

interface Seen {
  readonly status: number;
  readonly build: string;
  readonly text: string;
}

/** Never throws: a connection that breaks is an answer that failed. */
function ask(url: string, agent: Agent, body: string): Promise<Seen> {
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ status: 0, build: 'none', text: error.message });
    const sent = request(`${url}/v1/prompts/render`, { agent, method: 'POST', headers: { 'content-type': 'application/json' } }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        text += chunk;
      });
      res.on('end', () => resolve({ status: res.statusCode!, build: String(res.headers['x-promptc-build']), text }));
      res.on('error', fail);
    });
    sent.on('error', fail);
    sent.end(body);
  });
}
