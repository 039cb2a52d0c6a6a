/**
 * The connections of a server, and what each is doing.
 *
 * `node:http` can close idle connections itself, but takes an answer that is still on its way to a slow
 * client for a finished one and cuts it off, and stops looking at the clock: so both are done here.
 */
import { type IncomingMessage, Server as HttpServer, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

/** How long a connection without a request may stay when the server closes: its request may be on its way. */
const GRACE_MILLISECONDS = 500;

export class Connections {
  readonly #server: HttpServer;
  /** The latest answer of every open connection, if it has had one. */
  readonly #latest = new Map<Socket, ServerResponse | undefined>();
  #closing: Promise<void> | undefined;

  constructor(server: HttpServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#latest.set(socket, undefined);
      socket.once('close', () => this.#latest.delete(socket));
    });
  }

  /** Notes that a request is being answered. */
  begin({ socket }: IncomingMessage, res: ServerResponse): void {
    this.#latest.set(socket, res);
    if (this.#closing !== undefined) res.setHeader('connection', 'close');
  }

  /** Whether an error can still be answered: not once an answer has begun, nor behind one whose request goes on. */
  canAnswer(socket: Socket): boolean {
    const latest = this.#latest.get(socket);
    return socket.writable && (latest === undefined || !latest.headersSent || isIdle(latest));
  }

  /** Stops accepting, lets requests in flight finish, closes the rest. Each wait has its limit. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      NetServer.prototype.close.call(this.#server, () => resolve());
    });
    for (const [socket, latest] of this.#latest) {
      if (latest === undefined) continue;
      if (isIdle(latest)) socket.destroySoon();
      else if (!latest.headersSent) latest.setHeader('connection', 'close');
      else latest.once('close', () => socket.destroySoon());
    }
    const timer = setTimeout(() => this.#closeUnused(), GRACE_MILLISECONDS);
    await closed;
    clearTimeout(timer);
    // Only now, for its clock.
    this.#server.close();
  }

  #closeUnused(): void {
    for (const [socket, latest] of this.#latest) if (latest === undefined || latest.writableFinished) socket.destroySoon();
  }
}

/** Whether an answer and its request are both through. */
function isIdle({ writableFinished, req }: ServerResponse): boolean {
  return writableFinished && req.complete;
}
