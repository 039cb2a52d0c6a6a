/** Who answers a run, as the command line says. Nothing else does: suites and prompts come in pull requests. */
import { AnswerCache } from '../../eval/answers/answer-cache.js';
import type { Answerer } from '../../eval/answers/answerer.js';
import { cached } from '../../eval/answers/cached.js';
import { commandAnswerer } from '../../eval/answers/command.js';
import { EndpointAddressError, parseEndpoint } from '../../eval/answers/endpoint/address.js';
import { Endpoint, type EndpointKey } from '../../eval/answers/endpoint/endpoint.js';
import { givingUp } from '../../eval/answers/giving-up.js';
import { RECORDED } from '../../eval/answers/recorded.js';
import { NodeDisk } from '../../compile/discover/node-disk.js';
import { type Terminal, UsageError } from '../io.js';

export interface AnswerOptions {
  readonly command?: string;
  readonly endpoint?: string;
  readonly model?: string;
  /** The environment variable with the endpoint's key. */
  readonly keyEnv?: string;
  readonly stream?: boolean;
  readonly retries: number;
  /** In seconds. */
  readonly timeout: number;
  readonly cache?: boolean;
}

export interface Answers {
  readonly answerer: Answerer;
  /** Whether somebody is asked, so that it takes time and may cost money. */
  readonly isLive: boolean;
  /** Keeps what was answered. */
  close(): Promise<void>;
}

/** @param root - the project, which keeps answers between runs */
export async function openAnswers(terminal: Terminal, root: string, options: AnswerOptions): Promise<Answers> {
  const live = liveAnswerer(terminal, options);
  if (live === undefined) return { answerer: RECORDED, isLive: false, close: () => Promise.resolve() };
  const answerer = givingUp(live);
  if (options.cache === false) return { answerer, isLive: true, close: () => Promise.resolve() };
  const cache = await AnswerCache.open(new NodeDisk(root));
  return {
    answerer: cached(answerer, cache),
    isLive: true,
    close: () =>
      cache.save().catch((error: NodeJS.ErrnoException) => {
        terminal.err(`The answers cannot be kept in .promptc/ (${error.code ?? error.message}): the next run asks for them again.\n`);
      }),
  };
}

/** @returns `undefined` if answers are those that suites hold */
function liveAnswerer({ cwd, env }: Terminal, options: AnswerOptions): Answerer | undefined {
  const { command, endpoint, model, stream = false, retries, timeout } = options;
  const milliseconds = timeout * 1000;
  if (endpoint === undefined) {
    const flag = model !== undefined ? '--model' : options.keyEnv !== undefined ? '--key-env' : stream ? '--stream' : undefined;
    if (flag !== undefined) throw new UsageError(`${flag} is for --endpoint, which is missing.`);
    return command === undefined ? undefined : commandAnswerer({ command, folder: cwd, milliseconds });
  }
  const url = readAddress(endpoint);
  if (model === undefined) throw new UsageError('Name the model that the endpoint is to use, with --model.');
  const key = options.keyEnv === undefined ? undefined : readKey(options.keyEnv, env);
  return new Endpoint({ url, model, ...(key && { key }), streams: stream, retries, milliseconds });
}

/** What is wrong with it is said without repeating it: it may hold a password. */
function readAddress(text: string): URL {
  try {
    return parseEndpoint(text);
  } catch (error) {
    if (error instanceof EndpointAddressError) throw new UsageError(`--endpoint: ${error.message}`);
    throw error;
  }
}

function readKey(variable: string, env: Terminal['env']): EndpointKey {
  const value = env[variable]?.trim() ?? '';
  if (value === '') throw new UsageError(`The environment variable ${variable}, which --key-env names, is empty or not set.`);
  // The value is in no message.
  if (!/^[!-~]+$/.test(value))
    throw new UsageError(`What the environment variable ${variable} holds is no key: it has spaces or other characters that no key has.`);
  return { variable, value };
}
