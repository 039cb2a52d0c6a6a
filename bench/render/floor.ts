/** The least that a render can cost: its strings joined, and what its two hashes need. */
import crypto from 'node:crypto';
import type { BundleArtifact, TemplateArtifact } from '../../src/format/artifact.js';
import type { CompletePayload } from '../../src/format/payload.js';
import type { RenderResult } from '../../src/render/render-bundle.js';
import type { StoreSource } from '../../src/sources/store.js';
import type { Library } from '../support/library.js';
import type { Competitor } from '../support/rounds.js';

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
export function floorOf(result: RenderResult, strings: readonly string[], takeHashes: TakeHashes): Competitor {
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
  return { name: 'floor', run };
}

/** The strings that a render joins: its prompt, cut where a text of its templates or a value begins and ends. */
export async function joinedStrings(
  source: StoreSource,
  bundle: BundleArtifact,
  payload: CompletePayload,
  prompt: string,
): Promise<string[]> {
  const templates = await Promise.all(Object.values(bundle.slots).map((slot) => source.template(slot)));
  const known = [...templates.flatMap(textsOf), ...printed(payload)].filter((text) => text !== '');
  known.sort((a, b) => b.length - a.length);
  const strings: string[] = [];
  for (let at = 0; at < prompt.length; at += strings.at(-1)!.length) {
    // What is neither, such as a constraint's directive, is taken by the line.
    const lineEnd = prompt.indexOf('\n', at) + 1;
    strings.push(known.find((text) => prompt.startsWith(text, at)) ?? prompt.slice(at, lineEnd === 0 ? undefined : lineEnd));
  }
  // Cloned, so that each is a string of its own and not a window into the prompt.
  return structuredClone(strings);
}

function textsOf({ operations }: TemplateArtifact): string[] {
  return operations.flatMap((operation) => (operation[0] === 'text' ? [operation[1]] : []));
}

function printed(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(printed);
  return [String(value)];
}
