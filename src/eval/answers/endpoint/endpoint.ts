/**
 * Answers of a server that completes chats as OpenAI's does.
 *
 * What always holds: whatever a server sends or fails to send, an answer is there or given up by its deadline; no more
 * is read than an answer may have; the key goes to the named server alone, and into no message.
 */
import { canonicalJson } from '../../../base/canonical-json.js';
import { sha256 } from '../../../base/digest.js';
import { ENGINE_VERSION } from '../../../base/version.js';
import type { RenderResult } from '../../../render/render-bundle.js';
import { type Answer, type Answerer, AnswerError, stopped } from '../answerer.js';
import { AttemptError } from './attempt-error.js';
import { readChatAnswer } from './chat-answer.js';
import { chatRequest, STREAMING } from './chat-request.js';
import { Pace, rest } from './pace.js';
import { connectionError, statusError } from './refusals.js';

export interface EndpointOptions {
  /** Of its chat completions. */
  readonly url: URL;
  readonly model: string;
  /** Absent if the server wants none. */
  readonly key?: EndpointKey;
  /** Whether answers are asked for piece by piece. */
  readonly streams: boolean;
  /** How often a request is made again that failed in a way that may pass. */
  readonly retries: number;
  /** How long an answer may take, all its requests and what lies between them. */
  readonly milliseconds: number;
  /** What lies between the first two, if the server does not say; then twice as much, and so on. */
  readonly firstWait?: number;
}

export interface EndpointKey {
  /** The environment variable that holds it: what messages call it. */
  readonly variable: string;
  readonly value: string;
}

const FIRST_WAIT_MILLISECONDS = 500;
const LONGEST_WAIT_MILLISECONDS = 30_000;

export class Endpoint implements Answerer {
  readonly #options: EndpointOptions;
  readonly #pace = new Pace();

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  readonly key = (render: RenderResult) =>
    sha256(canonicalJson({ endpoint: this.#options.url.href, request: chatRequest(render, this.#options.model) }));

  async answer({ render }: { readonly render: RenderResult }, signal: AbortSignal): Promise<Answer> {
    if (signal.aborted) throw stopped();
    const ended = new AbortController();
    const stop = (): void => ended.abort(stopped());
    signal.addEventListener('abort', stop);
    const deadline = setTimeout(() => ended.abort(this.#late()), this.#options.milliseconds);
    try {
      return await this.#persist(render, ended.signal);
    } catch (error) {
      throw error instanceof AnswerError ? new AnswerError(this.#withoutKey(error.message), error.reach) : error;
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Asks again as long as that may help. */
  async #persist(render: RenderResult, signal: AbortSignal): Promise<Answer> {
    const { retries, milliseconds, firstWait = FIRST_WAIT_MILLISECONDS } = this.#options;
    const end = performance.now() + milliseconds;
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#pace.turn(signal);
        return await this.#ask(render, signal);
      } catch (error) {
        if (!(error instanceof AttemptError) || !error.isPassing) throw error;
        if (error.wait > 0) this.#pace.hold(error.wait);
        if (attempt === retries) throw tried(error, attempt + 1);
        // Not all at once: those that failed together would fail together again.
        const grown = Math.min(LONGEST_WAIT_MILLISECONDS, firstWait * 2 ** attempt) * (0.5 + Math.random() / 2);
        const wait = Math.max(grown, this.#pace.wait);
        if (performance.now() + wait > end) throw tooLong(error, wait);
        await rest(wait, signal);
      }
    }
  }

  async #ask(render: RenderResult, signal: AbortSignal): Promise<Answer> {
    const { url, model, key, streams } = this.#options;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          accept: streams ? 'text/event-stream, application/json' : 'application/json',
          'content-type': 'application/json',
          'user-agent': `promptc/${ENGINE_VERSION}`,
          ...(key && { authorization: `Bearer ${key.value}` }),
        },
        body: JSON.stringify({ ...chatRequest(render, model), ...(streams && STREAMING) }),
        // The key is for the server that was named.
        redirect: 'manual',
        signal,
      });
      if (response.status !== 200) throw await statusError(response, this.#options);
      return await readChatAnswer(response);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AnswerError) throw error;
      throw connectionError(error, url);
    }
  }

  #late(): AnswerError {
    const seconds = this.#options.milliseconds / 1000;
    return new AnswerError(`The endpoint gave no answer within ${seconds} s. Raise --timeout if that is too soon.`, 'answer');
  }

  /** What a server says may repeat what it was sent. */
  #withoutKey(message: string): string {
    const value = this.#options.key?.value ?? '';
    return value === '' ? message : message.replaceAll(value, '(the key)');
  }
}

function tried({ message, reach }: AttemptError, times: number): AnswerError {
  return new AnswerError(times === 1 ? message : `${message} It was tried ${times} times.`, reach);
}

function tooLong({ message, reach }: AttemptError, wait: number): AnswerError {
  const seconds = Math.ceil(wait / 1000);
  return new AnswerError(`${message} Waiting ${seconds} s to try again takes longer than --timeout allows.`, reach);
}
