/** Query strings: what a route knows is declared once, for reading it and for the document of the API. */
import type { Problem } from '../base/error.js';
import type { JsonSchema } from '../format/artifact.js';
import { HttpError } from './http-error.js';

/** One parameter of a query. */
export interface Parameter<Value> {
  readonly description: string;
  /** What it may be. */
  readonly schema: JsonSchema;
  /** What is said of anything else, as the end of a sentence that begins with the parameter. */
  readonly refusal: string;
  /** What a text means; `undefined` if it may not be. */
  read(text: string): Value | undefined;
  /** What it means to leave it out. */
  readonly absent: Value;
}

/** Parameters by name; of their values, an object is read. */
export type Parameters<Values> = { readonly [Name in keyof Values]: Parameter<Values[Name]> };

/** A text, of whatever kind. */
export function text<Absent extends string | undefined>(description: string, absent: Absent): Parameter<string | Absent> {
  const schema = { type: 'string', ...(absent !== undefined && { default: absent }) };
  return { description, schema, refusal: 'must be a text', read: (sent) => sent, absent };
}

export interface WholeNumberRange {
  readonly minimum: number;
  readonly maximum: number;
  readonly absent: number;
}

export function wholeNumber(description: string, { minimum, maximum, absent }: WholeNumberRange): Parameter<number> {
  return {
    description,
    schema: { type: 'integer', minimum, maximum, default: absent },
    refusal: `must be a whole number from ${minimum} to ${maximum}`,
    read(sent) {
      const number = /^[0-9]{1,15}$/.test(sent) ? Number(sent) : NaN;
      return number >= minimum && number <= maximum ? number : undefined;
    },
    absent,
  };
}

/** Whether something is asked for; it is not, if the parameter is absent. */
export function flag(description: string): Parameter<boolean> {
  return {
    description,
    schema: { type: 'boolean', default: false },
    refusal: 'must be true or false',
    read: (sent) => (sent === 'true' ? true : sent === 'false' ? false : undefined),
    absent: false,
  };
}

/** Which version of a bundle or template is meant. */
export const VERSION_QUERY = {
  semver: text("A version, or a range of npm's semver. Without it, the default version is meant.", undefined),
};

/**
 * Reads a query string. What a route does not know is refused: a misspelt `semver` must not mean the default.
 *
 * @param parameters - those that the route knows
 * @throws HttpError `bad_query`, with each problem
 */
export function readQuery<Values extends object>(url: string, parameters: Parameters<Values>): Values {
  const names = Object.keys(parameters) as (string & keyof Values)[];
  const start = url.indexOf('?');
  const read = new Map<keyof Values, unknown>();
  const problems: Problem[] = [];
  for (const part of start === -1 ? [] : url.slice(start + 1).split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals === -1 ? part : part.slice(0, equals));
    const sent = decode(equals === -1 ? '' : part.slice(equals + 1));
    const known = names.find((one) => one === name);
    if (name === undefined || sent === undefined) refuse(name ?? part, 'holds a broken escape');
    else if (known === undefined) refuse(name, `is not known here${knownNames(names)}`);
    else if (read.has(known)) refuse(name, 'is given twice');
    else {
      const value = parameters[known].read(sent);
      if (value === undefined) refuse(name, parameters[known].refusal);
      read.set(known, value);
    }
  }
  if (problems.length > 0) throw badQuery(problems);
  return Object.fromEntries(names.map((name) => [name, read.has(name) ? read.get(name) : parameters[name].absent])) as Values;

  function refuse(name: string, message: string): void {
    problems.push({ path: `?${name}`, message });
  }
}

function badQuery(problems: readonly Problem[]): HttpError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new HttpError('bad_query', `The query parameter ${first!.path.slice(1)} ${first!.message}${more}.`, problems);
}

function decode(sent: string): string | undefined {
  try {
    return decodeURIComponent(sent.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function knownNames(names: readonly string[]): string {
  return names.length === 0 ? '' : `; known are ${names.join(', ')}`;
}
