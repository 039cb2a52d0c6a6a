/**
 * A schema whose defaults are filled in before values are checked → a schema without defaults that takes the same
 * values, so that two can be compared as plain JSON Schemas.
 *
 * A key with a default need not be there, so it is no longer required. That is all, as long as what looks at a value
 * as a whole (`enum`, `minProperties`, …) does not see what was filled in; where it does, no schema without defaults
 * says the same.
 */
import { isObject, type Json, type JsonObject } from '../../base/json.js';
import type { JsonSchema } from '../../format/artifact.js';
import { referenced, subschemas } from '../../compile/check/json-schema.js';

export interface SettledSchema {
  /** `undefined` if no schema without defaults takes the same values. */
  readonly schema: JsonSchema | undefined;
  /** Every default below the schema's top that is filled in, by its place, such as `.style.tone` or `[].unit`. */
  readonly defaults: ReadonlyMap<string, Json>;
  /** Every place that the schema speaks of. */
  readonly places: ReadonlySet<string>;
}

/** @param schema - checked, its references as `#/$defs/…`; a default of its own, at the top, is passed over */
export function settleDefaults(schema: JsonSchema): SettledSchema {
  const filling = new FillingPlaces(schema);
  const elsewhere = schemasElsewhere(schema);
  const all = new Set([...subschemas(schema)].map((one) => one.schema));
  const isSound = [...filling.schemas].every(
    (one) => (!filling.holdDefaults.has(one) || isTransparent(one)) && (!elsewhere.has(one) || !requiresDefaulted(one)),
  );
  const settled = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(settled);
    if (!isObject(value)) return value;
    const isSchema = all.has(value);
    // `format` is a note: no value is checked against it.
    const entries = Object.entries(value).filter(([keyword]) => !isSchema || (keyword !== 'default' && keyword !== 'format'));
    const copy = Object.fromEntries(entries.map(([key, item]) => [key, settled(item)]));
    if (filling.schemas.has(value) && requiresDefaulted(value)) copy['required'] = stillRequired(value);
    return copy;
  };
  return { schema: isSound ? (settled(schema) as JsonSchema) : undefined, defaults: filling.defaults, places: filling.places };
}

/** The schemas of a schema at whose place in a value defaults are filled in; docs/frontmatter.md lists them. */
class FillingPlaces {
  readonly schemas = new Set<JsonObject>();
  readonly places = new Set<string>();
  readonly defaults = new Map<string, Json>();
  /** Those that have defaults, at their keys or further below. */
  readonly holdDefaults = new Set<JsonObject>();
  readonly #holders = new Map<JsonObject, JsonObject[]>();

  constructor(readonly root: JsonSchema) {
    const own: JsonObject[] = [];
    const pending: { schema: Json | undefined; place: string; holder?: JsonObject }[] = [{ schema: root, place: '' }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { schema, place, holder } = next;
      if (schema !== undefined) this.places.add(place);
      if (!isObject(schema)) continue;
      if (holder !== undefined) this.#holders.set(schema, [...(this.#holders.get(schema) ?? []), holder]);
      if (this.schemas.has(schema)) continue;
      this.schemas.add(schema);
      for (const [name, property] of Object.entries(objectAt(schema, 'properties'))) {
        if (!isObject(property) || property['default'] === undefined) continue;
        this.defaults.set(`${place}.${name}`, property['default']);
        own.push(schema);
      }
      pending.push(...this.#below(schema, place).map((below) => ({ ...below, holder: schema })));
    }
    for (let next = own.pop(); next !== undefined; next = own.pop()) {
      if (this.holdDefaults.has(next)) continue;
      this.holdDefaults.add(next);
      own.push(...(this.#holders.get(next) ?? []));
    }
  }

  #below(schema: JsonObject, place: string): { schema: Json | undefined; place: string }[] {
    const { $ref: ref, allOf, items, prefixItems, additionalProperties } = schema;
    const named = (keyword: string, placeOf: (name: string) => string) =>
      Object.entries(objectAt(schema, keyword)).map(([name, one]) => ({ schema: one, place: placeOf(name) }));
    return [
      ...(typeof ref === 'string' ? [{ schema: referenced(ref, this.root), place }] : []),
      ...(Array.isArray(allOf) ? allOf.map((one) => ({ schema: one, place })) : []),
      ...named('properties', (name) => `${place}.${name}`),
      ...named('patternProperties', () => `${place}.*`),
      { schema: additionalProperties, place: `${place}.*` },
      ...(Array.isArray(prefixItems) ? prefixItems.map((one, i) => ({ schema: one, place: `${place}[${i}]` })) : []),
      { schema: items, place: `${place}[]` },
    ];
  }
}

/** Keywords below which a default is a note. `dependentSchemas` is another: it holds schemas by name. */
const ELSEWHERE = [
  'contains', 'propertyNames', 'unevaluatedItems', 'unevaluatedProperties', 'not', 'if', 'then', 'else', 'anyOf', 'oneOf',
]; // prettier-ignore

/** Every schema that is reached by way of one of them. */
function schemasElsewhere(root: JsonSchema): Set<JsonObject> {
  const found = new Set<JsonObject>();
  const pending = [...subschemas(root)].flatMap(({ schema }) => [
    ...ELSEWHERE.flatMap((keyword) => schema[keyword]),
    ...Object.values(objectAt(schema, 'dependentSchemas')),
  ]);
  while (pending.length > 0) {
    const next = pending.pop();
    if (!isObject(next)) continue;
    for (const { schema } of subschemas(next)) {
      if (found.has(schema)) continue;
      found.add(schema);
      if (typeof schema['$ref'] === 'string') pending.push(referenced(schema['$ref'], root));
    }
  }
  return found;
}

/** Keywords that look at a value as a whole, or at parts of it that another keyword names. */
const WHOLE = [
  'enum', 'const', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'dependentRequired', 'dependentSchemas', 'minProperties', 'maxProperties',
  'propertyNames', 'patternProperties', 'uniqueItems', 'contains', 'unevaluatedItems', 'unevaluatedProperties',
]; // prettier-ignore

/** Whether a schema says the same about a value before and after defaults were filled in below it. */
function isTransparent(schema: JsonObject): boolean {
  if (WHOLE.some((keyword) => schema[keyword] !== undefined)) return false;
  if (schema['$ref'] === undefined) return true;
  return Object.keys(schema).every((keyword) => ['$ref', '$defs', 'default', 'format'].includes(keyword));
}

function requiresDefaulted(schema: JsonObject): boolean {
  const { required } = schema;
  return Array.isArray(required) && stillRequired(schema).length < required.length;
}

/** The required keys that have no default. */
function stillRequired(schema: JsonObject): Json[] {
  const { required } = schema;
  const properties = objectAt(schema, 'properties');
  const hasDefault = (name: Json): boolean => {
    const property = typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined;
    return isObject(property) && property['default'] !== undefined;
  };
  return Array.isArray(required) ? required.filter((name) => !hasDefault(name)) : [];
}

function objectAt(schema: JsonObject, keyword: string): JsonObject {
  const held = schema[keyword];
  return isObject(held) ? held : {};
}
