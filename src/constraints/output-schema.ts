import { canonicalJson } from '../base/canonical-json.js';
import { isObject, type JsonObject } from '../base/json.js';
import type { Constraint } from './constraint.js';
import { checkJson } from './format.js';

/** Whether an answer must be JSON that fits the schema of the bundle's `output`. */
export const outputSchema: Constraint<boolean> = {
  name: 'OUTPUT_SCHEMA',
  schema: { type: 'boolean', description: "Whether an answer must be JSON that fits `schema` of the bundle's `output`." },
  merge: (a, b) => a || b,
  directive: (on, output) => {
    const schema = on ? schemaOf(output) : undefined;
    if (schema === undefined) return on ? 'Answer with JSON only, in the form that was agreed on.' : undefined;
    return `Answer with JSON only, in the form of this JSON Schema: ${canonicalJson(schema)}`;
  },
  check: (on, { output, tools }) => {
    const schema = on ? schemaOf(output) : undefined;
    if (schema === undefined) return on ? checkJson : () => [];
    const validate = tools.validator(schema);
    return function* breaches(answer) {
      if (answer.json === undefined) {
        yield* checkJson(answer);
        return;
      }
      for (const { path, message } of validate(answer.json.value)) {
        const place = path === '' ? 'The answer' : path;
        yield {
          message: `${place} ${message}, by the schema of the output.`,
          span: answer.trimmed,
          actual: path,
          limit: message,
          retryHint: `In your JSON, ${path === '' ? 'the value as a whole' : path} ${message}.`,
        };
      }
    };
  },
};

/** The schema that a bundle's `output` holds. */
export function schemaOf(output: JsonObject | undefined): JsonObject | undefined {
  const schema = output?.['schema'];
  return isObject(schema) ? schema : undefined;
}
