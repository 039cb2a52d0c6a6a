/** JSON Schemas of the files of a build: what docs/artifact-format.md describes, for readers in any language. */
import { DIGEST_PATTERN } from '../base/digest.js';
import { CONSTRAINT_NAMES, constraintNamed } from '../constraints/vocabulary.js';
import { FORMAT_VERSION, type JsonSchema, ROLES, SLOT_NAMES } from './artifact.js';
import { ID_PATTERN, VERSION_PATTERN } from './frontmatter-schema.js';
import { HELPER_NAMES } from './operation.js';
import { PERSONA_NAMES } from './persona.js';

const META_SCHEMA = 'https://json-schema.org/draft/2020-12/schema';

const formatVersion: JsonSchema = { const: FORMAT_VERSION };
const id: JsonSchema = { type: 'string', pattern: ID_PATTERN, maxLength: 256 };
const version: JsonSchema = { type: 'string', pattern: VERSION_PATTERN, maxLength: 128 };
const digest: JsonSchema = { type: 'string', pattern: DIGEST_PATTERN };
const adapterVersion: JsonSchema = { type: 'string', minLength: 1 };
const tags: JsonSchema = { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true };
const reference: JsonSchema = record({ digest, size: { type: 'integer', minimum: 1 } });

const identity = { formatVersion, spec: { type: 'integer', minimum: 1 }, id, version, hash: digest } satisfies Properties;

const constraints: JsonSchema = {
  type: 'object',
  properties: Object.fromEntries(CONSTRAINT_NAMES.map((name) => [name, constraintNamed(name)!.schema])),
  patternProperties: { '^X_': {} },
  additionalProperties: false,
};

const slotNumber: JsonSchema = { type: 'integer', minimum: 0 };
const ownSlotNumber: JsonSchema = { type: 'integer', minimum: 1 };
const target: JsonSchema = { type: 'integer', minimum: 0 };
const text: JsonSchema = { type: 'string' };
const literal: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };
const expression: JsonSchema = { $ref: '#/$defs/expression' };

/** The most spaces that `json` indents by. */
const MAX_INDENT = 10;

/** Of a template's artifact. */
export const TEMPLATE_ARTIFACT_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:template-artifact',
  ...record(
    {
      ...identity,
      kind: { const: 'template' },
      role: { enum: [...ROLES] },
      adapter_version: adapterVersion,
      inputs: {
        type: 'object',
        propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*\\??$' },
        additionalProperties: { $ref: META_SCHEMA },
      },
      constraints,
      slots: { type: 'integer', minimum: 1 },
      operations: { type: 'array', items: { $ref: '#/$defs/operation' } },
    },
    ['adapter_version', 'inputs', 'constraints'],
  ),
  $defs: {
    operation: {
      anyOf: [
        tuple('text', text),
        tuple('print', expression),
        tuple('constraints'),
        tuple('set', ownSlotNumber, expression),
        tuple('jump', target),
        tuple('jump-if', expression, target),
        tuple('jump-unless', expression, target),
        tuple('each', expression, ownSlotNumber, target),
        tuple('next', target),
        tuple('indent', { type: 'string', minLength: 1 }),
        tuple('dedent'),
      ],
    },
    expression: {
      anyOf: [
        record({ path: { type: 'array', prefixItems: [slotNumber], items: { type: 'string' }, minItems: 1 } }),
        record({ value: literal }),
        record(
          {
            call: { enum: [...HELPER_NAMES] },
            args: { type: 'array', items: expression, minItems: 1 },
            options: record({ indent: { type: 'integer', minimum: 0, maximum: MAX_INDENT } }),
          },
          ['options'],
        ),
      ],
    },
  },
};

/** Of a bundle's artifact. */
export const BUNDLE_ARTIFACT_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:bundle-artifact',
  ...record(
    {
      ...identity,
      kind: { const: 'bundle' },
      adapter_version: adapterVersion,
      slots: {
        type: 'object',
        properties: Object.fromEntries(SLOT_NAMES.map((slot) => [slot, record({ id, version, hash: digest, artifact: reference })])),
        additionalProperties: false,
        minProperties: 1,
      },
      constraints,
      payloadSchema: record({
        type: { const: 'object' },
        properties: record({
          ...Object.fromEntries(PERSONA_NAMES.map((name) => [name, { $ref: META_SCHEMA }])),
          inputs: record(
            {
              type: { const: 'object' },
              properties: {
                type: 'object',
                propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
                additionalProperties: { $ref: META_SCHEMA },
              },
              required: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
              additionalProperties: { const: false },
              default: { const: {} },
            },
            ['required'],
          ),
        }),
        additionalProperties: { const: false },
      }),
      tags,
      config: { type: 'object' },
      output: { type: 'object' },
    },
    ['adapter_version', 'tags', 'config', 'output'],
  ),
};

/** Of `manifest.json`. */
export const MANIFEST_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:manifest',
  ...record({
    formatVersion,
    bundles: versions({ hash: digest, artifact: reference, description: text, tags }, ['description', 'tags']),
    templates: versions({ hash: digest, artifact: reference, description: text }, ['description']),
  }),
};

/** Of `build.json`. */
export const BUILD_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:build',
  ...record({
    manifest: digest,
    commit: { anyOf: [{ type: 'string', pattern: '^(?:[0-9a-f]{40}|[0-9a-f]{64})$' }, { type: 'null' }] },
    dirty: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
  }),
};

type Properties = { [name: string]: JsonSchema };

/** An object with these keys and no other; those that are not optional are required. */
function record(properties: Properties, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

/** A list of a name and these values. */
function tuple(name: string, ...values: readonly JsonSchema[]): JsonSchema {
  const prefixItems = [{ const: name }, ...values];
  return { type: 'array', prefixItems, items: false, minItems: prefixItems.length };
}

/** Ids with their versions, each version with these keys. */
function versions(entry: Properties, optional: readonly string[]): JsonSchema {
  const entries: JsonSchema = {
    type: 'object',
    propertyNames: { pattern: VERSION_PATTERN },
    additionalProperties: record(entry, optional),
    minProperties: 1,
  };
  return {
    type: 'object',
    propertyNames: { pattern: ID_PATTERN },
    additionalProperties: record({ default: version, versions: entries }, ['default']),
  };
}
