import { LRUCache } from 'lru-cache';
import { hashJson } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import { isObject } from '../base/json.js';
import { compileInline, type InlineBundle, type InlineTemplate } from '../compile/inline.js';
import type { Payload } from '../format/payload.js';
import type { LinkedBundle, RenderResult } from '../render/render-bundle.js';
import { BuildStore } from '../sources/inline.js';
import { StoreSource } from '../sources/store.js';
import { BundleRenderer, type RendererOptions } from './bundle-renderer.js';

/** One bundle as a value, with all that it needs. */
export interface InlinePrompt {
  readonly bundle: InlineBundle;
  readonly templates: readonly InlineTemplate[];
  /** Text by name. */
  readonly partials?: { readonly [name: string]: string };
}

/** How many compiled inline prompts are kept. */
const INLINE_CACHE_SIZE = 100;

/**
 * Renders prompts in process, from a `dist/` folder or from values.
 *
 * ```ts
 * const generator = new PromptGenerator({
 *   bundles: new FileBundleSource('dist'),
 *   templates: new FileTemplateSource('dist'),
 * });
 * const { messages, prompt_hash } = await generator.renderFromBundle('support-agent', '^2.0.0', { task: 'Refund' });
 * ```
 */
export class PromptGenerator {
  readonly #renderer: InlineRenderer;

  constructor(options: RendererOptions) {
    this.#renderer = new InlineRenderer(options);
  }

  /**
   * Renders a bundle of the generator's sources.
   *
   * @param bundleId - such as `support-agent`
   * @param version - exact, a range, or `undefined` for the highest stable version that is not yanked
   * @param payload - what the prompt is rendered with; keys that no template declares are refused
   * @throws PromptcError `bundle_not_found`, `version_not_found`, `version_invalid`, `no_default_version`,
   *   `payload_invalid`, `payload_too_large`, `bundle_unsupported_model`, `prompt_too_large`,
   *   `render_too_long`, `artifact_missing`, `artifact_corrupt`, `artifact_unsupported`
   */
  renderFromBundle(bundleId: string, version: string | undefined, payload: Payload): Promise<RenderResult> {
    return this.#renderer.render(bundleId, version, payload);
  }

  /**
   * Compiles a bundle given as values and renders it. Equal content is compiled once.
   *
   * @throws CompileError with diagnostics; PromptcError as `renderFromBundle` does, and `content_invalid`
   */
  renderInline(prompt: InlinePrompt, payload: Payload): Promise<RenderResult> {
    return this.#renderer.renderInline(prompt, payload);
  }
}

class InlineRenderer extends BundleRenderer {
  readonly #inline: LRUCache<string, Promise<LinkedBundle>> | undefined;

  constructor(options: RendererOptions) {
    super(options);
    if (options.cache !== false) this.#inline = new LRUCache({ max: INLINE_CACHE_SIZE });
  }

  async renderInline(prompt: InlinePrompt, payload: unknown): Promise<RenderResult> {
    if (!isObject(prompt))
      throw new PromptcError('content_invalid', 'An inline prompt is an object with `bundle`, `templates` and `partials`.');
    const key = this.#inline === undefined ? '' : contentKey(prompt);
    let linking = this.#inline?.get(key);
    if (linking === undefined) {
      const { bundle, templates, partials = {} } = prompt;
      const source = new StoreSource(new BuildStore(compileInline({ bundles: [bundle], templates, partials })));
      linking = this.link(bundle.id, bundle.version, source, source);
      this.#inline?.set(key, linking);
    }
    return this.renderLinked(await linking, payload);
  }
}

function contentKey(prompt: InlinePrompt): string {
  try {
    return hashJson(prompt);
  } catch (cause) {
    throw new PromptcError('content_invalid', `The content is no JSON: ${(cause as Error).message}.`, [], { cause });
  }
}
