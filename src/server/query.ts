import type { Problem } from '../base/error.js';
import { HttpError } from './http-error.js';

/**
 * Reads a query string. What a route does not know is refused: a misspelt `semver` must not mean the default.
 *
 * @param names - the parameters that the route knows
 * @throws HttpError `bad_query`, with each problem
 */
export function readQuery<Name extends string>(url: string, names: readonly Name[]): { readonly [name in Name]?: string } {
  const start = url.indexOf('?');
  const query: { [name in Name]?: string } = {};
  const problems: Problem[] = [];
  for (const part of start === -1 ? [] : url.slice(start + 1).split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals === -1 ? part : part.slice(0, equals));
    const value = decode(equals === -1 ? '' : part.slice(equals + 1));
    const known = names.find((one) => one === name);
    if (name === undefined || value === undefined) problems.push({ path: `?${name ?? part}`, message: 'holds a broken escape' });
    else if (known === undefined) problems.push({ path: `?${name}`, message: `is not known here${knownNames(names)}` });
    else if (query[known] !== undefined) problems.push({ path: `?${name}`, message: 'is given twice' });
    else query[known] = value;
  }
  if (problems.length > 0) throw badQuery(problems);
  return query;
}

/** The error of query parameters, from their problems. */
export function badQuery(problems: readonly Problem[]): HttpError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new HttpError('bad_query', `The query parameter ${first!.path.slice(1)} ${first!.message}${more}.`, problems);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function knownNames(names: readonly string[]): string {
  return names.length === 0 ? '' : `; known are ${names.join(', ')}`;
}
