/** A bundle that is ready to answer requests: what is the same in every answer is JSON already. */
import type { LinkedBundle, RenderResult } from '../render/render-bundle.js';
import { SEPARATOR } from '../render/render-bundle.js';

export interface ReadyBundle {
  readonly linked: LinkedBundle;
  /** The JSON of a result of this bundle. */
  answer(result: RenderResult): string;
}

/** Two line ends, as they stand within a JSON string. */
const ESCAPED_SEPARATOR = JSON.stringify(SEPARATOR).slice(1, -1);

export function readyBundle(linked: LinkedBundle): ReadyBundle {
  let middle: string | undefined;
  let tail = '';
  return {
    linked,
    answer(result) {
      const { messages, bundle_id, semver, bundle_hash, personality_hash, prompt_hash } = result;
      const { engine_version, adapter_version, constraints, locale, config, output } = result;
      // Equal in all results of a bundle; written when the first one is there to take it from.
      if (middle === undefined) {
        middle = JSON.stringify({ bundle_id, semver, bundle_hash }).slice(1, -1);
        tail = JSON.stringify({ engine_version, adapter_version, constraints, locale, config, output }).slice(1);
      }
      let prompt = '';
      let list = '';
      for (const { role, content } of messages) {
        // A prompt is its messages, joined: each text is escaped once for both.
        const escaped = JSON.stringify(content).slice(1, -1);
        prompt += prompt === '' ? escaped : ESCAPED_SEPARATOR + escaped;
        list += `${list === '' ? '' : ','}{"role":"${role}","content":"${escaped}"}`;
      }
      return `{"rendered_prompt":"${prompt}","messages":[${list}],${middle},"personality_hash":"${personality_hash}","prompt_hash":"${prompt_hash}",${tail}`;
    },
  };
}
