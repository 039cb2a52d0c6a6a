import type { ExitCode, Terminal } from '../../src/cli/io.js';
import { run } from '../../src/cli/program.js';

export interface Outcome {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process. */
export async function runCommand(
  cwd: string,
  args: readonly string[],
  options: {
    stdin?: string;
    stop?: Promise<void>;
    colour?: boolean;
    interactive?: boolean;
    env?: Terminal['env'];
    onErr?: (text: string) => void;
  } = {},
): Promise<Outcome> {
  let out = '';
  let err = '';
  const terminal: Terminal = {
    out: (text) => {
      out += text;
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
  const code = await run(args, terminal);
  return { code, out, err };
}
