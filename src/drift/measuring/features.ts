/** What is measured of every answer. */
import { AnswerText, type Sentence } from '../../constraints/answer-text.js';
import { assertiveness } from '../../constraints/assertiveness-level.js';
import type { Found } from '../../constraints/constraint.js';
import { bold, code, emoji, exclamations, headings, listItems, questions } from './marks.js';

export interface Feature {
  /** In JSON. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** `NaN` if there is nothing to measure. */
  readonly measure: (answer: AnswerText) => number;
  /** Where it can be seen; absent if only an answer as a whole has it. */
  readonly shown?: Shown;
}

/** How the sentences are found that show a feature. */
export type Shown =
  /** Places that an answer has or has not. */
  | { readonly kind: 'places'; readonly find: (answer: AnswerText) => Iterable<Found> }
  /** What a single sentence has more or less of. */
  | { readonly kind: 'degree'; readonly of: (sentence: Sentence, answer: AnswerText) => number };

const SENTENCE_WORDS: Shown = { kind: 'degree', of: ({ words }) => words };

/** In the order in which they are printed. A new one goes to the end of its kind; figures of docs/drift.md are for this list. */
export const FEATURES: readonly Feature[] = [
  { name: 'words', label: 'words of an answer', measure: ({ words }) => words.length },
  { name: 'sentences', label: 'sentences of an answer', measure: ({ sentences }) => sentences.length },
  { name: 'paragraphs', label: 'paragraphs of an answer', measure: ({ paragraphs }) => paragraphs.length },
  { name: 'sentence_words', label: 'words of a sentence, on average', measure: meanSentence, shown: SENTENCE_WORDS },
  { name: 'longest_sentence', label: 'words of the longest sentence', measure: longestSentence, shown: SENTENCE_WORDS },
  { name: 'word_letters', label: 'letters of a word, on average', measure: meanWord },
  {
    name: 'assertiveness',
    label: 'assertiveness, from 0 (tentative) to 1 (categorical)',
    measure: (answer) => assertiveness(answer) ?? NaN,
    shown: { kind: 'degree', of: sentenceAssertiveness },
  },
  marks('list_items', 'items of lists', listItems),
  marks('headings', 'headings', headings),
  marks('bold', 'pieces in bold', bold),
  marks('code', 'lines and pieces of code', code),
  marks('emoji', 'emoji', emoji),
  marks('exclamation_marks', 'exclamation marks', exclamations),
  marks('questions', 'questions', questions),
];

function marks(name: string, label: string, find: (answer: AnswerText) => Iterable<Found>): Feature {
  return { name, label, measure: (answer) => count(find(answer)), shown: { kind: 'places', find } };
}

function count(places: Iterable<Found>): number {
  let found = 0;
  for (const _ of places) found++;
  return found;
}

function meanSentence({ sentences }: AnswerText): number {
  return sentences.length === 0 ? NaN : sentences.reduce((sum, { words }) => sum + words, 0) / sentences.length;
}

function longestSentence({ sentences }: AnswerText): number {
  return sentences.length === 0 ? NaN : sentences.reduce((most, { words }) => Math.max(most, words), 0);
}

function meanWord({ text, words }: AnswerText): number {
  if (words.length === 0) return NaN;
  let letters = 0;
  for (const [run] of text.matchAll(/\p{L}+/gu)) letters += run.length;
  return letters / words.length;
}

/** The score is that of at least three sentences: one that is said three times has the score of its words. */
function sentenceAssertiveness({ start, end }: Sentence, { text, locale }: AnswerText): number {
  const sentence = text.slice(start, end);
  return assertiveness(new AnswerText(`${sentence}\n${sentence}\n${sentence}`, locale)) ?? NaN;
}
