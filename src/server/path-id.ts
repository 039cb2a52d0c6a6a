import { HttpError } from './http-error.js';

const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;

/**
 * The id at the end of a path, its slashes raw or as `%2F`. It is looked up as a name and never becomes a path.
 *
 * @param prefix - what the path begins with, up to the id
 * @throws HttpError `bad_path`
 */
export function idFromPath(url: string, prefix: string): string {
  const path = pathOf(url).slice(prefix.length);
  if (BROKEN_ESCAPE.test(path)) throw new HttpError('bad_path', 'The path holds a "%" without two hexadecimal digits.');
  try {
    return decodeURIComponent(path);
  } catch {
    throw new HttpError('bad_path', 'The escapes in the path are not UTF-8.');
  }
}

/** A request's target without its query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
