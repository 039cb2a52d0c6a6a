/**
 * Whether one JSON Schema takes everything that another takes, and what it refuses.
 *
 * In: two schemas of the subset in docs/frontmatter.md, without defaults. Out: the gaps, which are what the first
 * takes and the second does not, in words. What always holds: without a gap, every value that fits the first fits
 * the second. What cannot be proven is a gap, so there may be more gaps than there are values. It ends: what is
 * being compared is assumed to have no gap when it is met again, which is right because values are finite, and
 * comparisons are counted.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../base/json.js';
import type { JsonSchema } from '../../format/artifact.js';
import {
  type AllOf,
  boundOf,
  boundsIn,
  casesOf,
  conjuncts,
  highest,
  isWhole,
  keysNamed,
  longest,
  lowest,
  objectAt,
  prefixLength,
  requiredKeys,
  schemaForItem,
  schemasForKey,
  typesOf,
  type ValueType,
  valuesListed,
  valueTypeOf,
} from './schema-facts.js';
import { below, BOUND_WORDS, distinct, fewest, type Gap, gap, PLURALS, TYPE_WORDS, unclear, valueList } from './schema-gap.js';
import { SchemaValidity } from './schema-validity.js';
import { sentence, words } from './sentence.js';

/** Past so many comparisons two schemas are too intricate. */
const MAX_COMPARISONS = 5000;

/** Past so many comparisons within each other as well: the call stack has an end. */
const MAX_DEPTH = 200;

/** Thrown for schemas that cannot be compared. */
export class TooIntricate extends Error {}

/** @throws TooIntricate */
export function gapsBetween(first: JsonSchema, second: JsonSchema): Gap[] {
  return distinct(new Inclusion(first, second).gaps([first], second));
}

class Inclusion {
  readonly #first: SchemaValidity;
  readonly #second: SchemaValidity;
  readonly #sameDefinitions: boolean;
  readonly #ids = new Map<Json, number>();
  /** Comparisons that have no gap, or are being made; the trail has them in order. */
  readonly #assumed = new Set<string>();
  readonly #trail: string[] = [];
  readonly #failed = new Map<string, Gap[]>();
  #comparisons = 0;
  #depth = 0;

  constructor(first: JsonSchema, second: JsonSchema) {
    this.#first = new SchemaValidity(first);
    this.#second = new SchemaValidity(second);
    this.#sameDefinitions = isDeepStrictEqual(first['$defs'], second['$defs']);
  }

