/**
 * `npm run bench -- [names…] [--quick | --full] [--json FILE] [--docs]`: measures, and prints tables and whether what was asked for is
 * reached. `--docs` puts the figures and charts into docs/performance.md. It fails nothing; `npm run bench:check` does.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { updatePage } from './suite/pages.js';
import { runBenches } from './suite/run-benches.js';
import { SCALES } from './suite/scales.js';
import { SCALE_OPTIONS, scaleOf, selectBenches } from './suite/select.js';

const { values, positionals } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { ...SCALE_OPTIONS, json: { type: 'string' }, docs: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const benches = selectBenches(positionals);
const scale = scaleOf(values);
const run = await runBenches(benches, scale, (text) => process.stdout.write(text));
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(run, null, 2)}\n`);
if (values.docs) {
  const docs = fileURLToPath(new URL('../docs', import.meta.url));
  for (const [i, bench] of run.benches.entries()) await updatePage(docs, bench, benches[i]!.charts(SCALES[scale]));
}
