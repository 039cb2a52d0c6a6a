/**
 * The HTTP server itself: its limits, and answers to what is no request.
 *
 * What always holds: whatever a client sends or fails to send, it gets a problem document or a closed
 * connection within the limits.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Log, SECURITY_HEADERS, sendError } from './answer.js';
import { Connections } from './connections.js';
import type { CurrentBuild } from './current-build.js';
import { Exchange } from './exchange.js';
import { HttpError } from './http-error.js';
import type { ServerLimits } from './limits.js';
import { PROBLEM_TYPE, problemOf } from './problem.js';

/** Longer than proxies keep their idle connections (60 s, mostly), so that they never send into a closed one. */
const KEEP_ALIVE_MILLISECONDS = 65_000;

/** How long nothing may move on a connection while a request is answered: a client that does not read. */
const STALL_MILLISECONDS = 30_000;

export interface HttpServerOptions {
  /** Answers a request. */
  readonly app: (exchange: Exchange) => void;
  readonly builds: CurrentBuild;
  readonly limits: ServerLimits;
  readonly log: Log;
}

/** A server that does not listen yet. */
export function createHttpServer({ app, builds, limits, log }: HttpServerOptions): { server: Server; connections: Connections } {
  const { headerBytes, requestMilliseconds } = limits;
  const server = createServer({
    maxHeaderSize: headerBytes,
    headersTimeout: requestMilliseconds,
    requestTimeout: requestMilliseconds,
    connectionsCheckingInterval: Math.min(500, requestMilliseconds / 2),
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    // Refused by the listener, with a problem document.
    requireHostHeader: false,
  });
  server.setTimeout(STALL_MILLISECONDS);
  // Their bytes are limited already; Node would leave those past a number out without a word.
  server.maxHeadersCount = 0;
  const connections = new Connections(server);

  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    connections.begin(req, res);
    app(new Exchange(req, res, builds.served));
  });

  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) => {
    connections.begin(req, res);
    const refused = new HttpError('expectation_failed', 'Of expectations, only 100-continue is met.');
    sendError(new Exchange(req, res, builds.served), refused, log);
  });

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    connections.refuse(socket, rawAnswer(clientError(error.code), builds));
  });

  return { server, connections };
}

function clientError(code: string | undefined): HttpError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new HttpError('header_too_large', 'The headers of the request are too large.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new HttpError('body_too_large', 'The chunks of the body have extensions that are too large.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new HttpError('request_timeout', 'The request did not arrive in time.');
    default:
      return new HttpError('bad_request', 'This is no HTTP request, or one that breaks its rules.');
  }
}

/** An answer where there is no request to answer: there is only the socket. */
function rawAnswer(error: HttpError, { served }: CurrentBuild): string {
  const problem = problemOf(error);
  const body = JSON.stringify(problem);
  const headers = [
    ...['content-type', PROBLEM_TYPE],
    ...['cache-control', 'no-store'],
    ...['content-length', Buffer.byteLength(body)],
    ...['date', new Date().toUTCString()],
    ...['connection', 'close'],
    ...SECURITY_HEADERS,
    ...(served === undefined ? [] : ['x-promptc-build', served.digest]),
  ];
  const lines = headers.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`));
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`;
}
