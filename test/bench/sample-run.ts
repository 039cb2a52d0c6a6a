/** Runs that nobody measured. */
import type { BenchRun, Machine, Run, SeriesRun } from '../../bench/suite/run.js';

export const MACHINE: Machine = { node: 'v20.19.0', platform: 'linux', arch: 'x64', cpu: 'a processor', cpus: 2 };

interface Spread {
  readonly count?: number;
  /** How far a round may be from the value, as a share of it. */
  readonly spread?: number;
}

/** Rounds around a value, the same each time. */
export function rounds(value: number, { count = 15, spread = 0.02 }: Spread = {}): number[] {
  // Multiples of the golden ratio are spread evenly, and in no order.
  return Array.from({ length: count }, (_, i) => value * (1 + spread * (2 * ((i * 0.618_033_988_75) % 1) - 1)));
}

export function series(name: string, values: readonly number[], more: Partial<SeriesRun> = {}): SeriesRun {
  return { name, figures: { µs: values }, ...more };
}

export function runOf(name: string, all: readonly SeriesRun[], more: Partial<Run> = {}): Run {
  const bench: BenchRun = { name, measures: 'nothing', series: all, goals: [], missing: [] };
  return { format: 1, scale: 'quick', machine: MACHINE, benches: [bench], ...more };
}
