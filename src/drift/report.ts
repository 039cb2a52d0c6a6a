/** A report of drift, in the form that is printed for programs. Times are ISO 8601 in UTC. */
import type { Severity } from '../constraints/severity.js';
import type { Size } from './comparing/effect.js';

export interface DriftReport {
  /** Whether anything moved. */
  readonly drift: boolean;
  /** How often, at most, there is a drift in a report of answers in which nothing moved. */
  readonly false_alarm_rate: number;
  readonly answers: number;
  readonly groups: readonly GroupReport[];
  /** What whoever reads it should know, in sentences. */
  readonly notes: readonly string[];
}

/** One version of a bundle. */
export interface GroupReport {
  readonly bundle: string;
  readonly version: string;
  /** `too_few`: nothing can be said. */
  readonly verdict: 'moved' | 'steady' | 'too_few';
  readonly answers: number;
  /** How many of them were looked at: all, or a sample of very many. */
  readonly measured: number;
  /** What was put into a random order to tell chance. */
  readonly unit: 'day' | 'slice';
  readonly baseline: WindowReport;
  readonly current: WindowReport;
  readonly features: readonly FeatureReport[];
  readonly violations: readonly ViolationReport[];
  readonly vocabulary: DistributionReport | null;
  /** Those that moved, the farthest first. */
  readonly words: readonly WordReport[];
  readonly change_points: readonly ChangeReport[];
  readonly sentences: readonly SentenceReport[];
  readonly series: readonly SeriesReport[];
}

export interface WindowReport {
  readonly from: string;
  /** Not included. */
  readonly until: string;
  readonly answers: number;
}

/** Against chance, and how far. */
export interface MoveReport {
  /** How often chance alone makes anything in the whole report look like this. */
  readonly p: number;
  /** How far it moved; it counts only if `moved` is set. */
  readonly size: Size;
  /** Whether it moved: more than chance explains, and far enough to matter. */
  readonly moved: boolean;
}

export interface DistributionReport extends MoveReport {
  readonly jensen_shannon: number;
  readonly stability_index: number;
}

export interface FeatureReport extends DistributionReport {
  readonly feature: string;
  readonly label: string;
  readonly baseline_mean: number | null;
  readonly current_mean: number | null;
  readonly bins: readonly BinReport[];
}

/** Values above `above` (all, if it is null) and up to `up_to`; the shares of answers that have such a value. */
export interface BinReport {
  readonly above: number | null;
  readonly up_to: number | null;
  readonly baseline: number;
  readonly current: number;
}

/** How many answers of a window something is true of, with the interval of Wilson. */
export interface RateReport {
  readonly count: number;
  readonly answers: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

export interface ViolationReport extends MoveReport {
  readonly constraint: string;
  readonly severity: Severity;
  readonly baseline: RateReport;
  readonly current: RateReport;
}

export interface WordReport extends MoveReport {
  readonly word: string;
  readonly baseline: RateReport;
  readonly current: RateReport;
}

/** A time at which something changed for good. */
export interface ChangeReport {
  /** Of the first answer behind the change. */
  readonly time: string;
  readonly p: number;
  readonly moves: readonly {
    /** The name of a feature, or of a constraint; then `before` and `after` are shares of answers that break it. */
    readonly name: string;
    readonly label: string;
    readonly kind: 'feature' | 'constraint';
    readonly before: number | null;
    readonly after: number | null;
    readonly size: Size;
  }[];
}

/** A sentence that shows what moved. */
export interface SentenceReport {
  /** What it shows. */
  readonly of: string;
  readonly window: 'baseline' | 'current';
  readonly text: string;
  /** Of the file of answers. */
  readonly line: number;
  readonly time: string;
  /** For a sentence that keeps coming back: how many answers of each window have it, and out of how many. */
  readonly seen?: { readonly baseline: Seen; readonly current: Seen };
}

export interface Seen {
  readonly count: number;
  readonly answers: number;
}

/** Means by day or slice, for charts. */
export interface SeriesReport {
  readonly name: string;
  readonly label: string;
  readonly kind: 'feature' | 'constraint';
  readonly points: readonly { readonly time: string; readonly answers: number; readonly mean: number | null }[];
}
