import type { AnswerText } from './answer-text.js';
import type { Constraint } from './constraint.js';

/** How firmly an answer speaks. Two levels cannot both be kept, so different ones contradict each other. */
export const assertivenessLevel: Constraint<number> = {
  name: 'ASSERTIVENESS_LEVEL',
  schema: { type: 'number', minimum: 0, maximum: 1, description: 'How firmly an answer speaks, from 0 (tentative) to 1 (categorical).' },
  // A score of words says little about a single answer.
  severity: 'advise',
  merge: (a, b) => (a === b ? a : undefined),
  directive: (level) => `Assertiveness: ${level} on a scale from 0 (tentative) to 1 (categorical).`,
  check: (level) =>
    function* breaches(answer) {
      const score = assertiveness(answer);
      if (score === undefined || Math.abs(score - level) <= TOLERANCE) return;
      const actual = Math.round(score * 100) / 100;
      const isFirm = score > level;
      yield {
        message: `The answer speaks too ${isFirm ? 'firmly' : 'tentatively'}: its score is ${actual}, and ${level} is asked for, give or take ${TOLERANCE}.`,
        span: answer.trimmed,
        actual,
        limit: level,
        retryHint: isFirm
          ? `Speak less firmly: on a scale from 0 (tentative) to 1 (categorical), your answer is at ${actual} and must be at ${level}. Leave out words such as "certainly" and "always", and say how sure you are.`
          : `Speak more firmly: on a scale from 0 (tentative) to 1 (categorical), your answer is at ${actual} and must be at ${level}. Leave out words such as "perhaps" and "might".`,
      };
    },
};

/** How far a score may be from the level. */
const TOLERANCE = 0.25;

/** In fewer sentences, a single word would decide. */
const FEWEST_SENTENCES = 3;

/** "May" with a capital is a month. */
const MAY = /\bmay\b/g;

/** Words that make a statement weaker, in English. */
const HEDGES =
  /\b(?:perhaps|maybe|possibly|probably|presumably|apparently|seemingly|arguably|might|could|seems?|seemed|appears? to|tends? to|suggests?|not (?:entirely |quite |completely )?(?:sure|certain|clear)|unsure|uncertain|i (?:think|believe|guess|suppose|suspect)|in my (?:opinion|view)|it is possible|likely|roughly|somewhat|sort of|kind of|to some extent)\b/gi;

/** Words that make one stronger; "not certain" is a hedge. */
const BOOSTERS =
  /(?<!\bnot (?:(?:entirely|quite|completely) )?)\b(?:certainly|definitely|clearly|obviously|undoubtedly|absolutely|surely|of course|without (?:a |any )?doubt|no doubt|always|never|must|certain|sure|indeed|completely|entirely|totally|guaranteed?|proves?|proven|in fact|there is no question|every time|undeniabl[ey]|unquestionably)\b/gi;

/**
 * From 0 (every sentence is hedged) to 1 (every sentence is boosted); 0.5 if there are no such words, or as many of
 * one kind as of the other. Each counts for one sentence: `0.5 + (boosters - hedges) / (2 * sentences)`.
 *
 * @returns `undefined` for what is not in English, or too short to be judged
 */
export function assertiveness({ text, sentences, locale }: AnswerText): number | undefined {
  if (!/^en\b/i.test(locale) || sentences.length < FEWEST_SENTENCES) return undefined;
  let balance = 0;
  for (const { start, end } of sentences) {
    const sentence = text.slice(start, end);
    balance += count(BOOSTERS, sentence) - count(HEDGES, sentence) - count(MAY, sentence);
  }
  return Math.min(1, Math.max(0, 0.5 + balance / (2 * sentences.length)));
}

function count(pattern: RegExp, text: string): number {
  return text.match(pattern)?.length ?? 0;
}
