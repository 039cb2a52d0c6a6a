/**
 * The HTTP server itself: its limits, and answers to what is no request.
 *
 * What always holds: whatever a client sends or fails to send, it gets a problem document or a closed
 * connection within the limits.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Digest } from '../base/digest.js';
import { type Log, sendError } from './answer.js';
import { Connections } from './connections.js';
import { commonHeaders, setCommonHeaders } from './guard.js';
import { HttpError } from './http-error.js';
import type { ServerLimits } from './limits.js';
import { PROBLEM_TYPE, problemOf } from './problem.js';

/** Longer than proxies keep their idle connections (60 s, mostly), so that they never send into a closed one. */
const KEEP_ALIVE_MILLISECONDS = 65_000;

/** How long nothing may move on a connection while a request is answered: a client that does not read. */
const STALL_MILLISECONDS = 30_000;

export interface HttpServerOptions {
  readonly listener: RequestListener;
  readonly build: Digest;
  readonly limits: ServerLimits;
  readonly log: Log;
}

/** A server that does not listen yet. */
export function createHttpServer({ listener, build, limits, log }: HttpServerOptions): { server: Server; connections: Connections } {
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
    listener(req, res);
  });

  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) => {
    connections.begin(req, res);
    setCommonHeaders(res, build);
    sendError(res, new HttpError('expectation_failed', 'Of expectations, only 100-continue is met.'), log);
  });

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    connections.refuse(socket, rawAnswer(clientError(error.code), build));
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
function rawAnswer(error: HttpError, build: Digest): string {
  const problem = problemOf(error);
  const body = JSON.stringify(problem);
  const headers = {
    ...commonHeaders(build),
    'content-type': PROBLEM_TYPE,
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
    date: new Date().toUTCString(),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`;
}
