import { canonicalJson } from '../base/canonical-json.js';
import type { Json, JsonObject } from '../base/json.js';
import { assertivenessLevel } from './assertiveness-level.js';
import type { Constraint } from './constraint.js';
import { endsWith } from './ends-with.js';
import { forbiddenTokens } from './forbidden-tokens.js';
import { format } from './format.js';
import { matches } from './matches.js';
import { maxParagraphs } from './max-paragraphs.js';
import { maxSentenceLength } from './max-sentence-length.js';
import { maxSentences } from './max-sentences.js';
import { maxTokens } from './max-tokens.js';
import { maxWords } from './max-words.js';
import { noEmoji } from './no-emoji.js';
import { noUrls } from './no-urls.js';
import { notMatches } from './not-matches.js';
import { outputSchema } from './output-schema.js';
import { requiredTokens } from './required-tokens.js';
import { readWritten, type Severity, strictest, writeShort } from './severity.js';
import { startsWith } from './starts-with.js';

/** Every constraint, in the order of its directives. A new one goes to the end, so that no prompt changes. */
const VOCABULARY = [
  ...[forbiddenTokens, maxSentenceLength, maxParagraphs, noEmoji, assertivenessLevel, requiredTokens, maxWords, maxTokens, maxSentences],
  ...[startsWith, endsWith, matches, notMatches, format, outputSchema, noUrls],
] as unknown as readonly Constraint[];

const BY_NAME: ReadonlyMap<string, Constraint> = new Map(VOCABULARY.map((constraint) => [constraint.name, constraint]));

export const CONSTRAINT_NAMES: readonly string[] = [...BY_NAME.keys()];

/** Keys that begin like this pass through unread, for tools that promptc does not know. */
const PASS_THROUGH = 'X_';

export function isPassThrough(name: string): boolean {
  return name.startsWith(PASS_THROUGH);
}

export function constraintNamed(name: string): Constraint | undefined {
  return BY_NAME.get(name);
}

/** How grave it is to break a constraint if nobody says. */
export function usualSeverity({ severity = 'error' }: Pick<Constraint, 'severity'>): Severity {
  return severity;
}

/**
 * Merges what two places write for one constraint: the values by its rule, and of two severities the stricter one.
 *
 * @returns it in its normal form, or `undefined` if the values contradict each other
 */
export function mergeWritten(constraint: Constraint, a: Json, b: Json): Json | undefined {
  const usual = usualSeverity(constraint);
  const [first, second] = [readWritten(a), readWritten(b)];
  const value = constraint.merge(first.value, second.value);
  return value === undefined ? undefined : writeShort(value, strictest(first.severity ?? usual, second.severity ?? usual), usual);
}

/** Values by name, and where they were written: a template or the bundle. */
export interface Written<Place> {
  readonly place: Place;
  readonly constraints: { readonly [name: string]: Json };
}

/** Two places whose values for one constraint contradict each other. */
export interface Conflict<Place> {
  readonly name: string;
  readonly first: Place;
  readonly second: Place;
}

/**
 * Merges what the templates of the slots present and the bundle demand. Names must be known or pass through.
 *
 * @returns the merged constraints, in the order of the vocabulary and then by name, and every contradiction
 */
export function mergeConstraints<Place>(all: readonly Written<Place>[]): {
  merged: { [name: string]: Json };
  conflicts: Conflict<Place>[];
  /** Where each was written first. */
  places: ReadonlyMap<string, Place>;
} {
  const values = new Map<string, { value: Json; place: Place }>();
  const conflicts: Conflict<Place>[] = [];
  for (const { place, constraints } of all) {
    for (const [name, value] of Object.entries(constraints)) {
      const before = values.get(name);
      const constraint = BY_NAME.get(name);
      const other = before === undefined ? value : before.value;
      // Merging a value with itself brings it into its normal form (sorted, without duplicates).
      const merged = constraint === undefined ? mergeEqual(other, value) : mergeWritten(constraint, other, value);
      if (merged === undefined) conflicts.push({ name, first: before!.place, second: place });
      else values.set(name, { value: merged, place: before === undefined ? place : before.place });
    }
  }
  const names = [...values.keys()].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return {
    merged: Object.fromEntries(names.map((name) => [name, values.get(name)!.value])),
    conflicts,
    places: new Map(names.map((name) => [name, values.get(name)!.place])),
  };
}

/**
 * The text of `{{constraints}}`: one line `- <directive>` for each constraint that demands something.
 *
 * @param output - the bundle's `output`
 */
export function constraintDirectives(constraints: { readonly [name: string]: Json }, output: JsonObject | undefined): string {
  const lines: string[] = [];
  for (const constraint of VOCABULARY) {
    const written = constraints[constraint.name];
    const directive = written === undefined ? undefined : constraint.directive(readWritten(written).value, output);
    if (directive !== undefined) lines.push(`- ${directive}`);
  }
  return lines.join('\n');
}

function rank(name: string): number {
  const at = CONSTRAINT_NAMES.indexOf(name);
  return at === -1 ? CONSTRAINT_NAMES.length : at;
}

function mergeEqual(a: Json, b: Json): Json | undefined {
  return canonicalJson(a) === canonicalJson(b) ? a : undefined;
}
