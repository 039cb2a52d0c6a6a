/**
 * What moved → the sentences that show it.
 *
 * In: what moved, and the answers once more, since their texts are not kept. Out: the reports with sentences. What always
 * holds: memory does not grow with the answers.
 */
import { AnswerText } from '../../constraints/answer-text.js';
import type { Found } from '../../constraints/constraint.js';
import type { Judged } from '../comparing/judge.js';
import { isWithin } from '../comparing/windows.js';
import type { Answer } from '../reading/answer.js';
import type { GroupReport, SentenceReport } from '../report.js';
import { BestSentences, type Shown } from './best-sentences.js';
import { RepeatedSentences } from './repeated-sentences.js';
import { type Search, searchesFor, type WindowName } from './searches.js';

/** How many sentences show one move, and how many of those that keep coming back are listed. */
const MOST_EACH = 3;
const MOST_REPEATED = 5;

/** The longest text that is shown, in UTF-16 code units. */
const LONGEST = 240;

/** How many different sentences are counted, in all versions that moved and in each of them. */
const MOST_COUNTED = 100_000;
const FEWEST_COUNTED = 200;

export async function explain(judged: readonly Judged[], answers: AsyncIterable<Answer>): Promise<GroupReport[]> {
  const moved = judged.filter(({ report }) => report.verdict === 'moved');
  const counted = Math.max(FEWEST_COUNTED, Math.floor(MOST_COUNTED / moved.length));
  const explanations = new Map(moved.map((one) => [keyOf(one.report), new Explanation(one, counted)]));
  if (explanations.size > 0) for await (const answer of answers) explanations.get(keyOf(answer))?.add(answer);
  return judged.map(({ report }) => ({ ...report, sentences: explanations.get(keyOf(report))?.sentences() ?? [] }));
}

function keyOf({ bundle, version }: Pick<Answer, 'bundle' | 'version'>): string {
  return JSON.stringify([bundle, version]);
}

class Explanation {
  readonly #searches: readonly { readonly search: Search; readonly best: BestSentences }[];
  readonly #repeated: RepeatedSentences;
  readonly #answers = { baseline: 0, current: 0 };

  constructor(
    private readonly judged: Judged,
    mostCounted: number,
  ) {
    this.#repeated = new RepeatedSentences(mostCounted);
    const { report, history } = judged;
    this.#searches = searchesFor(report, history.demands).map((search) => ({ search, best: new BestSentences(MOST_EACH) }));
  }

  add({ text, line, time }: Answer): void {
    const { windows, history } = this.judged;
    const window = (['baseline', 'current'] as const).find((name) => isWithin(time, windows[name]));
    if (window === undefined) return;
    this.#answers[window]++;
    const answer = new AnswerText(text, history.locale);
    const shown = (found: Found): Shown => ({ text: clipped(text, found), line, time });
    this.#repeated.add(window, answer.sentences.map(shown));
    for (const { search, best } of this.#searches) {
      if (search.window !== window) continue;
      for (const found of search.find(answer)) {
        if (best.wants(found.weight)) best.add(shown(sentenceAround(answer, found)), found.weight);
      }
    }
  }

  sentences(): SentenceReport[] {
    const answers = this.#answers;
    const repeated = this.#repeated.most(MOST_REPEATED, answers).map(({ baseline, current, ...shown }) => {
      const window: WindowName = current / answers.current > baseline / answers.baseline ? 'current' : 'baseline';
      const seen = { baseline: { count: baseline, answers: answers.baseline }, current: { count: current, answers: answers.current } };
      return { of: 'sentences that keep coming back', window, ...reported(shown), seen };
    });
    const single = this.#searches.flatMap(({ search: { of, window }, best }) =>
      best.sentences.map((shown) => ({ of, window, ...reported(shown) })),
    );
    return [...repeated, ...single];
  }
}

function reported({ text, line, time }: Shown): { text: string; line: number; time: string } {
  return { text, line, time: new Date(time).toISOString() };
}

/** The sentence that a place is in, or begins with; the place itself where there is none. */
function sentenceAround({ sentences }: AnswerText, found: Found): Found {
  let [low, high] = [0, sentences.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sentences[middle]!.start <= found.start) low = middle + 1;
    else high = middle;
  }
  const before = sentences[low - 1];
  if (before !== undefined && found.start < before.end) return before;
  // The mark of an item or heading stands before its sentence.
  const behind = sentences[low];
  return behind !== undefined && behind.start < found.end ? { start: found.start, end: Math.max(behind.end, found.end) } : found;
}

function clipped(text: string, { start, end }: Found): string {
  return end - start <= LONGEST ? text.slice(start, end) : `${text.slice(start, start + LONGEST - 1).toWellFormed()}…`;
}
