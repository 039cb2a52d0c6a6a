/** What a run comes to. */
import type { Digest } from '../../base/digest.js';
import type { Tokens } from '../answers/answerer.js';
import type { Place, SuiteProblem } from '../suites/suite.js';
import type { Violation } from '../../answers/check-output.js';

export interface CaseResult {
  /** The file of its suite, relative to the project. */
  readonly suite: string;
  readonly name: string;
  readonly place: Place;
  /** As the case names it. */
  readonly bundle: string;
  /** What was rendered; absent if nothing could be. */
  readonly render?: { readonly semver: string; readonly bundleHash: Digest; readonly promptHash: Digest };
  /** Absent if there is none. */
  readonly answer?: string;
  /** What the answer cost, as the endpoint counts it; nothing if it was at hand. */
  readonly tokens?: Tokens;
  /** Whether it had been asked before, so that it cost nothing. */
  readonly isKnown: boolean;
  readonly violations: readonly Violation[];
  /** Why there is nothing to check. */
  readonly failure?: Failure;
}

export interface Failure {
  /** `case`: it asks for what there is not. `answer`: whoever was asked did not answer. */
  readonly kind: 'case' | 'answer';
  readonly message: string;
}

export interface RunResults {
  /** In the order of the suites and of the cases in them. */
  readonly cases: readonly CaseResult[];
  readonly problems: readonly SuiteProblem[];
}
