/** promptc.config.json: its settings, their schema and their defaults. */
import { WARNING_CODES } from '../base/codes.js';
import type { Json } from '../base/json.js';
import type { JsonSchema } from '../format/artifact.js';
import { DEFAULT_RULE_LEVELS, LEVELS, RULE_IDS, type RuleLevels } from '../format/diff-rule.js';
import { BUDGET_PROPERTIES } from '../format/frontmatter-schema.js';
import { META_SCHEMA } from '../format/schema-parts.js';
import { DEFAULT_RENDER_LIMITS, type RenderLimits } from '../render/limits.js';
import type { Severities } from './settle.js';

/** What compiling may cost. */
export interface CompileLimits {
  /** A file, in bytes. */
  readonly fileBytes: number;
  /** Nesting of frontmatter. */
  readonly yamlDepth: number;
  /** Nesting of blocks in a template, its partials put in. */
  readonly blockDepth: number;
  /** How many partials include each other in a chain. */
  readonly partialDepth: number;
  /** Operations of a bundle, its partials put in. */
  readonly operations: number;
  /** Characters of a template, its partials put in. */
  readonly characters: number;
}

export type Limits = CompileLimits & RenderLimits;

/** What a bundle's prompts may come to, in tokens. */
export interface Budget {
  /** The most that the prompt of an example may have. */
  readonly maxTokens?: number;
  /** The fewest that all prompts of the bundle must have in common at their beginning. */
  readonly minStaticPrefix?: number;
}

export interface Config {
  readonly limits: Limits;
  readonly severities: Severities;
  readonly budget: Budget;
  /** Whether builds remember what they came to. */
  readonly cache: boolean;
  readonly diff: {
    /** What each kind of change weighs. */
    readonly rules: RuleLevels;
  };
  readonly dev: {
    /** How long `promptc dev` waits for further changes behind one, in milliseconds. */
    readonly debounce: Bounds;
  };
}

/** A range, both ends included. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** From the keys as they are written, in a bundle or in the configuration. */
export function budgetOf({ max_tokens: maxTokens, min_static_prefix: minStaticPrefix }: { readonly [key: string]: Json }): Budget {
  return {
    ...(typeof maxTokens === 'number' && { maxTokens }),
    ...(typeof minStaticPrefix === 'number' && { minStaticPrefix }),
  };
}

export const DEFAULT_CONFIG: Config = {
  limits: {
    fileBytes: 1024 * 1024,
    yamlDepth: 64,
    blockDepth: 256,
    partialDepth: 64,
    operations: 1_000_000,
    characters: 8 * 1024 * 1024,
    ...DEFAULT_RENDER_LIMITS,
  },
  severities: {},
  budget: {},
  cache: true,
  diff: { rules: DEFAULT_RULE_LEVELS },
  dev: { debounce: { min: 50, max: 500 } },
};

/**
 * What an author reads of each limit, and the most that it can be raised to, where more would exhaust the call
 * stack or memory.
 */
const LIMITS: { readonly [name in keyof Limits]: { readonly description: string; readonly maximum?: number } } = {
  fileBytes: { description: 'A file, in bytes.', maximum: 64 * 1024 * 1024 },
  yamlDepth: { description: 'How deep frontmatter is nested.', maximum: 512 },
  blockDepth: { description: 'How deep blocks of a template are nested, its partials put in.', maximum: 512 },
  partialDepth: { description: 'How many partials include each other in a chain.', maximum: 256 },
  operations: { description: 'Operations of a template, and of a bundle, partials put in.', maximum: 10_000_000 },
  characters: { description: 'Characters of a template, its partials put in.', maximum: 64 * 1024 * 1024 },
  promptBytes: { description: 'A rendered prompt, in bytes of UTF-8.', maximum: 256 * 1024 * 1024 },
  payloadBytes: { description: 'A request with its defaults, in bytes of canonical JSON.', maximum: 64 * 1024 * 1024 },
  payloadDepth: { description: 'How deep a request is nested, itself counted.', maximum: 512 },
  steps: { description: 'Operations that one template runs in a render, loops and what helpers look through counted.' },
};

/** What no project can raise its limits beyond. */
export const HIGHEST_COMPILE_LIMITS: CompileLimits = {
  fileBytes: LIMITS.fileBytes.maximum!,
  yamlDepth: LIMITS.yamlDepth.maximum!,
  blockDepth: LIMITS.blockDepth.maximum!,
  partialDepth: LIMITS.partialDepth.maximum!,
  operations: LIMITS.operations.maximum!,
  characters: LIMITS.characters.maximum!,
};

/** Of promptc.config.json. Editors get it too: it ships with the package. */
export const CONFIG_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:config',
  title: 'Configuration',
  description: 'promptc.config.json: settings for a whole project.',
  type: 'object',
  properties: {
    $schema: {
      type: 'string',
      description: 'Where editors find the schema of this file; promptc does not read it.',
      examples: ['./node_modules/promptc/schemas/config.schema.json'],
    },
    limits: {
      type: 'object',
      description: 'What compiling and rendering may cost, by name.',
      properties: Object.fromEntries(
        Object.entries(DEFAULT_CONFIG.limits).map(([name, preset]) => [
          name,
          { type: 'integer', minimum: 1, ...LIMITS[name as keyof Limits], default: preset },
        ]),
      ),
      additionalProperties: false,
    },
    diagnostics: {
      type: 'object',
      description: 'What becomes of warnings, by code: docs/diagnostics.md has a section for each.',
      properties: Object.fromEntries(
        WARNING_CODES.map((code) => [code, { enum: ['off', 'warning', 'error'], description: `What becomes of ${code}.` }]),
      ),
      additionalProperties: false,
    },
    ...BUDGET_PROPERTIES,
    cache: {
      type: 'boolean',
      description: 'Whether a build uses again what an earlier one came to for files that have not changed since.',
      default: true,
    },
    diff: {
      type: 'object',
      description: 'How `promptc diff` weighs changes.',
      properties: {
        rules: {
          type: 'object',
          description: 'What a change weighs, by rule: docs/versions.md has a section for each.',
          properties: Object.fromEntries(RULE_IDS.map((id) => [id, { enum: [...LEVELS, 'off'], description: `What ${id} weighs.` }])),
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
    dev: {
      type: 'object',
      description: 'How `promptc dev` follows the files.',
      properties: {
        debounce: {
          type: 'object',
          description: 'How long it waits for further changes behind one, in milliseconds.',
          properties: {
            min: wait('After a change that comes alone.', DEFAULT_CONFIG.dev.debounce.min),
            max: wait('While many come, as when a branch is switched; never less than `min`.', DEFAULT_CONFIG.dev.debounce.max),
          },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

function wait(description: string, preset: number): JsonSchema {
  return { type: 'integer', minimum: 1, maximum: 10_000, description, default: preset };
}
