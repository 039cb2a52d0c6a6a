import { LRUCache } from 'lru-cache';
import { hashJson } from '../base/digest.js';
import type { BundleArtifact, JsonSchema, TemplateArtifact } from '../format/artifact.js';
import { DEFAULT_RENDER_LIMITS, type RenderLimits } from '../render/limits.js';
import { compilePayloadCheck, type PayloadCheck } from '../render/payload.js';
import { type LinkedBundle, linkBundle } from '../render/render-bundle.js';
import type { TemplateSource } from '../sources/source.js';

export interface LinkerOptions {
  /** How many validators are kept; `false` keeps nothing, for debugging. */
  readonly cache?: number | false | undefined;
  readonly limits?: Partial<RenderLimits> | undefined;
}

export const DEFAULT_CACHE_SIZE = 1000;

/** Makes bundles ready to render. */
export class BundleLinker {
  readonly #limits: RenderLimits;
  /** By the digest of their schema: versions of a bundle often share one. */
  readonly #checks: LRUCache<string, PayloadCheck> | undefined;

  constructor({ cache = DEFAULT_CACHE_SIZE, limits }: LinkerOptions = {}) {
    this.#limits = { ...DEFAULT_RENDER_LIMITS, ...limits };
    if (cache !== false) this.#checks = new LRUCache({ max: cache });
  }

  /** Loads a bundle's templates and makes it ready. Throws what `linkBundle` and the source do. */
  async link(artifact: BundleArtifact, templates: TemplateSource): Promise<LinkedBundle> {
    const slots: { [slot: string]: TemplateArtifact } = {};
    for (const [slot, reference] of Object.entries(artifact.slots)) slots[slot] = await templates.template(reference);
    return linkBundle(artifact, slots, this.#check(artifact.payloadSchema), this.#limits);
  }

  #check(schema: JsonSchema): PayloadCheck {
    const digest = hashJson(schema);
    let check = this.#checks?.get(digest);
    if (check === undefined) {
      check = compilePayloadCheck(schema, this.#limits);
      this.#checks?.set(digest, check);
    }
    return check;
  }
}
