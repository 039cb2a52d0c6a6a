/**
 * What Handlebars renders, brought to promptc's rules where they differ on purpose: the order of keys, how
 * lists and objects print, `with 0`, partials on lines of their own. All else is Handlebars' own doing. The
 * helpers are written anew here, as simply as can be.
 */
import Handlebars from 'handlebars';
import type { Json, JsonObject } from '../../src/base/json.js';
import { type GeneratedTemplate, INDEX } from './generated-template.js';

/** Thrown where Handlebars cannot tell what is right; the case is then left out. */
export class Undecided extends Error {}

/** @returns what renders an input, or throws `Undecided` */
export function compileWithHandlebars({ template, partials: texts, inclusions }: GeneratedTemplate): (input: JsonObject) => string {
  const all = [template, ...Object.values(texts)];
  const handlebars = all.some((text) => text.includes('..')) ? WATCHFUL : PLAIN;
  const compile = (text: string): Handlebars.TemplateDelegate =>
    handlebars.compile(inHandlebarsSyntax(text, Object.values(inclusions)), { noEscape: true });

  const partials: { [name: string]: Handlebars.Template } = {};
  for (const [name, text] of Object.entries(texts)) {
    const tag = inclusions[name]!;
    const around = all.find((one) => one.includes(tag))!;
    const place = standing(tag, around);
    const program = compile(text);
    partials[name] = (context: unknown, options?: Handlebars.RuntimeOptions) => {
      const rendered = program(context, options);
      // Handlebars drops the line end behind a partial on its own line, so the partial brings one along.
      // It then also indents the last line, which shows if that line is empty.
      if (place.isAlone && (rendered === '' || rendered.endsWith('\n'))) throw new Undecided();
      return place.losesLineEnd ? `${rendered}\n` : rendered;
    };
  }
  const program = compile(template);
  return (input) => program(printable(input), { partials });
}

/** How a partial's tag stands in its text. */
export function standing(tag: string, text: string): { readonly isAlone: boolean; readonly losesLineEnd: boolean } {
  const at = text.indexOf(tag);
  const after = text.slice(at + tag.length);
  const isAlone = /(?:^|\n)[^\S\n]*$/.test(text.slice(0, at)) && /^[^\S\n]*(?:\n|$)/.test(after);
  // With a `~` on either side of it, the line end is gone in both languages.
  return { isAlone, losesLineEnd: isAlone && !tag.endsWith('~}}') && /^[ \t]*\n/.test(after) && !/^\s*\{\{~/.test(after) };
}

/**
 * `.0` becomes `.[0]`. A partial's indentation that a `~` on the line before takes away is left out: of a
 * block's `~}}`, Handlebars takes it only after it has noted it as the partial's indentation.
 */
function inHandlebarsSyntax(text: string, inclusions: readonly string[]): string {
  let out = text;
  for (const tag of inclusions) {
    const at = out.indexOf(tag);
    if (at !== -1 && /~\}\}\s*$/.test(out.slice(0, at))) out = out.slice(0, at).trimEnd() + lastLineEnd(out.slice(0, at)) + out.slice(at);
  }
  return out.replace(new RegExp(`${INDEX}(\\d+)`, 'g'), '[$1]');
}

function lastLineEnd(text: string): string {
  return /\n\s*$/.test(text) ? '\n' : '';
}

type Block = (this: unknown, value: unknown, options: Handlebars.HelperOptions) => string;

