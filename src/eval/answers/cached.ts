import type { Digest } from '../../base/digest.js';
import type { AnswerCache } from './answer-cache.js';
import type { Answer, Answerer } from './answerer.js';

/** Asks only what no earlier run has asked, and nothing twice. */
export function cached(answerer: Answerer, cache: AnswerCache): Answerer {
  const { key: keyOf } = answerer;
  if (keyOf === undefined) return answerer;
  /** What is being asked. */
  const asked = new Map<Digest, Promise<Answer>>();
  return {
    key: keyOf,
    async answer(question, signal) {
      const key = keyOf(question.render);
      const known = cache.get(key);
      if (known !== undefined) return { text: known, isKnown: true };
      const pending = asked.get(key);
      if (pending !== undefined) return { text: (await pending).text, isKnown: true };
      const answer = ask();
      asked.set(key, answer);
      return answer;

      async function ask(): Promise<Answer> {
        try {
          const given = await answerer.answer(question, signal);
          cache.add(key, given.text);
          return given;
        } finally {
          asked.delete(key);
        }
      }
    },
  };
}
