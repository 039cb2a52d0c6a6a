import { AnswerError } from '../answerer.js';

/** One request came to nothing. */
export class AttemptError extends AnswerError {
  constructor(
    message: string,
    reach: AnswerError['reach'],
    /** Whether the same request may succeed later. */
    readonly isPassing: boolean,
    /** How long the server asks to wait, in milliseconds. */
    readonly wait = 0,
  ) {
    super(message, reach);
  }
}
