/**
 * Faults under load, for longer than a test may take: `npm run soak [-- --swaps 1000] [--connections 32]`.
 *
 * A server in a process of its own is asked without a pause while builds take each other's place. No request may fail,
 * and each answer has to be wholly from one build. Ends with 1 if one was not.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { compile } from '../src/compile/compile.js';
import { MemoryDisk } from '../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../src/compile/discover/node-disk.js';
import type { Build } from '../src/compile/emit/emit.js';
import { writeBuild } from '../src/compile/emit/write.js';
import { swapUnderLoad } from '../test/server/swap-load.js';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { swaps: { type: 'string', default: '1000' }, connections: { type: 'string', default: '32' } },
});

/** So many versions of one prompt, each of which says which one it is. */
const BUILDS = 5;

async function built(number: number): Promise<Build> {
  const { build } = await compile(
    new MemoryDisk({
      'prompts/templates/one.md': `---\nid: one\nversion: 1.0.0\nrole: system\n---\nBuild ${number}, {{task}}.`,
      'prompts/templates/two.md': `---\nid: two\nversion: 1.0.0\nrole: user\n---\nAgain ${number}.`,
      'prompts/bundles/both.md': '---\nid: both\nversion: 1.0.0\nslots: { system: one, task: two }\n---\n',
    }),
  );
  return build!;
}

const dir = await mkdtemp(path.join(tmpdir(), 'promptc-soak-'));
const builds = await Promise.all(Array.from({ length: BUILDS }, (_, number) => built(number)));
await writeBuild(builds[0]!, { commit: null, dirty: null }, new NodeDisk(dir));
const server = spawn(process.execPath, ['lib/cli.js', 'serve', '--dir', dir, '--port', '0'], { stdio: ['ignore', 'inherit', 'pipe'] });
try {
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(server.stderr).on('line', (line) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
    });
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const began = performance.now();
  const { answers, failures, delays, byBuild } = await swapUnderLoad({
    url,
    dir,
    builds: [...builds.slice(1), builds[0]!],
    swaps: Number(values.swaps),
    connections: Number(values.connections),
    body: JSON.stringify({ bundle_id: 'both', task: 'go' }),
    expected: new Map(builds.map(({ manifestDigest }, number) => [manifestDigest, `Build ${number}, go.\n\nAgain ${number}.`])),
  });
  const seconds = (performance.now() - began) / 1000;
  const middle = delays.toSorted((a, b) => a - b)[delays.length >> 1];
  console.log(
    `${delays.length} swaps and ${answers} answers from ${byBuild.size} builds in ${seconds.toFixed(0)} s; a build is served ${middle?.toFixed(0)} ms after it was written (median).`,
  );
  for (const failure of failures.slice(0, 10)) console.log(failure);
  console.log(`${failures.length} failures`);
  if (failures.length > 0) process.exitCode = 1;
} finally {
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
  await rm(dir, { recursive: true, force: true });
}
