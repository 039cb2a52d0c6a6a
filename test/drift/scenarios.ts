/** Histories of known make: some in which nothing moves, and some in which something moves by so much. */
import { CALM, type GeneratedOptions, type Manner, SENTENCE_DEVIATION } from './persona.js';

export interface Scenario {
  readonly name: string;
  /** What moves, for docs/drift.md. */
  readonly effect: string;
  readonly options: Omit<GeneratedOptions, 'seed'>;
}

const FOUR_WEEKS = { days: 28, perDay: 15 };

/** Nothing moves in them. */
export const STATIONARY: readonly Scenario[] = [
  { name: 'plain', effect: 'four weeks of 15 answers a day', options: FOUR_WEEKS },
  { name: 'weekends', effect: 'the same, with weekends', options: { ...FOUR_WEEKS, weekends: true } },
  {
    name: 'days',
    effect: 'the same, with days that differ by one word a sentence',
    options: { ...FOUR_WEEKS, weekends: true, dayDeviation: 1 },
  },
  { name: 'slices', effect: 'five days of 60 answers: slices instead of days', options: { days: 5, perDay: 60 } },
];

function moved(name: string, effect: string, manner: Partial<Manner>, perDay = FOUR_WEEKS.perDay): Scenario {
  return { name, effect, options: { ...FOUR_WEEKS, perDay, drift: { day: 21, manner } } };
}

function longer(deviations: number): Partial<Manner> {
  return { sentenceWords: CALM.sentenceWords + deviations * SENTENCE_DEVIATION };
}

/** In the last week something is otherwise. */
export const MOVED: readonly Scenario[] = [
  moved('sentences-0.3', 'sentences longer by 0.3 deviations', longer(0.3)),
  moved('sentences-0.5', 'sentences longer by 0.5 deviations', longer(0.5)),
  moved('sentences-0.8', 'sentences longer by 0.8 deviations', longer(0.8)),
  moved('sentences-0.5-more', 'the same as 0.5, with 40 answers a day', longer(0.5), 40),
  moved('hedges', 'hedged sentences: 20 % → 40 %', { hedges: 0.4 }),
  moved('emoji-10', 'answers with emoji: 2 % → 10 %', { emoji: 0.1 }),
  moved('emoji-20', 'answers with emoji: 2 % → 20 %', { emoji: 0.2 }),
  moved('lists-30', 'answers with lists: 15 % → 30 %', { lists: 0.3 }),
  moved('lists-45', 'answers with lists: 15 % → 45 %', { lists: 0.45 }),
  moved('phrase', 'answers that begin with a new phrase: 0 % → 15 %', { phrase: 0.15 }),
];
