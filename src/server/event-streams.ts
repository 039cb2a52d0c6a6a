/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): answers that go on for as long as
 * the client listens.
 *
 * What always holds: there are only so many of them, and each holds only so many bytes: a client that does not take what
 * it is sent is dropped, and comes back by itself when it can. Every stream begins with the latest event, so that nobody
 * has to know what they missed.
 */
import { SECURITY_HEADERS } from './answer.js';
import type { Exchange } from './exchange.js';
import { HttpError, overloaded } from './http-error.js';

export interface StreamEvent {
  /** Another one for each event. */
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

export interface EventStreamsOptions {
  /** How many clients may listen. */
  readonly most?: number;
  /** How many bytes are held for a client that takes them slowly. */
  readonly heldBytes?: number;
  /**
   * How often a comment goes to clients, for what lies between to see that the connection is alive. Whoever does not take
   * what was sent from one time to the next is dropped.
   */
  readonly pingMilliseconds?: number;
}

/** When clients come back that lost their connection. */
const RETRY_MILLISECONDS = 1000;
/** How long a client gets to take the end of its stream. */
const LINGER_MILLISECONDS = 200;

export class EventStreams {
  readonly #open = new Set<Exchange>();
  /** Those who had not taken all that was sent when they were last looked at. */
  readonly #behind = new WeakSet<Exchange>();
  readonly #most: number;
  readonly #heldBytes: number;
  readonly #clock: NodeJS.Timeout;
  #latest: { readonly id: string; readonly text: string } | undefined;
  #isClosed = false;

  // Fewer seconds than a connection may stall, which is when the server would end it.
  constructor({ most = 16, heldBytes = 1024 * 1024, pingMilliseconds = 10_000 }: EventStreamsOptions = {}) {
    this.#most = most;
    this.#heldBytes = heldBytes;
    this.#clock = setInterval(() => this.#ping(), pingMilliseconds).unref();
  }

  /** How many clients listen. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Answers a request with a stream.
   *
   * @throws HttpError `method_not_allowed`, `forbidden`, `overloaded`
   */
  open(exchange: Exchange): void {
    const { req, res } = exchange;
    if (req.method !== 'GET') throw new HttpError('method_not_allowed', 'This route answers GET only.', [], { allow: 'GET' });
    checkOrigin(exchange);
    if (this.#isClosed || this.#open.size >= this.#most) throw overloaded();
    this.#open.add(exchange);
    res.once('close', () => this.#open.delete(exchange)).on('drain', () => this.#behind.delete(exchange));
    const headers = ['content-type', 'text/event-stream', 'cache-control', 'no-store', ...SECURITY_HEADERS, 'x-request-id', exchange.id];
    res.writeHead(200, headers).write(`retry: ${RETRY_MILLISECONDS}\n\n`);
    const latest = this.#latest;
    if (latest !== undefined && req.headers['last-event-id'] !== latest.id) this.#write(exchange, latest.text);
  }

  /** Sends an event to everybody who listens, and to whoever comes before the next one. */
  send({ id, event, data }: StreamEvent): void {
    // JSON has no line ends of its own, which would end the event.
    const text = `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    this.#latest = { id, text };
    for (const exchange of this.#open) this.#write(exchange, text);
  }

  /** Ends all streams, and begins no other. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#clock);
    for (const { res } of this.#open) {
      const { socket } = res;
      res.end();
      const timer = setTimeout(() => socket?.destroy(), LINGER_MILLISECONDS);
      res.once('close', () => clearTimeout(timer));
    }
  }

  #ping(): void {
    for (const exchange of this.#open) {
      if (exchange.res.writableLength === 0) {
        this.#behind.delete(exchange);
        exchange.res.write(':\n\n');
      } else if (this.#behind.has(exchange)) drop(exchange);
      else this.#behind.add(exchange);
    }
  }

  #write(exchange: Exchange, text: string): void {
    if (exchange.res.writableLength > this.#heldBytes) drop(exchange);
    else exchange.res.write(text);
  }
}

function drop({ res }: Exchange): void {
  res.socket?.destroy();
}

/**
 * A page of another origin could not read the events, for the server allows no other origin to read anything, but it could
 * take up all streams that there are.
 *
 * @throws HttpError
 */
function checkOrigin({ req }: Exchange): void {
  const { host = '', origin, 'sec-fetch-site': site } = req.headers;
  const isForeign = (origin !== undefined && origin !== `http://${host}`) || site === 'cross-site' || site === 'same-site';
  if (isForeign) throw new HttpError('forbidden', 'Only pages of this server itself can listen to its events.');
}
