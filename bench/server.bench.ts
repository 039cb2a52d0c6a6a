/**
 * The server next to Node's own, Fastify and Express: `npm run bench:server -- [--rounds N] [--seconds N] [--json FILE]`.
 *
 * Each server has a process of its own on one core, the client the other core. In each round all are driven in turn, and
 * ratios are taken within a round. The peers parse the same JSON and answer the same bytes, and do nothing else.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { NodeDisk } from '../src/compile/discover/node-disk.js';
import { compile } from '../src/compile/compile.js';
import { writeBuild } from '../src/compile/emit/write.js';
import { hexOf } from '../src/base/digest.js';
import { type Load, load } from './support/load.js';
import { median } from './support/rounds.js';
import { type ServerProcess, startProcess, startPromptc } from './support/server-process.js';
import { formatTable } from './support/table.js';

const BUNDLE = 'support-agent';
const CONNECTIONS = 32;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { rounds: { type: 'string', default: '9' }, seconds: { type: 'string', default: '2' }, json: { type: 'string' } },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

const folder = await mkdtemp(path.join(tmpdir(), 'promptc-bench-'));
const servers: ServerProcess[] = [];
try {
  await run();
} finally {
  await Promise.all(servers.map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const { build, examples } = await compile(new NodeDisk('.'));
  if (build === undefined) throw new Error('the prompts do not compile');
  const dist = path.join(folder, 'dist');
  await writeBuild(build, { commit: null, dirty: null }, new NodeDisk(dist));
  const { input } = examples.find(({ bundle }) => bundle.id === BUNDLE)!.example;
  const body = JSON.stringify({ bundle_id: BUNDLE, ...(input as object) });
  const artifact = build.bundles.find(({ prompt }) => prompt.id === BUNDLE)!.reference.digest;
  const artifactPath = `/v1/artifacts/sha256/${hexOf(artifact)}`;

  const promptc = await started(startPromptc(dist));
  const answered = await fetch(`${urlOf(promptc)}/v1/prompts/render`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (!answered.ok) throw new Error(await answered.text());
  await writeFile(path.join(folder, 'prompt.json'), await answered.text());
  await writeFile(path.join(folder, 'artifact.json'), await (await fetch(urlOf(promptc) + artifactPath)).text());
  await writeFile(path.join(folder, 'etag'), `"${artifact}"`);
  const post = path.join(folder, 'post.lua');
  await writeFile(post, `wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\nwrk.body = [==[${body}]==]\n`);
  const known = path.join(folder, 'known.lua');
  await writeFile(known, `wrk.headers["if-none-match"] = '"${artifact}"'\n`);

  const audited = await started(startPromptc(dist, ['--audit', `jsonl:${path.join(folder, 'audit.jsonl')}`]));
  const bare = await started(startProcess(['bench/server/bare.mjs', folder]));
  const fastify = await started(startProcess(['bench/server/fastify.mjs', folder]));
  const express = await started(startProcess(['bench/server/express.mjs', folder]));

  const render = '/v1/prompts/render';
  const works: { readonly [name: string]: () => Promise<Load> } = {
    'bare render': () => load(urlOf(bare) + render, seconds, CONNECTIONS, post),
    'promptc render': () => load(urlOf(promptc) + render, seconds, CONNECTIONS, post),
    'promptc render, audited': () => load(urlOf(audited) + render, seconds, CONNECTIONS, post),
    'fastify render': () => load(urlOf(fastify) + render, seconds, CONNECTIONS, post),
    'express render': () => load(urlOf(express) + render, seconds, CONNECTIONS, post),
    'bare artifact': () => load(urlOf(bare) + artifactPath, seconds, CONNECTIONS, ''),
    'promptc artifact': () => load(urlOf(promptc) + artifactPath, seconds, CONNECTIONS, ''),
    'bare 304': () => load(urlOf(bare) + artifactPath, seconds, CONNECTIONS, known),
    'promptc 304': () => load(urlOf(promptc) + artifactPath, seconds, CONNECTIONS, known),
  };
  const loads = new Map(Object.keys(works).map((name) => [name, [] as Load[]]));
  const names = Object.keys(works);
  for (let round = -1; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + 1) % names.length]!;
      const measured = await works[name]!();
      if (round >= 0) loads.get(name)!.push(measured);
    }
  }
  report(loads);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(Object.fromEntries(loads), null, 2)}\n`);
}

function report(loads: ReadonlyMap<string, readonly Load[]>): void {
  const of = (name: string, key: keyof Load): number => median(loads.get(name)!.map((one) => one[key]));
  const ratio = (name: string, base: string, key: keyof Load = 'perSecond'): number =>
    median(loads.get(name)!.map((one, round) => one[key] / loads.get(base)![round]![key]));
  const baseOf = (name: string): string => `bare ${/render|artifact|304/.exec(name)![0]}`;
  console.log(
    formatTable(
      [`${CONNECTIONS} connections`, 'requests/s', 'to bare', 'p50 ms', 'p99 ms'],
      [...loads.keys()].map((name) => [
        name,
        of(name, 'perSecond').toFixed(0),
        ratio(name, baseOf(name)).toFixed(2),
        of(name, 'p50').toFixed(2),
        of(name, 'p99').toFixed(2),
      ]),
    ),
  );
  console.log();
  const target = (what: string, found: number, wanted: number, isReached: boolean): void =>
    console.log(`${isReached ? 'Reached' : 'NOT reached'}: ${what} (${found.toFixed(2)}; asked: ${wanted})`);
  const least = (what: string, found: number, wanted: number): void => target(what, found, wanted, found >= wanted);
  least('renders, to a bare server that answers the same bytes', ratio('promptc render', 'bare render'), 0.9);
  least('renders, to Fastify', ratio('promptc render', 'fastify render'), 1.2);
  least('renders, to Express', ratio('promptc render', 'express render'), 3.5);
  const p99 = ratio('promptc render', 'bare render', 'p99');
  target('p99 of renders, to the bare server', p99, 1.3, p99 <= 1.3);
  least('renders with an audit log, to those without', ratio('promptc render, audited', 'promptc render'), 0.9);
  least('artifacts, to the bare server', ratio('promptc artifact', 'bare artifact'), 0.95);
  least('304 for artifacts, to the bare server', ratio('promptc 304', 'bare 304'), 0.95);
}

async function started(starting: Promise<ServerProcess>): Promise<ServerProcess> {
  const server = await starting;
  servers.push(server);
  return server;
}

function urlOf({ port }: ServerProcess): string {
  return `http://127.0.0.1:${port}`;
}
