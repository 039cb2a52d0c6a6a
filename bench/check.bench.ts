/**
 * What checking costs: `npm run bench:check-time -- [--templates N] [--rounds N] [--json FILE]`.
 *
 * Compiles a generated project with and without the checks, in turn, and prints the median of the ratios. Files
 * are held in memory, so that no disk hides what is measured; nothing is written. Time is that of the processor,
 * which other programs on the machine change less than the clock's.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { MemoryDisk } from '../src/compile/discover/memory-disk.js';
import { generatedProject } from './support/generated-project.js';
import { buildSource } from './support/library.js';
import { median } from './support/rounds.js';
import { formatTable } from './support/table.js';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { templates: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '7' }, json: { type: 'string' } },
});
const templates = Number(values.templates);
const rounds = Number(values.rounds);
const MOST = 1.6;

const { compile } = (await buildSource('src/compile/compile.ts')) as typeof import('../src/compile/compile.js');
const disk = new MemoryDisk(generatedProject(templates));

async function time(checks: boolean): Promise<number> {
  const start = process.cpuUsage();
  const { build, diagnostics } = await compile(disk, { checks });
  const { user, system } = process.cpuUsage(start);
  if (build === undefined) throw new Error(`the project does not compile: ${diagnostics[0]?.message}`);
  return (user + system) / 1000;
}

await time(true);
await time(false);
const pairs: { with: number; without: number }[] = [];
for (let round = 0; round < rounds; round++) {
  // In turn, so that a machine that grows slow is slow for both.
  const first = round % 2 === 0;
  const one = await time(first);
  const other = await time(!first);
  pairs.push(first ? { with: one, without: other } : { with: other, without: one });
}
const ratio = median(pairs.map((pair) => pair.with / pair.without));
const [withChecks, without] = [median(pairs.map((pair) => pair.with)), median(pairs.map((pair) => pair.without))];
console.log(
  formatTable(
    ['templates', 'with checks, ms', 'without, ms', 'ratio'],
    [[String(templates), withChecks.toFixed(0), without.toFixed(0), ratio.toFixed(2)]],
  ),
);
console.log(`\n${ratio <= MOST ? 'Reached' : 'NOT reached'}: at most ${MOST} times a build without checks (${ratio.toFixed(2)}).`);
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ bench: 'check', templates, rounds, ratio, pairs }, null, 2)}\n`);
