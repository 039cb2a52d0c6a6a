/** What comes of running benches: plain data, which is written as JSON and read back. */
import { cpus } from 'node:os';
import type { Goal } from './bench.js';
import type { ScaleName } from './scales.js';

/** Raised when what is written means something else, so that older baselines are not compared. */
export const RUN_FORMAT = 1;

export interface Run {
  readonly format: number;
  readonly scale: ScaleName;
  readonly machine: Machine;
  readonly benches: readonly BenchRun[];
}

/** What figures depend on besides the code. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly cpu: string;
  readonly cpus: number;
}

export interface BenchRun {
  readonly name: string;
  readonly measures: string;
  readonly series: readonly SeriesRun[];
  readonly goals: readonly Goal[];
  /** Why all of it, or a series, was not measured. */
  readonly missing: readonly string[];
}

export interface SeriesRun {
  readonly name: string;
  readonly to?: string;
  /** What each round gave, by figure. */
  readonly figures: { readonly [figure: string]: readonly number[] };
}

export function thisMachine(): Machine {
  const { version: node, platform, arch } = process;
  return { node, platform, arch, cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length };
}

export function seriesOf({ series }: BenchRun, name: string): SeriesRun | undefined {
  return series.find((one) => one.name === name);
}

/** The figure that a series is about, unless another is named. */
export function mainFigure({ figures }: SeriesRun): string {
  return Object.keys(figures)[0]!;
}
