/**
 * JSON Schema → what a value that fits it can be.
 *
 * The type is never narrower than the schema: keywords that it cannot express (patterns, `not`, conditions)
 * are left out of account.
 */
import { isObject, type Json } from '../../base/json.js';
import type { JsonSchema } from '../../format/artifact.js';
import { compilePattern } from '../../format/pattern.js';
import { pointerKeys } from '../../format/schema-problem.js';
import { ABSENT, intersection, type KnownType, NEVER, type ObjectType, type Type, union } from './type.js';

/** @param root - the schema of the input, which `#/$defs/…` begins at */
export function schemaType(schema: Json | undefined, root: JsonSchema): Type {
  return new SchemaReader(root).type(schema, []);
}

class SchemaReader {
  constructor(readonly root: JsonSchema) {}

  /** @param chain - the references that led here without going down, so that one cannot lead to itself */
  type(schema: Json | undefined, chain: readonly string[]): Type {
    if (schema === false) return NEVER;
    if (!isObject(schema)) return 'any';
    let type = this.#own(schema);
    const { $ref: ref, allOf } = schema;
    if (typeof ref === 'string' && !chain.includes(ref)) type = intersection(type, this.type(this.#referenced(ref), [...chain, ref]));
    for (const one of Array.isArray(allOf) ? allOf : []) type = intersection(type, this.type(one, chain));
    for (const keyword of ['anyOf', 'oneOf'] as const) {
      const alternatives = schema[keyword];
      if (!Array.isArray(alternatives)) continue;
      type = intersection(type, alternatives.map((one) => this.type(one, chain)).reduce<Type>(union, NEVER));
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
    const kinds = names.map((name) => this.#kind(name, schema)).reduce<Type>(union, NEVER);
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
        return { list: { item: (index) => this.#item(schema, index) } };
      case 'object':
        return { object: this.#object(schema) };
      default:
        return { number: {} };
    }
  }

  #item(schema: JsonSchema, index: number | undefined): Type {
    const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
    const rest = this.type(schema['items'], []);
    if (index === undefined) return first.map((item) => this.type(item, [])).reduce(union, rest);
    // A list can be shorter than the index, unless the schema says how long it is.
    const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0;
    const item = index < first.length ? this.type(first[index], []) : rest;
    return index < least ? item : union(item, ABSENT);
  }

  #object(schema: JsonSchema): ObjectType {
    const properties = isObject(schema['properties']) ? schema['properties'] : undefined;
    const patterns = isObject(schema['patternProperties']) ? schema['patternProperties'] : undefined;
    const additional = schema['additionalProperties'];
    const required = Array.isArray(schema['required']) ? schema['required'] : [];
    // An object whose properties are listed has no others, unless the schema says so; without a list it is open.
    const isOpen = additional !== undefined ? additional !== false : properties === undefined && patterns === undefined;
    const rest = (): Type => (additional === undefined ? 'any' : this.type(additional, []));
    const isGiven = (name: string, property: Json | undefined): boolean =>
      required.includes(name) || (isObject(property) && property['default'] !== undefined);
    return {
      names: Object.keys(properties ?? {}),
      property: (name) => {
        const property = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
        const types = property === undefined ? [] : [this.type(property, [])];
        for (const [pattern, other] of Object.entries(patterns ?? {}))
          if (compilePattern(pattern).test(name)) types.push(this.type(other, []));
        if (types.length === 0) {
          if (!isOpen) return undefined;
          types.push(rest());
        }
        const type = types.reduce(intersection);
        return isGiven(name, property) ? type : union(type, ABSENT);
      },
      each: () => {
        const all = [...Object.values(properties ?? {}), ...Object.values(patterns ?? {})].map((one) => this.type(one, []));
        return all.reduce(union, isOpen ? rest() : NEVER);
      },
    };
  }

  #referenced(ref: string): Json | undefined {
    let at: Json | undefined = this.root;
    for (const key of pointerKeys(ref.slice(1))) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    return at;
  }
}

/** The type of the values that an `enum` or `const` lists, of which there can be many. */
function valuesType(values: readonly Json[]): KnownType {
  const booleans = values.filter((value) => typeof value === 'boolean');
  const numbers = values.filter((value) => typeof value === 'number');
  const strings = values.filter((value) => typeof value === 'string');
  return {
    ...(values.includes(null) && { null: true }),
    ...(booleans.length > 0 && { boolean: { values: [...new Set(booleans)] } }),
    ...(numbers.length > 0 && { number: { values: [...new Set(numbers)] } }),
    ...(strings.length > 0 && { string: { values: [...new Set(strings)] } }),
    ...(values.some(Array.isArray) && { list: { item: () => 'any' } }),
    ...(values.some(isObject) && { object: { names: [], property: () => 'any', each: () => 'any' } }),
  };
}
