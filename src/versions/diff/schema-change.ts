/**
 * Two JSON Schemas → how what they take differs, in words.
 *
 * What always holds: a schema that is `same` or `widened` refuses nothing that was taken before, its defaults
 * filled in; one that is `same` or `narrowed` takes nothing that was refused. What cannot be proven is `changed`.
 */
import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '../../base/canonical-json.js';
import type { Json } from '../../base/json.js';
import type { JsonSchema } from '../../format/artifact.js';
import { settleDefaults, type SettledSchema } from './schema-defaults.js';
import type { Gap } from './schema-gap.js';
import { gapsBetween, TooIntricate } from './schema-inclusion.js';
import { joinSentences, plainText, type Sentence, sentence, words } from './sentence.js';

export type SchemaRelation = 'same' | 'widened' | 'narrowed' | 'changed';

export interface SchemaChange {
  readonly relation: SchemaRelation;
  /** What is no longer taken, then what is taken now; clauses without a full stop. */
  readonly reasons: readonly Sentence[];
  /** How the defaults below the schema's top differ. */
  readonly defaults: readonly Sentence[];
}

/** @param name - what the reasons call the value */
export function schemaChange(name: string, before: JsonSchema, after: JsonSchema): SchemaChange {
  if (isDeepStrictEqual(before, after)) return { relation: 'same', reasons: [], defaults: [] };
  const [old, fresh] = [settleDefaults(before), settleDefaults(after)];
  const defaults = changedDefaults(name, old, fresh);
  if (old.schema === undefined || fresh.schema === undefined) {
    const reason = sentence`what ${name} takes cannot be compared, because keywords that look at whole values stand above its defaults`;
    return { relation: 'changed', reasons: [reason], defaults };
  }
  try {
    const refused = gapsBetween(old.schema, fresh.schema);
    const taken = gapsBetween(fresh.schema, old.schema);
    return { relation: relationOf(refused.length > 0, taken.length > 0), reasons: reasonsOf(name, refused, taken), defaults };
  } catch (error) {
    if (!(error instanceof TooIntricate)) throw error;
    return { relation: 'changed', reasons: [sentence`what ${name} takes is too intricate to be compared`], defaults };
  }
}

function relationOf(refuses: boolean, takes: boolean): SchemaRelation {
  if (refuses) return takes ? 'changed' : 'narrowed';
  return takes ? 'widened' : 'same';
}

/** One clause for each place and direction. */
function reasonsOf(name: string, refused: readonly Gap[], taken: readonly Gap[]): Sentence[] {
  const all = [...clausesOf(name, 'no longer takes', refused), ...clausesOf(name, 'now takes', taken)];
  // A keyword that stands in the way of one direction often does of the other.
  return [...new Map(all.map((one) => [plainText(one), one])).values()];
}

function clausesOf(name: string, verb: string, gaps: readonly Gap[]): Sentence[] {
  const places = [...new Set(gaps.map(({ place }) => place))];
  return places.flatMap((place) => {
    const here = gaps.filter((gap) => gap.place === place);
    const values = here.flatMap(({ refused }) => ('keyword' in refused ? [] : [refused]));
    const keywords = here.flatMap(({ refused }) => ('keyword' in refused ? [sentence`${refused.keyword}`] : []));
    return [
      ...(values.length > 0 ? [sentence`${name + place} ${words(verb)} ${joinSentences(values, ', ')}`] : []),
      ...(keywords.length > 0 ? [sentence`${name + place} differs in ${joinSentences(keywords, ', ')}`] : []),
    ];
  });
}

/** Of the places that both speak of: a key that is new or gone has no default to change. */
function changedDefaults(name: string, before: SettledSchema, after: SettledSchema): Sentence[] {
  const places = [...before.places].filter((place) => after.places.has(place)).toSorted();
  return places
    .map((place) => defaultChange(name + place, before.defaults.get(place), after.defaults.get(place)))
    .filter((change) => change !== undefined);
}

/** What a changed default is, as a clause without a full stop; `undefined` if it is the same. */
export function defaultChange(name: string, before: Json | undefined, after: Json | undefined): Sentence | undefined {
  if (isDeepStrictEqual(before, after)) return undefined;
  if (before === undefined) return sentence`${name} has the default ${canonicalJson(after)}`;
  if (after === undefined) return sentence`${name} no longer has a default`;
  return sentence`the default of ${name} is ${canonicalJson(after)} instead of ${canonicalJson(before)}`;
}
