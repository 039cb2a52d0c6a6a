/**
 * Suites → results: each case is rendered, answered and checked.
 *
 * What always holds: what one case lacks costs the others nothing, and results come in the order of the cases, whatever
 * the order of the answers.
 */
import { PromptcError } from '../../base/error.js';
import type { RenderResult } from '../../render/render-bundle.js';
import { type Answerer, AnswerError } from '../answers/answerer.js';
import type { Suite, SuiteCase } from '../suites/suite.js';
import { checkAnswer } from './check-answer.js';
import type { EvalPrompts } from './prompts.js';
import type { CaseResult, RunResults } from './results.js';

export interface RunOptions {
  readonly prompts: EvalPrompts;
  readonly answerer: Answerer;
  /** How many cases are under way at once. */
  readonly concurrency: number;
  /** Ends the run: what has not been answered by then fails. */
  readonly signal: AbortSignal;
  /** Told how far it is. */
  readonly step: (done: number, total: number) => void;
}

export async function runSuites(suites: readonly Suite[], options: RunOptions): Promise<RunResults> {
  const all = suites.flatMap(({ cases }) => cases);
  const results: CaseResult[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < all.length; i = next++) {
      results[i] = await runCase(all[i]!, options);
      options.step(++done, all.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, all.length) }, work));
  return { cases: results, problems: suites.flatMap(({ problems }) => problems) };
}

async function runCase(asked: SuiteCase, { prompts, answerer, signal }: RunOptions): Promise<CaseResult> {
  const { place, name, bundle } = asked;
  const nothing: CaseResult = { suite: place.file, name, place, bundle, isKnown: false, violations: [] };
  let render: RenderResult;
  try {
    render = await prompts.render(asked);
  } catch (error) {
    if (!(error instanceof PromptcError)) throw error;
    return { ...nothing, failure: { kind: 'case', message: renderFailure(error) } };
  }
  const { semver, bundle_hash: bundleHash, prompt_hash: promptHash } = render;
  const rendered: CaseResult = { ...nothing, render: { semver, bundleHash, promptHash } };
  try {
    const { text, tokens, isKnown = false } = await answerer.answer({ asked, render }, signal);
    return { ...rendered, answer: text, ...(tokens && { tokens }), isKnown, violations: await checkAnswer(render, text) };
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
    const { message, reach } = error;
    return { ...rendered, failure: { kind: reach === 'case' ? 'case' : 'answer', message } };
  }
}

/** Of a payload; the rest is found when these are mended. */
const MOST_PROBLEMS = 5;

function renderFailure({ message, problems }: PromptcError): string {
  if (problems.length === 0) return message;
  const listed = problems.slice(0, MOST_PROBLEMS).map((problem) => `\`${problem.path || '/'}\` ${problem.message}`);
  return `The payload does not fit the bundle: ${listed.join('; ')}${problems.length > MOST_PROBLEMS ? '; …' : '.'}`;
}
