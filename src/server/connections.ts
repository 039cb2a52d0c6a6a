/**
 * The connections of a server, and what each is doing.
 *
 * `node:http` can close idle connections itself, but takes an answer that is still on its way to a slow
 * client for a finished one and cuts it off, and stops looking at the clock: so both are done here.
 */
import { type IncomingMessage, Server as HttpServer, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Counts } from './counts.js';
import type { Refusals } from './refusals.js';

/** How long a connection without a request may stay when the server closes: its request may be on its way. */
const GRACE_MILLISECONDS = 500;

/** How long connections are taken in that were made before the server closes: as long as some wait, but no longer than this. */
const ACCEPTING_MILLISECONDS = 3000;

/** How often it is looked at how long answers take, at the most. */
const LOOK_MILLISECONDS = 5000;

/** How long a client gets to read why it was refused, before its connection is closed. */
const LINGER_MILLISECONDS = 500;

interface Connection {
  /** The latest answer, if there has been one. */
  latest: ServerResponse | undefined;
  /** When it was begun, on `performance`'s clock. */
  begun: number;
  /** Requests whose answer is not through. Several may wait behind each other. */
  inFlight: number;
  /** Whether its answer goes on for as long as the client listens. */
  isStream: boolean;
}

export interface ConnectionsOptions {
  /** How long an answer may take in all. */
  readonly answerMilliseconds: number;
  readonly counts: Counts;
  readonly refusals: Refusals;
}

export class Connections {
  readonly #server: HttpServer;
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<Socket, Connection>();
  readonly #clock: NodeJS.Timeout;
  #accepted = 0;
  #isDraining = false;
  #closing: Promise<void> | undefined;

  constructor(server: HttpServer, options: ConnectionsOptions) {
    const { counts, answerMilliseconds } = options;
    this.#server = server;
    this.#options = options;
    this.#clock = setInterval(() => this.#endSlowAnswers(), Math.min(LOOK_MILLISECONDS, answerMilliseconds / 2)).unref();
    server.on('connection', (socket) => {
      const connection: Connection = { latest: undefined, begun: 0, inFlight: 0, isStream: false };
      this.#accepted++;
      counts.connections++;
      this.#open.set(socket, connection);
      socket.once('close', () => {
        counts.connections--;
        // Answers that were to follow another one are never closed themselves.
        counts.inFlight -= connection.inFlight;
        this.#open.delete(socket);
      });
    });
  }

  /** Notes that a request is being answered. */
  begin({ socket }: IncomingMessage, res: ServerResponse): void {
    const connection = this.#open.get(socket)!;
    connection.latest = res;
    connection.begun = performance.now();
    connection.inFlight++;
    this.#options.counts.inFlight++;
    if (this.#isDraining) res.setHeader('connection', 'close');
  }

  /** Notes that an answer is through, or its client gone. */
  end({ socket }: IncomingMessage): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    connection.inFlight--;
    connection.isStream = false;
    this.#options.counts.inFlight--;
  }

  /** The answer to a request may take as long as it likes: whoever gives it sees to clients that do not take it. */
  letGoOn({ socket }: IncomingMessage): void {
    const connection = this.#open.get(socket);
    if (connection !== undefined) connection.isStream = true;
  }

  /** From now on each connection ends with its next answer, so that clients go elsewhere. */
  drain(): void {
    this.#isDraining = true;
  }

  /**
   * Ends a connection on which something came that is no request.
   *
   * @param answer - what to tell the client, unless it has its last answer already or is still getting one
   */
  refuse(socket: Socket, answer: string): void {
    // Broken, or refused already while the client goes on sending.
    if (!socket.writable) return;
    const latest = this.#open.get(socket)?.latest;
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
    this.drain();
    await this.#acceptWaiting();
    const closed = new Promise<void>((resolve) => {
      NetServer.prototype.close.call(this.#server, () => resolve());
    });
    for (const [socket, { latest }] of this.#open) {
      if (latest === undefined) continue;
      if (!latest.headersSent) latest.setHeader('connection', 'close');
      else if (latest.req.complete) closeBehind(latest, socket);
    }
    await Promise.race([closed, sleep(GRACE_MILLISECONDS, undefined, { ref: false })]);
    // What has come by now is read first.
    await turn();
    for (const [socket, { latest }] of this.#open) if (latest === undefined || latest.writableFinished) socket.destroySoon();
    await closed;
    clearInterval(this.#clock);
    // Only now, for its clock.
    this.#server.close();
  }

  /**
   * Takes in connections that clients hold for made but Node has not got to yet, which it does one a turn:
   * to stop listening would reset them.
   */
  async #acceptWaiting(): Promise<void> {
    const end = performance.now() + ACCEPTING_MILLISECONDS;
    let before: number;
    do {
      before = this.#accepted;
      await turn();
      await turn();
    } while (this.#accepted > before && performance.now() < end);
  }

  /** A client that takes an answer byte by byte moves often enough for Node, and would hold it for ever. */
  #endSlowAnswers(): void {
    const { answerMilliseconds, refusals } = this.#options;
    const end = performance.now() - answerMilliseconds;
    for (const [socket, { inFlight, begun, isStream }] of this.#open) {
      if (inFlight === 0 || begun > end || isStream) continue;
      refusals.add('answer_timeout');
      socket.destroy();
    }
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
