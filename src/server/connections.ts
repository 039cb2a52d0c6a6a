/**
 * The connections of a server, and what each is doing.
 *
 * `node:http` can close idle connections itself, but takes an answer that is still on its way to a slow
 * client for a finished one and cuts it off, and stops looking at the clock: so both are done here.
 */
import { type IncomingMessage, Server as HttpServer, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

/** How long a connection without a request may stay when the server closes: its request may be on its way. */
const GRACE_MILLISECONDS = 500;

/** How long a client gets to read why it was refused, before its connection is closed. */
const LINGER_MILLISECONDS = 500;

export class Connections {
  readonly #server: HttpServer;
  /** The latest answer of every open connection, if it has had one. */
  readonly #latest = new Map<Socket, ServerResponse | undefined>();
  #accepted = 0;
  #closing: Promise<void> | undefined;

  constructor(server: HttpServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#accepted++;
      this.#latest.set(socket, undefined);
      socket.once('close', () => this.#latest.delete(socket));
    });
  }

  /** Notes that a request is being answered. */
  begin({ socket }: IncomingMessage, res: ServerResponse): void {
    this.#latest.set(socket, res);
    if (this.#closing !== undefined) res.setHeader('connection', 'close');
  }

  /**
   * Ends a connection on which something came that is no request.
   *
   * @param answer - what to tell the client, unless it has its last answer already or is still getting one
   */
  refuse(socket: Socket, answer: string): void {
    // Broken, or refused already while the client goes on sending.
    if (!socket.writable) return;
    const latest = this.#latest.get(socket);
    // A request that came whole is still owed its own answer.
    const isOwed = latest?.headersSent === false && latest.req.complete;
    if (latest === undefined || (!latest.headersSent && !isOwed) || (isIdle(latest) && !isLast(latest))) {
      socket.end(answer);
      const timer = setTimeout(() => socket.destroy(), LINGER_MILLISECONDS);
      socket.once('close', () => clearTimeout(timer));
    } else closeBehind(latest, socket);
  }

  /** Stops accepting, lets requests in flight finish, closes the rest. Each wait has its limit. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#acceptWaiting();
    const closed = new Promise<void>((resolve) => {
      NetServer.prototype.close.call(this.#server, () => resolve());
    });
    for (const [socket, latest] of this.#latest) {
      if (latest === undefined) continue;
      if (!latest.headersSent) latest.setHeader('connection', 'close');
      else if (latest.req.complete) closeBehind(latest, socket);
    }
    await Promise.race([closed, sleep(GRACE_MILLISECONDS, undefined, { ref: false })]);
    // What has come by now is read first.
    await turn();
    for (const [socket, latest] of this.#latest) if (latest === undefined || latest.writableFinished) socket.destroySoon();
    await closed;
    // Only now, for its clock.
    this.#server.close();
  }

  /**
   * Takes in connections that clients hold for made but Node has not got to yet, which it does one a turn:
   * to stop listening would reset them.
   */
  async #acceptWaiting(): Promise<void> {
    const end = Date.now() + GRACE_MILLISECONDS;
    let before: number;
    do {
      before = this.#accepted;
      await turn();
      await turn();
    } while (this.#accepted > before && Date.now() < end);
  }
}

/** Closes a connection as soon as an answer is out. */
function closeBehind(answer: ServerResponse, socket: Socket): void {
  if (answer.writableFinished) socket.destroySoon();
  else answer.once('close', () => socket.destroySoon());
}

/** Whether the connection ends with an answer. */
function isLast(answer: ServerResponse): boolean {
  return !answer.shouldKeepAlive || answer.getHeader('connection') === 'close';
}

/** Whether an answer and its request are both through. */
function isIdle({ writableFinished, req }: ServerResponse): boolean {
  return writableFinished && req.complete;
}
