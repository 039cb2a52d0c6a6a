/** Constraints of which no answer can keep both, as far as that can be told without trying. */
import type { Json } from '../base/json.js';
import { readWritten } from './severity.js';
import { constraintNamed, CONSTRAINT_NAMES } from './vocabulary.js';
import { wordStarts } from './words.js';

/** Two constraints that contradict each other. */
export interface Contradiction {
  readonly first: string;
  readonly second: string;
  /** Why, as a sentence. */
  readonly reason: string;
}

/** @param constraints - merged ones */
export function contradictions(constraints: { readonly [name: string]: Json }, locale: string): Contradiction[] {
  const value = (name: string): Json | undefined => {
    const written = Object.hasOwn(constraints, name) ? constraints[name] : undefined;
    return written === undefined ? undefined : readWritten(written).value;
  };
  const list = (name: string): string[] => (value(name) as string[] | undefined) ?? [];
  const text = (name: string): string | undefined => value(name) as string | undefined;
  return [...demandedAndForbidden(value, list, text), ...tooLong(value, list, text, locale), ...formats(value, text), ...patterns(list)];
}

type Value = (name: string) => Json | undefined;
type List = (name: string) => string[];
type Text = (name: string) => string | undefined;

/** A text that an answer must hold, and that holds what no answer may. */
function* demandedAndForbidden(value: Value, list: List, text: Text): Generator<Contradiction> {
  // Behind the beginning and before the end the answer goes on, perhaps within a word.
  const demanded = [
    ...list('REQUIRED_TOKENS').map((token) => ({ name: 'REQUIRED_TOKENS', token, variants: [token] })),
    ...['STARTS_WITH', 'ENDS_WITH'].flatMap((name) => {
      const token = text(name);
      return token === undefined ? [] : [{ name, token, variants: [token, name === 'STARTS_WITH' ? `${token}x` : `x${token}`] }];
    }),
  ];
  for (const first of CONSTRAINT_NAMES) {
    const forbids = value(first);
    const finder = forbids === undefined ? undefined : constraintNamed(first)!.finder?.(forbids);
    if (finder === undefined) continue;
    for (const { name, token, variants } of demanded) {
      const isAlways = variants.every((variant) => [...finder(variant)].some(({ start, end }) => end > start));
      if (isAlways) yield { first, second: name, reason: `${JSON.stringify(token)} is demanded, and what it holds is forbidden` };
    }
  }
}

/** What an answer must hold has more words than it may have. */
function* tooLong(value: Value, list: List, text: Text, locale: string): Generator<Contradiction> {
  const most = value('MAX_WORDS') as number | undefined;
  if (most === undefined) return;
  // Tokens can overlap, but each word that is in any of them has to be there once.
  const required = new Set(list('REQUIRED_TOKENS').flatMap((token) => wordsOf(token.toLowerCase(), locale)));
  if (required.size > most) {
    yield {
      first: 'MAX_WORDS',
      second: 'REQUIRED_TOKENS',
      reason: `${most} words are allowed, and ${required.size} different ones are required`,
    };
  }
  for (const name of ['STARTS_WITH', 'ENDS_WITH']) {
    const count = wordStarts(text(name) ?? '', locale).length;
    if (count > most) yield { first: 'MAX_WORDS', second: name, reason: `${most} words are allowed, and ${name} alone has ${count}` };
  }
}

function wordsOf(text: string, locale: string): string[] {
  const starts = wordStarts(text, locale);
  return starts.map((start, i) => text.slice(start, starts[i + 1]).trim());
}

/** What JSON can begin and end with. */
const BEGINS_JSON = /^[[{"0-9tfn-]/;
const ENDS_JSON = /[\]}"0-9el]$/;

function* formats(value: Value, text: Text): Generator<Contradiction> {
  const format = value('FORMAT');
  const json = format === 'json' ? 'FORMAT' : value('OUTPUT_SCHEMA') === true ? 'OUTPUT_SCHEMA' : undefined;
  if (json === undefined) return;
  if (format !== undefined && format !== 'json') {
    yield {
      first: 'FORMAT',
      second: 'OUTPUT_SCHEMA',
      reason: `the answer is to be JSON by the one, and ${JSON.stringify(format)} by the other`,
    };
  }
  const start = text('STARTS_WITH');
  if (start !== undefined && !BEGINS_JSON.test(start)) {
    yield { first: json, second: 'STARTS_WITH', reason: `no JSON begins with ${JSON.stringify(start)}` };
  }
  const end = text('ENDS_WITH');
  if (end !== undefined && !ENDS_JSON.test(end))
    yield { first: json, second: 'ENDS_WITH', reason: `no JSON ends with ${JSON.stringify(end)}` };
}

function* patterns(list: List): Generator<Contradiction> {
  const forbidden = new Set(list('NOT_MATCHES'));
  for (const pattern of list('MATCHES')) {
    if (forbidden.has(pattern)) yield { first: 'MATCHES', second: 'NOT_MATCHES', reason: `both name ${JSON.stringify(pattern)}` };
  }
}
