/**
 * The server next to Node's own, Fastify and Express. Each has a process of its own on one core, the client the other core. The
 * peers parse the same JSON and answer the same bytes, and do nothing else.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hexOf } from '../../src/base/digest.js';
import { compile } from '../../src/compile/compile.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import { defineBench, type Goal, NotMeasured, type Series } from '../suite/bench.js';
import { load, needsWrk } from '../support/load.js';
import { type ServerProcess, startProcess, startPromptc } from '../support/server-process.js';

type ServerName = 'bare' | 'promptc' | 'audited' | 'fastify' | 'express';

interface State {
  readonly servers: { readonly [name in ServerName]: ServerProcess };
  readonly files: { readonly post: string; readonly known: string };
  readonly artifactPath: string;
}

const BUNDLE = 'support-agent';
const CONNECTIONS = 32;
const RENDER = 'promptc, render';
const AUDITED = 'promptc, render, audited';

export const server = defineBench<State>({
  name: 'server',
  measures: `requests of ${CONNECTIONS} connections to servers on one core`,
  kind: 'process',
  series: ({ load: seconds }) => {
    const of = (name: string, to: string | undefined, asked: ServerName, what: 'render' | 'artifact' | '304'): Series<State> => ({
      name,
      ...(to === undefined ? {} : { to }),
      sample: (state) => ask(state, asked, what, seconds),
    });
    return [
      of('bare server, render', undefined, 'bare', 'render'),
      of(RENDER, 'bare server, render', 'promptc', 'render'),
      of(AUDITED, RENDER, 'audited', 'render'),
      of('Fastify, render', 'bare server, render', 'fastify', 'render'),
      of('Express, render', 'bare server, render', 'express', 'render'),
      of('bare server, artifact', undefined, 'bare', 'artifact'),
      of('promptc, artifact', 'bare server, artifact', 'promptc', 'artifact'),
      of('bare server, 304', undefined, 'bare', '304'),
      of('promptc, 304', 'bare server, 304', 'promptc', '304'),
    ];
  },
  goals: () => [
    least('renders, to a bare server that answers the same bytes', RENDER, 'bare server, render', 0.9),
    least('renders, to Fastify', RENDER, 'Fastify, render', 1.2),
    least('renders, to Express', RENDER, 'Express, render', 3.5),
    { what: 'p99 of renders, to the bare server', series: RENDER, to: 'bare server, render', figure: 'p99 ms', most: 1.3 },
    least('renders with an audit log, to those without', AUDITED, RENDER, 0.9),
    least('artifacts, to the bare server', 'promptc, artifact', 'bare server, artifact', 0.95),
    least('304 for artifacts, to the bare server', 'promptc, 304', 'bare server, 304', 0.95),
  ],
  charts: () => [
    {
      name: 'server',
      title: 'Renders a second on one core; the others answer a text that they have',
      figure: 'requests/s',
      series: ['bare server, render', 'Fastify, render', RENDER, AUDITED, 'Express, render'],
    },
  ],
  profiled: () => RENDER,
  async prepare({ folder, nodeFlags }) {
    const missing = needsWrk();
    if (missing !== undefined) throw new NotMeasured(missing);
    return startAll(folder, nodeFlags);
  },
  close: ({ servers }) => stopAll(servers),
});

function least(what: string, series: string, to: string, wanted: number): Goal {
  return { what, series, to, least: wanted };
}

async function ask({ servers, files, artifactPath }: State, name: ServerName, what: 'render' | 'artifact' | '304', seconds: number) {
  const url = urlOf(servers[name]) + (what === 'render' ? '/v1/prompts/render' : artifactPath);
  const { perSecond, p50, p99 } = await load(url, seconds, CONNECTIONS, { render: files.post, artifact: '', 304: files.known }[what]);
  return { 'requests/s': perSecond, 'p50 ms': p50, 'p99 ms': p99 };
}

async function startAll(folder: string, nodeFlags: readonly string[]): Promise<State> {
  const { build, examples } = await compile(new NodeDisk('.'));
  if (build === undefined) throw new Error('the prompts do not compile');
  const dist = path.join(folder, 'dist');
  await writeBuild(build, { commit: null, dirty: null }, new NodeDisk(dist));
  const { input } = examples.find(({ bundle }) => bundle.id === BUNDLE)!.example;
  const body = JSON.stringify({ bundle_id: BUNDLE, ...(input as object) });
  const artifact = build.bundles.find(({ prompt }) => prompt.id === BUNDLE)!.reference.digest;
  const artifactPath = `/v1/artifacts/sha256/${hexOf(artifact)}`;

  const servers: { [name in ServerName]?: ServerProcess } = {};
  try {
    const promptc = (servers.promptc = await startPromptc(dist, { nodeFlags }));
    const headers = { 'content-type': 'application/json' };
    const answered = await fetch(`${urlOf(promptc)}/v1/prompts/render`, { method: 'POST', headers, body });
    if (!answered.ok) throw new Error(await answered.text());
    await writeFile(path.join(folder, 'prompt.json'), await answered.text());
    await writeFile(path.join(folder, 'artifact.json'), await (await fetch(urlOf(promptc) + artifactPath)).text());
    await writeFile(path.join(folder, 'etag'), `"${artifact}"`);
    servers.audited = await startPromptc(dist, { more: ['--audit', `jsonl:${path.join(folder, 'audit.jsonl')}`] });
    for (const name of ['bare', 'fastify', 'express'] as const) servers[name] = await startProcess([`bench/server/${name}.mjs`, folder]);
  } catch (error) {
    await stopAll(servers);
    throw error;
  }
  const files = { post: path.join(folder, 'post.lua'), known: path.join(folder, 'known.lua') };
  await writeFile(files.post, `wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\nwrk.body = [==[${body}]==]\n`);
  await writeFile(files.known, `wrk.headers["if-none-match"] = '"${artifact}"'\n`);
  return { servers: servers as State['servers'], files, artifactPath };
}

async function stopAll(servers: { readonly [name in ServerName]?: ServerProcess }): Promise<void> {
  await Promise.all(Object.values(servers).map((one) => one.stop()));
}

function urlOf({ port }: ServerProcess): string {
  return `http://127.0.0.1:${port}`;
}
