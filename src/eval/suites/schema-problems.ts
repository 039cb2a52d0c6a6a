/** A part of a suite that does not fit its schema → sentences, each with the keys that lead to what it is about. */
import type { ErrorObject } from 'ajv';
import type { Json, JsonObject } from '../../base/json.js';
import { authorProblem } from '../../compile/author-problem.js';
import { didYouMean, nearest } from '../../compile/nearest.js';
import type { JsonSchema } from '../../format/artifact.js';
import { pointerKeys, problemPath } from '../../format/schema-problem.js';
import { compileValidator } from '../../format/validator.js';

export interface SchemaProblem {
  readonly keys: readonly string[];
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
      .map((error) => ({ keys: pointerKeys(problemPath(error)), message: sentence(error, known) }));
  };
}

function sentence(error: ErrorObject, known: readonly string[]): string {
  const keys = pointerKeys(problemPath(error));
  const name = keys.at(-1);
  if (name === undefined) return `This ${authorProblem(error)}.`;
  const problem = `\`${name}\` ${authorProblem(error)}.`;
  switch (error.keyword) {
    case 'additionalProperties':
      return [problem, didYouMean(name, known) ?? ''].join(' ').trimEnd();
    case 'type':
      return error.params['type'] === 'string' ? `${problem} Put it in quotes.` : problem;
    default:
      return problem;
  }
}
