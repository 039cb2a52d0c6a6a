/**
 * Versions that were published, from the files that they were made of.
 *
 * Parsed, lowered and linked like any other; what the checks of today say of them is not asked, since they passed
 * those of their day, and nobody can change them any more. Neither do the limits of today count, which a project can
 * lower at any time.
 */
import type { Diagnostics } from '../base/diagnostic.js';
import type { SourceText } from '../base/span.js';
import type { SlotName } from '../format/artifact.js';
import { declareBundle, declareTemplate } from './check/declare.js';
import { KnownSchemas } from './check/inputs.js';
import { PartialGraph } from './check/partials.js';
import { TemplateIndex } from './check/references.js';
import { HIGHEST_COMPILE_LIMITS as limits } from './config.js';
import { linkBundle, type LinkedBundleFile, type LinkedTemplate, linkTemplate } from './link/link.js';
import type { Partial, PartialSource } from './model.js';
import { parseBundleFile, parsePartial, parseTemplateFile } from './parse/parse.js';

/** Compiles many, which have most of their schemas and partials in common. */
export class PublishedCompiler {
  readonly #schemas = new KnownSchemas();
  /** Those in which nothing is wrong. */
  readonly #partials = new WeakMap<SourceText, Partial>();

  /** @returns `undefined` if it does not compile; `diagnostics` says why */
  template(own: SourceText, partials: readonly PartialSource[], diagnostics: Diagnostics): LinkedTemplate | undefined {
    const included = new Map(partials.map((partial) => [partial.name, this.#partial(partial, diagnostics)]));
    const file = parseTemplateFile(own, limits, diagnostics);
    const { template } = declareTemplate(file, this.#schemas, diagnostics);
    const isSound = new PartialGraph(included, limits, diagnostics).isWithinLimits(file, diagnostics);
    return template === undefined || !isSound || diagnostics.errorCount > 0 ? undefined : linkTemplate(template, included);
  }

  /**
   * @param slots - the template version that fills each slot
   * @returns `undefined` if it does not compile; `diagnostics` says why
   */
  bundle(own: SourceText, slots: { readonly [slot in SlotName]?: LinkedTemplate }, diagnostics: Diagnostics): LinkedBundleFile | undefined {
    const file = parseBundleFile(own, limits, diagnostics);
    const index = new TemplateIndex();
    for (const { prompt } of Object.values(slots)) index.add(prompt, { isInTree: false });
    const names = Object.entries(slots).map(([slot, { prompt }]) => [slot, `${prompt.id}@${prompt.version}`]);
    const recorded = { slots: Object.fromEntries(names) as { [slot in SlotName]?: string }, isPublished: true, isKept: true };
    const bundle = declareBundle(file, { index, recorded: () => recorded, found: diagnostics, diagnostics });
    if (bundle === undefined || diagnostics.errorCount > 0) return undefined;
    return linkBundle(bundle, new Map(Object.values(slots).map((linked) => [linked.prompt, linked])), limits, diagnostics);
  }

  #partial(partial: PartialSource, diagnostics: Diagnostics): Partial {
    const known = this.#partials.get(partial.source);
    if (known !== undefined) return known;
    const before = diagnostics.errorCount;
    const parsed = parsePartial(partial, limits, diagnostics);
    if (diagnostics.errorCount === before) this.#partials.set(partial.source, parsed);
    return parsed;
  }
}
