/** A part of a suite that does not fit its schema → sentences, each with the key that it is about. Schemas of suites look no deeper. */
import type { ErrorObject } from 'ajv';
import type { Json, JsonObject } from '../../base/json.js';
import { authorProblem } from '../../compile/author-problem.js';
import { didYouMean, nearest } from '../../compile/nearest.js';
import type { JsonSchema } from '../../format/artifact.js';
import { pointerKeys, problemPath } from '../../format/schema-problem.js';
import { compileValidator } from '../../format/validator.js';

export interface SchemaProblem {
  /** Nothing, if it is about the whole. */
  readonly key: string;
  readonly message: string;
}

/** The schemas of suites look at a few keys of a value, however large it is. */
const MOST_COST = 1_000_000;

/** @returns a check: what is wrong with a value; nothing, if it fits */
export function schemaCheck(schema: JsonSchema): (value: Json) => readonly SchemaProblem[] {
  const validate = compileValidator(schema, { allErrors: true, maxCost: MOST_COST });
  const known = Object.keys(schema['properties'] as JsonObject);
  return (value) => {
    const errors = validate(value);
    const unknown = errors.flatMap(({ params }) => (params['additionalProperty'] as string | undefined) ?? []);
    // `nme: refund` is one mistake, not a key too many and one too few.
    const isMisspelt = (key: string): boolean => unknown.some((one) => nearest(one, [key]) !== undefined);
    return errors
      .filter(({ keyword, params }) => keyword !== 'required' || !isMisspelt(params['missingProperty'] as string))
      .map((error) => {
        const [key = ''] = pointerKeys(problemPath(error));
        return { key, message: sentence(error, key, known) };
      });
  };
}

function sentence(error: ErrorObject, key: string, known: readonly string[]): string {
  if (error.instancePath === '' && error.keyword === 'type') return `This ${authorProblem(error)}.`;
  const problem = `\`${key}\` ${authorProblem(error)}.`;
  if (error.keyword === 'additionalProperties') return [problem, didYouMean(key, known) ?? ''].join(' ').trimEnd();
  return error.keyword === 'type' && error.params['type'] === 'string' ? `${problem} Put it in quotes.` : problem;
}
