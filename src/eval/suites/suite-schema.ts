/** What a suite may hold, as JSON Schema: the same keys in both forms of file. */
import type { JsonSchema } from '../../format/artifact.js';
import { META_SCHEMA } from '../../format/schema-parts.js';

const TEXT = { type: 'string', minLength: 1, maxLength: 200 };

const BUNDLE_PROPERTIES = {
  bundle: { ...TEXT, description: 'The id of the bundle that answers.' },
  semver: { ...TEXT, description: "A version of it, or a range; the bundle's default if left out." },
};

const CASE_PROPERTIES = {
  name: { ...TEXT, description: 'What reports call the case; no other one of the suite has it.' },
  input: { type: 'object', description: 'The payload, as a render takes it.' },
  example: { ...TEXT, description: "One of the bundle's examples, instead of a payload." },
  answer: { type: 'string', description: 'The answer that was recorded. Without one, the case needs --command or --endpoint.' },
};

/** One of the `cases` of a YAML file. */
export const CASE_SCHEMA: JsonSchema = {
  type: 'object',
  properties: CASE_PROPERTIES,
  required: ['name'],
  additionalProperties: false,
};

/** A YAML file. */
export const SUITE_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:suite',
  title: 'A suite of promptc eval',
  type: 'object',
  properties: { ...BUNDLE_PROPERTIES, cases: { type: 'array', minItems: 1, items: CASE_SCHEMA, description: 'What is asked.' } },
  required: ['bundle', 'cases'],
  additionalProperties: false,
};

/** A YAML file but for its cases, which are looked at one by one. */
export const SUITE_HEAD_SCHEMA: JsonSchema = {
  ...SUITE_SCHEMA,
  properties: { ...BUNDLE_PROPERTIES, cases: { type: 'array', minItems: 1 } },
};

/** A line of a JSONL file: a case, with its bundle. */
export const LINE_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:suite-line',
  title: 'A line of a suite of promptc eval',
  type: 'object',
  properties: { ...BUNDLE_PROPERTIES, ...CASE_PROPERTIES },
  required: ['bundle', 'name'],
  additionalProperties: false,
};