  /** @param schemas - of the first side; a value fits every one of them */
  gaps(schemas: readonly Json[], second: Json): Gap[] {
    const all = conjuncts(schemas, this.#first.root);
    if (all === undefined || second === true) return [];
    return casesOf(all, this.#first.root).flatMap((one) => typesOf(one).flatMap((type) => this.#caseGaps(one, type, second)));
  }

  #caseGaps(all: AllOf, type: ValueType, second: Json): Gap[] {
    const key = `${all.map((schema) => this.#id(schema)).join(' ')} ${type} ${this.#id(second)}`;
    if (this.#assumed.has(key)) return [];
    const known = this.#failed.get(key);
    if (known !== undefined) return known;
    if (++this.#comparisons > MAX_COMPARISONS || this.#depth >= MAX_DEPTH) throw new TooIntricate();
    const mark = this.#trail.length;
    this.#assumed.add(key);
    this.#trail.push(key);
    this.#depth++;
    const gaps = this.#compare(all, type, second);
    this.#depth--;
    if (gaps.length === 0) return gaps;
    // What was proven since may rest on this one.
    for (const later of this.#trail.splice(mark)) this.#assumed.delete(later);
    this.#failed.set(key, gaps);
    return gaps;
  }

  #compare(all: AllOf, type: ValueType, second: Json): Gap[] {
    const values = this.#valuesOf(all, type);
    if (values !== undefined) {
      const refused = values.filter((value) => !accepts(this.#second, second, value));
      return refused.length === 0 ? [] : [gap(valueList(refused))];
    }
    const wanted = conjuncts([second], this.#second.root);
    if (wanted === undefined) return [gap(words(TYPE_WORDS[type]))];
    return wanted.flatMap((schema) => this.#schemaGaps(all, type, schema));
  }

  /** All values of a type that fit, if they are listed. */
  #valuesOf(all: AllOf, type: ValueType): Json[] | undefined {
    return valuesListed(all, type)?.filter(
      (value) => valueTypeOf(value) === type && all.every((schema) => accepts(this.#first, schema, value)),
    );
  }

  #schemaGaps(all: AllOf, type: ValueType, wanted: JsonObject): Gap[] {
    if (all.some((schema) => this.#isEqual(schema, wanted))) return [];
    if (!typesOf([wanted]).includes(type)) return [gap(words(TYPE_WORDS[type]))];
    if (type === 'number' && isWhole([wanted]) && !isWhole(all)) return [gap(words('numbers that are not whole'))];
    const listed = valuesListed([wanted], type);
    if (listed !== undefined) return [gap(sentence`${words(PLURALS[type])} other than ${valueList(listed)}`)];
    return [...this.#combinationGaps(all, type, wanted), ...this.#typeGaps(all, type, wanted)];
  }

  /** Whether one of the schemas says the same by these keywords, so that what they demand is known to hold. */
  #isHeld(all: AllOf, wanted: JsonObject, keywords: readonly string[]): boolean {
    return all.some((schema) => keywords.every((keyword) => this.#isEqual(schema[keyword], wanted[keyword])));
  }

  /** Whether two keywords or schemas say the same; equal references need equal definitions. */
  #isEqual(first: Json | undefined, second: Json | undefined): boolean {
    return (
      isDeepStrictEqual(first, second) && (this.#sameDefinitions || second === undefined || !JSON.stringify(second).includes('"$ref"'))
    );
  }

  #combinationGaps(all: AllOf, type: ValueType, wanted: JsonObject): Gap[] {
    const gaps: Gap[] = [];
    const { anyOf, oneOf, not } = wanted;
    if (Array.isArray(anyOf)) gaps.push(...fewest(anyOf.map((one) => this.#caseGaps(all, type, one))));
    if (Array.isArray(oneOf) && !this.#isHeld(all, wanted, ['oneOf'])) gaps.push(...this.#oneOfGaps(all, type, oneOf));
    if (not !== undefined && !this.#isHeld(all, wanted, ['not']) && !this.#areDisjoint(all, type, not)) gaps.push(unclear('not'));
    if (wanted['if'] !== undefined && !this.#isHeld(all, wanted, ['if', 'then', 'else'])) gaps.push(unclear('if'));
    return gaps;
  }

  #oneOfGaps(all: AllOf, type: ValueType, alternatives: readonly Json[]): Gap[] {
    const gaps = alternatives.map((one) => this.#caseGaps(all, type, one));
    const fitting = gaps.findIndex((one) => one.length === 0);
    if (fitting === -1) return fewest(gaps);
    const others = alternatives.filter((_, i) => i !== fitting);
    return others.every((one) => this.#areDisjoint(all, type, one)) ? [] : [unclear('oneOf')];
  }

  /** Whether no value of a type fits the schemas and another of the second side as well; `false` if that is not known. */
  #areDisjoint(all: AllOf, type: ValueType, other: Json): boolean {
    if (++this.#comparisons > MAX_COMPARISONS) throw new TooIntricate();
    const others = conjuncts([other], this.#second.root);
    if (others === undefined || !typesOf(others).includes(type)) return true;
    const values = this.#valuesOf(all, type);
    if (values !== undefined) return values.every((value) => !accepts(this.#second, other, value));
    const otherValues = valuesListed(others, type);
    if (otherValues !== undefined) return otherValues.every((value) => all.some((schema) => !accepts(this.#first, schema, value)));
    if (type !== 'object') return false;
    // A key that tells them apart, such as `kind`: it is there, and its values have nothing in common.
    return [...requiredKeys([...all, ...others])].some((key) => this.#areKeysDisjoint(all, others, key));
  }

  #areKeysDisjoint(all: AllOf, others: AllOf, key: string): boolean {
    const schemas = conjuncts(
      all.flatMap((schema) => schemasForKey(schema, key)),
      this.#first.root,
    );
    if (schemas === undefined) return true;
    const other = { allOf: others.flatMap((schema) => schemasForKey(schema, key)) };
    return typesOf(schemas).every((type) => valuesListed(schemas, type) !== undefined && this.#areDisjoint(schemas, type, other));
  }

  #typeGaps(all: AllOf, type: ValueType, wanted: JsonObject): Gap[] {
    switch (type) {
      case 'number':
        return this.#numberGaps(all, wanted);
      case 'string':
        return this.#stringGaps(all, wanted);
      case 'array':
        return this.#listGaps(all, wanted);
      case 'object':
        return this.#objectGaps(all, wanted);
      case 'null':
      case 'boolean':
        // All their values are listed, so it does not come to this.
        return [];
    }
  }

  #numberGaps(all: AllOf, wanted: JsonObject): Gap[] {
    const gaps = ([1, -1] as const).flatMap((sign) => {
      const has = boundOf(all, sign);
      const missing = boundsIn(wanted, sign).filter(
        ({ value, exclusive }) => has.value < value || (has.value === value && exclusive && !has.exclusive),
      );
      return missing.map(({ value, exclusive }) => gap(sentence`${words(BOUND_WORDS[sign][exclusive ? 1 : 0])} ${sign * value}`));
    });
    return [...gaps, ...this.#unlessHeld(all, wanted, ['multipleOf'])];
  }

  #stringGaps(all: AllOf, wanted: JsonObject): Gap[] {
    return [...sizeGaps(all, wanted, ['minLength', 'maxLength'], 'texts', 'characters'), ...this.#unlessHeld(all, wanted, ['pattern'])];
  }

  #listGaps(all: AllOf, wanted: JsonObject): Gap[] {
    const gaps = sizeGaps(all, wanted, ['minItems', 'maxItems'], 'lists', 'items', [lowest(all, 'minItems'), longest(all)]);
    const most = longest(all);
    const prefix = Math.max(prefixLength(all), prefixLength([wanted]));
    for (let i = 0; i <= prefix && i < most; i++) {
      const items = all.map((schema) => schemaForItem(schema, i));
      // Where no item can stand, the list has ended.
      if (conjuncts(items, this.#first.root) === undefined) break;
      const item = schemaForItem(wanted, i);
      if (item === false) {
        gaps.push(gap(sentence`lists of more than ${i} items`));
        break;
      }
      gaps.push(...below(i < prefix ? `[${i}]` : '[]', this.gaps(items, item)));
    }
    if (wanted['uniqueItems'] === true && most > 1 && !all.some((schema) => schema['uniqueItems'] === true)) {
      gaps.push(gap(words('lists with an item twice')));
    }
    return [
      ...gaps,
      ...this.#unlessHeld(all, wanted, ['contains', 'minContains', 'maxContains']),
      ...unlessTrue(wanted, 'unevaluatedItems'),
    ];
  }

  #objectGaps(all: AllOf, wanted: JsonObject): Gap[] {
    const required = requiredKeys(all);
    const missing = [...requiredKeys([wanted])].filter((key) => !required.has(key));
    const sizes = [Math.max(lowest(all, 'minProperties'), required.size), highest(all, 'maxProperties')] as const;
    return [
      ...missing.map((key) => gap(sentence`objects without ${key}`)),
      ...keysNamed([...all, wanted]).flatMap((key) => this.#keyGaps(all, wanted, key)),
      ...this.#otherKeyGaps(all, wanted),
      ...sizeGaps(all, wanted, ['minProperties', 'maxProperties'], 'objects', 'keys', sizes),
      ...this.#unlessHeld(all, wanted, ['dependentRequired']),
      ...this.#unlessHeld(all, wanted, ['dependentSchemas']),
      ...this.#unlessHeld(all, wanted, ['propertyNames']),
      ...unlessTrue(wanted, 'unevaluatedProperties'),
    ];
  }

  #keyGaps(all: AllOf, wanted: JsonObject, key: string): Gap[] {
    const schemas = all.flatMap((schema) => schemasForKey(schema, key));
    return schemasForKey(wanted, key).flatMap((schema) => {
      const gaps = this.gaps(schemas, schema);
      if (schema === false && gaps.length > 0) return [gap(sentence`the key ${key}`)];
      return below(`.${key}`, gaps);
    });
  }

  /** Of the keys that neither side names. */
  #otherKeyGaps(all: AllOf, wanted: JsonObject): Gap[] {
    const patterns = Object.values(objectAt(wanted, 'patternProperties'));
    const { additionalProperties: rest = true } = wanted;
    const hasPatterns = (schema: JsonObject): boolean => Object.keys(objectAt(schema, 'patternProperties')).length > 0;
    const others = all.map((schema) => schema['additionalProperties'] ?? true);
    if (!all.some(hasPatterns)) {
      // A key of any name may match a pattern.
      return [rest, ...patterns].flatMap((schema) => {
        const gaps = this.gaps(others, schema);
        return schema === false && gaps.length > 0 ? [gap(words('keys that it does not list'))] : below('.*', gaps);
      });
    }
    const isCovered = all.some((schema) => {
      const rests = this.gaps([schema['additionalProperties'] ?? true], rest).length === 0;
      if (rests && this.#isHeld([schema], wanted, ['patternProperties'])) return true;
      const own = [schema['additionalProperties'] ?? true, ...Object.values(objectAt(schema, 'patternProperties'))];
      return own.every((one) => [rest, ...patterns].every((other) => this.gaps([one], other).length === 0));
    });
    return isCovered ? [] : [unclear('patternProperties')];
  }

  /** A gap if the second schema has the first of these keywords, unless the first side says the same by all of them. */
  #unlessHeld(all: AllOf, wanted: JsonObject, keywords: readonly [string, ...string[]]): Gap[] {
    const [keyword] = keywords;
    return wanted[keyword] === undefined || this.#isHeld(all, wanted, keywords) ? [] : [unclear(keyword)];
  }

  /** The same number for the same schema; `true` and `false` are schemas too. */
  #id(schema: Json): number {
    let id = this.#ids.get(schema);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(schema, id);
    }
    return id;
  }
}

function accepts(validity: SchemaValidity, schema: Json, value: Json): boolean {
  const accepted = validity.accepts(schema, value);
  if (accepted === undefined) throw new TooIntricate();
  return accepted;
}

/** Where the sizes that the second schema wants are within those that the first side has. */
function sizeGaps(
  all: AllOf,
  wanted: JsonObject,
  [min, max]: readonly [string, string],
  things: string,
  parts: string,
  [least, most]: readonly [number, number] = [lowest(all, min), highest(all, max)],
): Gap[] {
  const gaps: Gap[] = [];
  const [lower, upper] = [lowest([wanted], min), highest([wanted], max)];
  if (least < lower) gaps.push(gap(words(`${things} of fewer than ${lower} ${parts}`)));
  if (most > upper) gaps.push(gap(words(`${things} of more than ${upper} ${parts}`)));
  return gaps;
}

/** What is not evaluated depends on all other keywords, so only equal schemas are known to leave the same. */
function unlessTrue(wanted: JsonObject, keyword: string): Gap[] {
  return wanted[keyword] === undefined || wanted[keyword] === true ? [] : [unclear(keyword)];
}
