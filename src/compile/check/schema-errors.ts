/** What ajv says of frontmatter → diagnostics in the words of its author. */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Diagnostics } from '../../base/diagnostic.js';
import { isObject, type Json, type JsonObject } from '../../base/json.js';
import { CONSTRAINT_NAMES } from '../../constraints/vocabulary.js';
import type { JsonSchema } from '../../format/artifact.js';
import { pointerKeys } from '../../format/schema-problem.js';
import { authorProblem } from '../author-problem.js';
import { didYouMean, nearest } from '../nearest.js';
import type { Frontmatter } from '../parse/frontmatter.js';
import { constraintHint, exampleLine, idHint, valueHint, versionHint } from './frontmatter-hints.js';

/** Compiles a schema on its first use; ajv takes milliseconds for each. */
export function lazyValidator(schema: JsonSchema): () => ValidateFunction {
  let validate: ValidateFunction | undefined;
  return () => (validate ??= new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true, validateSchema: false }).compile(schema));
}

/**
 * @param where - what the keys belong to, such as `a template's frontmatter`
 * @returns whether the frontmatter fits
 */
export function checkSchema(validate: ValidateFunction, frontmatter: Frontmatter, where: string, diagnostics: Diagnostics): boolean {
  if (validate(frontmatter.value)) return true;
  const errors = validate.errors!;
  const isConsequence = consequences(errors, validate.schema as JsonSchema, frontmatter);
  for (const error of errors) {
    if (!isConsequence(error)) report(error, frontmatter, where, diagnostics);
  }
  return false;
}

/** Tells whether an error only follows from a mistake that is reported anyway. */
function consequences(errors: readonly ErrorObject[], schema: JsonSchema, frontmatter: Frontmatter): (error: ErrorObject) => boolean {
  const unknownKeys = new Map<string, string[]>();
  for (const error of errors) {
    const key = paramOf(error, 'additionalProperty');
    if (key === undefined) continue;
    const others = unknownKeys.get(error.instancePath);
    if (others === undefined) unknownKeys.set(error.instancePath, [key]);
    else others.push(key);
  }
  const hanging = keysBelowEmpty(frontmatter.value, schema['properties'] as { [name: string]: JsonSchema });
  return (error) => {
    // What `then` or `else` said of it is an error of its own.
    if (error.keyword === 'if') return true;
    const path = pointerKeys(error.instancePath);
    if (frontmatter.isRefused(path)) return true;
    // `name:string` without its space is a key without a value, and reported as a name.
    if (path[0] === 'inputs' && path.length === 2 && error.data === null && path[1]!.includes(':')) return true;
    const missing = paramOf(error, 'missingProperty');
    // `rol: system` is one mistake, not a key too many and one too few.
    if (missing !== undefined) return unknownKeys.get(error.instancePath)?.some((key) => nearest(key, [missing]) !== undefined) ?? false;
    const unknown = paramOf(error, 'additionalProperty');
    return unknown !== undefined && error.instancePath === '' && hanging.has(unknown);
  };
}

/** The keys that were meant to stand below the one before them, which has nothing, and only lack their indentation. */
function keysBelowEmpty(value: JsonObject, known: { readonly [name: string]: JsonSchema }): ReadonlySet<string> {
  const found = new Set<string>();
  let isBelow = false;
  for (const [key, one] of Object.entries(value)) {
    if (Object.hasOwn(known, key)) isBelow = one === null && known[key]!['type'] === 'object';
    else if (isBelow) found.add(key);
  }
  return found;
}

function report(error: ErrorObject, frontmatter: Frontmatter, where: string, diagnostics: Diagnostics): void {
  const path = pointerKeys(error.instancePath);
  const [top] = path;
  const unknown = paramOf(error, 'additionalProperty');
  if (unknown !== undefined) {
    const span = frontmatter.locate([...path, unknown], 'key');
    if (top === 'constraints') {
      const hint = didYouMean(unknown, CONSTRAINT_NAMES) ?? 'A key of your own begins with "X_".';
      return diagnostics.report('check/unknown-constraint', span, { name: unknown }, { hint });
    }
    const known = Object.keys((error.parentSchema as { properties: object }).properties);
    const place = placeName(path, where, frontmatter.value);
    return diagnostics.report('check/unknown-key', span, { key: unknown, where: place }, { hint: didYouMean(unknown, known) });
  }
  const span = frontmatter.locate(path);
  const missing = paramOf(error, 'missingProperty');
  if (missing !== undefined) {
    const args = {
      key: missing,
      where: capital(placeName(path, where, frontmatter.value)),
      example: exampleLine(missing, span.source.path),
    };
    return diagnostics.report('check/missing-key', span, args);
  }
  const written = error.data as Json;
  if (top === 'version' && path.length === 1) {
    if (typeof written === 'number') {
      const text = span.source.text.slice(span.start, span.end) || String(written);
      return diagnostics.report('check/version-not-text', span, { written: text });
    }
    if (typeof written === 'string') {
      return diagnostics.report('check/version', span, { version: written }, { hint: versionHint(written) });
    }
  }
  if (top === 'id' && path.length === 1 && typeof written === 'string') {
    return diagnostics.report('check/id', span, { id: written }, { hint: idHint(written) });
  }
  const problem = problemOf(error);
  if (top === 'constraints' && path.length > 1) {
    const name = path[1]!;
    return diagnostics.report('check/constraint-value', span, { name: path.slice(1).join('.'), problem }, { hint: constraintHint(name) });
  }
  const line = span.source.line(span.source.position(span.start).line);
  return diagnostics.report('check/wrong-value', span, { path: path.join('.'), problem }, { hint: valueHint(path, error, line) });
}

function problemOf(error: ErrorObject): string {
  if (error.data === null) return 'has no value';
  const isObjectWanted = error.keyword === 'type' && (error.params as { type?: unknown }).type === 'object';
  return isObjectWanted ? 'must hold lines of the form `name: value`' : authorProblem(error);
}

function paramOf({ params }: Pick<ErrorObject, 'params'>, name: string): string | undefined {
  const value = (params as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

function placeName(path: readonly string[], where: string, value: JsonObject): string {
  if (path.length === 0) return where;
  const [top, index] = path;
  if (top !== 'examples' || path.length !== 2) return `\`${path.join('.')}\``;
  const example = (value['examples'] as Json[])[Number(index)];
  return isObject(example) && typeof example['name'] === 'string' ? `the example "${example['name']}"` : `example ${Number(index) + 1}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
