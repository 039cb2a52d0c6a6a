/**
 * `npm run profile -- <bench> [--seconds N] [--out DIR] [--quick | --full]`: what takes the time, and what takes the memory. Writes a CPU profile and
 * a profile of allocations; files of the last time are replaced.
 */
import { parseArgs } from 'node:util';
import { profileBench } from './suite/profile-bench.js';
import { SCALES } from './suite/scales.js';
import { SCALE_OPTIONS, scaleOf, selectBenches } from './suite/select.js';

try {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    options: { ...SCALE_OPTIONS, seconds: { type: 'string', default: '5' }, out: { type: 'string', default: 'profiles' } },
    allowPositionals: true,
  });
  const [bench, ...more] = selectBenches(positionals);
  if (positionals.length !== 1 || bench === undefined || more.length > 0) throw new Error('Name one bench: npm run profile -- render');
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new Error('--seconds is how long each of the two profiles takes, such as 5.');
  const { cpu, heap } = await profileBench(bench, SCALES[scaleOf(values)], seconds, values.out);
  process.stdout.write(`${cpu}   where the time goes
${heap}  what was allocated

Chrome or Edge: DevTools, the panel Performance for the first and Memory for the second, "Load profile". VS Code opens both, and so does speedscope.
`);
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
