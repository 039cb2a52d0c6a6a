/** Answers → what is measured of them, by bundle and version. */
import type { Tools } from '../../constraints/constraint.js';
import type { Answer } from '../reading/answer.js';
import { type Demands, prepareDemands } from './broken-constraints.js';
import { History } from './history.js';

export interface HistoryOptions {
  /** What a version demands; `undefined` if it is not known, and then no constraint is checked. */
  readonly demandsOf: (bundle: string, version: string) => Promise<Demands | undefined>;
  /** Loads what counts tokens; called if a bundle limits them. */
  readonly tokenCounter: () => Promise<Tools['countTokens']>;
  /** How many answers are kept in all. */
  readonly mostKept?: number;
  /** How many versions of bundles are looked at: the first ones. */
  readonly mostHistories?: number;
}

/** What all answers come to. */
export interface Histories {
  /** Sorted by bundle; the versions of one in the order in which they come up. */
  readonly all: readonly History[];
  /** How many answers belong to versions that are not looked at. */
  readonly leftOut: number;
}

const MOST_KEPT = 100_000;
const MOST_HISTORIES = 500;

export async function measureAnswers(answers: AsyncIterable<Answer>, options: HistoryOptions): Promise<Histories> {
  const { demandsOf, tokenCounter, mostKept = MOST_KEPT, mostHistories = MOST_HISTORIES } = options;
  const histories = new Map<string, History>();
  let kept = 0;
  let leftOut = 0;
  for await (const answer of answers) {
    const key = JSON.stringify([answer.bundle, answer.version]);
    let history = histories.get(key);
    if (history === undefined) {
      if (histories.size === mostHistories) {
        leftOut++;
        continue;
      }
      const demands = (await demandsOf(answer.bundle, answer.version)) ?? { constraints: {} };
      history = new History(answer.bundle, answer.version, await prepareDemands(demands, tokenCounter), demands.locale);
      histories.set(key, history);
    }
    if (history.add(answer)) kept++;
    if (kept > mostKept) {
      // The greatest one has the most to spare.
      const greatest = [...histories.values()].reduce((a, b) => (b.answers.length > a.answers.length ? b : a));
      kept -= greatest.answers.length;
      greatest.thin();
      kept += greatest.answers.length;
    }
  }
  return { all: [...histories.values()].toSorted((a, b) => (a.bundle < b.bundle ? -1 : Number(a.bundle > b.bundle))), leftOut };
}
