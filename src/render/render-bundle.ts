/**
 * One bundle, linked and ready: payload → prompt, messages and hashes.
 *
 * In: a bundle's and its templates' artifacts. Out: a function of payloads. What always holds: it is pure;
 * what does not depend on the payload is done once, when linking.
 */
import { sha256, type Digest } from '../base/digest.js';
import { canonicalJson } from '../base/canonical-json.js';
import { PromptcError } from '../base/error.js';
import type { JsonObject } from '../base/json.js';
import { trimBody } from '../base/trim-body.js';
import { ENGINE_VERSION } from '../base/version.js';
import { constraintDirectives } from '../constraints/vocabulary.js';
import { type BundleArtifact, type Constraints, type Role, SLOT_NAMES, type SlotName, type TemplateArtifact } from '../format/artifact.js';
import type { RenderLimits } from './limits.js';
import { load, run, type Program } from './machine.js';
import type { PayloadCheck } from './payload.js';
import { tooLarge } from './work.js';

/** One part of a conversation; neighbours never have the same role. */
export interface Message {
  readonly role: Role;
  readonly content: string;
}

/** A rendered prompt, with everything that is needed to prove what it was made from. */
export interface RenderResult {
  /** All parts, joined by an empty line. */
  readonly rendered_prompt: string;
  /** The same parts by role, for APIs that take messages. */
  readonly messages: readonly Message[];
  readonly bundle_id: string;
  /** The version that was used. */
  readonly semver: string;
  readonly bundle_hash: Digest;
  /** Of the payload, its defaults applied. */
  readonly personality_hash: Digest;
  /** Of the UTF-8 bytes of `rendered_prompt`. */
  readonly prompt_hash: Digest;
  readonly engine_version: string;
  readonly adapter_version: string | null;
  /** What the bundle demands of the answer, merged over its templates. */
  readonly constraints: Constraints;
  /** The language of the answer, if the bundle names one. */
  readonly locale?: string;
  readonly config: JsonObject | null;
  readonly output: JsonObject | null;
}

/** A bundle that is ready to render; making one is dear, rendering with it is cheap. */
export interface LinkedBundle {
  readonly artifact: BundleArtifact;
  render(payload: unknown): Render;
}

/** A render, and the text that it can be repeated from. */
export interface Render {
  readonly result: RenderResult;
  /** The canonical JSON of the payload with its defaults, which `personality_hash` was taken over. */
  readonly payload: string;
}

/** Between the parts of a prompt. */
export const SEPARATOR = '\n\n';

/** Two parts, of which either may be empty. */
export function joined(before: string, behind: string): string {
  return before === '' || behind === '' ? before + behind : before + SEPARATOR + behind;
}

/** The slot behind whose text the bundle's constraints stand, if they stand there: `system`, or else the first. */
export function appendsTo({ constraints_in_prompt: place, slots }: BundleArtifact): SlotName | undefined {
  return place === 'append' ? SLOT_NAMES.find((slot) => slots[slot] !== undefined) : undefined;
}

/**
 * @param templates - the artifact of each slot that the bundle has
 * @param check - made by `compilePayloadCheck` from the bundle's schema
 */
export function linkBundle(
  artifact: BundleArtifact,
  templates: { readonly [slot: string]: TemplateArtifact },
  check: PayloadCheck,
  limits: RenderLimits,
): LinkedBundle {
  const parts: { role: Role; program: Program; appended: string }[] = [];
  const directives = constraintDirectives(artifact.constraints, artifact.output);
  for (const slot of SLOT_NAMES) {
    const template = templates[slot];
    if (template === undefined) continue;
    const appended = appendsTo(artifact) === slot ? directives : '';
    parts.push({ role: template.role, program: load(template.operations, template.slots), appended });
  }
  const { tags, adapter_version = null, constraints, locale, config = null, output = null } = artifact;
  // All results share them.
  deepFreeze([constraints, config, output]);

  return {
    artifact,
    render(sent) {
      const { payload, modelType } = check(sent);
      if (modelType !== undefined && tags !== undefined && !tags.includes(modelType)) {
        throw new PromptcError(
          'bundle_unsupported_model',
          `The bundle "${artifact.id}" ${artifact.version} supports ${tags.join(', ')}, not "${modelType}".`,
        );
      }
      const canonicalPayload = canonicalJson(payload);
      if (isLonger(canonicalPayload, limits.payloadBytes)) {
        throw new PromptcError('payload_too_large', `The payload is larger than ${limits.payloadBytes} bytes.`);
      }
      const { inputs, semantic_traits, activity_level, stress, task } = payload;
      // The schema lets no input have a persona input's name. Spread last: adding to a spread object is slow in V8.
      const context = { semantic_traits, activity_level, stress, task, ...inputs };
      let prompt = '';
      const messages: { role: Role; content: string }[] = [];
      for (const part of parts) {
        const text = joined(trimBody(run(part.program, context, directives, limits)), part.appended);
        if (text === '') continue;
        prompt = joined(prompt, text);
        const last = messages.at(-1);
        if (last?.role === part.role) last.content += SEPARATOR + text;
        else messages.push({ role: part.role, content: text });
      }
      if (isLonger(prompt, limits.promptBytes)) throw tooLarge(limits);
      const result: RenderResult = {
        rendered_prompt: prompt,
        messages,
        bundle_id: artifact.id,
        semver: artifact.version,
        bundle_hash: artifact.hash,
        personality_hash: sha256(canonicalPayload),
        prompt_hash: sha256(prompt),
        engine_version: ENGINE_VERSION,
        adapter_version,
        constraints,
        ...(locale !== undefined && { locale }),
        config,
        output,
      };
      return { result, payload: canonicalPayload };
    },
  };
}

/** Whether a text has more bytes of UTF-8. A UTF-16 unit takes at most 3 of them, so short texts need no counting. */
function isLonger(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes;
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
}
