/** The `inputs` of a template: names, shorthands, schemas, defaults, and the four that every prompt has. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Diagnostics } from '../../base/diagnostic.js';
import { isObject, type Json, type JsonObject } from '../../base/json.js';
import type { Span } from '../../base/span.js';
import type { JsonSchema } from '../../format/artifact.js';
import { compilePattern, PatternError } from '../../format/pattern.js';
import { isPersonaName, PERSONA_INPUTS, type PersonaName } from '../../format/persona.js';
import { pointerKeys } from '../../format/schema-problem.js';
import { compileValidator, EndlessCheck, type Validator } from '../../format/validator.js';
import { compileDefaults, EndlessDefaults } from '../../render/defaults.js';
import { DEFAULT_RENDER_LIMITS } from '../../render/limits.js';
import { authorProblem } from '../author-problem.js';
import type { Input } from '../model.js';
import { didYouMean } from '../nearest.js';
import type { Frontmatter } from '../parse/frontmatter.js';
import { RESERVED_NAMES } from '../parse/template/expression.js';
import { inputNameHint, SHORTHANDS, typeHint, TYPES } from './input-types.js';
import {
  circularReferences,
  referenced,
  SCHEMA_KEYWORDS,
  schemaDepth,
  type Subschema,
  subschemas,
  withoutAnnotations,
} from './json-schema.js';

/** How many schemas may lie below each other. ajv, which checks payloads with them, recurses, and fails beyond some 400. */
const MAX_DEPTH = 128;

/**
 * What is known of schemas by how they are written: templates share most of theirs, and looking at one costs more
 * than all else that is done with a template.
 */
export class KnownSchemas {
  /** Those that are sound, in their normal form. */
  readonly sound = new Map<string, JsonSchema>();
  /** Checks of defaults. */
  readonly validators = new Map<string, Validator>();
}

/** The declared inputs by name; what is wrong is reported, and its schema left open. */
export function checkInputs(
  declared: JsonObject,
  frontmatter: Frontmatter,
  known: KnownSchemas,
  diagnostics: Diagnostics,
): Map<string, Input> {
  const inputs = new Map<string, Input>();
  for (const [key, value] of Object.entries(declared)) {
    const optional = key.endsWith('?');
    const name = optional ? key.slice(0, -1) : key;
    const span = frontmatter.locate(['inputs', key], 'key');
    const before = inputs.get(name);
    let schema: JsonSchema | undefined;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      diagnostics.report('check/input-name', span, { name: key }, { hint: inputNameHint(key) });
    } else if (RESERVED_NAMES.has(name)) {
      diagnostics.report('check/input-reserved', span, { name });
    } else if (before !== undefined) {
      diagnostics.report('check/duplicate-input', span, { name }, { related: [{ message: 'declared here as well', span: before.span }] });
    } else {
      // The inputs that every template has are held to more than their schema.
      const written = `${isPersonaName(name) ? name : ''} ${JSON.stringify(value)}`;
      schema = known.sound.get(written) ?? new InputCheck(key, name, frontmatter, known, diagnostics).schema(value);
      if (schema !== undefined) known.sound.set(written, schema);
    }
    // What is wrong is still declared: its uses in the text need no second message.
    if (before === undefined) inputs.set(name, { name, optional, schema: schema ?? {}, span });
  }
  return inputs;
}

/** The schema that a persona input has under a template's narrowing, if there is one. */
export function personaSchema(name: PersonaName, narrowing: JsonSchema | undefined): JsonSchema {
  return { ...PERSONA_INPUTS[name], ...narrowing };
}

/** What every caller may send, in words. */
const PERSONA_WORDS: { readonly [name in PersonaName]: string } = {
  semantic_traits: 'an object',
  activity_level: 'a number from 0 to 1',
  stress: 'a number from 0 to 1',
  task: 'a text',
};

class InputCheck {
  /** Schemas whose references go in circles; found when the first reference is met. */
  #circular: ReadonlySet<JsonSchema> | undefined;
  /** Checks of defaults whose schemas refer to others of this input. */
  readonly #validators = new Map<string, Validator>();

