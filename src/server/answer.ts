/**
 * The ways in which a request is answered.
 *
 * What always holds: the whole body goes out at once with its length, so no answer can break off halfway
 * into a second one; every error becomes a problem document here.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { type Digest, sha256 } from '../base/digest.js';
import { HttpError } from './http-error.js';
import { PROBLEM_TYPE, problemOf } from './problem.js';

/** Takes what went wrong on the server's side, for its operator. */
export type Log = (line: string) => void;

/** How long a client that was refused halfway may go on sending before the connection is closed. */
const LINGER_MILLISECONDS = 2000;

/** For what depends on more than the build, or must not be held back: renders and probes. */
export function sendJson(res: ServerResponse, value: unknown): void {
  send(res, 200, { 'content-type': 'application/json', 'cache-control': 'no-store' }, JSON.stringify(value));
}

/** For what a build fixes: its own JSON under an ETag, asked for again each time. */
export function sendDocument(req: IncomingMessage, res: ServerResponse, value: unknown): void {
  const text = JSON.stringify(value);
  sendTagged(req, res, sha256(text), 'no-cache', text);
}

/** JSON under its digest as ETag; without its bytes if the client has them already. */
export function sendTagged(
  req: IncomingMessage,
  res: ServerResponse,
  digest: Digest,
  cacheControl: string,
  body: string | Uint8Array,
): void {
  const headers = { etag: `"${digest}"`, 'cache-control': cacheControl };
  if (hasAlready(req, digest)) res.writeHead(304, headers).end();
  else send(res, 200, { 'content-type': 'application/json', ...headers }, body);
}

/** Whether a client names a digest's ETag in `If-None-Match` (RFC 9110, section 13.1.2). */
export function hasAlready(req: IncomingMessage, digest: Digest): boolean {
  const known = req.headers['if-none-match'];
  if (known === undefined) return false;
  return known.trim() === '*' || known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${digest}"`);
}

/** Answers with what went wrong. What is the server's fault goes to the log. */
export function sendError(res: ServerResponse, error: unknown, log: Log): void {
  const problem = problemOf(error);
  const { method, url } = res.req;
  if (problem.status >= 500) log(`${method} ${url} failed: ${inspect(error)}`);
  const headers = { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store', ...(error instanceof HttpError ? error.headers : {}) };
  const body = JSON.stringify(problem);
  if (problem.code === 'body_too_large') sendAndLinger(res, problem.status, headers, body);
  else send(res, problem.status, headers, body);
}

function send(res: ServerResponse, status: number, headers: OutgoingHttpHeaders, body: string | Uint8Array): void {
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

/**
 * Answers a client that is still sending, and closes the connection. Closing it with bytes unread would reset
 * it, and the client could lose the answer: so what still comes is read and dropped, for a while.
 */
function sendAndLinger(res: ServerResponse, status: number, headers: OutgoingHttpHeaders, body: string): void {
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }).write(body);
  const timer = setTimeout(end, LINGER_MILLISECONDS);
  res.req.once('close', end).resume();

  function end(): void {
    clearTimeout(timer);
    res.end();
  }
}
