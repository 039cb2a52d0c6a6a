/**
 * Answers of a program that the user names: a prompt goes to its standard input, and what it prints is the answer.
 *
 * What always holds: what it starts ends with its deadline, with all that it has started; no more is read of it than an answer
 * may have; and what to run is never taken from a suite or a prompt.
 */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { canonicalJson } from '../../base/canonical-json.js';
import { sha256 } from '../../base/digest.js';
import type { RenderResult } from '../../render/render-bundle.js';
import { type Answer, type Answerer, AnswerError, MOST_ANSWER_BYTES, stopped } from './answerer.js';

export interface CommandOptions {
  /** For the shell. */
  readonly command: string;
  /** The folder that it runs in. */
  readonly folder: string;
  /** How long an answer may take. */
  readonly milliseconds: number;
}

/** Of what it says beside its answer, the end, which says why it failed. */
const KEPT_ERROR_CHARACTERS = 4096;

export function commandAnswerer(options: CommandOptions): Answerer {
  return {
    key: (render) => sha256(canonicalJson({ command: options.command, prompt: promptOf(render) })),
    async answer({ render }, signal): Promise<Answer> {
      const text = await ask(options, `${JSON.stringify(promptOf(render))}\n`, signal);
      return { text: text.replace(/\r?\n$/, '') };
    },
  };
}

/** What the program gets: all that an answer can depend on. */
function promptOf({ bundle_id, semver, prompt_hash, rendered_prompt, messages, config, output }: RenderResult) {
  return { bundle_id, semver, prompt_hash, rendered_prompt, messages, config, output };
}

/** How shells say that there is no such program, or that it cannot be run. */
const UNKNOWN_COMMAND = new Set([126, 127]);

function ask({ command, folder, milliseconds }: CommandOptions, input: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(stopped());
    // A group of its own, so that nothing that the shell has started outlives the deadline.
    const child = spawn(command, { shell: true, cwd: folder, detached: process.platform !== 'win32', windowsHide: true });
    const give = (error: AnswerError): void => {
      end(child);
      settle(() => reject(error));
    };
    const stop = (): void => give(stopped());
    const deadline = setTimeout(() => {
      const seconds = milliseconds / 1000;
      give(new AnswerError(`The command gave no answer within ${seconds} s. Raise --timeout if that is too soon.`, 'answer'));
    }, milliseconds);
    signal.addEventListener('abort', stop);
    const chunks: Buffer[] = [];
    let bytes = 0;
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_ANSWER_BYTES) give(new AnswerError(`The command printed more than ${MOST_ANSWER_BYTES} bytes.`, 'answer'));
      else chunks.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT_ERROR_CHARACTERS);
    });
    child.on('error', (error) => give(new AnswerError(`The command cannot be run: ${error.message}.`, 'all')));
    child.on('close', (code, killedBy) => {
      if (code === 0) return settle(() => resolve(Buffer.concat(chunks).toString()));
      const reach = UNKNOWN_COMMAND.has(code ?? 0) ? 'all' : 'answer';
      settle(() => reject(new AnswerError(`The command ended with ${code ?? killedBy}.${reasonIn(said)}`, reach)));
    });
    // A program need not read what it is asked.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);

    function settle(how: () => void): void {
      clearTimeout(deadline);
      signal.removeEventListener('abort', stop);
      how();
    }
  });
}

function reasonIn(said: string): string {
  const last = said.trimEnd().split('\n').at(-1)!.trim();
  return last === '' ? '' : ` It said: ${last}`;
}

function end(child: ChildProcessWithoutNullStreams): void {
  killAll(child);
  // Whoever has left the group may hold them open.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
}

function killAll(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
