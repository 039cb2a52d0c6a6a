/** A render → the body of a request for a chat completion. */
import type { JsonObject } from '../../../base/json.js';
import type { RenderResult } from '../../../render/render-bundle.js';

/** The keys of a bundle's `config` that such servers know, and what they call them. */
const SETTINGS: readonly (readonly [ours: string, theirs: string])[] = [
  ['temperature', 'temperature'],
  ['top_p', 'top_p'],
  ['seed', 'seed'],
  ['presence_penalty', 'presence_penalty'],
  ['frequency_penalty', 'frequency_penalty'],
  ['max_tokens', 'max_tokens'],
  ['max_output_tokens', 'max_tokens'],
];

export function chatRequest({ messages, config }: RenderResult, model: string): JsonObject {
  const settings = SETTINGS.flatMap(([ours, theirs]) => {
    const value = config?.[ours];
    return typeof value === 'number' ? [[theirs, value] as const] : [];
  });
  return { model, messages: messages.map(({ role, content }) => ({ role, content })), ...Object.fromEntries(settings) };
}

/** What makes a server send an answer piece by piece, and what it cost at the end. */
export const STREAMING: JsonObject = { stream: true, stream_options: { include_usage: true } };
