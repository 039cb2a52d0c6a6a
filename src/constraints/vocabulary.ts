import { canonicalJson } from '../base/canonical-json.js';
import type { Json } from '../base/json.js';
import { assertivenessLevel } from './assertiveness-level.js';
import type { Constraint } from './constraint.js';
import { forbiddenTokens } from './forbidden-tokens.js';
import { maxParagraphs } from './max-paragraphs.js';
import { maxSentenceLength } from './max-sentence-length.js';
import { noEmoji } from './no-emoji.js';

/** Every constraint, in the order of its directives. A new one goes to the end, so that no prompt changes. */
const VOCABULARY = [forbiddenTokens, maxSentenceLength, maxParagraphs, noEmoji, assertivenessLevel] as unknown as readonly Constraint[];

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
} {
  const values = new Map<string, { value: Json; place: Place }>();
  const conflicts: Conflict<Place>[] = [];
  for (const { place, constraints } of all) {
    for (const [name, value] of Object.entries(constraints)) {
      const before = values.get(name);
      const merge = BY_NAME.get(name)?.merge ?? mergeEqual;
      // Merging a value with itself brings it into its normal form (sorted, without duplicates).
      const merged = merge(before === undefined ? value : before.value, value);
      if (merged === undefined) conflicts.push({ name, first: before!.place, second: place });
      else values.set(name, { value: merged, place: before === undefined ? place : before.place });
    }
  }
  const names = [...values.keys()].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return { merged: Object.fromEntries(names.map((name) => [name, values.get(name)!.value])), conflicts };
}

/** The text of `{{constraints}}`: one line `- <directive>` for each constraint that demands something. */
export function constraintDirectives(constraints: { readonly [name: string]: Json }): string {
  const lines: string[] = [];
  for (const constraint of VOCABULARY) {
    const value = constraints[constraint.name];
    const directive = value === undefined ? undefined : constraint.directive(value);
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