  constructor(
    readonly key: string,
    readonly name: string,
    readonly frontmatter: Frontmatter,
    readonly known: KnownSchemas,
    readonly diagnostics: Diagnostics,
  ) {}

  /** The schema in its normal form; `undefined` if something is wrong with it. */
  schema(declared: Json): JsonSchema | undefined {
    const before = this.diagnostics.errorCount;
    const schema = typeof declared === 'string' ? this.#shorthand(declared) : isObject(declared) ? declared : undefined;
    if (schema === undefined) return undefined;
    for (const subschema of subschemas(schema)) this.#check(subschema, schema);
    if (this.diagnostics.errorCount === before && schemaDepth(schema) > MAX_DEPTH) {
      this.#report([], `more than ${MAX_DEPTH} schemas lie below each other, those behind a \`$ref\` counted`);
    }
    if (this.diagnostics.errorCount === before) this.#checkAgainstMetaSchema(schema);
    const normal = withoutAnnotations(schema);
    if (this.diagnostics.errorCount === before && isPersonaName(this.name)) this.#checkNarrowing(this.name, normal);
    if (this.diagnostics.errorCount === before) this.#checkDefaults(normal);
    return this.diagnostics.errorCount === before ? normal : undefined;
  }

  #shorthand(text: string): JsonSchema | undefined {
    const isList = text.endsWith('[]');
    const type = isList ? text.slice(0, -2) : text;
    if (!SHORTHANDS.includes(type)) {
      this.#reportType(type.endsWith('[]') ? text : type, SHORTHANDS, []);
      return undefined;
    }
    const item: JsonSchema = type === 'any' ? {} : { type };
    return isList ? { type: 'array', items: item } : item;
  }

  #check({ schema, path }: Subschema, root: JsonSchema): void {
    for (const keyword of Object.keys(schema)) {
      if (SCHEMA_KEYWORDS.includes(keyword)) continue;
      const hint = didYouMean(keyword, SCHEMA_KEYWORDS) ?? 'Only keywords of JSON Schema 2020-12 that stay within the schema are read.';
      const span = this.frontmatter.locate(['inputs', this.key, ...path, keyword], 'key');
      this.diagnostics.report('check/input-schema', span, { problem: `"${keyword}" is not a keyword` }, { hint });
    }
    const { type, pattern, patternProperties, $ref: ref } = schema;
    for (const one of [type].flat()) {
      if (typeof one === 'string' && !TYPES.includes(one)) this.#reportType(one, TYPES, [...path, 'type']);
    }
    if (typeof pattern === 'string') this.#checkPattern(pattern, this.#place([...path, 'pattern']));
    for (const key of Object.keys(isObject(patternProperties) ? patternProperties : {})) {
      this.#checkPattern(key, this.frontmatter.locate(['inputs', this.key, ...path, 'patternProperties', key], 'key'));
    }
    if (Array.isArray(schema['enum']) && schema['enum'].length === 0) this.#report([...path, 'enum'], '`enum` lists no value');
    if (typeof ref !== 'string') return;
    // A `%` would begin an escape of URIs, on top of the pointer's own.
    if (ref.includes('%')) this.#report([...path, '$ref'], '`$ref` holds a "%"');
    else if (!isLocalReference(ref, root)) this.diagnostics.report('check/input-ref', this.#place([...path, '$ref']), { ref });
    else if ((this.#circular ??= circularReferences(root)).has(schema)) {
      this.#report([...path, '$ref'], `the \`$ref\` to "${ref}" leads back to itself`);
    }
  }

  #checkPattern(pattern: string, span: Span): void {
    try {
      compilePattern(pattern);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      this.diagnostics.report('check/input-schema', span, { problem: `the pattern ${error.message}` }, { hint: error.hint });
    }
  }

  #checkAgainstMetaSchema(schema: JsonSchema): void {
    const validate = metaSchema();
    if (validate(schema)) return;
    // The meta-schema is a union of vocabularies, each of which repeats what is wrong; the deepest says most.
    const [error] = validate.errors!.toSorted((a, b) => b.instancePath.length - a.instancePath.length);
    const keyword = pointerKeys(error!.instancePath);
    const { type } = error!.params as { type?: unknown };
    const hint = Array.isArray(type) && type.includes('object') ? 'Within a schema, a type is written as { type: string }.' : undefined;
    this.#report(keyword, `\`${keyword.join('.')}\` ${authorProblem(error!)}`, hint);
  }

  #checkNarrowing(name: PersonaName, schema: JsonSchema): void {
    const { type: base } = PERSONA_INPUTS[name];
    const types = [schema['type'] ?? base].flat();
    if (types.some((type) => type !== base && !(base === 'number' && type === 'integer'))) {
      return this.#reportWidening(name, 'type', `makes it ${types.map((type) => JSON.stringify(type)).join(' or ')}`);
    }
    if (base !== 'number') return;
    for (const keyword of ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']) {
      const bound = schema[keyword];
      if (typeof bound === 'number' && (bound < 0 || bound > 1)) this.#reportWidening(name, keyword, `has a ${keyword} outside of 0 to 1`);
    }
  }

  #checkDefaults(normal: JsonSchema): void {
    const schema = isPersonaName(this.name) && normal['default'] !== undefined ? personaSchema(this.name, normal) : normal;
    for (const { schema: sub, path } of subschemas(schema)) {
      if (sub['default'] === undefined) continue;
      const problem = this.#fittingProblem(sub, schema) ?? fillingProblem(sub, schema);
      if (problem === undefined) continue;
      this.diagnostics.report('check/input-default', this.#place([...path, 'default']), { name: this.name, problem });
    }
  }

  /** What is wrong with a default as it is written. */
  #fittingProblem({ default: value, ...schema }: JsonSchema, root: JsonSchema): string | undefined {
    const text = JSON.stringify(schema);
    const definitions = text.includes('"$ref"') ? root['$defs'] : undefined;
    const known = definitions === undefined ? this.known.validators : this.#validators;
    let validate = known.get(text);
    if (validate === undefined) {
      const whole = definitions === undefined ? schema : { ...schema, $defs: definitions };
      known.set(text, (validate = compileValidator(whole, { allErrors: false, maxCost: MAX_DEFAULT_COST })));
    }
    try {
      const [error] = validate(value);
      return error && authorProblem(error);
    } catch (error) {
      if (!(error instanceof EndlessCheck)) throw error;
      return 'takes too long to check: there are too many ways in which its parts could fit';
    }
  }

  #reportType(type: string, known: readonly string[], path: readonly (string | number)[]): void {
    this.diagnostics.report('check/input-type', this.#place(path), { type }, { hint: typeHint(type, known) });
  }

  #reportWidening(name: PersonaName, keyword: string, problem: string): void {
    this.diagnostics.report('check/persona-input', this.#place([keyword]), { name, problem, is: PERSONA_WORDS[name] });
  }

  #report(path: readonly (string | number)[], problem: string, hint?: string): void {
    this.diagnostics.report('check/input-schema', this.#place(path), { problem }, { hint });
  }

  #place(path: readonly (string | number)[]) {
    return this.frontmatter.locate(['inputs', this.key, ...path]);
  }
}

/** What checking a default may cost. */
const MAX_DEFAULT_COST = 1_000_000;

/** What is wrong with a default once the defaults below it are filled in. */
function fillingProblem(schema: JsonSchema, root: JsonSchema): string | undefined {
  try {
    compileDefaults({ properties: { value: schema } }, root, DEFAULT_RENDER_LIMITS.payloadDepth)({});
    return undefined;
  } catch (error) {
    if (!(error instanceof EndlessDefaults)) throw error;
    return `is filled up with defaults that are ${error.message}`;
  }
}

let compiledMetaSchema: ValidateFunction | undefined;

function metaSchema(): ValidateFunction {
  compiledMetaSchema ??= new Ajv2020({ allErrors: false }).getSchema('https://json-schema.org/draft/2020-12/schema')!;
  return compiledMetaSchema;
}

function isLocalReference(ref: string, root: JsonSchema): boolean {
  const schema = ref.startsWith('#/$defs/') ? referenced(ref, root) : undefined;
  return isObject(schema) || typeof schema === 'boolean';
}
