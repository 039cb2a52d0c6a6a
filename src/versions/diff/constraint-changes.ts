/**
 * Constraints before and after → tightened, loosened, or neither.
 *
 * Merging is what says which: of two values, the merged one demands what both demand.
 */
import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '../../base/canonical-json.js';
import type { Json } from '../../base/json.js';
import { readWritten } from '../../constraints/severity.js';
import { CONSTRAINT_NAMES, constraintNamed, mergeWritten } from '../../constraints/vocabulary.js';
import type { Constraints } from '../../format/artifact.js';
import type { Change } from './change.js';
import { joinSentences, type Sentence, sentence, words } from './sentence.js';

export function constraintChanges(before: Constraints, after: Constraints): Change[] {
  const known = CONSTRAINT_NAMES.filter((name) => Object.hasOwn(before, name) || Object.hasOwn(after, name));
  const others = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !CONSTRAINT_NAMES.includes(name));
  return [...known, ...others.toSorted()].flatMap((name) => changesOf(name, valueAt(before, name), valueAt(after, name)));
}

function changesOf(name: string, before: Json | undefined, after: Json | undefined): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  const constraint = constraintNamed(name);
  // What is not there demands nothing, and so does a value without a directive, such as `NO_EMOJI: false`. No `output` changes that.
  const demands = (value: Json | undefined): boolean =>
    value !== undefined && constraint?.directive(readWritten(value).value, undefined) !== undefined;
  if (before === undefined || after === undefined) {
    const message = before === undefined ? sentence`${name} is new: ${canonicalJson(after)}.` : sentence`${name} is gone.`;
    const rule = before === undefined ? 'constraint-tightened' : 'constraint-loosened';
    return [{ rule: demands(before ?? after) ? rule : 'constraint-changed', message, name }];
  }
  const merged = constraint && mergeWritten(constraint, before, after);
  if (constraint === undefined || merged === undefined)
    return [{ rule: 'constraint-changed', message: instead(name, before, after), name }];
  const changes: Change[] = [];
  // A merged value is in its normal form: sorted, without duplicates.
  if (!isDeepStrictEqual(merged, mergeWritten(constraint, before, before))) {
    changes.push({ rule: 'constraint-tightened', message: listed(name, 'now lists', after, before) ?? instead(name, before, after), name });
  }
  if (!isDeepStrictEqual(merged, mergeWritten(constraint, after, after))) {
    changes.push({
      rule: 'constraint-loosened',
      message: listed(name, 'no longer lists', before, after) ?? instead(name, before, after),
      name,
    });
  }
  return changes;
}

function instead(name: string, before: Json, after: Json): Sentence {
  return sentence`${name} is ${canonicalJson(after)} instead of ${canonicalJson(before)}.`;
}

/** What the one list has and the other does not; `undefined` if that is nothing, and only the severity differs. */
function listed(name: string, verb: string, written: Json, other: Json): Sentence | undefined {
  const [all, others] = [readWritten(written).value, readWritten(other).value];
  if (!Array.isArray(all) || !Array.isArray(others)) return undefined;
  const items = all.filter((item) => !others.includes(item)).map((item) => sentence`${canonicalJson(item)}`);
  if (items.length === 0) return undefined;
  return sentence`${name} ${words(verb)} ${joinSentences(items, ', ')}.`;
}

function valueAt(constraints: Constraints, name: string): Json | undefined {
  return Object.hasOwn(constraints, name) ? constraints[name] : undefined;
}
