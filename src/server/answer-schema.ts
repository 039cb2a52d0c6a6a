/**
 * JSON Schemas of answers, by the names that the document of the API gives them. Answers are made without them, and the
 * tests hold every one to its schema.
 */
import { DIGEST_PATTERN } from '../base/digest.js';
import { type JsonSchema, ROLES, SLOT_NAMES } from '../format/artifact.js';
import { MANIFEST_SCHEMA } from '../format/artifact-schema.js';
import { CONSTRAINTS_SCHEMA, ID_SCHEMA, VERSION_SCHEMA } from '../format/frontmatter-schema.js';
import type { Properties } from '../format/schema-parts.js';

const digest = (of: string): JsonSchema => named('Digest', of);
const id = (of: string): JsonSchema => named('Id', of);
const version = (of: string): JsonSchema => named('Version', of);

const offset = (of: string): JsonSchema => ({ type: 'integer', minimum: 0, description: `${of} In UTF-16 code units.` });

const adapterVersion = orNull({ type: 'string', description: 'What the templates say of the program that sends the prompt.' });
const oneLine = orNull({ type: 'string', description: 'One line for people.' });
const yanked = orNull({ type: 'string', description: 'Why the version is not to be used any more.' });
const tags: JsonSchema = {
  type: 'array',
  items: { type: 'string' },
  description: 'The models that the bundle supports; any, if it has none.',
};
const config = orNull({ type: 'object', description: 'Settings for the program that sends the prompt, as their author wrote them.' });
const output = orNull({ type: 'object', description: 'What the answer of the model has to look like, as its author wrote it.' });
const constraints = (whose: string): JsonSchema => named('Constraints', whose);
const defaultVersion = orNull(version('The version that a request without one gets, if there is one.'));
const artifact = digest('Of the compiled file, to be had from `/v1/artifacts/sha256/{hex}`.');

function versions(hash: string, of: string): JsonSchema {
  const entry = answer({ semver: version('The version.'), [hash]: digest(`Of this version of the ${of}.`), yanked });
  return { type: 'array', items: entry, description: 'All versions, the highest first.' };
}

