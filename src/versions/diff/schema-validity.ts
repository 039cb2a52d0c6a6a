/** Whether values fit a schema or a schema within it. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Json } from '../../base/json.js';
import type { JsonSchema } from '../../format/artifact.js';
import { isWhole, typesOf, type ValueType, valueTypeOf } from './schema-facts.js';

export class SchemaValidity {
  /** Made when it is first needed: most comparisons need none. */
  #ajv: Ajv2020 | undefined;
  readonly #validators = new Map<JsonSchema, ValidateFunction>();

  /** @param root - the schema whose `$defs` every `$ref` leads to */
  constructor(readonly root: JsonSchema) {}

  /** @returns `undefined` for the few schemas and values that ajv itself breaks down over */
  accepts(schema: Json, value: Json): boolean | undefined {
    if (typeof schema !== 'object') return schema === true;
    if (isSimple(schema as JsonSchema, value)) return acceptsSimply(schema as JsonSchema, value);
    try {
      return this.#validatorOf(schema as JsonSchema)(value);
    } catch {
      return undefined;
    }
  }

  #validatorOf(schema: JsonSchema): ValidateFunction {
    const known = this.#validators.get(schema);
    if (known !== undefined) return known;
    this.#ajv ??= new Ajv2020({ strict: false, validateFormats: false, ownProperties: true, validateSchema: false, meta: false });
    const { $defs: definitions } = this.root;
    const validate = this.#ajv.compile(definitions === undefined ? schema : { ...schema, $defs: definitions });
    this.#validators.set(schema, validate);
    return validate;
  }
}

/** Keywords that look at values of every type; `type`, `enum` and `const` do as well. */
const COMBINING = ['$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'if'];

/** Keywords that look at values of one type. */
const OF_TYPE: { readonly [type in ValueType]?: readonly string[] } = {
  null: [],
  boolean: [],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  string: ['minLength', 'maxLength', 'pattern'],
};

/** Whether a glance tells what it takes ajv milliseconds to compile: most schemas are a type, or list values. */
function isSimple(schema: JsonSchema, value: Json): boolean {
  const own = OF_TYPE[valueTypeOf(value)];
  return own !== undefined && [...COMBINING, ...own].every((keyword) => schema[keyword] === undefined);
}

/** @param value - no list and no object */
function acceptsSimply(schema: JsonSchema, value: Json): boolean {
  const { enum: listed, const: only } = schema;
  return (
    typesOf([schema]).includes(valueTypeOf(value)) &&
    !(typeof value === 'number' && isWhole([schema]) && !Number.isInteger(value)) &&
    (only === undefined || only === value) &&
    (!Array.isArray(listed) || listed.includes(value))
  );
}
