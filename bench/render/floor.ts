/** The least that a render can cost: its strings joined, and what its two hashes need. */
import crypto from 'node:crypto';
import type { CompletePayload } from '../../src/format/payload.js';
import type { RenderResult } from '../../src/render/render-bundle.js';
import type { Library } from '../support/library.js';
import type { Run } from '../support/timed.js';

/** Takes the two hashes that a render takes: of its text, and of the payload. */
export type TakeHashes = (prompt: string) => { readonly prompt_hash: string; readonly personality_hash: string };

export function hashesWith({ canonicalJson }: Library, payload: CompletePayload): TakeHashes {
  // A local name: vite-node reaches what is imported through a proxy.
  const { hash } = crypto;
  return (prompt) => ({
    prompt_hash: `sha256:${hash('sha256', prompt)}`,
    personality_hash: `sha256:${hash('sha256', canonicalJson(payload))}`,
  });
}

/** Makes the very text and hashes of a render. */
export function floorOf(result: RenderResult, strings: readonly string[], takeHashes: TakeHashes): Run {
  let hashes = takeHashes('');
  const run = (): string => {
    let prompt = '';
    for (const text of strings) prompt += text;
    hashes = takeHashes(prompt);
    return prompt;
  };
  if (
    run() !== result.rendered_prompt ||
    hashes.prompt_hash !== result.prompt_hash ||
    hashes.personality_hash !== result.personality_hash
  ) {
    throw new Error('The floor does not make what a render makes.');
  }
  return run;
}

/** About the strings that a render joins: its prompt, cut at the ends of lines and around each value of the payload. */
export function joinedStrings(prompt: string, payload: CompletePayload): string[] {
  const values = printed(payload)
    .filter((text) => text.length > 1)
    .toSorted((a, b) => b.length - a.length);
  const value = new RegExp(`\\b(${values.map((text) => text.replaceAll(/[^\w\s]/g, String.raw`\$&`)).join('|')})(?!\\w)`);
  const strings = prompt.split(/(?<=\n)(?!\n)/).flatMap((line) => line.split(value).filter((text) => text !== ''));
  // Cloned, so that each is a string of its own and not a window into the prompt.
  return structuredClone(strings);
}

function printed(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(printed);
  return [String(value)];
}
