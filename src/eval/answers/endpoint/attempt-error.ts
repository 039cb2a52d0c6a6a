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

/** What a server says is the end of a message: it ends as a sentence does. */
export function asSentence(said: string): string {
  return /[.!?…]$/.test(said) ? said : `${said}.`;
}
