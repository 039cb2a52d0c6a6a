/**
 * JSON Schemas of what authors write. The compiler checks with them, and they ship with the package for editors,
 * which show an author the descriptions and offer the examples. What a schema cannot say well, it leaves open: the
 * compiler looks at that itself, and has the better message.
 */
import { withSeverity } from '../constraints/severity.js';
import { CONSTRAINT_NAMES, constraintNamed, usualSeverity } from '../constraints/vocabulary.js';
import { type JsonSchema, ROLES, type SlotName, SLOT_NAMES } from './artifact.js';
import { META_SCHEMA, type Properties, record } from './schema-parts.js';

/** Segments of lower-case letters, digits, `.`, `_` and `-`, joined by `/`. */
export const ID_PATTERN = '^[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*$';

/** Semantic Versioning 2.0.0 without build metadata; its three numbers are small enough to be compared exactly everywhere. */
export const VERSION_PATTERN =
  '^(?:0|[1-9][0-9]{0,14})\\.(?:0|[1-9][0-9]{0,14})\\.(?:0|[1-9][0-9]{0,14})(?:-(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?$';

/** Of an id. */
export const ID_SCHEMA: JsonSchema = { type: 'string', pattern: ID_PATTERN, maxLength: 256 };

/** Of a version. */
export const VERSION_SCHEMA: JsonSchema = { type: 'string', pattern: VERSION_PATTERN, maxLength: 128 };

/** Of constraints, be they a template's, a bundle's or merged. */
export const CONSTRAINTS_SCHEMA: JsonSchema = {
  type: 'object',
  properties: Object.fromEntries(CONSTRAINT_NAMES.map((name) => [name, writtenSchema(name)])),
  patternProperties: { '^X_': { description: 'For tools of your own: it is passed on, and promptc does not look at it.' } },
  additionalProperties: false,
};

/** What may stand below the name of a constraint. */
function writtenSchema(name: string): JsonSchema {
  const constraint = constraintNamed(name)!;
  return withSeverity(constraint.schema, usualSeverity(constraint));
}

/** Of a bundle's locale: a language, and perhaps a script and a region, as in BCP 47. */
export const LOCALE_SCHEMA: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?$',
  maxLength: 12,
};

/** Of the key that has constraints shown to the model without a `{{constraints}}`. */
export const CONSTRAINTS_IN_PROMPT_SCHEMA: JsonSchema = { enum: ['append'] };

/** What a bundle's prompts may come to, in tokens: in a bundle, and in the configuration for all that set nothing themselves. */
export const BUDGET_PROPERTIES = {
  max_tokens: { type: 'integer', minimum: 1, description: 'The most tokens that the prompt of an example may have.' },
  min_static_prefix: {
    type: 'integer',
    minimum: 1,
    description: 'The fewest tokens that all prompts of a bundle must have in common at their beginning.',
  },
} satisfies Properties;

/** Of a bundle's tags. */
export const TAGS_SCHEMA: JsonSchema = { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true };

const version: JsonSchema = {
  ...VERSION_SCHEMA,
  description: 'MAJOR.MINOR.PATCH, such as 1.2.0 or 2.0.0-beta.1. Raise it with every change of what is published.',
  examples: ['1.0.0'],
};

const template: Properties = {
  id: {
    ...ID_SCHEMA,
    description: 'The name that bundles refer to: a-z, 0-9, ".", "_" and "-", in segments joined by "/".',
    examples: ['support/tone'],
  },
  version,
  role: { enum: [...ROLES], description: 'Whom the text speaks as, when the prompt is sent as messages.' },
  description: { type: 'string', description: 'One line for people. It is in no hash and can be edited at any time.' },
  adapter_version: {
    type: 'string',
    minLength: 1,
    description:
      'A mark for the program that sends the prompt, returned with every render. All templates of a bundle have the same, or none.',
  },
  inputs: {
    type: 'object',
    description: 'What a request has to bring, by name. A name that ends in "?" may be left out.',
    // What an input may be is checked value by value, for better messages than a schema gives.
    additionalProperties: {
      type: ['string', 'object'],
      description: 'A type, with [] for a list of it, or a JSON Schema such as { enum: [free, pro] }.',
      examples: ['string', 'number', 'integer', 'boolean', 'object', 'any', 'string[]'],
    },
  },
  constraints: { ...CONSTRAINTS_SCHEMA, description: "Rules for the model's answers. {{constraints}} prints them." },
};

