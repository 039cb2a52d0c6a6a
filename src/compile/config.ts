/** promptc.config.json: its settings, their schema and their defaults. */
import { WARNING_CODES } from '../base/codes.js';
import type { Json } from '../base/json.js';
import type { JsonSchema } from '../format/artifact.js';
import { BUDGET_PROPERTIES } from '../format/frontmatter-schema.js';
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
}

/** From the keys as they are written, in a bundle or in the configuration. */
export function budgetOf({ max_tokens: maxTokens, min_static_prefix: minStaticPrefix }: { readonly [key: string]: Json }): Budget {
  return {
    ...(typeof maxTokens === 'number' && { maxTokens }),
    ...(typeof minStaticPrefix === 'number' && { minStaticPrefix }),
  };
}

export const CONFIG_FILE = 'promptc.config.json';

export const DEFAULT_CONFIG: Config = {
  limits: {
    fileBytes: 1024 * 1024,
    yamlDepth: 64,
    blockDepth: 256,
    partialDepth: 64,
    operations: 1_000_000,
    ...DEFAULT_RENDER_LIMITS,
  },
  severities: {},
  budget: {},
};

/** The most that a limit can be raised to, where more would exhaust the call stack or memory. */
const CEILINGS: { readonly [name in keyof Limits]?: number } = {
  fileBytes: 64 * 1024 * 1024,
  yamlDepth: 512,
  blockDepth: 512,
  partialDepth: 256,
  operations: 10_000_000,
  promptBytes: 256 * 1024 * 1024,
  payloadBytes: 64 * 1024 * 1024,
  payloadDepth: 512,
};

export const CONFIG_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    $schema: { type: 'string' },
    limits: {
      type: 'object',
      properties: Object.fromEntries(
        Object.keys(DEFAULT_CONFIG.limits).map((name) => {
          const maximum = CEILINGS[name as keyof Limits];
          return [name, { type: 'integer', minimum: 1, ...(maximum === undefined ? {} : { maximum }) }];
        }),
      ),
      additionalProperties: false,
    },
    diagnostics: {
      type: 'object',
      properties: Object.fromEntries(WARNING_CODES.map((code) => [code, { enum: ['off', 'warning', 'error'] }])),
      additionalProperties: false,
    },
    ...BUDGET_PROPERTIES,
  },
  additionalProperties: false,
};
