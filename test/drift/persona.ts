/**
 * Generated histories: a model that answers as a persona, and a persona that may move by so much on some day. Answers differ
 * from each other as those of people's questions do: in what they are about, how long they are, how sure.
 */
import { randomNumbers } from '../../src/drift/statistics/random.js';

/** How a persona speaks. */
export interface Manner {
  /** Words of a sentence, on average; from answer to answer this varies by `SENTENCE_DEVIATION`. */
  readonly sentenceWords: number;
  readonly sentences: number;
  /** The shares of sentences that are hedged, boosted and end with an exclamation mark. */
  readonly hedges: number;
  readonly boosters: number;
  readonly exclamations: number;
  /** The shares of answers that have a list, an emoji, a heading, something in bold, a question at the end, an opening phrase. */
  readonly lists: number;
  readonly emoji: number;
  readonly headings: number;
  readonly bold: number;
  readonly questions: number;
  readonly phrase: number;
}

export const CALM: Manner = {
  sentenceWords: 13,
  sentences: 5,
  hedges: 0.2,
  boosters: 0.1,
  exclamations: 0.02,
  lists: 0.15,
  emoji: 0.02,
  headings: 0.05,
  bold: 0.1,
  questions: 0.2,
  phrase: 0,
};

/** How far the mean sentence of an answer is from that of others, about: what a shift of 1 deviation is. */
export const SENTENCE_DEVIATION = 3.4;

export interface GeneratedOptions {
  readonly seed: number;
  readonly days: number;
  /** On average. */
  readonly perDay: number;
  readonly manner?: Manner;
  /** From a day on, another manner. */
  readonly drift?: { readonly day: number; readonly manner: Partial<Manner> };
  /** How much days differ: the deviation of their mean sentence, in words. */
  readonly dayDeviation?: number;
  /** Less is asked on Saturdays and Sundays, and answered in shorter sentences. */
  readonly weekends?: boolean;
}

export interface Generated {
  readonly time: number;
  readonly text: string;
}

export const START = Date.UTC(2026, 0, 5);
const DAY = 24 * 60 * 60 * 1000;

const SYLLABLES = ['ta', 'ri', 'no', 'sel', 'mar', 'ken', 'do', 'vi', 'lo', 'pen', 'gra', 'tu', 'mi', 'os', 'ber', 'cal'];
/** Words of no language, so that none of them is a hedge by accident. */
const WORDS = Array.from(
  { length: 1200 },
  (_, i) => SYLLABLES[i % 16]! + SYLLABLES[(i >> 4) % 16]! + (i >= 256 ? SYLLABLES[(i >> 8) % 16]! : ''),
);
const TOPICS = 8;

/** Answers in the order of time. */
export function* generate(options: GeneratedOptions): Generator<Generated> {
  const { seed, days, perDay, manner = CALM, drift, dayDeviation = 0, weekends = false } = options;
  const random = randomNumbers(seed);
  const normal = (): number => random() + random() + random() + random() + random() + random() - 3;
  for (let day = 0; day < days; day++) {
    const isWeekend = weekends && day % 7 >= 5;
    const usual = drift !== undefined && day >= drift.day ? { ...manner, ...drift.manner } : manner;
    const shift = (dayDeviation * normal()) / Math.SQRT1_2 - (isWeekend ? 1 : 0);
    const today = { ...usual, sentenceWords: usual.sentenceWords + shift };
    const answers = Math.max(1, Math.round(perDay * (isWeekend ? 0.3 : 1) + normal() * Math.sqrt(perDay)));
    for (let n = 0; n < answers; n++)
      yield { time: START + day * DAY + Math.floor(((n + random()) / answers) * DAY), text: answer(today, random, normal) };
  }
}

function answer(manner: Manner, random: () => number, normal: () => number): string {
  const topic = Math.floor(random() * TOPICS);
  const mean = manner.sentenceWords + 4 * normal();
  const count = Math.max(3, Math.round(manner.sentences + 2 * normal()));
  const sentences: string[] = random() < manner.phrase ? ['Great question, let us dive in.'] : [];
  for (let i = 0; i < count; i++) sentences.push(sentence(Math.max(4, Math.round(mean + 4 * normal())), topic, manner, random));
  if (random() < manner.bold) sentences[0] = `**Note.** ${sentences[0]}`;
  if (random() < manner.emoji) sentences[sentences.length - 1] += ' 🎉';
  if (random() < manner.questions) sentences.push('Is there anything else?');
  const parts = [sentences.join(' ')];
  if (random() < manner.headings) parts.unshift('## Answer');
  if (random() < manner.lists) parts.push(['one', 'two', 'three'].map((step) => `- step ${step} ${word(topic, random)}`).join('\n'));
  return parts.join('\n\n');
}

function sentence(words: number, topic: number, { hedges, boosters, exclamations }: Manner, random: () => number): string {
  const list = Array.from({ length: words }, () => word(topic, random));
  if (random() < hedges) list[1] = 'perhaps';
  if (random() < boosters) list[2] = 'certainly';
  const text = list.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1) + (random() < exclamations ? '!' : '.');
}

/** Few words are frequent, and a third belongs to what the answer is about. */
function word(topic: number, random: () => number): string {
  const isOwn = random() < 0.33;
  const rank = Math.floor(Math.exp(random() * Math.log(isOwn ? 100 : 400))) - 1;
  return WORDS[isOwn ? 400 + topic * 100 + rank : rank]!;
}
