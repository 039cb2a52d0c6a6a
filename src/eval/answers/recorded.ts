import { type Answerer, AnswerError } from './answerer.js';

/** The answers that suites hold. */
export const RECORDED: Answerer = {
  answer({ asked: { answer } }) {
    if (answer !== undefined) return Promise.resolve({ text: answer });
    const message = 'It has no recorded `answer`. Add one, or have it answered now with --command or --endpoint.';
    return Promise.reject(new AnswerError(message, 'case'));
  },
};
