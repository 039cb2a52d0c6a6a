/** The built-in helpers: pure functions of JSON values. docs/language.md describes each for authors. */
import { canonicalJson } from '../base/canonical-json.js';
import { compareCodePoints } from '../base/json.js';
import type { HelperName, Literal } from '../format/operation.js';
import { isTruthy, printValue } from './value.js';
import type { Work } from './work.js';

export type Options = { readonly [name: string]: Literal };
type Helper = (args: readonly unknown[], options: Options, work: Work) => unknown;

export const HELPERS: { readonly [name in HelperName]: Helper } = {
  eq: ([a, b], _, work) => isEqual(a, b, work),
  ne: ([a, b], _, work) => !isEqual(a, b, work),
  lt: ([a, b], _, work) => compare(a, b, work) < 0,
  lte: ([a, b], _, work) => compare(a, b, work) <= 0,
  gt: ([a, b], _, work) => compare(a, b, work) > 0,
  gte: ([a, b], _, work) => compare(a, b, work) >= 0,
  and: (args) => args.every(isTruthy),
  or: (args) => args.some(isTruthy),
  not: ([value]) => !isTruthy(value),
  includes: ([whole, part], _, work) => includes(whole, part, work),
  json: ([value = null], { indent }, work) => {
    if (typeof indent !== 'number' || indent === 0) return json(value, work);
    work.allowText(indent * marginLength(value, 0));
    return indented(value, ' '.repeat(indent));
  },
  join: ([list, separator], _, work) => (Array.isArray(list) ? join(list, printValue(separator), work) : ''),
  length: ([value], _, work) => lengthOf(value, work),
  default: ([value, fallback]) => value ?? fallback,
};

/** Equality of JSON values; an absent value equals `null`. */
function isEqual(a: unknown, b: unknown, work: Work): boolean {
  const x = a ?? null;
  const y = b ?? null;
  if (typeof x === 'string' && typeof y === 'string') work.spendText(Math.min(x.length, y.length));
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return x === y;
  return json(x, work) === json(y, work);
}

function includes(whole: unknown, part: unknown, work: Work): boolean {
  if (typeof whole === 'string') {
    if (typeof part !== 'string') return false;
    // At worst, a search looks at every character of the one for every character of the other.
    work.spendText(whole.length);
    work.spend((whole.length >> 6) * (part.length >> 6));
    return whole.includes(part);
  }
  if (!Array.isArray(whole)) return false;
  work.spend(whole.length);
  return whole.some((item) => isEqual(item, part, work));
}

function json(value: unknown, work: Work): string {
  const text = canonicalJson(value);
  work.spendText(text.length);
  return text;
}

function join(list: readonly unknown[], separator: string, work: Work): string {
  work.spend(list.length);
  const parts = list.map(printValue);
  work.allowText(parts.reduce((sum, part) => sum + part.length, separator.length * parts.length));
  return parts.join(separator);
}

/** Numbers by size, texts by code point; NaN, which no comparison accepts, for anything else. */
function compare(a: unknown, b: unknown, work: Work): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== 'string' || typeof b !== 'string') return NaN;
  work.spendText(Math.min(a.length, b.length));
  return compareCodePoints(a, b);
}

/** Characters (code points) of a text, items of a list, keys of an object; 0 for anything else. */
function lengthOf(value: unknown, work: Work): number {
  if (typeof value === 'string') {
    work.spendText(value.length);
    let count = 0;
    for (const _ of value) count++;
    return count;
  }
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.length;
  const { length } = Object.keys(value);
  work.spend(length);
  return length;
}

/** How many levels of indentation come before all lines of a value together. */
function marginLength(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, item) => sum + depth + 1 + marginLength(item, depth + 1), depth);
}

/** JSON over several lines: each item and each key, in canonical order, on a line of its own. */
function indented(value: unknown, indent: string, margin = '\n'): string {
  if (typeof value !== 'object' || value === null) return canonicalJson(value);
  const inner = margin + indent;
  // Written key by key: an object made in sorted order would list keys such as "10" as numbers, before others.
  const parts = Array.isArray(value)
    ? value.map((item) => indented(item, indent, inner))
    : Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => `${canonicalJson(key)}: ${indented(item, indent, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return parts.length === 0 ? open + close : open + inner + parts.join(`,${inner}`) + margin + close;
}
