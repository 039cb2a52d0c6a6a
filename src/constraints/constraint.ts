import type { Json, JsonObject } from '../base/json.js';
import type { AnswerText } from './answer-text.js';
import type { Severity } from './severity.js';

/** One rule that a bundle may put on the model's answers. */
export interface Constraint<Value extends Json = Json> {
  readonly name: string;
  /** JSON Schema of the value, with what an author reads about it. No value is an object: see `severity.ts`. */
  readonly schema: JsonObject;
  /** How grave it is to break it, unless its author says otherwise; an error if absent. */
  readonly severity?: Severity;
  /**
   * Brings the values of a bundle and its templates into one. It is associative, commutative and idempotent, so that
   * the order of slots cannot matter.
   *
   * @returns the merged value, or `undefined` if the two contradict each other
   */
  readonly merge: (a: Value, b: Value) => Value | undefined;
  /**
   * The sentence that tells the model. Its wording is part of `spec`: a new wording is a new spec.
   *
   * @param output - the bundle's `output`
   * @returns `undefined` if the value demands nothing
   */
  readonly directive: (value: Value, output: JsonObject | undefined) => string | undefined;
  /** Makes the check of answers; what it can prepare, it prepares once. The check takes time linear in the answer. */
  readonly check: (value: Value, setting: Setting) => (answer: AnswerText) => Iterable<Breach>;
  /** Makes a search for what the value forbids, from the start of a text on; absent for rules that are not about single places. */
  readonly finder?: (value: Value) => (text: string) => Iterable<Found>;
  /** Makes a search for words of a prompt that ask for more than a value that is a number. */
  readonly promptFinder?: (value: Value) => (text: string) => Iterable<Found>;
}

/** A place in a text, in UTF-16 code units. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** One way in which an answer breaks a constraint. */
export interface Breach {
  /** What is wrong, for people. */
  readonly message: string;
  /** Where; absent if it is about something that is not there. */
  readonly span?: Found;
  /** What was measured or found. */
  readonly actual: Json;
  /** What is allowed or demanded. */
  readonly limit: Json;
  /** What to tell the model, so that it mends the answer. */
  readonly retryHint: string;
}

/** What a check depends on beside its value. */
export interface Setting {
  /** The bundle's `output`. */
  readonly output: JsonObject | undefined;
  /** A BCP 47 tag: the language of answers. */
  readonly locale: string;
  readonly tools: Tools;
}

/** What checks need from elsewhere. */
export interface Tools {
  /** A regular expression of ECMA-262, matched in time linear in the text. */
  readonly pattern: (source: string) => { test(text: string): boolean; find(text: string): Found | undefined };
  /** A JSON Schema; what it returns says what is wrong with a value. */
  readonly validator: (schema: JsonObject) => (value: Json) => readonly { path: string; message: string }[];
  readonly countTokens: (text: string) => number;
}
