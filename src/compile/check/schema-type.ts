/**
 * JSON Schema → what a value that fits it can be.
 *
 * The type is never narrower than the schema: keywords that it cannot express (patterns, `not`, conditions)
 * are left out of account.
 */
import { isObject, type Json } from '../../base/json.js';
import type { JsonSchema } from '../../format/artifact.js';
import { compilePattern } from '../../format/pattern.js';
import { referenced } from './json-schema.js';
import { ABSENT, type KnownType, listType, NEVER, type ObjectType, objectType, scalarOf, type Type } from './type.js';
import { intersection, union, unionOf } from './type-algebra.js';

/**
 * @param schema - in which no `$ref` leads back to itself without going into the value
 * @param root - the schema of the input, which `#/$defs/…` begins at
 */
export function schemaType(schema: Json | undefined, root: JsonSchema): Type {
  return new SchemaReader(root).type(schema);
}

class SchemaReader {
  /** Each schema is read once, however many lead to it: two alternatives of two alternatives and so on are many. */
  readonly #types = new Map<JsonSchema, Type>();

  /** Below an alternative, which fills in no defaults: nobody knows which of them a request means. */
  #alternatives: SchemaReader | undefined;

  constructor(
    readonly root: JsonSchema,
    readonly fillsDefaults = true,
  ) {}

  type(schema: Json | undefined): Type {
    if (schema === false) return NEVER;
    if (!isObject(schema)) return 'any';
    let type = this.#types.get(schema);
    if (type === undefined) this.#types.set(schema, (type = this.#read(schema)));
    return type;
  }

  #read(schema: JsonSchema): Type {
    const { $ref: ref, allOf } = schema;
    let type = this.#own(schema);
    if (typeof ref === 'string') type = intersection(type, this.type(referenced(ref, this.root)));
    for (const one of Array.isArray(allOf) ? allOf : []) type = intersection(type, this.type(one));
    for (const keyword of ['anyOf', 'oneOf'] as const) {
      const alternatives = schema[keyword];
      if (!Array.isArray(alternatives)) continue;
      const reader = this.fillsDefaults ? (this.#alternatives ??= new SchemaReader(this.root, false)) : this;
      type = intersection(type, unionOf(alternatives.map((one) => reader.type(one))));
    }
    return type;
  }

  /** What the schema's own keywords say, without those that hold other schemas for the same value. */
  #own(schema: JsonSchema): Type {
    const { type: written, enum: values, const: constant } = schema;
    const allowed = constant !== undefined ? [constant] : Array.isArray(values) ? values : undefined;
    const describesObject = ['properties', 'required', 'additionalProperties'].some((keyword) => schema[keyword] !== undefined);
    const describesList = schema['items'] !== undefined || schema['prefixItems'] !== undefined;
    // Who describes an object's keys means an object, even without saying `type: object`.
    const implied = describesObject ? 'object' : describesList ? 'array' : undefined;
    const names = [written ?? implied ?? []].flat();
    if (names.length === 0) return allowed === undefined ? 'any' : valuesType(allowed);
    const kinds = unionOf(names.map((name) => this.#kind(name, schema)));
    return allowed === undefined ? kinds : intersection(kinds, valuesType(allowed));
  }

  #kind(name: Json, schema: JsonSchema): KnownType {
    switch (name) {
      case 'null':
        return { null: true };
      case 'boolean':
        return { boolean: {} };
      case 'string':
        return { string: {} };
      case 'array':
        return { list: listType((index) => this.#item(schema, index)) };
      case 'object':
        return { object: this.#object(schema) };
      default:
        return { number: {} };
    }
  }

  #item(schema: JsonSchema, index: number | undefined): Type {
    const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
    const rest = this.type(schema['items']);
    if (index === undefined) return unionOf([...first.map((item) => this.type(item)), rest]);
    // A list can be shorter than the index, unless the schema says how long it is.
    const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0;
    const item = index < first.length ? this.type(first[index]) : rest;
    return index < least ? item : union(item, ABSENT);
  }

  #object(schema: JsonSchema): ObjectType {
    const properties = new Map(isObject(schema['properties']) ? Object.entries(schema['properties']) : []);
    const patterns = Object.entries(isObject(schema['patternProperties']) ? schema['patternProperties'] : {}).map(
      ([pattern, one]) => [compilePattern(pattern), one] as const,
    );
    const additional = schema['additionalProperties'];
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    // An object whose properties are listed has no others, unless the schema says so; without a list it is open.
    const isListed = schema['properties'] !== undefined || schema['patternProperties'] !== undefined;
    const isOpen = additional !== undefined ? additional !== false : !isListed;
    const rest = (): Type => (additional === undefined ? 'any' : this.type(additional));
    const property = (name: string): Type | undefined => {
      const own = properties.get(name);
      const types = own === undefined ? [] : [this.type(own)];
      for (const [pattern, other] of patterns) if (pattern.test(name)) types.push(this.type(other));
      if (types.length === 0) {
        if (!isOpen) return undefined;
        types.push(rest());
      }
      const type = types.reduce(intersection);
      const isGiven = required.has(name) || (this.fillsDefaults && isObject(own) && own['default'] !== undefined);
      return isGiven ? type : union(type, ABSENT);
    };
    const each = (): Type => {
      const all = [...properties.values(), ...patterns.map(([, one]) => one)].map((one) => this.type(one));
      return unionOf([...all, isOpen ? rest() : NEVER]);
    };
    return objectType({ property, names: () => [...properties.keys()], each });
  }
}

/** The type of the values that an `enum` or `const` lists, of which there can be many. */
function valuesType(values: readonly Json[]): KnownType {
  const boolean = scalarOf(values.filter((value) => typeof value === 'boolean'));
  const number = scalarOf(values.filter((value) => typeof value === 'number'));
  const string = scalarOf(values.filter((value) => typeof value === 'string'));
  return {
    ...(values.includes(null) && { null: true }),
    ...(boolean && { boolean }),
    ...(number && { number }),
    ...(string && { string }),
    ...(values.some(Array.isArray) && { list: listType(() => 'any') }),
    ...(values.some(isObject) && { object: objectType({ names: () => [], property: () => 'any', each: () => 'any' }) }),
  };
}
