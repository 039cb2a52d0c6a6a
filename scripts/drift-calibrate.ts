/**
 * `npm run drift:calibrate -- [--histories N] [scenario …]`: how often `promptc drift` says that a generated persona moved, at several
 * rates of false alarms: for histories in which nothing moves, and for moves of known size. Prints the rows of the table in
 * docs/drift.md, and ends with 1 if a scenario in which nothing moves has more false alarms than one in a hundred.
 */
import { parseArgs } from 'node:util';
import { judge } from '../src/drift/comparing/judge.js';
import { FALSE_ALARMS } from '../src/drift/comparing/level.js';
import { tested } from '../test/drift/compared.js';
import { generate } from '../test/drift/persona.js';
import { MOVED, STATIONARY } from '../test/drift/scenarios.js';

const RATES = [0.0025, FALSE_ALARMS, 0.02, 0.05, 0.1];

const { values, positionals } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { histories: { type: 'string', default: '1000' } },
  allowPositionals: true,
});
const histories = Number(values.histories);
const all = [...STATIONARY, ...MOVED];
const unknown = positionals.find((name) => !all.some((scenario) => scenario.name === name));
if (unknown !== undefined) throw new Error(`there is no scenario ${unknown}; there are ${all.map(({ name }) => name).join(', ')}`);
const chosen = positionals.length === 0 ? all : all.filter(({ name }) => positionals.includes(name));

console.log(`| scenario | histories | ${RATES.map((rate) => `at ${rate * 100} %`).join(' | ')} |`);
for (const scenario of chosen) {
  const alarms = RATES.map(() => 0);
  for (let seed = 1; seed <= histories; seed++) {
    const one = await tested({ agent: generate({ ...scenario.options, seed }) });
    for (const [i, rate] of RATES.entries()) if (judge(one, rate).some(({ report }) => report.verdict === 'moved')) alarms[i]!++;
  }
  const shares = alarms.map((count) => `${((100 * count) / histories).toFixed(1)} %`);
  console.log(`| ${scenario.effect} | ${histories} | ${shares.join(' | ')} |`);
  const isStationary = STATIONARY.includes(scenario);
  if (isStationary && alarms[RATES.indexOf(FALSE_ALARMS)]! > histories / 100) process.exitCode = 1;
}
