/** Answers, measured and compared as `promptc drift` does it. */
import type { Demands } from '../../src/drift/measuring/broken-constraints.js';
import { measureAnswers } from '../../src/drift/measuring/histories.js';
import { type Judged, judge } from '../../src/drift/comparing/judge.js';
import { type TestedHistory, testHistories } from '../../src/drift/comparing/test-histories.js';
import type { WindowOptions } from '../../src/drift/comparing/windows.js';
import type { Answer } from '../../src/drift/reading/answer.js';
import { generate, type Generated, type GeneratedOptions } from './persona.js';

const DEMANDS: Demands = { constraints: { NO_EMOJI: true, MAX_SENTENCE_LENGTH: 24 } };

export interface Bundles {
  readonly [name: string]: Iterable<Generated>;
}

export async function tested(bundles: Bundles, options: WindowOptions = {}): Promise<TestedHistory[]> {
  const { all } = await measureAnswers(answersOf(bundles), {
    demandsOf: () => Promise.resolve(DEMANDS),
    tokenCounter: () => Promise.reject(new Error('no bundle limits tokens')),
  });
  return testHistories(all, options);
}

/** What a report of these answers says, of each bundle. */
export async function judged(bundles: Bundles, options?: WindowOptions): Promise<Judged[]> {
  return judge(await tested(bundles, options));
}

/** Of one bundle. */
export async function judgedOne(options: GeneratedOptions): Promise<Judged> {
  const [only] = await judged({ agent: generate(options) });
  return only!;
}

// oxlint-disable-next-line typescript/require-await -- what reads files has to wait, and this stands for it
export async function* answersOf(bundles: Bundles): AsyncGenerator<Answer> {
  let line = 0;
  for (const [bundle, answers] of Object.entries(bundles)) {
    for (const { time, text } of answers) yield { line: ++line, time, bundle, version: '1.0.0', text };
  }
}
