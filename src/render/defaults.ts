/**
 * A payload schema → the function that fills its defaults into a payload.
 *
 * In: a schema. Out: a function that changes a value in place. What always holds: the rule is the one that
 * docs/artifact-format.md states, whole; filling ends, whatever the schema. ajv's own way of filling is not
 * used: what it fills in below `anyOf` depends on which `$ref` it has inlined, and a default that needs
 * itself overflows its stack.
 */
import { isObject, type Json, type JsonObject } from '../base/json.js';
import type { JsonSchema } from '../format/artifact.js';
import { compilePattern } from '../format/pattern.js';
import { pointerKeys } from '../format/schema-problem.js';

/** Fills a value; `depth` counts the lists and objects around it, and itself. */
type Fill = (value: Json, depth: number, budget: Budget) => void;

/** What may still be done. */
interface Budget {
  /** Defaults that are filled in. */
  defaults: number;
  /** Objects and lists that are looked at, each as often as a schema is about it. */
  looks: number;
}

/** A default can hold others: few lines of a schema could ask for more values than there is memory. */
const MAX_DEFAULTS = 100_000;

/** A schema that refers to itself in two ways looks twice as often at each level of a value. */
const MAX_LOOKS = 2_000_000;

/** Thrown for defaults that lead to a value too deep or too large. */
export class EndlessDefaults extends Error {}

/**
 * @param schema - what the value must be
 * @param root - the schema that every `$ref` begins at
 * @param maxDepth - how deep the value may become
 * @returns a function that fills defaults into a value in place; it throws EndlessDefaults
 * @throws PatternError
 */
export function compileDefaults(schema: JsonSchema, root: JsonSchema, maxDepth: number): (value: Json) => void {
  const fill = new Compiler(root, maxDepth).fill(schema);
  return (value) => fill?.(value, 1, { defaults: MAX_DEFAULTS, looks: MAX_LOOKS });
}

class Compiler {
  readonly #fills = new Map<JsonObject, Fill | undefined>();

  constructor(
    readonly root: JsonSchema,
    readonly maxDepth: number,
  ) {}

  /** `undefined` if no default can be below this schema. */
  fill(schema: Json | undefined): Fill | undefined {
    if (!isObject(schema) || !this.#hasDefaults(schema, new Set())) return undefined;
    if (this.#fills.has(schema)) return this.#fills.get(schema);
    // A recursive schema meets itself before it is finished.
    let finished: Fill | undefined;
    this.#fills.set(schema, (value, depth, budget) => finished!(value, depth, budget));
    finished = this.#compile(schema);
    this.#fills.set(schema, finished);
    return finished;
  }

  #compile(schema: JsonSchema): Fill {
    const { maxDepth } = this;
    const object = this.#objectFill(schema);
    const list = this.#listFill(schema);
    const others = this.#others(schema).flatMap((other) => this.fill(other) ?? []);
    return (value, depth, budget) => {
      if (typeof value !== 'object' || value === null) return;
      if (--budget.looks < 0) throw new EndlessDefaults(`to be filled in at more than ${MAX_LOOKS} places`);
      if (depth > maxDepth) throw new EndlessDefaults(`nested deeper than ${maxDepth} levels`);
      if (!Array.isArray(value)) object?.(value, depth, budget);
      else list?.(value, depth, budget);
      for (const other of others) other(value, depth, budget);
    };
  }

  /** Schemas that apply to the same value. */
  #others(schema: JsonSchema): Json[] {
    const { $ref: ref, allOf } = schema;
    return [...(typeof ref === 'string' ? [this.#referenced(ref)] : []), ...(Array.isArray(allOf) ? allOf : [])];
  }

  #referenced(ref: string): Json {
    let at: Json | undefined = this.root;
    for (const key of pointerKeys(ref.slice(1))) at = isObject(at) ? at[key] : undefined;
    return at ?? true;
  }

  #objectFill(schema: JsonSchema): ((object: JsonObject, depth: number, budget: Budget) => void) | undefined {
    const properties = Object.entries(isObject(schema['properties']) ? schema['properties'] : {});
    const own = properties.flatMap(([name, property]) => {
      const fill = this.fill(property);
      const preset = isObject(property) ? property['default'] : undefined;
      return fill === undefined && preset === undefined ? [] : [{ name, preset, fill }];
    });
    const named = new Set(properties.map(([name]) => name));
    const patterns = Object.entries(isObject(schema['patternProperties']) ? schema['patternProperties'] : {}).map(
      ([pattern, property]) => ({ pattern: compilePattern(pattern), fill: this.fill(property) }),
    );
    const rest = this.fill(schema['additionalProperties']);
    const looksAtAll = rest !== undefined || patterns.some(({ fill }) => fill !== undefined);
    if (own.length === 0 && !looksAtAll) return undefined;
    return (object, depth, budget) => {
      for (const { name, preset, fill } of own) {
        if (!Object.hasOwn(object, name)) {
          if (preset === undefined) continue;
          if (--budget.defaults < 0) throw new EndlessDefaults(`more than ${MAX_DEFAULTS} of them`);
          object[name] = copy(preset);
        }
        fill?.(object[name]!, depth + 1, budget);
      }
      if (!looksAtAll) return;
      for (const [key, value] of Object.entries(object)) {
        const matching = patterns.filter(({ pattern }) => pattern.test(key));
        for (const { fill } of matching) fill?.(value, depth + 1, budget);
        if (matching.length === 0 && !named.has(key)) rest?.(value, depth + 1, budget);
      }
    };
  }

  #listFill(schema: JsonSchema): ((list: Json[], depth: number, budget: Budget) => void) | undefined {
    const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'].map((item) => this.fill(item)) : [];
    const rest = this.fill(schema['items']);
    if (rest === undefined && first.every((fill) => fill === undefined)) return undefined;
    return (list, depth, budget) => {
      for (const [i, item] of list.entries()) (i < first.length ? first[i] : rest)?.(item, depth + 1, budget);
    };
  }

  #hasDefaults(schema: JsonSchema, seen: Set<JsonObject>): boolean {
    if (seen.has(schema)) return false;
    seen.add(schema);
    const { properties, patternProperties, additionalProperties, prefixItems, items } = schema;
    const named = isObject(properties) ? Object.values(properties) : [];
    if (named.some((property) => isObject(property) && property['default'] !== undefined)) return true;
    const below = [
      ...named,
      ...(isObject(patternProperties) ? Object.values(patternProperties) : []),
      ...(Array.isArray(prefixItems) ? prefixItems : []),
      ...this.#others(schema),
      additionalProperties,
      items,
    ];
    return below.some((one) => isObject(one) && this.#hasDefaults(one, seen));
  }
}

function copy(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
}
