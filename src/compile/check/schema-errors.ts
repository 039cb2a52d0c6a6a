/** What ajv says of frontmatter → diagnostics in the words of its author. */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Diagnostics } from '../../base/diagnostic.js';
import { CONSTRAINT_NAMES } from '../../constraints/vocabulary.js';
import type { JsonSchema } from '../../format/artifact.js';
import { pointerKeys, problemText } from '../../format/schema-problem.js';
import { didYouMean } from '../nearest.js';
import type { Frontmatter } from '../parse/frontmatter.js';

/** Compiles a schema on its first use; ajv takes milliseconds for each. */
export function lazyValidator(schema: JsonSchema): () => ValidateFunction {
  let validate: ValidateFunction | undefined;
  return () => (validate ??= new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(schema));
}

/**
 * @param where - what the keys belong to, such as `a template's frontmatter`
 * @returns whether the frontmatter fits
 */
export function checkSchema(validate: ValidateFunction, frontmatter: Frontmatter, where: string, diagnostics: Diagnostics): boolean {
  if (validate(frontmatter.value)) return true;
  for (const error of validate.errors!) report(error, frontmatter, where, diagnostics);
  return false;
}

function report(error: ErrorObject, frontmatter: Frontmatter, where: string, diagnostics: Diagnostics): void {
  const path = pointerKeys(error.instancePath);
  const [top] = path;
  const params = error.params as Record<string, unknown>;
  if (error.keyword === 'additionalProperties') {
    const key = String(params['additionalProperty']);
    const span = frontmatter.locate([...path, key], 'key');
    if (top === 'constraints') {
      const hint = didYouMean(key, CONSTRAINT_NAMES) ?? 'A key of your own begins with "X_".';
      return diagnostics.report('check/unknown-constraint', span, { name: key }, { hint });
    }
    const known = Object.keys((error.parentSchema as { properties: object }).properties);
    return diagnostics.report('check/unknown-key', span, { key, where: placeName(path, where) }, { hint: didYouMean(key, known) });
  }
  const span = frontmatter.locate(path);
  if (error.keyword === 'required') {
    return diagnostics.report('check/missing-key', span, {
      key: String(params['missingProperty']),
      where: capital(placeName(path, where)),
    });
  }
  const written: unknown = error.data;
  if (top === 'version' && path.length === 1) {
    if (typeof written === 'number') {
      return diagnostics.report('check/version-not-text', span, {
        written: span.source.text.slice(span.start, span.end) || String(written),
      });
    }
    if (typeof written === 'string') return diagnostics.report('check/version', span, { version: written });
  }
  if (top === 'id' && path.length === 1 && typeof written === 'string') return diagnostics.report('check/id', span, { id: written });
  if (top === 'constraints' && path.length > 1) {
    return diagnostics.report('check/constraint-value', span, { name: path.slice(1).join('.'), problem: problemText(error) });
  }
  return diagnostics.report('check/wrong-value', span, { path: path.join('.'), problem: problemText(error) });
}

function placeName(path: readonly string[], where: string): string {
  return path.length === 0 ? where : `\`${path.join('.')}\``;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
