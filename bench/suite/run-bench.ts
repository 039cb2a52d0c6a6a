/**
 * Takes the samples of a bench, on a machine that does other work too.
 *
 * In each round every series is sampled once, each round beginning with another one. A ratio is taken within a round, so that a
 * slow moment hits one round, not one series.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bench, NotMeasured, type Sample, type Scale, type Series } from './bench.js';
import type { BenchRun } from './run.js';

export async function runBench(bench: Bench, scale: Scale): Promise<BenchRun> {
  const { name, measures } = bench;
  const folder = await mkdtemp(path.join(tmpdir(), 'promptc-bench-'));
  try {
    const { series, missing } = present(bench, scale);
    const state = await bench.prepare({ scale, folder, nodeFlags: [] });
    try {
      const samples = await takeSamples(series, state, scale.rounds[bench.kind]);
      return {
        name,
        measures,
        series: series.map(({ name: one, to }, i) => seriesRun(one, to, samples[i]!)),
        goals: bench.goals(scale),
        missing,
      };
    } finally {
      await bench.close?.(state);
    }
  } catch (error) {
    if (error instanceof NotMeasured) return { name, measures, series: [], goals: bench.goals(scale), missing: [error.message] };
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The series that can be measured on this machine, and why others cannot. */
function present(bench: Bench, scale: Scale): { series: Series<unknown>[]; missing: string[] } {
  const missing: string[] = [];
  const series = bench.series(scale).filter(({ name, needs }) => {
    const reason = needs?.();
    if (reason !== undefined) missing.push(`${name}: ${reason}`);
    return reason === undefined;
  });
  return { series, missing };
}

async function takeSamples(
  series: readonly Series<unknown>[],
  state: unknown,
  { counted, warmup }: { counted: number; warmup: number },
): Promise<Sample[][]> {
  const samples = series.map((): Sample[] => []);
  for (let round = -warmup; round < counted; round++) {
    for (let i = 0; i < series.length; i++) {
      const which = (i + round + warmup) % series.length;
      const sample = await series[which]!.sample(state);
      if (round >= 0) samples[which]!.push(sample);
    }
  }
  return samples;
}

function seriesRun(name: string, to: string | undefined, samples: readonly Sample[]) {
  const figures = Object.fromEntries(Object.keys(samples[0]!).map((figure) => [figure, samples.map((sample) => sample[figure]!)]));
  return { name, ...(to === undefined ? {} : { to }), figures };
}
