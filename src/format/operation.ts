/**
 * The instructions that a template compiles to: data that any reader can run, print or check, never code.
 *
 * A machine runs them from the first to the last. It has numbered slots; slot 0 is the context (the
 * payload's `inputs` and the four persona inputs side by side), the others belong to loops and parameters.
 * Targets are indexes into the template's list of operations; one past the last ends the run.
 */
export type Operation =
  /** `["text", T]`: append T. */
  | readonly ['text', string]
  /** `["print", E]`: append the value of E as text. */
  | readonly ['print', Expression]
  /** `["constraints"]`: append the bundle's directives. */
  | readonly ['constraints']
  /** `["set", S, E]`: put the value of E into slot S. */
  | readonly ['set', number, Expression]
  /** `["jump", T]`: go on at T. */
  | readonly ['jump', number]
  /** `["jump-if", E, T]`: go on at T if E is true. */
  | readonly ['jump-if', Expression, number]
  /** `["jump-unless", E, T]`: go on at T if E is false. */
  | readonly ['jump-unless', Expression, number]
  /**
   * `["each", E, S, T]`: start a loop over E, a list or an object (its keys sorted); go on at T if it has
   * nothing. Puts item, key, index, first and last into slots S to S + 4.
   */
  | readonly ['each', Expression, number, number]
  /** `["next", T]`: if the innermost loop has another item, fill its slots and go on at T; else end the loop. */
  | readonly ['next', number]
  /** `["indent", I]`: from here to the matching `dedent`, begin every line with I. */
  | readonly ['indent', string]
  /** `["dedent"]`: end the innermost `indent`. */
  | readonly ['dedent'];

/** Slots that an `each` fills, counted from its first. */
export const LOOP_SLOTS = { item: 0, key: 1, index: 2, first: 3, last: 4 } as const;

/** How many slots an `each` takes. */
export const LOOP_SLOT_COUNT = 5;

/** A value: where it is, itself, or how it is computed. */
export type Expression =
  /** `{path: [S, …keys]}`: the value in slot S, then down by own keys and list indexes. */
  | { readonly path: Path }
  /** `{value: V}`: V itself. */
  | { readonly value: Literal }
  /** `{call: H, args: […]}`: the built-in helper H, with its named options if it has any. */
  | { readonly call: HelperName; readonly args: readonly Expression[]; readonly options?: { readonly [name: string]: Literal } };

export type Path = readonly [slot: number, ...keys: string[]];

export type Literal = string | number | boolean | null;

/** The built-in helpers; docs/language.md describes each. */
export const HELPER_NAMES = [
  'eq',
  'ne',
  'lt',
  'lte',
  'gt',
  'gte',
  'and',
  'or',
  'not',
  'includes',
  'json',
  'join',
  'length',
  'default',
] as const;

export type HelperName = (typeof HELPER_NAMES)[number];
