/** The address of a server that completes chats as OpenAI's does. */
import { isLoopbackName } from '../../../base/loopback.js';

const PATH = '/chat/completions';
const EXAMPLE = 'https://api.example.com/v1';

/** An address that nothing is asked of: its message says what to give instead. */
export class EndpointAddressError extends Error {
  override readonly name = 'EndpointAddressError';
}

/**
 * @param text - the API's address, up to its version, or the whole one of its chat completions
 * @throws EndpointAddressError
 */
export function parseEndpoint(text: string): URL {
  if (!URL.canParse(text)) throw new EndpointAddressError(`That is no address. Give that of the API, such as ${EXAMPLE}.`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    throw new EndpointAddressError(
      'The address holds a user name or a password. Leave them out, and name the variable of a key with --key-env.',
    );
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new EndpointAddressError(`It is no address of a web server. Give one such as ${EXAMPLE}.`);
  if (url.protocol === 'http:' && !isLoopbackName(url.hostname))
    throw new EndpointAddressError(
      'It is not encrypted, so that anybody on the way could read the key and the prompts. Give one with https://.',
    );
  // Some servers want their API's version there: ?api-version=…
  url.hash = '';
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(PATH) ? path : path + PATH;
  return url;
}
