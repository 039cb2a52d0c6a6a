import type { ExitCode, Terminal } from '../../src/cli/io.js';
import { run } from '../../src/cli/program.js';

export interface Outcome {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface TerminalOptions {
  readonly stdin?: string;
  readonly stop?: Promise<void>;
  readonly colour?: boolean;
  readonly interactive?: boolean;
  readonly env?: Terminal['env'];
  readonly onErr?: (text: string) => void;
  readonly onOut?: (text: string) => void;
}

/** Runs a command in this process. */
export function runCommand(cwd: string, args: readonly string[], options: TerminalOptions = {}): Promise<Outcome> {
  return runOn(cwd, options, (terminal) => run(args, terminal));
}

/** Runs anything that takes a terminal. */
export async function runOn(cwd: string, options: TerminalOptions, command: (terminal: Terminal) => Promise<ExitCode>): Promise<Outcome> {
  let out = '';
  let err = '';
  const terminal: Terminal = {
    out: (text) => {
      out += text;
      options.onOut?.(out);
    },
    err: (text) => {
      err += text;
      options.onErr?.(err);
    },
    progress: () => () => undefined,
    interactive: options.interactive ?? true,
    colour: options.colour ?? false,
    colourResults: options.colour ?? false,
    cwd,
    env: options.env ?? {},
    readStdin: () => Promise.resolve(new TextEncoder().encode(options.stdin ?? '')),
    untilStopped: () => options.stop ?? Promise.resolve(),
  };
  const code = await command(terminal);
  return { code, out, err };
}
