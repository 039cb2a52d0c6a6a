/** Schemas, edits of them, and values, small enough that two often have something to do with each other. */
import fc from 'fast-check';
import { isObject, type Json, type JsonObject } from '../../../src/base/json.js';
import type { JsonSchema } from '../../../src/format/artifact.js';

const KEYS = ['a', 'b', 'c', 'hasOwnProperty'];
const scalar: fc.Arbitrary<Json> = fc.constantFrom<Json[]>(null, true, false, -1, 0, 0.5, 1, 2, 3, 10, '', 'a', 'ab', 'abc', 'b', '😀');
const small = fc.constantFrom(0, 1, 2, 3);

export const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { arbitrary: scalar, weight: 3 },
    { arbitrary: fc.array(tie('value'), { maxLength: 3 }), weight: 1 },
    { arbitrary: fc.dictionary(fc.constantFrom(...KEYS, 'd'), tie('value'), { maxKeys: 4, noNullPrototype: true }), weight: 2 },
  ),
})).value;

const type = fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', 'array', 'object');

function subset(...parts: fc.Arbitrary<JsonObject>[]): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(...parts.map((part) => fc.option(part, { freq: 2, nil: {} })))
    .map((chosen) => Object.assign({}, ...chosen) as JsonObject);
}

function keyword(name: string, held: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> {
  return held.map((one) => ({ [name]: one }));
}

/** Schemas whose `$ref` lead to one definition, `#/$defs/node`, which may hold itself below a key or an item. */
const schemas = fc.letrec<{ any: Json; object: JsonObject; property: Json }>((tie) => {
  const any = tie('any');
  const list = fc.array(any, { minLength: 1, maxLength: 3 });
  const byName = fc.dictionary(fc.constantFrom(...KEYS), tie('property'), {
    maxKeys: 3,
    noNullPrototype: true,
  }) as fc.Arbitrary<JsonObject>;
  const number = subset(
    keyword('minimum', small),
    keyword('maximum', small),
    keyword('exclusiveMinimum', small),
    keyword('exclusiveMaximum', small),
    keyword('multipleOf', fc.constantFrom(1, 2)),
  );
  const string = subset(
    keyword('minLength', small),
    keyword('maxLength', small),
    keyword('pattern', fc.constantFrom('^a', 'b')),
    keyword('format', fc.constant('email')),
  );
  const array = subset(
    keyword('items', any),
    keyword('prefixItems', list),
    keyword('minItems', small),
    keyword('maxItems', small),
    keyword('uniqueItems', fc.boolean()),
    keyword('contains', any),
    keyword('minContains', small),
    keyword('unevaluatedItems', fc.boolean()),
  );
  const object = subset(
    keyword('properties', byName),
    keyword('properties', byName),
    keyword('required', fc.uniqueArray(fc.constantFrom(...KEYS), { maxLength: 2 })),
    keyword('additionalProperties', fc.oneof(fc.boolean(), any)),
    keyword('patternProperties', fc.dictionary(fc.constantFrom('^a', 'o'), any, { maxKeys: 2, noNullPrototype: true })),
    keyword('minProperties', small),
    keyword('maxProperties', small),
    keyword('dependentRequired', fc.constantFrom<JsonObject[]>({ a: ['b'] }, { b: ['a', 'c'] })),
    keyword('unevaluatedProperties', fc.boolean()),
  );
  const plainObject = fc
    .tuple(byName, fc.uniqueArray(fc.constantFrom(...KEYS), { maxLength: 2 }), fc.option(fc.constant(false), { nil: undefined }))
    .map(([properties, required, closed]): JsonObject => ({
      type: 'object',
      properties,
      required,
      ...(closed === undefined ? {} : { additionalProperties: closed }),
    }));
  const combination = subset(
    keyword('anyOf', list),
    keyword('oneOf', list),
    keyword('allOf', list),
    keyword('not', any),
    keyword('if', any),
    keyword('then', any),
  );
  const finite = fc.oneof(
    keyword('const', scalar),
    keyword('enum', fc.uniqueArray(value, { minLength: 1, maxLength: 4, comparator: 'SameValue', selector: (one) => JSON.stringify(one) })),
  );
  const typed = fc.oneof(keyword('type', type), keyword('type', fc.uniqueArray(type, { minLength: 1, maxLength: 3 })), fc.constant({}));
  return {
    any: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { arbitrary: keyword('type', type), weight: 4 },
      { arbitrary: finite, weight: 3 },
      { arbitrary: fc.boolean(), weight: 1 },
      { arbitrary: tie('object'), weight: 4 },
    ),
    object: fc.oneof(
      fc.tuple(keyword('type', fc.constantFrom('number', 'integer')), number).map(merge),
      fc.tuple(keyword('type', fc.constant('string')), string).map(merge),
      fc.tuple(typed, array).map(merge),
      plainObject,
      plainObject,
      fc.tuple(typed, object).map(merge),
      fc.tuple(typed, combination).map(merge),
      fc.constant({ $ref: '#/$defs/node' }),
    ),
    property: fc.oneof(
      any,
      any,
      fc.tuple(tie('object'), value).map(([schema, preset]): JsonObject => ({ ...schema, default: preset })),
      fc
        .tuple(keyword('type', fc.constant('string')), fc.constantFrom('a', 'ab'))
        .map(([schema, preset]): JsonObject => ({ ...schema, default: preset })),
    ),
  };
});

