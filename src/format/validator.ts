/**
 * A JSON Schema of inputs → the check of values with it.
 *
 * In: a schema that the compiler has checked. Out: a function that says what is wrong with a value. What always
 * holds: the check ends soon, and well, whatever the value. ajv alone compares each item of a list with each other
 * one for `uniqueItems`; and where a schema refers to itself in two ways, its work doubles with each level of a value.
 */
import { _, Ajv2020, type CodeKeywordDefinition, type ErrorObject } from 'ajv/dist/2020.js';
import { canonicalJson } from '../base/canonical-json.js';
import type { JsonSchema } from './artifact.js';
import { patternEngine } from './pattern.js';

/** What is wrong with a value: nothing, if it fits. Throws EndlessCheck. */
export type Validator = (value: unknown) => readonly ErrorObject[];

export interface ValidatorOptions {
  /** Tell everything that is wrong, not only the first thing. */
  readonly allErrors: boolean;
  /** What a check may cost; one that looks once at a list of a million numbers costs a million. */
  readonly maxCost: number;
}

/** Thrown for a value that would take too long to check. */
export class EndlessCheck extends Error {
  override readonly name = 'EndlessCheck';
}

/** What is found on every object: "toString" and the like. */
const INHERITED_NAMES = Object.getOwnPropertyNames(Object.prototype);

/** Compiles a schema. Dear (milliseconds): keep what it returns. */
export function compileValidator(schema: JsonSchema, { allErrors, maxCost }: ValidatorOptions): Validator {
  // The compiler has checked the schema; ajv's strict mode would refuse correct ones, such as an unknown
  // format. Looking at own properties alone doubles what a check costs, and few schemas name an inherited one.
  const text = JSON.stringify(schema);
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    ownProperties: INHERITED_NAMES.some((name) => text.includes(`"${name}"`)),
    allErrors,
    validateSchema: false,
    code: { regExp: patternEngine },
  });
  let left = maxCost;
  const spend = (cost: number): void => {
    left -= cost;
    if (left < 0) throw new EndlessCheck();
  };
  compareCanonically(ajv, spend);
  // Without references, a part of a value is looked at no more often than the schema is long.
  if (text.includes('"$ref"')) meter(ajv, spend);
  const validate = ajv.compile(schema);
  return (value) => {
    left = maxCost;
    return validate(value) ? [] : validate.errors!;
  };
}

/**
 * Lets `uniqueItems`, `enum` and `const` compare lists and objects by their canonical JSON, which is equal if they
 * are. ajv's comparison calls what an object holds as `valueOf` or `toString`, whatever that is.
 */
function compareCanonically(ajv: Ajv2020, spend: (cost: number) => void): void {
  const canonical = (value: unknown): string => {
    const text = canonicalJson(value);
    spend(text.length);
    return text;
  };
  const equalItems = (items: readonly unknown[]): { i: number; j: number } | undefined => {
    const seen = new Map<string, number>();
    for (const [i, item] of items.entries()) {
      const text = canonical(item);
      const j = seen.get(text);
      if (j !== undefined) return { i, j };
      seen.set(text, i);
    }
    return undefined;
  };
  definitionOf(ajv, 'uniqueItems').code = (cxt) => {
    if (cxt.schema !== true) return;
    const equal = cxt.gen.const('equal', _`${cxt.gen.scopeValue('func', { ref: equalItems })}(${cxt.data})`);
    cxt.setParams({ i: _`${equal}.i`, j: _`${equal}.j` });
    cxt.fail(_`${equal} !== undefined`);
  };
  for (const keyword of ['enum', 'const']) {
    const definition = definitionOf(ajv, keyword);
    const { code } = definition;
    definition.code = (cxt, type) => {
      const values = (keyword === 'enum' ? cxt.schema : [cxt.schema]) as readonly unknown[];
      if (values.every((value) => typeof value !== 'object' || value === null)) return code(cxt, type);
      const texts = new Set(values.map(canonicalJson));
      const isOneOf = (value: unknown): boolean => texts.has(canonical(value));
      cxt.fail(_`!${cxt.gen.scopeValue('func', { ref: isOneOf })}(${cxt.data})`);
    };
  }
}

/** Keywords that go to another schema, or that take the longer, the larger the value is. */
const METERED = [
  '$ref', 'items', 'contains', 'unevaluatedItems', 'additionalProperties', 'patternProperties', 'propertyNames',
  'unevaluatedProperties', 'minProperties', 'maxProperties', 'minLength', 'maxLength', 'pattern',
]; // prettier-ignore

/** What a keyword costs before it looks at anything. */
const KEYWORD_COST = 10;

function meter(ajv: Ajv2020, spend: (cost: number) => void): void {
  const look = (value: unknown): void => spend(KEYWORD_COST + sizeOf(value));
  for (const keyword of METERED) {
    const definition = definitionOf(ajv, keyword);
    const { code } = definition;
    definition.code = (cxt, type) => {
      cxt.gen.code(_`${cxt.gen.scopeValue('func', { ref: look })}(${cxt.data})`);
      code(cxt, type);
    };
  }
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 1;
}

/** How this ajv, and no other, writes the code of a keyword. */
function definitionOf(ajv: Ajv2020, keyword: string): CodeKeywordDefinition {
  return ajv.getKeyword(keyword) as CodeKeywordDefinition;
}
