/** What one schema takes and another does not, in words. */
import { canonicalJson } from '../../base/canonical-json.js';
import type { Json } from '../../base/json.js';
import type { ValueType } from './schema-facts.js';
import { joinSentences, plainText, type Sentence, sentence } from './sentence.js';

/** What the first schema takes at a place and the second does not. */
export interface Gap {
  /** The place within the value, such as `.style.tone` or `[]`. */
  readonly place: string;
  /** What is refused there, such as `texts longer than 20 characters`; or, if that is not known, the keyword that is in the way. */
  readonly refused: Sentence | { readonly keyword: string };
}

export function gap(refused: Sentence): Gap {
  return { place: '', refused };
}

/** A gap that cannot be told, since a keyword is in the way. */
export function unclear(keyword: string): Gap {
  return { place: '', refused: { keyword } };
}

/** The gaps of what stands at a place, seen from what holds it. */
export function below(place: string, gaps: readonly Gap[]): Gap[] {
  return gaps.map((one) => ({ ...one, place: place + one.place }));
}

export function fewest(all: readonly Gap[][]): Gap[] {
  return all.reduce((least, gaps) => (gaps.length < least.length ? gaps : least));
}

const MAX_VALUES = 5;

export function valueList(values: readonly Json[]): Sentence {
  const shown = values.slice(0, MAX_VALUES).map((value) => sentence`${canonicalJson(value)}`);
  const more = values.length - shown.length;
  return [...joinSentences(shown, ', '), ...(more > 0 ? [` and ${more} more`] : [])];
}

/** Each gap once. */
export function distinct(gaps: readonly Gap[]): Gap[] {
  const byText = new Map(
    gaps.map((one) => [`${one.place}\n${'keyword' in one.refused ? one.refused.keyword : plainText(one.refused)}`, one]),
  );
  return [...byText.values()];
}

/** One value of a type. */
export const TYPE_WORDS: { readonly [type in ValueType]: string } = {
  null: 'null',
  boolean: 'true or false',
  number: 'a number',
  string: 'a text',
  array: 'a list',
  object: 'an object',
};

/** Some values of a type. */
export const PLURALS: { readonly [type in ValueType]: string } = {
  null: 'values',
  boolean: 'values',
  number: 'numbers',
  string: 'texts',
  array: 'lists',
  object: 'objects',
};

/** The numbers beyond a bound, by whether it is below or above, inclusive or exclusive. */
export const BOUND_WORDS = { 1: ['numbers below', 'numbers up to'], [-1]: ['numbers above', 'numbers from'] } as const;