function merge(parts: readonly JsonObject[]): JsonObject {
  return Object.assign({}, ...parts) as JsonObject;
}

/** The definition: it meets itself only a step into the value. */
const node = schemas.object.map((schema): JsonObject => ({
  type: 'object',
  properties: { a: { $ref: '#/$defs/node' }, b: withoutReferences(schema) },
}));

const schema: fc.Arbitrary<JsonSchema> = fc
  .tuple(schemas.object, node)
  .map(([one, definition]) => ({ ...one, $defs: { node: definition } }));

function withoutReferences(part: Json): Json {
  if (Array.isArray(part)) return part.map(withoutReferences);
  if (!isObject(part)) return part;
  return part['$ref'] === undefined ? Object.fromEntries(Object.entries(part).map(([key, one]) => [key, withoutReferences(one)])) : {};
}

/** A schema and what became of it after a few edits, or another schema altogether. */
export const edited: fc.Arbitrary<[JsonSchema, JsonSchema]> = fc.oneof(
  { arbitrary: fc.tuple(schema, schema), weight: 1 },
  {
    arbitrary: fc
      .tuple(schema, fc.array(fc.tuple(fc.nat(), schemas.any, fc.nat({ max: 4 })), { minLength: 1, maxLength: 3 }))
      .map(([one, edits]): [JsonSchema, JsonSchema] => [
        one,
        edits.reduce((at, [place, other, kind]) => edit(at, place, other, kind), structuredClone(one)),
      ]),
    weight: 4,
  },
);

/** Changes one object or list somewhere in a schema. The result need not be a schema; whoever uses it finds out. */
function edit(root: JsonSchema, place: number, other: Json, kind: number): JsonSchema {
  const places = [...objectsIn(root)];
  const at = places[place % places.length]!;
  const keys = Object.keys(at).filter((key) => key !== '$defs');
  const key = keys[place % Math.max(1, keys.length)];
  if (key === undefined) return Object.assign(root, {});
  const held = at[key];
  if (kind === 0) delete at[key];
  else if (kind === 1 && typeof held === 'number') at[key] = held + 1;
  else if (kind === 2 && typeof held === 'number') at[key] = Math.max(0, held - 1);
  else if (kind === 3 && Array.isArray(held)) at[key] = held.length > 1 ? held.slice(1) : [...held, structuredClone(other)];
  else if (isObject(other)) Object.assign(at, structuredClone(other));
  return root;
}

function* objectsIn(part: Json): Generator<JsonObject> {
  if (Array.isArray(part)) for (const one of part) yield* objectsIn(one);
  else if (isObject(part)) {
    yield part;
    for (const one of Object.values(part)) yield* objectsIn(one);
  }
}