/** @param isWatchful - whether to stop where `../` would skip a level: Handlebars tells levels apart by their values */
function create(isWatchful: boolean): typeof Handlebars {
  const handlebars = Handlebars.create();
  Object.assign(handlebars, { JavaScriptCompiler: TextCompiler });
  handlebars.registerHelper(HELPERS);
  for (const name of ['if', 'unless', 'each', 'with']) {
    const original = handlebars.helpers[name] as Block;
    handlebars.registerHelper(name, function (this: unknown, value: unknown, options: Handlebars.HelperOptions) {
      // In place of a null, Handlebars gives blocks an empty object, which then prints and is true.
      const context = typeof this === 'object' && Object.isSealed(this) ? null : this;
      if (name === 'with' && value === 0) return options.inverse(context);
      const entered = name === 'with' ? [value] : name === 'each' && typeof value === 'object' ? Object.values(value ?? {}) : [];
      if (isWatchful && entered.some((inner) => inner == context)) throw new Undecided();
      return original.call(context, value, options);
    });
  }
  return handlebars;
}

interface JavaScriptCompiler {
  appendToBuffer(source: unknown, location: unknown, explicit: unknown): unknown;
}

// Handlebars documents this class for such ends (docs/compiler-api.md), but its types leave it out.
const { JavaScriptCompiler } = Handlebars as unknown as { JavaScriptCompiler: new () => JavaScriptCompiler };

/** With `noEscape`, Handlebars adds up numbers that are printed side by side; here each becomes text first. */
class TextCompiler extends JavaScriptCompiler {
  /** What blocks are compiled with. */
  get compiler() {
    return TextCompiler;
  }

  override appendToBuffer(source: unknown, location: unknown, explicit: unknown): unknown {
    return super.appendToBuffer(['"" + (', source, ')'], location, explicit);
  }
}

const HELPERS: { [name: string]: Handlebars.HelperDelegate } = {
  raw: (options: Handlebars.HelperOptions) => options.fn(null),
  eq: (a, b) => json(a) === json(b),
  ne: (a, b) => json(a) !== json(b),
  lt: (a, b) => areComparable(a, b) && order(a) < order(b),
  lte: (a, b) => areComparable(a, b) && order(a) <= order(b),
  gt: (a, b) => areComparable(a, b) && order(a) > order(b),
  gte: (a, b) => areComparable(a, b) && order(a) >= order(b),
  and: (...args) => args.slice(0, -1).every((value) => !Handlebars.Utils.isEmpty(value) && value !== 0),
  or: (...args) => args.slice(0, -1).some((value) => !Handlebars.Utils.isEmpty(value) && value !== 0),
  not: (value) => Handlebars.Utils.isEmpty(value) || value === 0,
  includes: (whole, part) =>
    typeof whole === 'string'
      ? typeof part === 'string' && whole.includes(part)
      : Array.isArray(whole) && whole.map(json).includes(json(part)),
  default: (value, fallback) => value ?? fallback,
  length: (value) =>
    typeof value === 'string' ? Array.from(value).length : typeof value === 'object' ? Object.keys(value ?? {}).length : 0,
  join: (list, separator) => (Array.isArray(list) ? list.map(print).join(print(separator)) : ''),
  json: (value, { hash }: Handlebars.HelperOptions) => JSON.stringify(value ?? null, null, hash['indent']),
};

const PLAIN = create(false);
const WATCHFUL = create(true);

/** The oracle's values have their keys sorted already. */
function json(value: unknown): string {
  return JSON.stringify(value ?? null);
}

function print(value: Json | undefined): string {
  return typeof value === 'object' && value !== null ? json(value) : String(value ?? '');
}

function areComparable(a: unknown, b: unknown): boolean {
  return typeof a === typeof b && (typeof a === 'number' || typeof a === 'string');
}

/** Of a text, its code points, each as long as the others. */
function order(value: unknown): string | number {
  if (typeof value !== 'string') return Number(value);
  return Array.from(value, (character) => character.codePointAt(0)!.toString(16).padStart(6, '0')).join('');
}

/** A copy with sorted keys, whose lists and objects print as JSON: Handlebars asks values for their text. */
function printable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy = Array.isArray(value) ? value.map(printable) : sortedCopy(value);
  return Object.defineProperty(copy, 'toString', { value: () => json(copy) });
}

function sortedCopy(object: object): object {
  const entries = Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, printable(item)]));
}
