/** The types that an input can be of, and hints for its type and its name. */
import { nearest } from '../nearest.js';

/** The types of a schema. */
export const TYPES: readonly string[] = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
/** What can be written instead of a schema. */
export const SHORTHANDS: readonly string[] = ['string', 'number', 'integer', 'boolean', 'object', 'any'];

/** Names that types have elsewhere. */
const OTHER_TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['text', 'string'],
  ['str', 'string'],
  ['int', 'integer'],
  ['float', 'number'],
  ['double', 'number'],
  ['bool', 'boolean'],
  ['list', 'array'],
  ['array', 'array'],
  ['dict', 'object'],
  ['map', 'object'],
]);

/** @param known - the types that can stand there */
export function typeHint(type: string, known: readonly string[]): string {
  if (type.endsWith('[]')) return 'Write a list of lists out: { type: array, items: { type: array, items: { type: string } } }';
  const near = OTHER_TYPE_NAMES.get(type.toLowerCase()) ?? nearest(type, known);
  if (near === 'array' && known === SHORTHANDS) return 'For a list write the type of its items and [], such as string[].';
  if (near !== undefined) return `Did you mean "${near}"?`;
  return `The types are ${known.join(', ')}${known === SHORTHANDS ? ', and each of them with [] for a list' : ''}.`;
}

export function inputNameHint(key: string): string | undefined {
  const [, name, type] = /^([A-Za-z_]\w*\??):(\S+)$/.exec(key) ?? [];
  if (name !== undefined) return `Put a space behind the ":": ${name}: ${type!}`;
  const legal = key
    .trim()
    .replaceAll(/[^A-Za-z0-9_?]+/g, '_')
    .replaceAll(/\?(?!$)|^(?=[0-9])/g, '_');
  const rule = 'letters, digits and "_", no digit at first, and a "?" at the end if it is optional';
  return /[A-Za-z]/.test(legal) ? `Write for example ${legal}: a name is ${rule}.` : undefined;
}