/** What fills each slot. */
const SLOT_DESCRIPTIONS: { readonly [slot in SlotName]: string } = {
  system: 'What always holds: who speaks, and what is never done.',
  personality: 'How the speaker sounds.',
  activity: 'What the speaker is doing at the moment.',
  task: 'What is to be done now.',
};

/** What a request may hold. It is checked against the inputs of the bundle's templates, so this only describes it. */
const request: Properties = {
  semantic_traits: { description: 'How the persona feels and speaks, by trait.' },
  activity_level: { description: 'A number from 0 to 1.' },
  stress: { description: 'A number from 0 to 1.' },
  task: { description: 'What is to be done: a text.' },
  inputs: { description: "The inputs that the bundle's templates declare, by name." },
  model_type: { description: 'The model that gets the prompt. If the bundle has tags, it is one of them.' },
};

const example = record({
  name: { type: 'string', minLength: 1, description: "Unlike any other example's of the bundle." },
  input: { type: 'object', description: 'A request.', properties: request },
});

const bundle: Properties = {
  id: {
    ...ID_SCHEMA,
    description: 'The name that requests ask for: a-z, 0-9, ".", "_" and "-", in segments joined by "/".',
    examples: ['support-agent'],
  },
  version,
  description: { type: 'string', description: 'One line for people. It is in no hash and can be edited at any time.' },
  slots: {
    type: 'object',
    description: 'Which template fills which slot. The prompt is put together in the order system, personality, activity, task.',
    properties: Object.fromEntries(
      SLOT_NAMES.map((slot) => [
        slot,
        {
          type: 'string',
          description: `${SLOT_DESCRIPTIONS[slot]} A template: an id, id@1.2.0 or id@^1.2.0.`,
          examples: [`support/${slot}`, `support/${slot}@1.2.0`, `support/${slot}@^1.2.0`],
        },
      ]),
    ),
    additionalProperties: false,
    minProperties: 1,
  },
  // An empty list could mean every model or none; leaving it out means every model.
  tags: {
    ...TAGS_SCHEMA,
    minItems: 1,
    description: 'The models that the bundle is meant for. A request for another one is refused. Without this key, none is.',
    examples: [['gpt-4o', 'gpt-4.1']],
  },
  config: {
    type: 'object',
    description: 'Settings for the program that sends the prompt, such as { temperature: 0.2 }. Every render returns them as they are.',
  },
  output: {
    type: 'object',
    description: 'What the answer has to look like, such as { schema: { type: object } }. Every render returns it as it is.',
  },
  constraints: { ...CONSTRAINTS_SCHEMA, description: "Rules for the model's answers, merged with those of the templates." },
  constraints_in_prompt: {
    ...CONSTRAINTS_IN_PROMPT_SCHEMA,
    description: 'append: the rules stand at the end of the system part, for bundles none of whose templates prints {{constraints}}.',
  },
  locale: {
    ...LOCALE_SCHEMA,
    description: "The language of the model's answers, in which words and sentences are counted; en if left out.",
    examples: ['en', 'de-CH', 'zh-Hant'],
  },
  examples: {
    type: 'array',
    items: example,
    description:
      'Requests that every build renders, such as { name: refund, input: { task: Hello } }. One that does not render is an error.',
  },
};

/** Of a template file's frontmatter. */
export const TEMPLATE_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:template',
  title: 'Template',
  description: 'The frontmatter of prompts/templates/**/*.md: a piece of a prompt.',
  ...record(template, ['description', 'adapter_version', 'inputs', 'constraints']),
};

/** Of a bundle file's frontmatter. */
export const BUNDLE_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:bundle',
  title: 'Bundle',
  description: 'The frontmatter of prompts/bundles/**/*.md: the templates that make a prompt.',
  ...record({ ...bundle, ...BUDGET_PROPERTIES }, [
    'description',
    'tags',
    'config',
    'output',
    'constraints',
    'constraints_in_prompt',
    'locale',
    'examples',
    ...Object.keys(BUDGET_PROPERTIES),
  ]),
};
