/** Suites: what is asked of bundles, and the answers that were recorded. */
import type { JsonObject } from '../../base/json.js';

/** A place in a suite's file; lines and columns count from 1. */
export interface Place {
  /** Relative to the project, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One payload for a bundle, with the answer that a model gave. */
export interface SuiteCase {
  readonly place: Place;
  /** No other case of its suite has it. */
  readonly name: string;
  /** A bundle's id. */
  readonly bundle: string;
  /** A version or a range; absent for the bundle's default. */
  readonly semver?: string;
  /** The payload; absent if an example of the bundle stands for it, or if it is empty. */
  readonly input?: JsonObject;
  /** The name of one of the bundle's examples, whose payload it is. */
  readonly example?: string;
  /** As it was recorded; absent if none was. */
  readonly answer?: string;
}

/** Something that is wrong with a suite. The cases that it is not about are run all the same. */
export interface SuiteProblem {
  readonly place: Place;
  /** A sentence or two, for who wrote the suite. */
  readonly message: string;
}

export interface Suite {
  /** Relative to the project, with forward slashes. */
  readonly file: string;
  readonly cases: readonly SuiteCase[];
  readonly problems: readonly SuiteProblem[];
}
