/** Which address a build may come from, and where its host may send a request on to. */
import { isLoopbackName } from '../../base/loopback.js';
import { MANIFEST_FILE } from '../../format/artifact.js';

const EXAMPLE = 'https://prompts.example.com/dist/';

/** An address that no build is taken from: its message says what to give instead. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/**
 * The address of a folder on a host, with a slash at its end.
 *
 * @throws AddressError
 */
export function parseAddress(text: string): URL {
  if (!URL.canParse(text))
    throw new AddressError(`${JSON.stringify(text)} is no address. Give the one of a folder with a build, such as ${EXAMPLE}.`);
  const url = new URL(text);
  // Before anything that repeats the address.
  if (url.username !== '' || url.password !== '') {
    throw new AddressError('The address holds a user name or a password, which would end up in logs. Leave them out.');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new AddressError(`${text} is no address of a web host. Give one with https://.`);
  if (url.protocol === 'http:' && !isLoopbackName(url.hostname)) {
    throw new AddressError(`${text} is not encrypted, so anybody on the way could change the prompts. Give an address with https://.`);
  }
  if (url.search !== '' || url.hash !== '') {
    throw new AddressError(`${text} has a query or a fragment, which no file below it could have. Leave off what follows ? or #.`);
  }
  if (url.pathname.endsWith(`/${MANIFEST_FILE}`))
    throw new AddressError(`${text} is a file. Give the address of its folder: leave off ${MANIFEST_FILE}.`);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/**
 * Where an answer sends a request on to. Only the host that was named is asked, and nothing that was encrypted goes on
 * without.
 *
 * @returns `undefined` if it is not to be followed
 */
export function redirectTarget(from: URL, location: string): URL | undefined {
  if (!URL.canParse(location, from.href)) return undefined;
  const to = new URL(location, from);
  if (to.username !== '' || to.password !== '') return undefined;
  const upgraded = from.protocol === 'http:' && to.protocol === 'https:' && to.hostname === from.hostname;
  return upgraded || to.origin === from.origin ? to : undefined;
}
