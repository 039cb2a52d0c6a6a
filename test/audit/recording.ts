import { canonicalJson } from '../../src/base/canonical-json.js';
import { hashJson, sha256 } from '../../src/base/digest.js';
import type { AuditedRender } from '../../src/audit/sink.js';

/** A render that differs from others in its number. */
export function recording(number: number, payload: object = { inputs: { number } }, more: Partial<AuditedRender> = {}): AuditedRender {
  const prompt = `Prompt ${number}.`;
  return {
    result: {
      rendered_prompt: prompt,
      messages: [{ role: 'user', content: prompt }],
      bundle_id: 'hello',
      semver: '1.0.0',
      bundle_hash: sha256('bundle'),
      personality_hash: hashJson(payload),
      prompt_hash: sha256(prompt),
      engine_version: '0.1.0',
      adapter_version: null,
      constraints: {},
      config: null,
      output: null,
    },
    payload: canonicalJson(payload),
    latencyMs: 0.12345,
    ...more,
  };
}
