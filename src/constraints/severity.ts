/** How grave it is to break a constraint, and how authors write it: `{ value: 200, severity: warn }`. */
import { isObject, type Json, type JsonObject } from '../base/json.js';

/** From the mildest to the strictest. */
export const SEVERITIES = ['advise', 'warn', 'error'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** A value, and a severity if one is written. */
export interface WithSeverity {
  readonly value: Json;
  readonly severity: Severity | undefined;
}

/** Takes apart what stands below the name of a constraint. No constraint's own value is an object. */
export function readWritten(written: Json): WithSeverity {
  if (!isObject(written)) return { value: written, severity: undefined };
  return { value: written['value']!, severity: written['severity'] as Severity | undefined };
}

/** The shortest way to write it: the severity is left out where it goes without saying. */
export function writeShort(value: Json, severity: Severity, usual: Severity): Json {
  return severity === usual ? value : { value, severity };
}

export function strictest(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}

/** The schema of a constraint in a file: its value alone, or an object with its severity. */
export function withSeverity(schema: JsonObject, usual: Severity): JsonObject {
  const object: JsonObject = {
    type: 'object',
    properties: {
      value: schema,
      severity: { enum: [...SEVERITIES], description: `How grave it is to break it; ${usual} if left out.` },
    },
    required: ['value'],
    additionalProperties: false,
  };
  // Not `anyOf`, by which one mistake would break both forms.
  return { description: schema['description']!, if: { type: 'object' }, then: object, else: schema };
}
