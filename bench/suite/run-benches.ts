/** Runs benches one after the other. */
import type { Bench, Scale } from './bench.js';
import { benchText } from './report.js';
import { type BenchRun, RUN_FORMAT, type Run, thisMachine } from './run.js';
import { runBench } from './run-bench.js';
import { type ScaleName, SCALES } from './scales.js';

/** @param print - told of each bench when it is over */
export async function runBenches(
  benches: readonly Bench[],
  name: ScaleName,
  print: (text: string) => void,
  scale: Scale = SCALES[name],
): Promise<Run> {
  const runs: BenchRun[] = [];
  for (const bench of benches) {
    const start = performance.now();
    const run = await runBench(bench, scale);
    print(`${benchText(run)}\n(${((performance.now() - start) / 1000).toFixed(0)} s)\n\n`);
    runs.push(run);
  }
  return { format: RUN_FORMAT, scale: name, machine: thisMachine(), benches: runs };
}