/** By the names of the components of the document. */
export const ANSWER_SCHEMAS = {
  Id: { ...ID_SCHEMA, description: 'Segments of `a-z`, `0-9`, `.`, `_` and `-`, joined by `/`.', examples: ['support/tone'] },
  Version: { ...VERSION_SCHEMA, description: 'Semantic Versioning 2.0.0, without build metadata.', examples: ['1.2.0'] },
  Digest: { type: 'string', pattern: DIGEST_PATTERN, description: 'A SHA-256, as docs/hashes.md says of what.' },
  Constraints: { ...CONSTRAINTS_SCHEMA, title: 'Constraints' },
  Message: answer({
    role: { enum: [...ROLES], description: 'Neighbours never have the same one.' },
    content: { type: 'string', description: 'The parts of this role, joined by an empty line.' },
  }),
  RenderResult: answer(
    {
      rendered_prompt: { type: 'string', description: 'The whole prompt as one text.' },
      messages: { type: 'array', items: named('Message'), description: 'The same by role.' },
      bundle_id: id('The bundle that was used.'),
      semver: version('The version that was used.'),
      bundle_hash: digest('Of the bundle, its templates included.'),
      personality_hash: digest('Of the request, with its defaults.'),
      prompt_hash: digest('Of the UTF-8 bytes of `rendered_prompt`.'),
      engine_version: { type: 'string', description: 'The version of promptc.' },
      adapter_version: adapterVersion,
      constraints: constraints('What the answer of the model must keep to, merged over the templates.'),
      locale: { type: 'string', description: 'The language of the answer as a BCP 47 tag, if the bundle names one.' },
      config,
      output,
    },
    ['locale'],
  ),
  Validation: answer({
    ok: { type: 'boolean', description: 'Whether no violation is an error.' },
    bundle_id: id('The bundle whose constraints they are.'),
    semver: version('The version that was used.'),
    bundle_hash: digest('Of the bundle, its templates included.'),
    violations: {
      type: 'array',
      description: 'By constraint, and then by their places; at most 100 of each constraint.',
      items: answer(
        {
          constraint: { type: 'string', description: 'Its name.' },
          severity: { enum: ['error', 'warn', 'advise'], description: 'How grave it is.' },
          message: { type: 'string', description: 'What is wrong, for people.' },
          span: {
            ...answer({ start: offset('Where it begins.'), end: offset('Where it ends.') }),
            description: 'Where it is in the answer; absent if it is about what is not there.',
          },
          actual: { description: 'What was measured or found.' },
          limit: { description: 'What is allowed or demanded.' },
          retry_hint: { type: 'string', description: 'What to send back to the model, so that it mends the answer.' },
        },
        ['span'],
      ),
    },
  }),
  BatchResult: answer({
    results: {
      type: 'array',
      description: 'One for each request, in the same order.',
      items: {
        anyOf: [
          answer({
            status: { const: 200, description: 'Of a request that was rendered.' },
            yanked,
            result: named('RenderResult', 'What was rendered.'),
          }),
          answer({
            status: {
              type: 'integer',
              minimum: 400,
              maximum: 599,
              description: 'What another request would have been answered with alone.',
            },
            problem: named('Problem', 'What is wrong with it.'),
          }),
        ],
      },
    },
  }),
  BundleList: answer({
    bundles: {
      type: 'array',
      description: 'The default version of each bundle, by id.',
      items: answer({
        bundle_id: id('The bundle.'),
        semver: version('Its default version.'),
        tags,
        bundle_hash: digest('Of that version, its templates included.'),
        description: oneLine,
      }),
    },
    next: orNull({ type: 'string', description: 'The `cursor` of the next page; `null` on the last one.' }),
  }),
  Bundle: answer({
    bundle_id: id('The bundle.'),
    semver: version('The version that is shown.'),
    default: defaultVersion,
    versions: versions('bundle_hash', 'bundle'),
    yanked,
    bundle_hash: digest('Of the bundle, its templates included.'),
    adapter_version: adapterVersion,
    description: oneLine,
    tags,
    slots: {
      type: 'object',
      description: 'The template that fills each slot, in the order in which they are put together.',
      properties: Object.fromEntries(
        SLOT_NAMES.map((slot) => [
          slot,
          answer({ template_id: id('The template.'), semver: version('Its version.'), template_hash: digest('Of that version.') }),
        ]),
      ),
      additionalProperties: false,
    },
    constraints: constraints('What the answer of the model must keep to, merged over the templates.'),
    constraints_in_prompt: orNull({
      const: 'append',
      description: 'That renders end their first text with the directives; `null` if templates place them.',
    }),
    locale: orNull({ type: 'string', description: 'The language of answers, a BCP 47 tag.' }),
    config,
    output,
    input_schema: {
      type: 'object',
      description: 'A JSON Schema (2020-12) of everything that a render takes besides `bundle_id`, `semver` and `model_type`.',
    },
    artifact,
  }),
  Template: answer({
    template_id: id('The template.'),
    semver: version('The version that is shown.'),
    default: defaultVersion,
    versions: versions('template_hash', 'template'),
    yanked,
    template_hash: digest('Of the template, its partials included.'),
    role: { enum: [...ROLES], description: 'Whom the text speaks as.' },
    adapter_version: adapterVersion,
    description: oneLine,
    inputs: { type: 'object', description: 'JSON Schemas of what the template takes, by name; a name that ends in `?` is optional.' },
    constraints: constraints("The template's own, as its author wrote them."),
    artifact,
  }),
  Manifest: withoutIdentity(MANIFEST_SCHEMA),
  Artifact: {
    type: 'object',
    description:
      'A bundle, a template or a page of the index, as docs/artifact-format.md describes it; its JSON Schemas come with promptc.',
  },
  Health: answer({ status: { const: 'ok' } }),
  AuditAnswer: answer(
    {
      hash: digest('The hash that was asked for.'),
      records: { type: 'array', items: named('AuditRecord'), description: 'The newest first.' },
      has_more: { type: 'boolean', description: 'Whether there are older ones.' },
      replays: { type: 'array', items: named('Replay'), description: 'One for each record, in the same order, if they were asked for.' },
    },
    ['replays'],
  ),
  Replay: answer({
    identical: orNull({ type: 'boolean', description: 'Whether the render is the one that was recorded; null if there is none.' }),
    differences: {
      type: 'array',
      description: 'In what it differs.',
      items: answer({
        field: { type: 'string', description: 'What of the record.' },
        recorded: orNull({ type: 'string', description: 'As it was recorded.' }),
        now: orNull({ type: 'string', description: 'As it is now.' }),
      }),
    },
    reason: orNull({ type: 'string', description: 'Why it cannot be rendered again.' }),
  }),
  AuditRecord: {
    description: 'One render, as docs/audit.md says.',
    ...answer(
      {
        sequence: { type: 'integer', minimum: 1, description: 'Its place in the log.' },
        time: { type: 'string', description: 'When it was rendered, in UTC.' },
        bundle_id: id('The bundle.'),
        semver: version('Its version.'),
        bundle_hash: digest('Of the bundle.'),
        personality_hash: digest('Of the payload, its defaults applied.'),
        prompt_hash: digest('Of the text.'),
        engine_version: { type: 'string', description: 'The version of promptc that rendered it.' },
        adapter_version: adapterVersion,
        build: orNull(digest('The build that it was rendered from.')),
        commit: orNull({ type: 'string', description: 'The commit of the build.' }),
        caller: orNull({ type: 'string', description: "The id of the caller's key." }),
        latency_ms: { type: 'number', minimum: 0, description: 'What the render took.' },
        payload: {
          type: 'object',
          description: 'The payload with its defaults, if the log keeps payloads. Masked values are `{"$masked": true}`.',
        },
        masked: {
          type: 'array',
          items: { type: 'string' },
          description: 'The masks that covered something in this payload; absent if none did.',
        },
        dropped: { type: 'integer', minimum: 1, description: 'How many renders before this one were not recorded; absent if all were.' },
        previous: digest('Of the record before.'),
        hash: digest('Of this record.'),
      },
      ['payload', 'masked', 'dropped'],
    ),
  },
  Readiness: answer({
    status: {
      enum: ['ready', 'waiting', 'stopping'],
      description: 'Whether there is a build to answer from; `stopping` if the server is about to end.',
    },
    build: orNull(digest('The build that is served.')),
    commit: orNull({ type: 'string', description: 'The Git commit that it was made from, if it says so.' }),
    problem: {
      description: 'Why the newest build is not the one that is served, if so.',
      anyOf: [
        answer({
          message: { type: 'string', description: 'What is wrong with it.' },
          since: { type: 'string', description: 'Since when, in UTC.', examples: ['2026-01-31T12:00:00.000Z'] },
        }),
        { type: 'null' },
      ],
    },
  }),
  OpenApi: {
    type: 'object',
    description: 'An OpenAPI document.',
    properties: { openapi: { const: '3.1.0', description: 'The version of OpenAPI.' } },
    required: ['openapi'],
    additionalProperties: true,
  },
} satisfies { readonly [name: string]: JsonSchema };

/** An object with these keys, of which none is ever left out unless it is optional, and perhaps others one day. */
function answer(properties: Properties, optional: readonly string[] = []): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties).filter((key) => !optional.includes(key)) };
}

/** Another schema of the document. */
function named(name: string, description?: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}`, ...(description !== undefined && { description }) };
}

function orNull({ description: said, ...schema }: JsonSchema): JsonSchema {
  const { type } = schema;
  const both = typeof type === 'string' ? { ...schema, type: [type, 'null'] } : { anyOf: [schema, { type: 'null' }] };
  return { ...both, ...(said !== undefined && { description: said }) };
}

/** A schema to be put into another one, whose dialect is the same. */
function withoutIdentity({ $schema: _dialect, $id: _name, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
