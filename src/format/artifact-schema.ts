/** JSON Schemas of the files of a build: what docs/artifact-format.md describes, for readers in any language. */
import { DIGEST_PATTERN } from '../base/digest.js';
import { FORMAT_VERSION, type IndexKind, type JsonSchema, ROLES, SLOT_NAMES } from './artifact.js';
import {
  CONSTRAINTS_IN_PROMPT_SCHEMA as constraintsInPrompt,
  CONSTRAINTS_SCHEMA as constraints,
  ID_PATTERN,
  ID_SCHEMA as id,
  LOCALE_SCHEMA as locale,
  TAGS_SCHEMA as tags,
  VERSION_PATTERN,
  VERSION_SCHEMA as version,
} from './frontmatter-schema.js';
import { HELPER_NAMES } from './operation.js';
import { PERSONA_NAMES } from './persona.js';
import { META_SCHEMA, OBJECT_ID_PATTERN, type Properties, record } from './schema-parts.js';

const formatVersion: JsonSchema = { const: FORMAT_VERSION };
const digest: JsonSchema = { type: 'string', pattern: DIGEST_PATTERN };
const adapterVersion: JsonSchema = { type: 'string', minLength: 1 };
const reference: JsonSchema = record({ digest, size: { type: 'integer', minimum: 1 } });

const identity = { formatVersion, spec: { type: 'integer', minimum: 1 }, id, version, hash: digest } satisfies Properties;

const slotNumber: JsonSchema = { type: 'integer', minimum: 0 };
const ownSlotNumber: JsonSchema = { type: 'integer', minimum: 1 };
const target: JsonSchema = { type: 'integer', minimum: 0 };
const text: JsonSchema = { type: 'string' };
const reason: JsonSchema = { type: 'string', minLength: 1 };
const literal: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };
const expression: JsonSchema = { $ref: '#/$defs/expression' };

/** The most spaces that `json` indents by. */
const MAX_INDENT = 10;

/** Of a template's artifact. */
export const TEMPLATE_ARTIFACT_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:template-artifact',
  title: 'Template artifact',
  description: 'A compiled template, as dist/objects/ holds it.',
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
  title: 'Bundle artifact',
  description: 'A compiled bundle, as dist/objects/ holds it.',
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
      constraints_in_prompt: constraintsInPrompt,
      locale,
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
    ['adapter_version', 'constraints_in_prompt', 'locale', 'tags', 'config', 'output'],
  ),
};

/** Of `manifest.json`. */
export const MANIFEST_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:manifest',
  title: 'Manifest',
  description: 'dist/manifest.json: the pages of the index of a build, each with the first id on it.',
  ...record({ formatVersion, partial: { const: true }, bundles: pages(), templates: pages() }, ['partial']),
};

/** Of a page of the index. */
export const PAGE_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:page',
  title: 'Page of the index',
  description: 'All versions of some bundles or templates of a build, as dist/objects/ holds it.',
  anyOf: [
    page('bundles', { hash: digest, artifact: reference, description: text, tags, yanked: reason }, ['description', 'tags', 'yanked']),
    page('templates', { hash: digest, artifact: reference, description: text, yanked: reason }, ['description', 'yanked']),
  ],
};

/** Of `build.json`. */
export const BUILD_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:build',
  title: 'Build',
  description: 'dist/build.json: where a build came from.',
  ...record({
    manifest: digest,
    commit: { anyOf: [{ type: 'string', pattern: OBJECT_ID_PATTERN }, { type: 'null' }] },
    dirty: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
  }),
};

/** A list of a name and these values. */
function tuple(name: string, ...values: readonly JsonSchema[]): JsonSchema {
  const prefixItems = [{ const: name }, ...values];
  return { type: 'array', prefixItems, items: false, minItems: prefixItems.length };
}

/** A list of pages. */
function pages(): JsonSchema {
  return { type: 'array', items: record({ first: id, digest, size: { type: 'integer', minimum: 1 } }) };
}

/** Ids with their versions, each version with these keys. */
function page(kind: IndexKind, entry: Properties, optional: readonly string[]): JsonSchema {
  const versions: JsonSchema = {
    type: 'object',
    propertyNames: { pattern: VERSION_PATTERN },
    additionalProperties: record(entry, optional),
    minProperties: 1,
  };
  const ids: JsonSchema = {
    type: 'object',
    propertyNames: { pattern: ID_PATTERN },
    additionalProperties: record({ default: version, versions }, ['default']),
    minProperties: 1,
  };
  return record({ formatVersion, kind: { const: kind }, ids });
}
