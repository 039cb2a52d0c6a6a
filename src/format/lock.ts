/**
 * prompts/promptc.lock: every published version, with its hash, its artifact and the Git blobs that it is made
 * of. The file is JSON Lines, one entry a line, so that Git can merge two branches by taking the lines of both.
 */
import { DIGEST_PATTERN, type Digest } from '../base/digest.js';
import { type JsonSchema, SLOT_NAMES, type SlotName } from './artifact.js';
import { ID_PATTERN, ID_SCHEMA, VERSION_PATTERN, VERSION_SCHEMA } from './frontmatter-schema.js';
import { META_SCHEMA, OBJECT_ID_PATTERN, type Properties, record } from './schema-parts.js';

export const LOCK_FILE = 'prompts/promptc.lock';

/** The format of the lock that this version writes; it reads no other. */
export const LOCK_VERSION = 1;

interface LockedVersion {
  readonly id: string;
  readonly version: string;
  /** The semantics that it was published under. */
  readonly spec: number;
  /** The `template_hash` or `bundle_hash`: what a published version never changes. */
  readonly hash: Digest;
  /** Which bytes it was compiled to; a newer compiler may write others for the same hash. */
  readonly artifact: { readonly digest: Digest; readonly formatVersion: number };
  /** The files that it is made of, each with the Git blob that holds its text (with LF line ends). */
  readonly files: { readonly [path: string]: string };
  /** Why it is not to be used any more. */
  readonly yanked?: string;
}

/** A published template version; its files are its own and those of all partials that it includes. */
export interface LockedTemplate extends LockedVersion {
  readonly kind: 'template';
}

/** A published bundle version; its one file is its own. */
export interface LockedBundle extends LockedVersion {
  readonly kind: 'bundle';
  /** Which template version fills each slot, as `id@version`. */
  readonly slots: { readonly [slot in SlotName]?: string };
}

export type LockEntry = LockedTemplate | LockedBundle;

/** Each kind, id and version is there once. */
export interface Lock {
  /** By kind, id and version, whatever the order of the lines. */
  readonly entries: readonly LockEntry[];
}

/** A pattern without its anchors. */
const inner = (pattern: string): string => pattern.slice(1, -1);

const slot: JsonSchema = {
  type: 'string',
  pattern: `^${inner(ID_PATTERN)}@${inner(VERSION_PATTERN)}$`,
  description: 'The template version that fills the slot.',
};

const identity: Properties = {
  id: { ...ID_SCHEMA, description: 'Of the template or bundle.' },
  version: { ...VERSION_SCHEMA, description: 'The version that was published.' },
  spec: { type: 'integer', minimum: 1, description: 'The semantics that it was published under.' },
  hash: { type: 'string', pattern: DIGEST_PATTERN, description: 'What was published: this never changes.' },
  artifact: {
    ...record({
      digest: { type: 'string', pattern: DIGEST_PATTERN, description: 'Of the bytes of the artifact.' },
      formatVersion: { type: 'integer', minimum: 1, description: 'The format of the artifact.' },
    }),
    description: 'What it was compiled to.',
  },
};

const yanked: JsonSchema = { type: 'string', minLength: 1, description: 'Why it is not to be used any more.' };

/** Paths below these folders, with Git blob ids. */
function files(folders: string): JsonSchema {
  return {
    type: 'object',
    description: 'The files that it is made of, each with the id of the Git blob that holds its text.',
    propertyNames: { pattern: `^prompts/${folders}/` },
    additionalProperties: { type: 'string', pattern: OBJECT_ID_PATTERN },
    minProperties: 1,
  };
}

/** Of one line of the lock. `$defs` has the three kinds of lines by name. */
export const LOCK_LINE_SCHEMA: JsonSchema = {
  $schema: META_SCHEMA,
  $id: 'urn:promptc:format:lock',
  title: 'Lock line',
  description: 'One line of prompts/promptc.lock.',
  anyOf: [{ $ref: '#/$defs/version' }, { $ref: '#/$defs/template' }, { $ref: '#/$defs/bundle' }],
  $defs: {
    version: {
      ...record({ lockVersion: { const: LOCK_VERSION, description: 'The format of the lock.' } }),
      description: 'The line that says how the others are to be read.',
    },
    template: {
      ...record(
        { kind: { const: 'template', description: 'What was published.' }, ...identity, files: files('(?:templates|partials)'), yanked },
        ['yanked'],
      ),
      description: 'A published template version.',
    },
    bundle: {
      ...record(
        {
          kind: { const: 'bundle', description: 'What was published.' },
          ...identity,
          files: { ...files('bundles'), maxProperties: 1 },
          slots: {
            type: 'object',
            description: 'Which template version fills which slot.',
            properties: Object.fromEntries(SLOT_NAMES.map((name) => [name, slot])),
            additionalProperties: false,
            minProperties: 1,
          },
          yanked,
        },
        ['yanked'],
      ),
      description: 'A published bundle version.',
    },
  },
};
