/**
 * What a bench is. Each is a module of `bench/benches/`; `run-bench.ts` takes its samples, `report.ts` prints them,
 * `chart.ts` draws them, and `compare.ts` holds them to budgets and baselines.
 */

/** Figures of one sample, by name: a unit, and what is counted in it if that is not plain, such as `ms` or `p99 ms`. */
export interface Sample {
  readonly [figure: string]: number;
}

/** One thing that is measured, again and again. */
export interface Series<State> {
  readonly name: string;
  /** The series that its figures are divided by, round by round. */
  readonly to?: string;
  /** Says what is missing on this machine, if it cannot be measured here. */
  readonly needs?: () => string | undefined;
  /** Measures once. */
  sample(state: State): Promise<Sample>;
}

/** What is asked of a bench: a bound on the median of a figure, or of its ratio to another series. */
export interface Goal {
  readonly what: string;
  readonly series: string;
  /** The first of the series' figures unless given. */
  readonly figure?: string;
  readonly to?: string;
  /** Another percentile than the median, 0 to 100. */
  readonly percentile?: number;
  /** Instead of the ratio, how much more than `to` it is. */
  readonly difference?: boolean;
  readonly most?: number;
  readonly least?: number;
}

/** Bars next to each other. */
export interface ChartPlan {
  /** The name of its file. */
  readonly name: string;
  readonly title: string;
  readonly figure: string;
  readonly series: readonly string[];
}

/** Whether a sample is a stretch of a function's runs, or a whole process. Processes are dear, and have fewer rounds. */
export type BenchKind = 'function' | 'process';

/** How much is measured. */
export interface Scale {
  /** How many templates projects have; the last is the largest. */
  readonly sizes: readonly number[];
  /** Rounds that count, and those before them, for the just-in-time compiler and for caches of the system. */
  readonly rounds: { readonly [kind in BenchKind]: { readonly counted: number; readonly warmup: number } };
  /** How long one sample of a function takes, in milliseconds. */
  readonly time: number;
  /** How long a server is driven for one sample, in seconds. */
  readonly load: number;
}

/** Where and how a bench runs. */
export interface Setting {
  readonly scale: Scale;
  /** An empty folder, removed afterwards. */
  readonly folder: string;
  /** Flags for the processes of promptc that it starts: those that write profiles. */
  readonly nodeFlags: readonly string[];
}

export interface Bench<State = unknown> {
  readonly name: string;
  readonly measures: string;
  readonly kind: BenchKind;
  /** Left out unless it is named: what it holds down changes seldom, and it takes long. */
  readonly onlyByName?: boolean;
  /** What is measured at a scale, known without measuring it. */
  series(scale: Scale): readonly Series<State>[];
  goals(scale: Scale): readonly Goal[];
  charts(scale: Scale): readonly ChartPlan[];
  /** The series that a profile is taken of. */
  readonly profiled: (scale: Scale) => string;
  /** @throws NotMeasured if the bench as a whole cannot run here */
  prepare(setting: Setting): Promise<State>;
  /** Ends what `prepare` started. */
  close?(state: State): Promise<void>;
}

/** A bench that cannot run on this machine, or not yet; the message says why. */
export class NotMeasured extends Error {}

/** Names benches' own states nowhere: only a bench itself looks at its state. */
export function defineBench<State>(bench: Bench<State>): Bench {
  return bench;
}

/** A number as people read it: `10,000`. */
export function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
