/** The log of a server: sentences for a person at a terminal, one JSON object a line for programs. */
import type { Logger } from 'pino';
import type { ErrorFields, Log } from '../server/log.js';
import type { Terminal } from './io.js';
import type { SERVER_LOG_FORMATS } from './choices.js';

export type ServerLogFormat = (typeof SERVER_LOG_FORMATS)[number];

export interface ServerLog extends Log {
  /** Settles when all lines are written. */
  close(): Promise<void>;
}

/** What writes lines takes as long to load as the rest of the server, and requests come first. */
const LOADING_DELAY_MILLISECONDS = 1000;

/** Lines that whoever reads them does not take are held up to here, in bytes, and then dropped: no request waits for a log. */
const MAX_HELD_BYTES = 1024 * 1024;

export function textLog(terminal: Terminal): ServerLog {
  return { info: say, warn: say, error: say, close: () => Promise.resolve() };

  function say(fields: { readonly err?: ErrorFields }, message: string): void {
    const { stack = '' } = fields.err ?? {};
    terminal.err(`${message}\n${stack === '' ? '' : `${stack}\n`}`);
  }
}

/** Lines are pino's. Until it is loaded, and if it cannot be, they are made here and look the same. */
export function jsonLog(terminal: Terminal): ServerLog {
  let writer: Writer | undefined;
  let loading: Promise<void> | undefined;
  const timer = setTimeout(() => {
    loading = load();
  }, LOADING_DELAY_MILLISECONDS).unref();
  return { info: write('info'), warn: write('warn'), error: write('error'), close };

  function write(level: keyof Log) {
    return (fields: object, msg: string) => {
      if (writer !== undefined) writer.logger[level](fields, msg);
      else terminal.err(`${JSON.stringify({ level, time: new Date().toISOString(), ...fields, msg })}\n`);
    };
  }

  async function load(): Promise<void> {
    // Too many open files, say: lines go on being made here.
    writer = await openWriter(terminal).catch(() => undefined);
  }

  async function close(): Promise<void> {
    clearTimeout(timer);
    await loading;
    await writer?.end();
  }
}

interface Writer {
  readonly logger: Logger;
  /** Settles when all lines are written, as far as they can be. */
  end(): Promise<void>;
}

async function openWriter(terminal: Terminal): Promise<Writer> {
  const { pino } = await import('pino');
  // Of the machine, whoever collects lines knows more.
  const options = {
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    // What is said of an error is chosen where the line is written.
    serializers: { err: (fields: unknown) => fields },
  };
  const { errDescriptor } = terminal;
  if (errDescriptor === undefined) return { logger: pino(options, { write: (line) => terminal.err(line) }), end: () => Promise.resolve() };
  const destination = pino.destination({ dest: errDescriptor, sync: false, maxLength: MAX_HELD_BYTES });
  let isGone = false;
  // A log that cannot be written ends no server.
  destination.on('error', ({ code }: NodeJS.ErrnoException) => {
    isGone ||= code === 'EPIPE';
  });
  return {
    logger: pino(options, destination),
    end: () =>
      new Promise<void>((resolve) => {
        if (isGone) resolve();
        else
          destination
            .once('close', resolve)
            .once('error', () => resolve())
            .end();
      }),
  };
}
