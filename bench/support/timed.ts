/**
 * Times functions, in samples of some milliseconds. Time is that of the processor, garbage collection included: it says
 * the same as the clock's on a quiet machine, and goes on saying it when other programs want the cores too.
 */
import { Bench } from 'tinybench';
import type { Series } from '../suite/bench.js';

/** Does it once; the result's length is used, so that no engine can leave the work out. */
export type Run = () => { readonly length: number } | Promise<{ readonly length: number }>;

/** What is timed, by the name of its series. */
export type Runs = ReadonlyMap<string, Run>;

/** A series of a function that `prepare` makes. */
export function timedSeries(name: string, time: number, more: Partial<Series<Runs>> = {}): Series<Runs> {
  return { name, ...more, sample: async (runs) => ({ µs: await microseconds(runs.get(name)!, time) }) };
}

/** Runs between two looks at the clock, so that the looking costs nothing. */
const BATCH = 20;

let used = 0;

/** In milliseconds, as tinybench wants it. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The mean of one run. */
async function microseconds(run: Run, time: number): Promise<number> {
  const bench = new Bench({ time, iterations: 1, warmup: false, throws: true, now: processorTime });
  const isAsync = run() instanceof Promise;
  const batch = isAsync
    ? async () => {
        for (let i = 0; i < BATCH; i++) used += (await run()).length;
      }
    : () => {
        for (let i = 0; i < BATCH; i++) used += (run() as { length: number }).length;
      };
  bench.add('it', batch, { async: isAsync });
  await bench.run();
  const { result } = bench.getTask('it')!;
  if (result.state !== 'completed') throw new Error(`nothing was timed: ${result.state}`);
  return (result.latency.mean * 1000) / BATCH;
}
