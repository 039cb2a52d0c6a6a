/** Walking through JSON Schemas: which keywords hold schemas, and which only describe. */
import { isObject, type Json } from '../../base/json.js';
import type { JsonSchema } from '../../format/artifact.js';
import { pointerKeys } from '../../format/schema-problem.js';

/** Keywords that hold one schema, a list of schemas, or schemas by name. */
const ONE = new Set([
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
  'not',
  'if',
  'then',
  'else',
]);
const LIST = new Set(['prefixItems', 'allOf', 'anyOf', 'oneOf']);
const BY_NAME = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs']);

/** Of these, the ones whose schemas look at the same value, not at a part of it. */
const IN_PLACE_ONE = ['not', 'if', 'then', 'else'];
const IN_PLACE_LIST = ['allOf', 'anyOf', 'oneOf'];

/** Keywords that assert something without holding a schema. */
const ASSERTIONS = [
  'type', 'enum', 'const', 'multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength', 'minLength', 'pattern',
  'maxItems', 'minItems', 'uniqueItems', 'maxContains', 'minContains', 'maxProperties', 'minProperties', 'required', 'dependentRequired',
  'format', 'default', '$ref',
]; // prettier-ignore

/** Keywords that only describe: they change no render, so they are in no hash. */
const ANNOTATIONS = new Set(['title', 'description', 'examples', '$comment', 'deprecated', 'readOnly', 'writeOnly']);

export const SCHEMA_KEYWORDS: readonly string[] = [...ASSERTIONS, ...ONE, ...LIST, ...BY_NAME, ...ANNOTATIONS];

/** A schema within a schema, and the path that leads to it. */
export interface Subschema {
  readonly schema: JsonSchema;
  readonly path: readonly (string | number)[];
}

/** The schema itself and every schema within it. */
export function* subschemas(schema: JsonSchema, path: readonly (string | number)[] = []): Generator<Subschema> {
  yield { schema, path };
  for (const [keyword, value] of Object.entries(schema)) {
    if (ONE.has(keyword)) {
      if (isObject(value)) yield* subschemas(value, [...path, keyword]);
    } else if (LIST.has(keyword) && Array.isArray(value)) {
      for (const [i, item] of value.entries()) if (isObject(item)) yield* subschemas(item, [...path, keyword, i]);
    } else if (BY_NAME.has(keyword) && isObject(value)) {
      for (const [name, item] of Object.entries(value)) if (isObject(item)) yield* subschemas(item, [...path, keyword, name]);
    }
  }
}

/** The schema that a `$ref` of the form `#/$defs/…` leads to; `undefined` if there is none. */
export function referenced(ref: string, root: JsonSchema): Json | undefined {
  let at: Json | undefined = root;
  for (const key of pointerKeys(ref.slice(1))) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

/** Whether a schema comes back to itself without going into the value, so that no check with it would end. */
export function isEndless(schema: JsonSchema, root: JsonSchema): boolean {
  const seen = new Set<JsonSchema>();
  const pending = inPlace(schema, root);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === schema) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    pending.push(...inPlace(next, root));
  }
  return false;
}

function inPlace(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  const { $ref: ref, dependentSchemas } = schema;
  const all = [
    typeof ref === 'string' ? referenced(ref, root) : undefined,
    ...IN_PLACE_ONE.map((keyword) => schema[keyword]),
    ...IN_PLACE_LIST.flatMap((keyword) => schema[keyword]),
    ...(isObject(dependentSchemas) ? Object.values(dependentSchemas) : []),
  ];
  return all.filter((one) => isObject(one));
}

/** The schema without the keywords that only describe. */
export function withoutAnnotations(schema: JsonSchema): JsonSchema {
  return mapKeywords(schema, (keyword, value) => (ANNOTATIONS.has(keyword) ? undefined : value));
}

/**
 * The schema with every `#/$defs/…` made to begin at `prefix`, for use within a larger schema.
 *
 * @param prefix - a JSON Pointer such as `/properties/inputs/properties/plan`
 */
export function rebaseReferences(schema: JsonSchema, prefix: string): JsonSchema {
  return mapKeywords(schema, (keyword, value) => (keyword === '$ref' && typeof value === 'string' ? `#${prefix}${value.slice(1)}` : value));
}

/** Copies a schema, changing or (with `undefined`) dropping keywords, in it and in every schema within it. */
function mapKeywords(schema: JsonSchema, map: (keyword: string, value: Json) => Json | undefined): JsonSchema {
  const mapSchema = (value: Json): Json => (isObject(value) ? mapKeywords(value, map) : value);
  const copy: JsonSchema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const mapped = map(keyword, value);
    if (mapped === undefined) continue;
    if (ONE.has(keyword)) copy[keyword] = mapSchema(mapped);
    else if (LIST.has(keyword) && Array.isArray(mapped)) copy[keyword] = mapped.map(mapSchema);
    else if (BY_NAME.has(keyword) && isObject(mapped)) {
      copy[keyword] = Object.fromEntries(Object.entries(mapped).map(([name, item]) => [name, mapSchema(item)]));
    } else copy[keyword] = mapped;
  }
  return copy;
}
