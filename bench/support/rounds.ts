/**
 * Times things against each other on a machine that does other work too.
 *
 * Every round times every competitor for a short while, each round beginning with another one. A ratio is
 * taken within a round, and the median over the rounds is what counts: a slow moment hits one round, not
 * one competitor.
 */
import { Bench } from 'tinybench';

export interface Competitor {
  readonly name: string;
  /** Does it once; the result's length is used, so that no engine can leave the work out. */
  readonly run: () => string | Promise<string>;
}

export interface RoundOptions {
  /** Rounds that count. */
  readonly rounds: number;
  /** Rounds before them, for the just-in-time compiler. */
  readonly warmup: number;
  /** How long one competitor runs in one round, in milliseconds. */
  readonly time: number;
}

/** What one competitor took. */
export interface Timing {
  readonly name: string;
  /** Microseconds for one run, garbage collection included: the mean of each round, in the order of the rounds. */
  readonly rounds: readonly number[];
}

/** Runs between two looks at the clock, so that the looking costs nothing. */
const BATCH = 50;

/** Times all competitors, interleaved. */
export async function timeInterleaved(competitors: readonly Competitor[], { rounds, warmup, time }: RoundOptions): Promise<Timing[]> {
  const tasks = await Promise.all(competitors.map(taskOf));
  const timings = competitors.map(({ name }) => ({ name, rounds: [] as number[] }));
  for (let round = -warmup; round < rounds; round++) {
    const bench = new Bench({ time, iterations: 1, warmup: false, throws: true });
    for (let i = 0; i < tasks.length; i++) {
      const { name, batch, async } = tasks[(i + round + warmup) % tasks.length]!;
      bench.add(name, batch, { async });
    }
    await bench.run();
    if (round < 0) continue;
    for (const timing of timings) timing.rounds.push(microseconds(bench, timing.name) / BATCH);
  }
  return timings;
}

/** How many times as long as `base` something takes: the median of the rounds' ratios. */
export function ratio(timing: Timing, base: Timing): number {
  return median(timing.rounds.map((value, round) => value / base.rounds[round]!));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

let used = 0;

async function taskOf({ name, run }: Competitor): Promise<{ name: string; batch: () => unknown; async: boolean }> {
  const first = run();
  if (typeof first === 'string') {
    const batch = (): void => {
      for (let i = 0; i < BATCH; i++) used += (run() as string).length;
    };
    return { name, batch, async: false };
  }
  await first;
  const batch = async (): Promise<void> => {
    for (let i = 0; i < BATCH; i++) used += (await run()).length;
  };
  return { name, batch, async: true };
}

function microseconds(bench: Bench, name: string): number {
  const { result } = bench.getTask(name)!;
  if (result.state !== 'completed') throw new Error(`${name} was not timed: ${result.state}`);
  return result.latency.mean * 1000;
}
