/**
 * `npm run fuzz -- [--seconds N] [--seed N] [property …]`: looks for inputs that break what must hold whatever the
 * input. Prints the smallest one found and the seed that repeats it, and ends with 1; with 0 if there was none.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { PROPERTIES, type Seen } from '../test/fuzz/properties.js';

const { values, positionals } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: String(Date.now() % 2 ** 31) } },
  allowPositionals: true,
});
const names = positionals.length === 0 ? Object.keys(PROPERTIES) : positionals;
const unknown = names.find((name) => !Object.hasOwn(PROPERTIES, name));
if (unknown !== undefined) throw new Error(`there is no property ${unknown}; there are ${Object.keys(PROPERTIES).join(', ')}`);
const milliseconds = (Number(values.seconds) * 1000) / names.length;

for (const name of names as (keyof typeof PROPERTIES)[]) {
  const seen: Seen = new Map();
  const property = PROPERTIES[name](seen) as fc.IAsyncProperty<[unknown]>;
  const outcome = await fc.check(property, {
    seed: Number(values.seed),
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: milliseconds,
    // Each case once is enough; what has been seen is not kept.
    skipEqualValues: false,
  });
  const counts = [...seen].map(([sort, count]) => `${count} ${sort}`).join(', ');
  console.log(`${name}: ${outcome.failed ? 'BROKEN' : 'holds'} (seed ${values.seed}; ${counts})`);
  if (!outcome.failed) continue;
  console.log(await fc.asyncDefaultReportMessage(outcome));
  process.exitCode = 1;
}
