/** promptc.config.json: its settings, their schema and their defaults. */
import type { JsonSchema } from '../format/artifact.js';
import { DEFAULT_RULE_LEVELS, LEVELS, RULE_IDS, type RuleLevels } from '../format/diff-rule.js';
import { DEFAULT_RENDER_LIMITS, type RenderLimits } from '../render/limits.js';

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

export interface Config {
  readonly limits: Limits;
  readonly diff: {
    /** What each kind of change weighs. */
    readonly rules: RuleLevels;
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
  diff: { rules: DEFAULT_RULE_LEVELS },
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
    diff: {
      type: 'object',
      properties: {
        rules: {
          type: 'object',
          properties: Object.fromEntries(RULE_IDS.map((id) => [id, { enum: [...LEVELS, 'off'] }])),
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};
