/**
 * Whom a request is for, before any route is looked for.
 *
 * A server that only this machine reaches refuses hosts of other names: a web page can point a name of its own at
 * 127.0.0.1 and would then read the prompts (DNS rebinding).
 */
import type { IncomingMessage } from 'node:http';
import { isLoopbackHost } from './address.js';
import { HttpError } from './http-error.js';

export interface GuardOptions {
  /** Whether the server answers to loopback names only. */
  readonly onLoopback: boolean;
  /** The longest target, in bytes. */
  readonly targetBytes: number;
}

/**
 * Checks whom a request is for, and leaves only its path and query in `url`.
 *
 * @throws HttpError
 */
export function checkTarget(req: IncomingMessage, { onLoopback, targetBytes }: GuardOptions): void {
  let { host } = req.headers;
  if (host === undefined && req.httpVersion === '1.1') throw new HttpError('bad_request', 'HTTP/1.1 requests need a Host header.');
  // Joined by the server, with a comma, which no name of a host has (RFC 9112, section 3.2).
  if (host?.includes(',')) throw new HttpError('bad_request', 'The Host header is given twice.');
  const url = req.url!;
  if (url.length > targetBytes) throw new HttpError('uri_too_long', `The path and query are longer than ${targetBytes} bytes.`);
  if (!url.startsWith('/') && url !== '*') {
    // A target with a host of its own outweighs the header (RFC 9112, section 3.2.2).
    const [, authority, rest] = ABSOLUTE_TARGET.exec(url) ?? [];
    if (authority === undefined || rest === undefined) throw new HttpError('bad_path', 'The request is for no path.');
    host = authority;
    req.url = rest.startsWith('/') ? rest : `/${rest}`;
  }
  if (onLoopback && !isLoopbackHost(host ?? '')) {
    throw new HttpError(
      'host_not_allowed',
      `This server answers on loopback only, to names such as localhost:7070, not to ${JSON.stringify(host ?? '')}.`,
    );
  }
}

const ABSOLUTE_TARGET = /^https?:\/\/([^/?#]*)(.*)$/i;
