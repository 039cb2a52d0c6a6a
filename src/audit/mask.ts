/**
 * Masks: values of payloads that no log keeps.
 *
 * A mask is a path such as `inputs.customer_name`. `*` stands for any key and any item of a list. Whatever is there,
 * also an object with all that is in it, is replaced by `{"$masked": true}`. A caller could send that very value; so a record
 * lists the masks that covered something, and whoever reads it knows what is a mask and what a value.
 */
import { FORBIDDEN_KEYS, isObject, type Json, type JsonObject } from '../base/json.js';
import { auditError } from './audit-error.js';

/** What a payload has at the top; a mask that begins otherwise would never cover anything. */
const ROOTS = ['semantic_traits', 'activity_level', 'stress', 'task', 'inputs'];

export interface Mask {
  /** As it was configured. */
  readonly text: string;
  readonly path: readonly string[];
}

/** @throws PromptcError `audit_failed` */
export function parseMask(text: string): Mask {
  const path = text.split('.');
  if (path.some((key) => key === '' || FORBIDDEN_KEYS.has(key)) || ![...ROOTS, '*'].includes(path[0]!)) {
    throw auditError(
      `${JSON.stringify(text)} is no mask. A mask is a path into the payload, such as inputs.customer_name or inputs.tickets.*.email; it begins with ${ROOTS.join(', ')}.`,
    );
  }
  return { text, path };
}

/**
 * Masks a payload in place.
 *
 * @returns the masks that covered something
 */
export function applyMasks(payload: JsonObject, masks: readonly Mask[]): string[] {
  return masks.filter(({ path }) => cover(payload, path, 0)).map(({ text }) => text);
}

/** @returns whether something was there */
function cover(value: Json, path: readonly string[], at: number): boolean {
  // Behind a mark there is nothing any more.
  if (typeof value !== 'object' || value === null || isMark(value)) return false;
  // Lists are objects with their indexes as keys.
  const parent = value as JsonObject;
  const key = path[at]!;
  const keys = Object.keys(parent).filter((one) => key === '*' || key === one);
  if (at < path.length - 1) return keys.map((one) => cover(parent[one]!, path, at + 1)).includes(true);
  for (const one of keys) parent[one] = { $masked: true };
  return keys.length > 0;
}

function isMark(value: Json): boolean {
  return isObject(value) && value['$masked'] === true && Object.keys(value).length === 1;
}
