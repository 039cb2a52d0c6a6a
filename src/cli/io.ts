/** What a command may touch of the terminal it runs in. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Talk: progress, diagnostics, errors. */
  err(text: string): void;
  /** Whether talk may be coloured. */
  readonly colour: boolean;
  readonly cwd: string;
  readStdin(): Promise<Uint8Array>;
  /** Settles when the user asks the program to stop. */
  untilStopped(): Promise<void>;
}

/** How a command ended. */
export const EXIT = {
  fine: 0,
  /** The prompts have errors. */
  promptErrors: 1,
  /** Wrong usage, or something around promptc is missing. */
  usage: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Wrong usage or a missing piece: the message says what to do. */
export class UsageError extends Error {}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const noColour = process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '';
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    colour: process.stderr.isTTY && !noColour && process.env['TERM'] !== 'dumb',
    cwd: process.cwd(),
    async readStdin() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
      return Buffer.concat(chunks);
    },
    untilStopped: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
      }),
  };
}
