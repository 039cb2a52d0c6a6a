/**
 * The ways in which a request is answered.
 *
 * What always holds: the whole body goes out at once with its length, so no answer can break off halfway
 * into a second one; every answer names its request and the build it came from; every error becomes a problem document
 * here.
 */
import { type Digest, sha256 } from '../base/digest.js';
import type { Exchange } from './exchange.js';
import { endSoon } from './end-soon.js';
import { HttpError } from './http-error.js';
import { errorFields, type Log } from './log.js';
import { PROBLEM_TYPE, type ProblemDocument, problemOf } from './problem.js';
import { routePattern } from './route-pattern.js';

/** Names and values, in turn. */
type Headers = readonly string[];

/** How long a client that was refused halfway may go on sending before the connection is closed. */
const LINGER_MILLISECONDS = 2000;

const NO_STORE = ['content-type', 'application/json', 'cache-control', 'no-store'];

/** Headers of every answer: none is taken for what it is not, none can be framed, and none loads or runs anything. */
function securityHeaders(policy: string): string[] {
  return ['x-content-type-options', 'nosniff', 'content-security-policy', `default-src 'none'; frame-ancestors 'none'${policy}`];
}

/** Of all that is no page. */
export const SECURITY_HEADERS = securityHeaders('');

/** What only a page has use for: it can have links, and be looked at by browsers of any age. */
const PAGE_HEADERS = ['x-frame-options', 'DENY', 'referrer-policy', 'no-referrer'];

/** For what depends on more than the build, or must not be held back: renders and probes. */
export function sendJson(exchange: Exchange, value: unknown, status = 200): void {
  sendJsonText(exchange, JSON.stringify(value), status);
}

/** The same, for what is JSON already. */
export function sendJsonText(exchange: Exchange, text: string, status = 200): void {
  send(exchange, status, NO_STORE, text);
}

/** For what is no JSON, and is another thing each time. */
export function sendText(exchange: Exchange, type: string, text: string): void {
  sendUnlessKnown(exchange, sha256(text), 'no-store', type, text, SECURITY_HEADERS);
}

/** For what is asked for: its own JSON under an ETag, asked for again each time. */
export function sendDocument(exchange: Exchange, value: unknown, cacheControl = 'no-cache'): void {
  const text = JSON.stringify(value);
  sendTagged(exchange, sha256(text), cacheControl, text);
}

/** JSON under its digest as ETag; without its bytes if the client has them already. */
export function sendTagged(exchange: Exchange, digest: Digest, cacheControl: string, body: string | Uint8Array): void {
  sendUnlessKnown(exchange, digest, cacheControl, 'application/json', body, SECURITY_HEADERS);
}

/**
 * A page of HTML under its digest as ETag.
 *
 * @param style - the digest of its style sheet in base64, which is all that it may load or run
 */
export function sendPage(exchange: Exchange, digest: Digest, html: string, style: string): void {
  const policy = `; base-uri 'none'; form-action 'none'; style-src 'sha256-${style}'`;
  sendUnlessKnown(exchange, digest, 'no-cache', 'text/html; charset=utf-8', html, [...securityHeaders(policy), ...PAGE_HEADERS]);
}

function sendUnlessKnown(
  exchange: Exchange,
  digest: Digest,
  cacheControl: string,
  contentType: string,
  body: string | Uint8Array,
  security: readonly string[],
): void {
  const headers = ['etag', `"${digest}"`, 'cache-control', cacheControl];
  if (hasAlready(exchange, digest)) {
    exchange.res.writeHead(304, completed(exchange, headers, security));
    endSoon(exchange.res);
  } else send(exchange, 200, ['content-type', contentType, ...headers], body, security);
}

/** Whether a client names a digest's ETag in `If-None-Match` (RFC 9110, section 13.1.2). */
function hasAlready({ req }: Exchange, digest: Digest): boolean {
  const known = req.headers['if-none-match'];
  if (known === undefined) return false;
  if (known === `"${digest}"`) return true;
  return known.trim() === '*' || known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${digest}"`);
}

/** What a client is told of an error. What is the server's fault goes to the log. */
export function explain(exchange: Exchange, error: unknown, log: Log): ProblemDocument {
  const problem = problemOf(error);
  // That there is no room or no build yet is said elsewhere, and once.
  if (problem.status >= 500 && !(error instanceof HttpError)) logFault(exchange, problem, error, log);
  return problem;
}

/** Answers with what went wrong. */
export function sendError(exchange: Exchange, error: unknown, log: Log): void {
  const problem = explain(exchange, error, log);
  const headers = ['content-type', PROBLEM_TYPE, 'cache-control', 'no-store', ...headersOf(error, problem)];
  const body = JSON.stringify(problem);
  if (problem.code === 'body_too_large') sendAndLinger(exchange, problem.status, headers, body);
  else send(exchange, problem.status, headers, body);
}

function logFault({ req, id }: Exchange, { status, code }: ProblemDocument, error: unknown, log: Log): void {
  const [route, err] = [routePattern(req.url!), errorFields(error)];
  const fields = { request_id: id, method: req.method, route, status, code, err };
  log.error(fields, `${req.method} ${route} failed: ${err.type}: ${err.message}`);
}

/** What the status of an error calls for. */
function headersOf(error: unknown, { code }: ProblemDocument): Headers {
  if (error instanceof HttpError) return Object.entries(error.headers).flat();
  return code === 'overloaded' ? ['retry-after', '1'] : [];
}

function send(
  exchange: Exchange,
  status: number,
  headers: Headers,
  body: string | Uint8Array,
  security: readonly string[] = SECURITY_HEADERS,
): void {
  const all = completed(exchange, headers, security);
  all.push('content-length', String(Buffer.byteLength(body)));
  exchange.res.writeHead(status, all);
  endSoon(exchange.res, body);
}

/** An answer's own headers, and those that every answer has. */
function completed({ id, build, headers }: Exchange, own: Headers, security: readonly string[]): string[] {
  const all = [...own, ...security, ...headers];
  if (build !== undefined) all.push('x-promptc-build', build.digest);
  all.push('x-request-id', id);
  return all;
}

/**
 * Answers a client that is still sending, and closes the connection. Closing it with bytes unread would reset
 * it, and the client could lose the answer: so what still comes is read and dropped, for a while.
 */
function sendAndLinger(exchange: Exchange, status: number, headers: Headers, body: string): void {
  const { req, res } = exchange;
  const own = [...headers, 'content-length', String(Buffer.byteLength(body)), 'connection', 'close'];
  res.writeHead(status, completed(exchange, own, SECURITY_HEADERS)).write(body);
  const timer = setTimeout(end, LINGER_MILLISECONDS);
  req.once('close', end).resume();

  function end(): void {
    clearTimeout(timer);
    res.end();
  }
}
