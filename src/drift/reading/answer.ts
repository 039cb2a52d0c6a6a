/** One answer of a model, as it was recorded. */
export interface Answer {
  /** Of the file, counted from 1. */
  readonly line: number;
  /** In milliseconds since 1970. */
  readonly time: number;
  readonly bundle: string;
  readonly version: string;
  readonly text: string;
}

/** A line of a file of answers, or why it cannot be read, as the end of a sentence. */
export type AnswerLine = { readonly number: number } & ({ readonly text: string } | { readonly problem: string });

/** A line that was left out. */
export interface Problem {
  readonly line: number;
  /** The end of a sentence that begins with the line. */
  readonly message: string;
}
