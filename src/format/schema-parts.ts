/** What the schemas of files are made of. */
import type { JsonSchema } from './artifact.js';

/** JSON Schema 2020-12, the dialect of every schema of promptc. */
export const META_SCHEMA = 'https://json-schema.org/draft/2020-12/schema';

export type Properties = { [name: string]: JsonSchema };

/** An object with these keys and no other; those that are not optional are required. */
export function record(properties: Properties, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

/** A Git object's id, by SHA-1 or by SHA-256. */
export const OBJECT_ID_PATTERN = '^(?:[0-9a-f]{40}|[0-9a-f]{64})$';
