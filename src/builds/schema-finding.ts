import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../format/artifact.js';
import { problemPath, problemText } from '../format/schema-problem.js';
import type { Finding } from './finding.js';

const validators = new Map<JsonSchema, ValidateFunction>();

/** The first thing by which a value is not what a schema says; nothing if it is. */
export function schemaFinding(subject: string, value: unknown, schema: JsonSchema): Finding[] {
  const validate = validatorFor(schema);
  if (validate(value)) return [];
  const [error] = validate.errors!;
  return [{ code: 'invalid', subject, message: `\`${problemPath(error!) || '/'}\` ${problemText(error!)}.` }];
}

function validatorFor(schema: JsonSchema): ValidateFunction {
  let validate = validators.get(schema);
  if (validate === undefined) {
    // Lists of operations begin in a fixed way and go on as they like, which strictTuples does not have.
    validate = new Ajv2020({ strictTuples: false, allowUnionTypes: true }).compile(schema);
    validators.set(schema, validate);
  }
  return validate;
}
