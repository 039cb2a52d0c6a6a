/** `npm run bench:check`: its options, what it reads and writes, and the code that it ends with. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readBaseline, saveBaseline } from './baselines.js';
import type { Bench } from './bench.js';
import { readBudgets } from './budgets.js';
import { compareWithBaseline, compareWithBudgets, type Line, type Verdict } from './compare.js';
import { linesMarkdown, linesText } from './report.js';
import type { Run } from './run.js';
import type { ScaleName } from './scales.js';
import { SCALE_OPTIONS, scaleOf, selectBenches } from './select.js';

/** `unusable`: nothing could be judged, for the command is wrong, a file is missing, or nothing is measured that could be compared. */
const EXIT = { fine: 0, red: 1, unusable: 2 } as const;

export interface Surroundings {
  /** Holds `budgets.json` and `baselines/`. */
  readonly folder: string;
  readonly measure: (benches: readonly Bench[], scale: ScaleName) => Promise<Run>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** How a verdict looks; the word stays. */
  readonly paint: (verdict: Verdict, text: string) => string;
}

const OPTIONS = {
  ...SCALE_OPTIONS,
  run: { type: 'string' },
  baseline: { type: 'string' },
  'save-baseline': { type: 'string' },
  markdown: { type: 'string' },
} as const;

/** @returns the code to exit with */
export async function checkBudgets(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return await check(args, surroundings);
  } catch (error) {
    surroundings.err(`error: ${(error as Error).message}\n`);
    return EXIT.unusable;
  }
}

async function check(args: readonly string[], { folder, measure, out, paint }: Surroundings): Promise<number> {
  const { values: options, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const baselines = path.join(folder, 'baselines');
  const budgets = await readBudgets(path.join(folder, 'budgets.json'));
  const names = positionals.length > 0 ? positionals : [...new Set(budgets.budgets.map(({ bench }) => bench))];
  const benches = selectBenches(names);
  // Before benches run: they take minutes.
  const baseline = options.baseline === undefined ? undefined : await readBaseline(options.baseline, baselines);
  const run =
    options.run === undefined ? await measure(benches, scaleOf(options)) : (JSON.parse(await readFile(options.run, 'utf8')) as Run);
  if (options['save-baseline'] !== undefined) out(`Saved as ${await saveBaseline(options['save-baseline'], run, baselines)}.\n\n`);

  const percent = `${budgets.tolerance * 100} %`;
  const tables = [{ title: `Budgets, and ${percent}:`, lines: compareWithBudgets(run, budgets) }];
  if (baseline !== undefined) {
    tables.push({ title: `Next to ${options.baseline}, and ${percent}:`, lines: compareWithBaseline(run, baseline, budgets.tolerance) });
  }
  for (const { title, lines } of tables) out(`${title}\n${painted(linesText(lines), paint)}\n\n`);
  if (options.markdown !== undefined) {
    await writeFile(options.markdown, `${tables.map(({ title, lines }) => `**${title}**\n\n${linesMarkdown(lines)}`).join('\n\n')}\n`);
  }
  const all = tables.flatMap(({ lines }) => lines);
  out(`${summaryOf(all)}\n`);
  if (all.some(({ verdict }) => verdict === 'red')) return EXIT.red;
  // A check that saw nothing is no pass.
  if (all.every(({ estimate }) => estimate === undefined)) throw new Error('Nothing could be compared; the table says why.');
  return EXIT.fine;
}

function painted(table: string, paint: Surroundings['paint']): string {
  return table.replaceAll(/ (green|red|white) /g, (text, verdict: Verdict) => paint(verdict, text));
}

function summaryOf(lines: readonly Line[]): string {
  const counts = (['green', 'red', 'white'] as const).map((one) => `${lines.filter(({ verdict }) => verdict === one).length} ${one}`);
  return `${counts.join(', ')}. White tells nothing: the limit is within the interval, or there is nothing to compare.`;
}
