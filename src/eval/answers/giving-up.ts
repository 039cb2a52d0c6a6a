import { type Answerer, AnswerError } from './answerer.js';

/** Asks on until somebody says that nothing will be answered, and then nobody any more. */
export function givingUp(answerer: Answerer): Answerer {
  let end: AnswerError | undefined;
  return {
    ...answerer,
    async answer(question, signal) {
      if (end !== undefined) throw new AnswerError(`It was not asked. ${end.message}`, 'all');
      try {
        return await answerer.answer(question, signal);
      } catch (error) {
        if (error instanceof AnswerError && error.reach === 'all') end ??= error;
        throw error;
      }
    },
  };
}
