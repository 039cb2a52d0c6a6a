/** Measured answers → a column for each word, and one for all of them together. */
import type { Measured } from '../measuring/history.js';
import type { Block } from '../statistics/column.js';
import type { AnswerBlocks } from './blocks.js';
import { Layout, type Table } from './columns.js';

/** How many words are looked at: those that the most answers have. */
const MOST_WORDS = 500;

/** A word that fewer answers have, or all but so many, says nothing. */
const FEWEST_ANSWERS = 5;

/** @param words - by their numbers */
export function wordTable(words: readonly string[], { all, baseline, current }: AnswerBlocks): Table {
  const frequent = frequentWords(all.flat());
  const layout = new Layout();
  for (const number of frequent) layout.put({ kind: 'word', word: words[number]! }, 1);
  const places = new Map(frequent.map((number, place) => [number, place]));
  const blocks = { all: all.map((block) => countBlock(block, places)), baseline, current };
  if (frequent.length < 2) return { columns: layout.columns, blocks };
  // The same counts once more, as one distribution: many words that move a little.
  const vocabulary = { from: 0, bins: frequent.length, isOrdered: false, subject: { kind: 'vocabulary' } } as const;
  return { columns: [...layout.columns, vocabulary], blocks };
}

/** The numbers of the words that the most answers have. */
function frequentWords(answers: readonly Measured[]): number[] {
  const counts = new Map<number, number>();
  for (const { words } of answers) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= FEWEST_ANSWERS && count <= answers.length - FEWEST_ANSWERS)
    .toSorted(([a, x], [b, y]) => y - x || a - b)
    .slice(0, MOST_WORDS)
    .map(([word]) => word);
}

function countBlock(answers: readonly Measured[], places: ReadonlyMap<number, number>): Block {
  const counts = new Float64Array(places.size);
  for (const { words } of answers) {
    for (const word of words) {
      const place = places.get(word);
      if (place !== undefined) counts[place]!++;
    }
  }
  return { answers: answers.length, counts };
}
