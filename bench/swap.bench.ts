/**
 * What requests wait while a new build is checked: `npm run bench:swap -- [--rounds N] [--ids N] [--json FILE]`.
 *
 * A server of many bundles is asked for renders on 32 connections for some seconds at a time: as usual, and beginning with
 * the moment in which another build comes, none of whose objects it knows.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeLargeBuild, FIRST_BUNDLE, PAYLOAD } from './support/large-build.js';
import { type Load, load } from './support/load.js';
import { median } from './support/rounds.js';
import { startPromptc } from './support/server-process.js';
import { formatTable } from './support/table.js';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { rounds: { type: 'string', default: '5' }, ids: { type: 'string', default: '5000' }, json: { type: 'string' } },
});
const rounds = Number(values.rounds);
const SECONDS = 4;
const CONNECTIONS = 32;
const MOST = 2;

const folder = await mkdtemp(path.join(tmpdir(), 'promptc-bench-'));
const dist = path.join(folder, 'dist');
try {
  await writeLargeBuild(dist, Number(values.ids), 1);
  const server = await startPromptc(dist);
  try {
    await run(`http://127.0.0.1:${server.port}`);
  } finally {
    await server.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function run(url: string): Promise<void> {
  const script = path.join(folder, 'post.lua');
  const body = JSON.stringify({ bundle_id: FIRST_BUNDLE, semver: '1.0.0', ...PAYLOAD });
  await writeFile(script, `wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\nwrk.body = [==[${body}]==]\n`);
  const ask = (): Promise<Load> => load(`${url}/v1/prompts/render`, SECONDS, CONNECTIONS, script);
  await ask();
  const [usual, swapping, delays] = [[] as Load[], [] as Load[], [] as number[]];
  for (let round = 0; round < rounds; round++) {
    usual.push(await ask());
    const before = await buildOf(url);
    // Each round adds a version to every bundle and template, and so changes every page.
    await writeLargeBuild(dist, Number(values.ids), round + 2);
    const began = performance.now();
    swapping.push(await ask());
    while ((await buildOf(url)) === before) await new Promise((resolve) => setTimeout(resolve, 10));
    delays.push(performance.now() - began);
  }
  const of = (loads: readonly Load[], key: keyof Load): string => median(loads.map((one) => one[key])).toFixed(2);
  console.log(
    formatTable(
      [`${values.ids} bundles, ${CONNECTIONS} connections`, 'requests/s', 'p50 ms', 'p99 ms'],
      [
        ['as usual', of(usual, 'perSecond'), of(usual, 'p50'), of(usual, 'p99')],
        [`${SECONDS} s from when another build is there`, of(swapping, 'perSecond'), of(swapping, 'p50'), of(swapping, 'p99')],
      ],
    ),
  );
  const ratio = median(swapping.map((one, round) => one.p99 / usual[round]!.p99));
  console.log(`\n${ratio <= MOST ? 'Reached' : 'NOT reached'}: p99 at most ${MOST} times the usual (${ratio.toFixed(2)}).`);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ usual, swapping, delays }, null, 2)}\n`);
}

async function buildOf(url: string): Promise<string | null> {
  return (await fetch(`${url}/readyz`)).headers.get('x-promptc-build');
}
