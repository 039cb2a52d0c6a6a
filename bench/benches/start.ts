/**
 * From starting a server's process to its first render, and what the process then holds in memory, for builds of several sizes;
 * and the command line, next to a Node process that does nothing.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defineBench, grouped, type Sample, type Scale, type Series } from '../suite/bench.js';
import { FIRST_BUNDLE, PAYLOAD, writeLargeBuild } from '../support/large-build.js';
import { needsTaskset, residentMebibytes, type ServerProcess, startProcess, startPromptc } from '../support/server-process.js';
import { CLI, runNode } from '../support/run-process.js';

interface State {
  readonly folder: string;
  readonly nodeFlags: readonly string[];
}

const BARE = 'bare Node server';
const ONE = 'promptc serve, one bundle';
const NODE = 'Node, nothing';
const VERSION = 'promptc --version';

export const start = defineBench<State>({
  name: 'start',
  measures: 'from starting a process to its first render, or to its end',
  kind: 'process',
  series: (scale) => [
    served(BARE, undefined, ({ folder }) => startProcess(['bench/server/bare.mjs', folder])),
    ...buildsOf(scale).map(({ name, dist }) =>
      served(name, name === ONE ? BARE : ONE, ({ folder, nodeFlags }) => startPromptc(path.join(folder, dist), { nodeFlags })),
    ),
    { name: NODE, sample: ({ folder }) => ended(['-e', '0'], folder) },
    { name: VERSION, to: NODE, sample: ({ folder, nodeFlags }) => ended([...nodeFlags, CLI, '--version'], folder) },
  ],
  goals: () => [
    { what: 'start with one bundle, to a bare server', series: ONE, to: BARE, most: 2 },
    { what: 'start with 10,000 bundles, to one', series: bundles(10_000), to: ONE, most: 1.5 },
    { what: 'MiB that 10,000 bundles take, over one', series: bundles(10_000), to: ONE, figure: 'MiB', difference: true, most: 20 },
    { what: 'start with 100,000 versions, to one bundle', series: versions(100_000), to: ONE, most: 3 },
    {
      what: 'MiB that 100,000 versions take, over one bundle',
      series: versions(100_000),
      to: ONE,
      figure: 'MiB',
      difference: true,
      most: 60,
    },
  ],
  charts: (scale) => [
    {
      name: 'start',
      title: 'From starting a server to its first render',
      figure: 'ms',
      series: [BARE, ...buildsOf(scale).map(({ name }) => name)],
    },
  ],
  profiled: () => ONE,
  async prepare({ scale, folder, nodeFlags }) {
    for (const { dist, ids, each } of buildsOf(scale)) await writeLargeBuild(path.join(folder, dist), ids, each);
    for (const name of ['prompt.json', 'artifact.json', 'etag']) await writeFile(path.join(folder, name), '{}');
    return { folder, nodeFlags };
  },
});

/** A version of a bundle has one of a template beside it, which counts as well. */
function buildsOf({ sizes }: Scale) {
  const largest = sizes.at(-1)!;
  return [
    { name: ONE, dist: 'one', ids: 1, each: 1 },
    { name: bundles(largest), dist: 'bundles', ids: largest, each: 1 },
    ...(largest < 10_000 ? [] : [{ name: versions(largest * 10), dist: 'versions', ids: Math.ceil((largest * 5) / 3), each: 3 }]),
  ];
}

function bundles(count: number): string {
  return `promptc serve, ${grouped(count)} bundles`;
}

function versions(count: number): string {
  return `promptc serve, ${grouped(count)} versions`;
}

function served(name: string, to: string | undefined, starting: (state: State) => Promise<ServerProcess>): Series<State> {
  return { name, ...(to === undefined ? {} : { to }), needs: needsTaskset, sample: (state) => firstRender(() => starting(state)) };
}

async function ended(args: readonly string[], folder: string): Promise<Sample> {
  const { ms, MiB } = await runNode(args, folder);
  return { ms, MiB };
}

async function firstRender(starting: () => Promise<ServerProcess>): Promise<Sample> {
  const began = performance.now();
  const server = await starting();
  try {
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1/prompts/render`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ bundle_id: FIRST_BUNDLE, ...PAYLOAD }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return { ms: performance.now() - began, MiB: residentMebibytes(server) };
  } finally {
    await server.stop();
  }
}
