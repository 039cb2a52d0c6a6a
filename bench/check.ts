/**
 * `npm run bench:check -- [names…] [--quick | --full] [--save-baseline NAME] [--baseline NAME] [--run FILE] [--markdown FILE]`: measures what
 * `bench/budgets.json` is about, or takes a run that `npm run bench -- --json FILE` wrote, and holds it to the budgets. Ends with 0, with 1 if
 * a line is red, and with 2 if nothing could be judged.
 */
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { checkBudgets } from './suite/check-command.js';
import { runBenches } from './suite/run-benches.js';

const STYLES = { green: 'green', red: 'red', white: 'dim' } as const;
const isColoured = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
const out = (text: string): void => void process.stdout.write(text);

process.exitCode = await checkBudgets(
  process.argv.slice(2).filter((argument) => argument !== '--'),
  {
    folder: fileURLToPath(new URL('.', import.meta.url)),
    measure: (benches, scale) => runBenches(benches, scale, out),
    out,
    err: (text) => void process.stderr.write(text),
    paint: (verdict, text) => (isColoured ? styleText(STYLES[verdict], text) : text),
  },
);
