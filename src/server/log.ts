/**
 * Where the server writes what its operator should know.
 *
 * What always holds: no prompt, no payload and no header that a client sent is in any line; of a path only the route that
 * it belongs to.
 */

/** Takes lines; a pino logger is one. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Drops them. */
export const SILENT: Log = { info: nothing, warn: nothing, error: nothing };

function nothing(): void {}

/** What a line says of an error. */
export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** Where it was thrown: lines of the source, without the message. */
  readonly stack: string;
}

/** Longer messages quote what they are about. */
const MAX_MESSAGE = 1000;

/** Only these: an error of some library may carry what it was given. */
export function errorFields(error: unknown): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, message: 'What was thrown is no error.', stack: '' };
  const { code } = error as NodeJS.ErrnoException;
  const frames = error.stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? [];
  return { type: error.name, message: messageOf(error), ...(typeof code === 'string' && { code }), stack: frames.join('\n') };
}

function messageOf({ name, message }: Error): string {
  // V8 quotes the text that it could not parse.
  return name === 'SyntaxError' ? 'What was to be parsed has a mistake.' : message.slice(0, MAX_MESSAGE);
}
