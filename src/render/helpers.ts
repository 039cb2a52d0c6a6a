/** The built-in helpers: pure functions of JSON values. docs/language.md describes each for authors. */
import { canonicalJson } from '../base/canonical-json.js';
import { compareCodePoints } from '../base/json.js';
import type { HelperName, Literal } from '../format/operation.js';
import { isTruthy, printValue } from './value.js';

export type Options = { readonly [name: string]: Literal };
type Helper = (args: readonly unknown[], options: Options) => unknown;

export const HELPERS: { readonly [name in HelperName]: Helper } = {
  eq: ([a, b]) => isEqual(a, b),
  ne: ([a, b]) => !isEqual(a, b),
  lt: ([a, b]) => compare(a, b) < 0,
  lte: ([a, b]) => compare(a, b) <= 0,
  gt: ([a, b]) => compare(a, b) > 0,
  gte: ([a, b]) => compare(a, b) >= 0,
  and: (args) => args.every(isTruthy),
  or: (args) => args.some(isTruthy),
  not: ([value]) => !isTruthy(value),
  includes: ([whole, part]) => {
    if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
    return Array.isArray(whole) && whole.some((item) => isEqual(item, part));
  },
  json: ([value], { indent }) =>
    typeof indent === 'number' && indent > 0 ? indented(value ?? null, indent) : canonicalJson(value ?? null),
  join: ([list, separator]) => (Array.isArray(list) ? list.map(printValue).join(printValue(separator)) : ''),
  length: ([value]) => lengthOf(value),
  default: ([value, fallback]) => value ?? fallback,
};

/** Equality of JSON values; an absent value equals `null`. */
function isEqual(a: unknown, b: unknown): boolean {
  const x = a ?? null;
  const y = b ?? null;
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return x === y;
  return canonicalJson(x) === canonicalJson(y);
}

/** Numbers by size, texts by code point; NaN, which no comparison accepts, for anything else. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b);
  return NaN;
}

/** Characters (code points) of a text, items of a list, keys of an object; 0 for anything else. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') {
    let count = 0;
    for (const _ of value) count++;
    return count;
  }
  if (typeof value !== 'object' || value === null) return 0;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

/** JSON over several lines, with the keys in canonical order. */
function indented(value: unknown, indent: number): string {
  return JSON.stringify(sorted(value), null, indent);
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
