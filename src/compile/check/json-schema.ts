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
  for (const part of parts(schema)) yield* subschemas(part.schema, [...path, ...part.path]);
}

/** The schemas that a schema holds itself. */
function* parts(schema: JsonSchema): Generator<Subschema> {
  for (const [keyword, value] of Object.entries(schema)) {
    if (ONE.has(keyword)) {
      if (isObject(value)) yield { schema: value, path: [keyword] };
    } else if (LIST.has(keyword) && Array.isArray(value)) {
      for (const [i, item] of value.entries()) if (isObject(item)) yield { schema: item, path: [keyword, i] };
    } else if (BY_NAME.has(keyword) && isObject(value)) {
      for (const [name, item] of Object.entries(value)) if (isObject(item)) yield { schema: item, path: [keyword, name] };
    }
  }
}

/** The schema that a `$ref` of the form `#/$defs/…` leads to; `undefined` if there is none. */
export function referenced(ref: string, root: JsonSchema): Json | undefined {
  let at: Json | undefined = root;
  for (const key of pointerKeys(ref.slice(1))) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

/**
 * Schemas whose `$ref` leads back to themselves without going into the value, so that no check with them would end:
 * one of each circle.
 */
export function circularReferences(root: JsonSchema): ReadonlySet<JsonSchema> {
  const found = new Set<JsonSchema>();
  const finished = new Set<JsonSchema>();
  for (const { schema } of subschemas(root)) {
    if (finished.has(schema)) continue;
    // A list, not the call stack, which references could exhaust.
    const path = [{ schema, next: inPlace(schema, root) }];
    const open = new Set([schema]);
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.next.pop();
      if (next === undefined) {
        finished.add(last.schema);
        open.delete(last.schema);
        path.pop();
      } else if (open.has(next)) {
        found.add(path.findLast((step) => typeof step.schema['$ref'] === 'string')!.schema);
      } else if (!finished.has(next)) {
        path.push({ schema: next, next: inPlace(next, root) });
        open.add(next);
      }
    }
  }
  return found;
}

/** How many schemas lie below each other, from the outermost down, with those that a `$ref` leads to; each is counted once. */
export function schemaDepth(root: JsonSchema): number {
  const depths = new Map<JsonSchema, number>([[root, 0]]);
  const path = [{ schema: root, next: below(root, root), depth: 1 }];
  for (let last = path[0]!; ; last = path.at(-1)!) {
    const next = last.next.pop();
    if (next === undefined) {
      path.pop();
      const above = path.at(-1);
      if (above === undefined) return last.depth;
      depths.set(last.schema, last.depth);
      above.depth = Math.max(above.depth, last.depth + 1);
    } else if (depths.has(next)) {
      last.depth = Math.max(last.depth, depths.get(next)! + 1);
    } else {
      depths.set(next, 0);
      path.push({ schema: next, next: below(next, root), depth: 1 });
    }
  }
}

function below(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  const { $ref: ref } = schema;
  const target = typeof ref === 'string' ? referenced(ref, root) : undefined;
  const own = [...parts(schema)].map((part) => part.schema);
  return isObject(target) ? [...own, target] : own;
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
