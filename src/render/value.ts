/** How values behave in templates: what is below them, whether they are true, how they print. */
import { canonicalJson } from '../base/canonical-json.js';

/** The value below `key`: an own property of an object, an item of a list; `undefined` for anything else. */
export function lookUp(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return INDEX.test(key) ? (value as unknown[])[Number(key)] : undefined;
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

const INDEX = /^(?:0|[1-9][0-9]{0,9})$/;

/** Handlebars' truth: `false`, `null`, absent, `""`, `0` and `[]` are false. */
export function isTruthy(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** The text of a value: section "Printing" of docs/language.md. */
export function printValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return value === 0 ? '0' : String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? '' : canonicalJson(value);
    default:
      return '';
  }
}
