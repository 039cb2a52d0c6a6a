/**
 * `npm run reproduce -- [--fast]`: builds this repository's prompts, as they are committed, again and again, each time
 * with something else around them, and compares every byte. Ends with 1 if a build was another one or failed.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reproduce } from './reproduce/reproduce.js';
import { VARIATIONS } from './reproduce/variations.js';

const REPOSITORY = fileURLToPath(new URL('../', import.meta.url));

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { fast: { type: 'boolean', default: false } },
});
const variations = VARIATIONS.filter(({ isSlow = false }) => !(values.fast && isSlow));
const width = Math.max(...variations.map(({ name }) => name.length));
for await (const { name, outcome, detail, files } of reproduce(REPOSITORY, path.join(REPOSITORY, 'lib/cli.js'), variations)) {
  console.log(`${name.padEnd(width)}  ${outcome.padEnd(18)}  ${detail}`);
  for (const file of files) console.log(`${' '.repeat(width)}  ${file}`);
  if (outcome === 'different' || outcome === 'failed') process.exitCode = 1;
}
