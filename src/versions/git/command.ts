/**
 * How every command of Git is run: the one door to the program.
 *
 * A repository's configuration can name programs (filters, text converters, a file-system monitor, hooks, a pager,
 * remote helpers, signature checkers). None of them is ever run: only commands that read objects and references are
 * used, without their options that run programs, and what is left is switched off here. Nothing is written, no lock is
 * taken, and the network is never reached.
 */
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { PromptcError } from '../../base/error.js';

const execute = promisify(execFile);

/** More than any list of files or commits of a project takes. */
const OUTPUT_BYTES = 1024 * 1024 * 1024;

/** How a command ended. */
export interface Finished {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Git, as it is run for a folder: its repository is the one that the folder lies in. */
export class Git {
  /** Absolute. Paths that are given to commands, and that they print, begin here. */
  readonly folder: string;

  constructor(folder: string) {
    this.folder = path.resolve(folder);
  }

  /** Runs a command to its end, whatever that is. Throws `git_failed` only if Git cannot be started. */
  async run(...args: string[]): Promise<Finished> {
    try {
      const { stdout, stderr } = await execute('git', this.#line(args), { ...options(), encoding: 'buffer', maxBuffer: OUTPUT_BYTES });
      return { code: 0, stdout, stderr: stderr.toString() };
    } catch (cause) {
      const { code, signal, stdout, stderr } = cause as { code?: unknown; signal?: unknown; stdout: Buffer; stderr: Buffer };
      if (typeof code === 'number') return { code, stdout, stderr: stderr.toString() };
      throw new PromptcError('git_failed', `Git cannot be run: ${String(code ?? signal)}.`, [], { cause });
    }
  }

  /** What a command prints. Throws `git_failed` if the command does not succeed. */
  async output(...args: string[]): Promise<Buffer> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw gitFailed(args[0]!, stderr);
    return stdout;
  }

  /** The parts of what a command prints, each of which ends in some character. Throws as `output` does. */
  async list(end: '\0' | '\n', ...args: string[]): Promise<string[]> {
    return (await this.output(...args)).toString().split(end).slice(0, -1);
  }

  /**
   * The line that a command prints; `undefined` if it exits with 1, which is how the commands that are asked this way
   * say that there is no such thing. Throws `git_failed` if it fails in another way.
   */
  async answer(...args: string[]): Promise<string | undefined> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code === 1) return undefined;
    if (code !== 0) throw gitFailed(args[0]!, stderr);
    return stdout.toString().replace(/\n$/, '');
  }

  /** Starts a command that is written to and read from while it runs. */
  start(...args: string[]): ChildProcessWithoutNullStreams {
    return spawn('git', this.#line(args), options());
  }

  #line(args: readonly string[]): string[] {
    return [
      '--no-pager',
      // What a commit says is what counts, not what somebody's clone would rather have it say.
      '--no-replace-objects',
      // A path is a path, whatever characters it has.
      '--literal-pathspecs',
      ...['-c', 'core.fsmonitor=false'],
      ...['-c', 'core.hooksPath=/dev/null'],
      ...['-C', this.folder],
      ...args,
    ];
  }
}

/** An error of Git that is nobody's fault in the prompts. */
export function gitFailed(command: string, stderr: string): PromptcError {
  const lines = stderr.split('\n').filter((line) => line !== '');
  const reason = lines.find((line) => /^(?:fatal|error): /.test(line)) ?? lines.at(-1) ?? 'it does not say why';
  return new PromptcError('git_failed', `Git could not do its part (git ${command}): ${reason.replace(/^(?:fatal|error): |\.$/g, '')}.`);
}

function options(): { cwd: string; env: NodeJS.ProcessEnv; windowsHide: true } {
  return {
    // Windows looks for programs where a command starts, and a project may hold a git.exe.
    cwd: path.dirname(process.execPath),
    env: { ...inherited(), ...SWITCHES },
    windowsHide: true,
  };
}

const SWITCHES = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_GRAFT_FILE: '/dev/null',
  // An object that a partial clone lacks is missing; it is not fetched. GIT_NO_LAZY_FETCH came with 2.45 (and with the
  // security fixes of May 2024 for older ones); a Git that does not know it finds that no protocol is allowed.
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  // Messages are looked into.
  LC_ALL: 'C',
};

/**
 * The variables that Git finds, with those of its own that say how it runs and not what it reads. Hooks are run with
 * GIT_DIR, GIT_INDEX_FILE and more that point at the repository of the hook; the repository in question is always the
 * one that the project's folder lies in, so that a command says the same in a hook, in a CI and in a shell.
 * GIT_CONFIG_COUNT and its kin stay: that is how a CI says that a folder is safe.
 */
function inherited(): NodeJS.ProcessEnv {
  const kept = /^GIT_(?:CONFIG_|TRACE|EXEC_PATH$|CEILING_DIRECTORIES$|DISCOVERY_ACROSS_FILESYSTEM$)/;
  const entries = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name) || kept.test(name.toUpperCase()));
  return Object.fromEntries(entries);
}
