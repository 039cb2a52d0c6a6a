/**
 * From starting a process to the first render, and what the process then holds in memory:
 * `npm run bench:start -- [--rounds N] [--json FILE]`.
 *
 * A bare Node HTTP server stands beside servers of builds of different sizes; all are started in turn.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { FIRST_BUNDLE, PAYLOAD, writeLargeBuild } from './support/large-build.js';
import { median } from './support/rounds.js';
import { residentMebibytes, type ServerProcess, startProcess, startPromptc } from './support/server-process.js';
import { formatTable } from './support/table.js';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { rounds: { type: 'string', default: '11' }, json: { type: 'string' } },
});
const rounds = Number(values.rounds);

interface Start {
  readonly milliseconds: number;
  readonly mebibytes: number;
}

const folder = await mkdtemp(path.join(tmpdir(), 'promptc-bench-'));
try {
  await run();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const dist = (name: string): string => path.join(folder, name);
  await writeLargeBuild(dist('one'), 1, 1);
  await writeLargeBuild(dist('10k'), 10_000, 1);
  await writeLargeBuild(dist('100k'), 16_667, 3);
  for (const name of ['prompt.json', 'artifact.json', 'etag']) await writeFile(path.join(folder, name), '{}');
  const starts: { readonly [name: string]: () => Promise<ServerProcess> } = {
    'bare Node server': () => startProcess(['bench/server/bare.mjs', folder]),
    'one bundle': () => startPromptc(dist('one')),
    '10,000 bundles': () => startPromptc(dist('10k')),
    '100,000 versions': () => startPromptc(dist('100k')),
  };
  const names = Object.keys(starts);
  const found = new Map(names.map((name) => [name, [] as Start[]]));
  for (let round = -1; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + 1) % names.length]!;
      const start = await timed(starts[name]!);
      if (round >= 0) found.get(name)!.push(start);
    }
  }
  report(found);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(Object.fromEntries(found), null, 2)}\n`);
}

async function timed(start: () => Promise<ServerProcess>): Promise<Start> {
  const began = performance.now();
  const server = await start();
  try {
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1/prompts/render`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ bundle_id: FIRST_BUNDLE, ...PAYLOAD }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    const milliseconds = performance.now() - began;
    return { milliseconds, mebibytes: residentMebibytes(server) };
  } finally {
    await server.stop();
  }
}

function report(found: ReadonlyMap<string, readonly Start[]>): void {
  const of = (name: string, key: keyof Start): number => median(found.get(name)!.map((one) => one[key]));
  const ratio = (name: string, base: string): number =>
    median(found.get(name)!.map((one, round) => one.milliseconds / found.get(base)![round]!.milliseconds));
  const more = (name: string): number =>
    median(found.get(name)!.map((one, round) => one.mebibytes - found.get('one bundle')![round]!.mebibytes));
  console.log(
    formatTable(
      ['from start to first render', 'ms', 'to bare', 'to one bundle', 'MiB'],
      [...found.keys()].map((name) => [
        name,
        of(name, 'milliseconds').toFixed(0),
        ratio(name, 'bare Node server').toFixed(2),
        ratio(name, 'one bundle').toFixed(2),
        of(name, 'mebibytes').toFixed(1),
      ]),
    ),
  );
  console.log();
  const most = (what: string, value: number, wanted: number): void =>
    console.log(`${value <= wanted ? 'Reached' : 'NOT reached'}: ${what} (${value.toFixed(2)}; asked: at most ${wanted})`);
  most('start with one bundle, to a bare server', ratio('one bundle', 'bare Node server'), 2);
  most('start with 10,000 bundles, to one', ratio('10,000 bundles', 'one bundle'), 1.5);
  most('MiB that 10,000 bundles take, over one', more('10,000 bundles'), 20);
  most('start with 100,000 versions, to one bundle', ratio('100,000 versions', 'one bundle'), 3);
  most('MiB that 100,000 versions take, over one bundle', more('100,000 versions'), 60);
}
