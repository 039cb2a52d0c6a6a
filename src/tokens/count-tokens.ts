/**
 * How many tokens a text has, by the vocabulary o200k_base (GPT-4o and later). Other vendors' models count
 * otherwise, by some tenths more or fewer; for budgets and comparisons one count serves.
 */

export type CountTokens = (text: string) => number;

let loading: Promise<CountTokens> | undefined;

/** Loads the vocabulary on the first call, which takes about half a second. */
export function loadTokenCounter(): Promise<CountTokens> {
  loading ??= import('gpt-tokenizer/encoding/o200k_base').then(
    ({ countTokens }) =>
      (text) =>
        pieces(text).reduce((sum, piece) => sum + countTokens(piece, AS_TEXT), 0),
  );
  return loading;
}

/** What looks like a control token in a prompt is text. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/**
 * The library's time grows with the square of what has no break in it, so longer stretches than any word are
 * cut. That makes a count differ by at most one token a cut.
 */
const UNBROKEN = /[\p{L}\p{M}]{128}|\s{128}|[^\s\p{L}\p{N}]{128}/gu;

function pieces(text: string): string[] {
  const cuts = [...text.matchAll(UNBROKEN)].map(({ 0: found, index }) => index + found.length);
  return cuts.length === 0 ? [text] : [0, ...cuts].map((start, i) => text.slice(start, cuts[i]));
}
