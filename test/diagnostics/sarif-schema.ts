/** SARIF's own schema, version 2.1.0. */
import published from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import { Ajv } from 'ajv';

/** It is of JSON Schema's draft 4, whose `id` is `$id` in the drafts that Ajv knows; it uses nothing else that has changed. */
const { $schema, id, ...schema } = published;
if (!$schema.endsWith('/draft-04/schema#')) throw new Error(`the schema is of another draft: ${$schema}`);

/** RFC 3986: the characters of a reference, and `%` only before two hexadecimal digits. */
const REFERENCE = /^(?:[\w\-.~!$&'()*+,;=:@/?#[\]]|%[0-9A-Fa-f]{2})*$/;

const validate = new Ajv({
  strict: false,
  // One of its patterns is no regular expression with the flag `u`.
  unicodeRegExp: false,
  allErrors: true,
  formats: { uri: (text: string) => URL.canParse(text), 'uri-reference': REFERENCE, 'date-time': /^\d{4}-\d\d-\d\dT/ },
}).compile({ $id: id, ...schema });

/** What a log has against the schema. */
export function sarifProblems(log: unknown): string[] {
  return validate(log) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}
