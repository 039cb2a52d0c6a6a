/** JSON Schemas of what authors write: the ones that the compiler checks with, and editors complete from. */
import { CONSTRAINT_NAMES, constraintNamed } from '../constraints/vocabulary.js';
import { type JsonSchema, ROLES, SLOT_NAMES } from './artifact.js';

/** Segments of lower-case letters, digits, `.`, `_` and `-`, joined by `/`. */
export const ID_PATTERN = '^[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*$';

/** Semantic Versioning 2.0.0 without build metadata. */
export const VERSION_PATTERN =
  '^(?:0|[1-9][0-9]*)\\.(?:0|[1-9][0-9]*)\\.(?:0|[1-9][0-9]*)(?:-(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?$';

const id: JsonSchema = { type: 'string', pattern: ID_PATTERN, maxLength: 256 };
const version: JsonSchema = { type: 'string', pattern: VERSION_PATTERN, maxLength: 128 };

const constraints: JsonSchema = {
  type: 'object',
  properties: Object.fromEntries(CONSTRAINT_NAMES.map((name) => [name, constraintNamed(name)!.schema])),
  patternProperties: { '^X_': {} },
  additionalProperties: false,
};

/** What a bundle's prompts may come to, in tokens: in a bundle, and in the configuration for all that set nothing themselves. */
export const BUDGET_PROPERTIES = {
  max_tokens: { type: 'integer', minimum: 1 },
  min_static_prefix: { type: 'integer', minimum: 1 },
} satisfies { [key: string]: JsonSchema };

const template: { [key: string]: JsonSchema } = {
  id,
  version,
  role: { enum: [...ROLES] },
  description: { type: 'string' },
  adapter_version: { type: 'string', minLength: 1 },
  // What an input may be is checked value by value, for better messages than a schema gives.
  inputs: { type: 'object', additionalProperties: { type: ['string', 'object'] } },
  constraints,
};

const bundle: { [key: string]: JsonSchema } = {
  id,
  version,
  description: { type: 'string' },
  slots: {
    type: 'object',
    properties: Object.fromEntries(SLOT_NAMES.map((slot) => [slot, { type: 'string' }])),
    additionalProperties: false,
    minProperties: 1,
  },
  // An empty list could mean every model or none; leaving it out means every model.
  tags: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1, uniqueItems: true },
  config: { type: 'object' },
  output: { type: 'object' },
  constraints,
};

const examples: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: { name: { type: 'string', minLength: 1 }, input: { type: 'object' } },
    required: ['name', 'input'],
    additionalProperties: false,
  },
};

/** Of a template file. */
export const TEMPLATE_SCHEMA: JsonSchema = {
  type: 'object',
  properties: template,
  required: ['id', 'version', 'role'],
  additionalProperties: false,
};

/** Of a bundle file. */
export const BUNDLE_SCHEMA: JsonSchema = {
  type: 'object',
  properties: { ...bundle, ...BUDGET_PROPERTIES, examples },
  required: ['id', 'version', 'slots'],
  additionalProperties: false,
};
