/** Renders bundles from sources, keeping what it has linked. Knows nothing of compiling. */
import { LRUCache } from 'lru-cache';
import { type AuditSink, NullAuditSink } from '../audit/sink.js';
import type { RenderLimits } from '../render/limits.js';
import type { LinkedBundle, RenderResult } from '../render/render-bundle.js';
import type { BundleSource, TemplateSource } from '../sources/source.js';
import { BundleLinker, DEFAULT_CACHE_SIZE } from './bundle-linker.js';

export interface RendererOptions {
  readonly bundles: BundleSource;
  readonly templates: TemplateSource;
  /** Where renders are recorded; nowhere by default. */
  readonly audit?: AuditSink;
  /** How many linked bundles are kept; `false` keeps nothing, for debugging. 1000 by default. */
  readonly cache?: number | false;
  readonly limits?: Partial<RenderLimits>;
}

export class BundleRenderer {
  readonly #bundles: BundleSource;
  readonly #templates: TemplateSource;
  readonly #audit: AuditSink | undefined;
  readonly #linker: BundleLinker;
  /** By id and version as requested. Promises, so that two requests at once load a bundle once. */
  readonly #linked: LRUCache<string, Promise<LinkedBundle>> | undefined;

  constructor({ bundles, templates, audit, cache = DEFAULT_CACHE_SIZE, limits }: RendererOptions) {
    this.#bundles = bundles;
    this.#templates = templates;
    this.#audit = audit instanceof NullAuditSink ? undefined : audit;
    this.#linker = new BundleLinker({ cache, limits });
    if (cache !== false) this.#linked = new LRUCache({ max: cache });
  }

  /**
   * @param version - exact, a range, or absent for the default
   * @throws PromptcError
   */
  async render(bundleId: string, version: string | undefined, payload: unknown): Promise<RenderResult> {
    const bundle = await this.#bundle(bundleId, version);
    return this.renderLinked(bundle, payload);
  }

  /** Renders, and tells the audit sink. */
  protected renderLinked(bundle: LinkedBundle, payload: unknown): RenderResult {
    if (this.#audit === undefined) return bundle.render(payload).result;
    const start = performance.now();
    const { result, payload: text } = bundle.render(payload);
    try {
      this.#audit.record({ result, payload: text, latencyMs: performance.now() - start });
    } catch {
      // A sink that breaks its promise must not cost the caller the render.
    }
    return result;
  }

  /** Loads a bundle and its templates, and makes it ready. */
  protected async link(id: string, version: string | undefined, bundles: BundleSource, templates: TemplateSource): Promise<LinkedBundle> {
    return this.#linker.link(await bundles.bundle(id, version), templates);
  }

  #bundle(id: string, version: string | undefined): Promise<LinkedBundle> {
    const key = version === undefined ? id : `${id}\n${version}`;
    // No id has a line end; one that does could pass for an id with a version.
    if (id.includes('\n')) return this.link(id, version, this.#bundles, this.#templates);
    const known = this.#linked?.get(key);
    if (known !== undefined) return known;
    const linking = this.link(id, version, this.#bundles, this.#templates);
    this.#linked?.set(key, linking);
    // What failed is not kept: unknown ids would fill the cache, and a missing file may appear.
    linking.catch(() => this.#linked?.delete(key));
    return linking;
  }
}
