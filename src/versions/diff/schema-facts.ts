/** What can be read off schemas that all hold for one value: its types, its bounds, what its parts have to be. */
import { isObject, type Json, type JsonObject } from '../../base/json.js';
import { referenced } from '../../compile/check/json-schema.js';
import type { JsonSchema } from '../../format/artifact.js';

/** Schemas of which a value has to fit every one. */
export type AllOf = readonly JsonObject[];

/** A type of JSON; a whole number is a number. */
export type ValueType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

const VALUE_TYPES: readonly ValueType[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

export function valueTypeOf(value: Json): ValueType {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : (typeof value as ValueType);
}

/**
 * The schemas together with all that they lead to by `$ref` and `allOf`.
 *
 * @returns `undefined` if one of them is `false`
 */
export function conjuncts(schemas: readonly Json[], root: JsonSchema): AllOf | undefined {
  const found = new Set<JsonObject>();
  const pending = schemas.toReversed();
  while (pending.length > 0) {
    const next = pending.pop();
    if (next === false) return undefined;
    if (!isObject(next) || found.has(next)) continue;
    found.add(next);
    const { $ref: ref, allOf } = next;
    if (Array.isArray(allOf)) pending.push(...allOf.toReversed());
    if (typeof ref === 'string') pending.push(referenced(ref, root) ?? true);
  }
  return [...found];
}

/** With more cases than this, `anyOf` and `oneOf` are left as they are. */
const MAX_CASES = 64;

/** Every way to fit them, with one alternative of each `anyOf` and `oneOf` chosen. Together they take at least what the schemas take. */
export function casesOf(all: AllOf, root: JsonSchema): AllOf[] {
  const cases = [...choices(all, root, new Set())];
  return cases.length > MAX_CASES ? [all] : cases;
}

function* choices(all: AllOf, root: JsonSchema, chosen: ReadonlySet<Json>): Generator<AllOf> {
  const open = all.flatMap((one) => [one['anyOf'], one['oneOf']]).find((list) => Array.isArray(list) && !chosen.has(list));
  if (!Array.isArray(open)) return yield all;
  let count = 0;
  for (const alternative of open) {
    const narrower = conjuncts([...all, alternative], root);
    if (narrower === undefined) continue;
    for (const one of choices(narrower, root, new Set([...chosen, open]))) {
      yield one;
      // One more than can be used is enough to know.
      if (++count > MAX_CASES) return undefined;
    }
  }
}

export function typesOf(all: AllOf): ValueType[] {
  return VALUE_TYPES.filter((type) =>
    all.every((schema) => {
      const listed = typesListed(schema);
      return listed === undefined || listed.includes(type) || (type === 'number' && listed.includes('integer'));
    }),
  );
}

/** Whether the numbers among the values are whole. */
export function isWhole(all: AllOf): boolean {
  return all.some((schema) => {
    const listed = typesListed(schema);
    return listed !== undefined && listed.includes('integer') && !listed.includes('number');
  });
}

function typesListed({ type }: JsonObject): readonly Json[] | undefined {
  return type === undefined ? undefined : [type].flat();
}

/** The values that are listed one by one, as far as they are; each may yet be refused by another of the schemas. */
export function valuesListed(all: AllOf, type: ValueType): readonly Json[] | undefined {
  for (const schema of all) {
    if (schema['const'] !== undefined) return [schema['const']];
    if (Array.isArray(schema['enum'])) return schema['enum'];
  }
  if (type === 'null') return [null];
  return type === 'boolean' ? [true, false] : undefined;
}

/** The largest of a lower limit such as `minLength`. */
export function lowest(all: AllOf, keyword: string): number {
  return Math.max(0, ...all.map((schema) => schema[keyword]).filter((limit) => typeof limit === 'number'));
}

/** The smallest of an upper limit such as `maxLength`. */
export function highest(all: AllOf, keyword: string): number {
  return Math.min(Infinity, ...all.map((schema) => schema[keyword]).filter((limit) => typeof limit === 'number'));
}

export interface Bound {
  readonly value: number;
  readonly exclusive: boolean;
}

/** The bound below; with `sign` -1 the one above, its value negated. */
export function boundOf(all: AllOf, sign: 1 | -1): Bound {
  let bound: Bound = { value: -Infinity, exclusive: false };
  const whole = isWhole(all);
  for (const one of all.flatMap((schema) => boundsIn(schema, sign))) {
    const { value, exclusive } = whole
      ? { value: one.exclusive ? Math.floor(one.value) + 1 : Math.ceil(one.value), exclusive: false }
      : one;
    if (value > bound.value || (value === bound.value && exclusive)) bound = { value, exclusive };
  }
  return bound;
}

export function boundsIn(schema: JsonObject, sign: 1 | -1): Bound[] {
  const [inclusive, exclusive] = sign === 1 ? (['minimum', 'exclusiveMinimum'] as const) : (['maximum', 'exclusiveMaximum'] as const);
  return [inclusive, exclusive].flatMap((keyword) => {
    const value = schema[keyword];
    return typeof value === 'number' ? [{ value: sign * value, exclusive: keyword === exclusive }] : [];
  });
}

/** Every schema that a schema has for the key of an object; `true` if it says nothing of it. */
export function schemasForKey(schema: JsonObject, key: string): Json[] {
  const properties = objectAt(schema, 'properties');
  const named = Object.hasOwn(properties, key) ? [properties[key]!] : [];
  const matching = Object.entries(objectAt(schema, 'patternProperties')).filter(([pattern]) => new RegExp(pattern, 'u').test(key));
  const found = [...named, ...matching.map(([, one]) => one)];
  return found.length > 0 ? found : [schema['additionalProperties'] ?? true];
}

/** The schema that a schema has for an item of a list. */
export function schemaForItem(schema: JsonObject, index: number): Json {
  const { prefixItems, items = true } = schema;
  return Array.isArray(prefixItems) && index < prefixItems.length ? prefixItems[index]! : items;
}

/** How many items have a schema of their own. */
export function prefixLength(all: AllOf): number {
  return Math.max(0, ...all.map(({ prefixItems }) => (Array.isArray(prefixItems) ? prefixItems.length : 0)));
}

/** How long a list can be. */
export function longest(all: AllOf): number {
  return Math.min(highest(all, 'maxItems'), ...all.filter(({ items }) => items === false).map((schema) => prefixLength([schema])));
}

export function requiredKeys(all: AllOf): Set<string> {
  return new Set(all.flatMap(({ required }) => (Array.isArray(required) ? (required as string[]) : [])));
}

export function keysNamed(all: AllOf): string[] {
  return [...new Set(all.flatMap((schema) => Object.keys(objectAt(schema, 'properties'))))];
}

export function objectAt(schema: JsonObject, keyword: string): JsonObject {
  const held = schema[keyword];
  return isObject(held) ? held : {};
}
