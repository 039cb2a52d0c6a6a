/**
 * The HTTP server itself: its limits, and answers to what is no request.
 *
 * What always holds: whatever a client sends or fails to send, it gets a problem document or a closed
 * connection within the limits.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { SECURITY_HEADERS, sendError } from './answer.js';
import { Connections } from './connections.js';
import { CLIENT_GONE, type Counts, type Refusal } from './counts.js';
import type { Builds } from './builds.js';
import { Exchange } from './exchange.js';
import { type HttpCode, HttpError, overloaded } from './http-error.js';
import type { ServerLimits } from './limits.js';
import type { Log } from './log.js';
import { PROBLEM_TYPE, problemOf } from './problem.js';
import type { Refusals } from './refusals.js';
import { type RoutePattern, routePattern } from './route-pattern.js';

/** Answered however many other requests there are: a server that is busy must not be taken for a dead one. */
const ALWAYS: ReadonlySet<RoutePattern> = new Set(['/healthz', '/readyz', '/metrics']);

export interface HttpServerOptions {
  /** Answers a request. */
  readonly app: (exchange: Exchange) => void;
  readonly builds: Builds;
  readonly limits: ServerLimits;
  readonly counts: Counts;
  readonly refusals: Refusals;
  readonly log: Log;
  /** Whether each request gets a line in the log. */
  readonly logsRequests: boolean;
}

/** A server that does not listen yet. */
export function createHttpServer(options: HttpServerOptions): { server: Server; connections: Connections } {
  const { app, builds, limits, counts, refusals, log, logsRequests } = options;
  const { headerBytes, requestMilliseconds, answerMilliseconds, concurrentRequests } = limits;
  const server = createServer({
    maxHeaderSize: headerBytes,
    headersTimeout: requestMilliseconds,
    requestTimeout: requestMilliseconds,
    connectionsCheckingInterval: Math.min(500, requestMilliseconds / 2),
    keepAliveTimeout: limits.keepAliveMilliseconds,
    // A header that is there once by its rules, but came twice, then reads as neither of the two.
    joinDuplicateHeaders: true,
    // Whatever the process's own options say.
    insecureHTTPParser: false,
    // Refused by the listener, with a problem document.
    requireHostHeader: false,
  });
  server.setTimeout(limits.stallMilliseconds);
  server.maxConnections = limits.connections;
  // Their bytes are limited already; Node would leave those past a number out without a word.
  server.maxHeadersCount = 0;
  const connections = new Connections(server, { answerMilliseconds, counts, refusals });

  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    const exchange = begin(req, res);
    if (counts.inFlight <= concurrentRequests || ALWAYS.has(routePattern(req.url!))) app(exchange);
    else {
      refusals.add('overloaded');
      sendError(exchange, overloaded(), log);
    }
  });

  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) => {
    sendError(begin(req, res), new HttpError('expectation_failed', 'Of expectations, only 100-continue is met.'), log);
  });

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const [code, message] = clientError(error.code);
    // A client that left is not refused.
    if (socket.writable && error.code !== 'HPE_INVALID_EOF_STATE') refusals.add(code);
    connections.refuse(socket, rawAnswer(new HttpError(code, message), builds));
  });

  server.on('drop', () => refusals.add('too_many_connections'));

  return { server, connections };

  function begin(req: IncomingMessage, res: ServerResponse): Exchange {
    const exchange = new Exchange(req, res, builds.served);
    connections.begin(req, res);
    res.on('close', () => {
      connections.end(req);
      const route = routePattern(req.url!);
      const status = res.headersSent ? res.statusCode : CLIENT_GONE;
      counts.answered(route, status);
      if (logsRequests) logRequest(exchange, route, status, log);
    });
    return exchange;
  }
}

function logRequest({ req, id, caller, started }: Exchange, route: RoutePattern, status: number, log: Log): void {
  const milliseconds = performance.now() - started;
  const fields = { request_id: id, method: req.method, route, status, latency_ms: Math.round(milliseconds * 1000) / 1000, caller };
  log.info(fields, `${req.method} ${route} ${status} ${milliseconds.toFixed(1)} ms`);
}

/** What a client is told of an error of Node's. */
function clientError(code: string | undefined): [HttpCode & Refusal, string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return ['header_too_large', 'The headers of the request are too large.'];
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return ['body_too_large', 'The chunks of the body have extensions that are too large.'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['request_timeout', 'The request did not arrive in time.'];
    default:
      return ['bad_request', 'This is no HTTP request, or one that breaks its rules.'];
  }
}

/** An answer where there is no request to answer: there is only the socket. */
function rawAnswer(error: HttpError, { served }: Builds): string {
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
