/** Where answers come from. */
import type { Digest } from '../../base/digest.js';
import type { RenderResult } from '../../render/render-bundle.js';
import type { SuiteCase } from '../suites/suite.js';

export interface Question {
  readonly asked: SuiteCase;
  readonly render: RenderResult;
}

/** As whoever answered counts them. */
export interface Tokens {
  readonly prompt: number;
  readonly completion: number;
}

export interface Answer {
  readonly text: string;
  /** What it cost now; absent if nobody counted, or nobody was asked. */
  readonly tokens?: Tokens;
  /** Whether it had been asked before, so that it cost nothing. */
  readonly isKnown?: boolean;
}

/** Gives answers, several at once if it is asked so. */
export interface Answerer {
  /**
   * What its answers to a prompt depend on: equal keys, equal questions. Absent if they cost nothing.
   */
  readonly key?: (render: RenderResult) => Digest;
  /** @throws AnswerError */
  answer(question: Question, signal: AbortSignal): Promise<Answer>;
}

/** There is no answer: the message says why, and what to do. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';

  constructor(
    message: string,
    /** `case`: the suite lacks it. `answer`: whoever was asked did not answer. `all`: nor would it answer anything else. */
    readonly reach: 'case' | 'answer' | 'all',
  ) {
    super(message);
  }
}

/** Of one answer; what is longer is no answer to a prompt. */
export const MOST_ANSWER_BYTES = 16 * 1024 * 1024;

/** Somebody has ended the run. */
export function stopped(): AnswerError {
  return new AnswerError('The run was stopped.', 'all');
}
