/** What moved → the searches for sentences that show it. */
import { AnswerText } from '../../constraints/answer-text.js';
import type { Found } from '../../constraints/constraint.js';
import type { Demand } from '../measuring/broken-constraints.js';
import { distinctWords } from '../measuring/distinct-words.js';
import { type Feature, FEATURES } from '../measuring/features.js';
import type { GroupReport } from '../report.js';

export type WindowName = 'baseline' | 'current';

/** A search for the sentences of one window that show one move. */
export interface Search {
  /** What moved. */
  readonly of: string;
  readonly window: WindowName;
  /** What it looks at: one search of each is enough. */
  readonly by: unknown;
  /** The places of an answer that show it, and how much each does. */
  readonly find: (answer: AnswerText) => Iterable<Found & { readonly weight: number }>;
}

/** Searches for what moved between the windows, or else for what a change moved. */
export function searchesFor({ features, violations, words, change_points }: GroupReport, demands: readonly Demand[]): Search[] {
  const searches: Search[] = [];
  const put = (search: Search | undefined): void => {
    // Two features can be seen in the same sentences.
    if (search !== undefined && !searches.some(({ by }) => by === search.by)) searches.push(search);
  };
  for (const { constraint, moved, baseline, current } of violations) {
    if (moved) put(violationSearch(demands, constraint, current.rate > baseline.rate));
  }
  for (const { feature, moved, baseline_mean: before, current_mean: after } of features) {
    if (moved && before !== null && after !== null) put(featureSearch(feature, after > before));
  }
  for (const { name, kind, before, after } of change_points.flatMap(({ moves }) => moves)) {
    if (before === null || after === null) continue;
    put(kind === 'constraint' ? violationSearch(demands, name, after > before) : featureSearch(name, after > before));
  }
  for (const window of ['current', 'baseline'] as const) {
    const own = words.filter(({ baseline, current }) => current.rate > baseline.rate === (window === 'current'));
    if (own.length > 0) {
      const name = window === 'current' ? 'words that came up' : 'words that went away';
      put(wordSearch(name, window, new Map(own.map(({ word, baseline, current }) => [word, Math.abs(current.rate - baseline.rate)]))));
    }
  }
  return searches;
}

/** What has fewer words is a title or an exclamation, and shows nothing of how sentences are made. */
const FEWEST_WORDS = 3;

function violationSearch(demands: readonly Demand[], name: string, isMore: boolean): Search | undefined {
  const demand = demands.find((one) => one.name === name);
  if (demand === undefined) return undefined;
  return {
    of: `answers that break ${name}`,
    window: isMore ? 'current' : 'baseline',
    by: demand,
    *find(answer) {
      const found = demand.breach(answer);
      // About the answer as a whole, no sentence says more than any other.
      if (found !== undefined && found.end - found.start < answer.trimmed.end - answer.trimmed.start) yield { ...found, weight: 1 };
    },
  };
}

function featureSearch(name: string, isMore: boolean): Search | undefined {
  const { label, shown }: Partial<Feature> = FEATURES.find((feature) => feature.name === name) ?? {};
  if (label === undefined) return undefined;
  if (shown?.kind === 'places') {
    return {
      of: label,
      window: isMore ? 'current' : 'baseline',
      by: shown,
      *find(answer) {
        for (const found of shown.find(answer)) yield { ...found, weight: 1 };
      },
    };
  }
  if (shown?.kind === 'degree') {
    return {
      of: label,
      window: 'current',
      by: shown,
      *find(answer) {
        for (const sentence of answer.sentences) {
          if (sentence.words < FEWEST_WORDS) continue;
          const degree = shown.of(sentence, answer);
          if (!Number.isNaN(degree)) yield { ...sentence, weight: isMore ? degree : -degree };
        }
      },
    };
  }
  return undefined;
}

/** @param weights - of each word, how much it moved */
function wordSearch(of: string, window: WindowName, weights: ReadonlyMap<string, number>): Search {
  return {
    of,
    window,
    by: of,
    *find(answer) {
      for (const sentence of answer.sentences) {
        const own = new AnswerText(answer.text.slice(sentence.start, sentence.end), answer.locale);
        let weight = 0;
        for (const word of distinctWords(own)) weight += weights.get(word) ?? 0;
        if (weight > 0) yield { ...sentence, weight };
      }
    },
  };
}
