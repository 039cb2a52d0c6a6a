import { isCi } from '../versions/ci-run.js';
import { type Step, StatusLine } from './status-line.js';

/** What a command may touch of the terminal it runs in. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Talk: diagnostics, errors, what came of it. */
  err(text: string): void;
  /** Says what goes on while it goes on; nothing where nobody watches. Returns what says how far it is. */
  readonly progress: Progress;
  /** Where talk goes, for what writes it by itself; absent if it goes through `err` alone. */
  readonly errDescriptor?: number;
  /** Whether a person reads the talk. */
  readonly interactive: boolean;
  /** Whether talk may be coloured. */
  readonly colour: boolean;
  /** Whether results may be. */
  readonly colourResults: boolean;
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
  readStdin(): Promise<Uint8Array>;
  /** Settles when the user asks the program to stop. */
  untilStopped(): Promise<void>;
}

/** @param label - what goes on, such as `Verifying artifacts` */
export type Progress = (label: string) => Step;

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

const STOPPING = ['SIGINT', 'SIGTERM'] as const;

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const status = new StatusLine((text) => void stderr.write(text), stderr.isTTY && env['TERM'] !== 'dumb' && !isCi(env));
  const print = (stream: NodeJS.WriteStream, text: string): void => {
    status.clear();
    stream.write(text);
  };
  return {
    out: (text) => print(stdout, text),
    err: (text) => print(stderr, text),
    progress: (label) => status.show(label),
    errDescriptor: stderr.fd,
    interactive: stderr.isTTY,
    colour: mayColour(stderr.isTTY, env),
    colourResults: mayColour(stdout.isTTY, env),
    cwd: process.cwd(),
    env,
    async readStdin() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
      return Buffer.concat(chunks);
    },
    untilStopped: () =>
      new Promise((resolve) => {
        for (const signal of STOPPING) process.on(signal, stop);

        function stop(): void {
          // A second one is the system's to handle: it ends the program at once.
          for (const signal of STOPPING) process.off(signal, stop);
          resolve();
        }
      }),
  };
}

/** `NO_COLOR` (no-color.org) counts more than `FORCE_COLOR` (force-color.org), and that more than what the terminal is. */
function mayColour(isTTY: boolean, env: Terminal['env']): boolean {
  const [no, force] = [env['NO_COLOR'] ?? '', env['FORCE_COLOR'] ?? ''];
  if (no !== '') return false;
  if (force !== '') return force !== '0' && force !== 'false';
  return isTTY && env['TERM'] !== 'dumb';
}
