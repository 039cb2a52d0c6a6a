import type { Json, JsonObject } from '../base/json.js';

/** One rule that a bundle may put on the model's answers. */
export interface Constraint<Value extends Json = Json> {
  readonly name: string;
  /** JSON Schema of the value, with what an author reads about it. */
  readonly schema: JsonObject;
  /**
   * Brings the values of a bundle and its templates into one. It is associative and commutative, so that
   * the order of slots cannot matter.
   *
   * @returns the merged value, or `undefined` if the two contradict each other
   */
  readonly merge: (a: Value, b: Value) => Value | undefined;
  /**
   * The sentence that tells the model. Its wording is part of `spec`: a new wording is a new spec.
   *
   * @returns `undefined` if the value demands nothing
   */
  readonly directive: (value: Value) => string | undefined;
  /** Makes a search for what the value forbids, from the start of a text on; absent for rules that are not about single places. */
  readonly finder?: (value: Value) => (text: string) => Iterable<Found>;
}

/** A place in a text, in UTF-16 code units. */
export interface Found {
  readonly start: number;
  readonly end: number;
}
