/**
 * What earlier builds of a project came to, file by file, for the next one.
 *
 * What always holds: a build with a cache has the bytes and the diagnostics of one without. What a file came to is used
 * again only if its text, the texts of all partials that it includes, the templates of its slots, the settings and the
 * compiler are what they were; it is compiled again as soon as more of it is wanted than what was remembered.
 */
import { type Diagnostic, Diagnostics } from '../../base/diagnostic.js';
import { type Digest, hashJson } from '../../base/digest.js';
import type { SourceText } from '../../base/span.js';
import { ENGINE_VERSION, SPEC } from '../../base/version.js';
import { FORMAT_VERSION, type SlotName } from '../../format/artifact.js';
import { LOCK_FILE } from '../../format/lock.js';
import type { KnownBundles } from '../check/declare.js';
import type { TemplateIndex } from '../check/references.js';
import type { Config } from '../config.js';
import type { LinkedBundleFile, LinkedPrompts, LinkedTemplate } from '../link/link.js';
import type { Bundle, ParsedTemplate, Partial, Sources, Template } from '../model.js';
import { PublishedCompiler } from '../published.js';
import { KnownBundle } from './known-bundle.js';
import { KnownTemplate } from './known-template.js';
import type { BundleRecord, Records, TemplateRecord } from './records.js';
import { restoredDiagnostic, type StoredDiagnostic, storedDiagnostic } from './stored-diagnostic.js';

/** A file with more warnings is compiled each time. */
const MOST_DIAGNOSTICS = 100;

export const NO_RECORDS: Records = { templates: {}, bundles: {} };

/** What everything that a build comes to depends on, beside the prompts. */
export function settingsDigest({ limits, budget }: Config): Digest {
  return hashJson({ engine: ENGINE_VERSION, spec: SPEC, format: FORMAT_VERSION, limits, budget });
}

export class CompileCache {
  readonly #templates: Map<string, TemplateRecord>;
  readonly #bundles: Map<string, BundleRecord>;
  /** By path: so long as nothing changes, the next build gets the very same. */
  readonly #known = new Map<string, KnownTemplate | KnownBundle>();
  readonly #partials = new WeakMap<SourceText, { partial: Partial; found: readonly Diagnostic[] }>();
  readonly #textDigests = new WeakMap<LinkedTemplate, Digest>();
  readonly #compiler = new PublishedCompiler();
  #settings: Digest;
  #sources = new Map<string, SourceText>();
  /** What references could mean in the last build. */
  #index: ReadonlySet<Template> = new Set();
  /** Another number for other names. */
  #names = 0;
  /** With which names a bundle's references were looked up. */
  readonly #confirmed = new WeakMap<KnownBundle, number>();
  #hasChanged = false;

  /** @param settings - what the records were made with */
  constructor(settings: Digest, records: Records = NO_RECORDS) {
    this.#settings = settings;
    this.#templates = new Map(Object.entries(records.templates));
    this.#bundles = new Map(Object.entries(records.bundles));
  }

  /** Begins a build. What was remembered with other settings is forgotten. */
  begin(settings: Digest, { templates, bundles, partials }: Sources): void {
    this.#sources = new Map([...templates, ...bundles, ...partials.map(({ source }) => source)].map((source) => [source.path, source]));
    if (settings === this.#settings) return;
    this.#settings = settings;
    this.#templates.clear();
    this.#bundles.clear();
    this.#known.clear();
    this.#hasChanged = true;
  }

  /** A partial, parsed once for each text of it. */
  partial(source: SourceText, diagnostics: Diagnostics, parse: () => Partial): Partial {
    const known = this.#partials.get(source);
    if (known === undefined) {
      const partial = diagnostics.about(source.path, parse);
      this.#partials.set(source, { partial, found: diagnostics.foundAbout(source.path) });
      return partial;
    }
    for (const one of known.found) diagnostics.repeat(one);
    return known.partial;
  }

  /** A template, if what is remembered of it still holds. */
  template(source: SourceText, partials: ReadonlyMap<string, Partial>): KnownTemplate | undefined {
    const record = this.#templates.get(source.path);
    if (record === undefined || record.text !== source.digest) return undefined;
    const included: Partial[] = [];
    for (const [name, text] of Object.entries(record.partials ?? {})) {
      const partial = partials.get(name);
      if (partial?.source.digest !== text) return undefined;
      included.push(partial);
    }
    const known = this.#known.get(source.path);
    if (known instanceof KnownTemplate && known.source === source && included.every((partial, i) => partial === known.partials[i]))
      return known;
    const made = new KnownTemplate(source, record, included, () => this.#compiler.template(source, included, new Diagnostics())!);
    this.#known.set(source.path, made);
    return made;
  }

  /** What is remembered of a bundle, if its text is what it was. */
  bundleRecord(source: SourceText): BundleRecord | undefined {
    const record = this.#bundles.get(source.path);
    return record?.text === source.digest ? record : undefined;
  }

  /**
   * Bundles that still hold.
   *
   * @param templates - those of the working tree
   * @param published - those that it no longer holds
   * @param linked - what a template came to, if it has not changed
   */
  bundles(
    templates: readonly Template[],
    published: readonly LinkedTemplate[],
    index: TemplateIndex,
    linked: (template: Template) => LinkedTemplate | undefined,
  ): KnownBundles {
    const all = new Set([...templates, ...published.map(({ prompt }) => prompt)]);
    // What a reference means depends on the names alone.
    if (!index.isPlain || !hasSameNames([...this.#index], [...all])) this.#names++;
    this.#index = all;
    return {
      same: (source) => {
        const known = this.#known.get(source.path);
        if (!(known instanceof KnownBundle) || known.source !== source || this.#confirmed.get(known) !== this.#names) return undefined;
        return Object.values(known.slots).every((template) => all.has(template)) ? known : undefined;
      },
      keep: (source, record, resolved) => {
        const kept = this.#bundle(source, record, resolved, linked);
        if (kept !== undefined) this.#confirmed.set(kept, this.#names);
        return kept;
      },
    };
  }

  #bundle(
    source: SourceText,
    record: BundleRecord,
    { slots, references }: Pick<Bundle, 'slots' | 'references'>,
    linked: (template: Template) => LinkedTemplate | undefined,
  ): KnownBundle | undefined {
    const filled: { [slot in SlotName]?: LinkedTemplate } = {};
    for (const [slot, template] of Object.entries(slots) as [SlotName, Template][]) {
      const one = linked(template);
      if (one === undefined || this.#textDigest(one) !== record.templates[slot]) return undefined;
      filled[slot] = one;
    }
    const known = this.#known.get(source.path);
    if (known instanceof KnownBundle && known.source === source && hasSameSlots(known.slots, slots)) return known;
    const compile = (): LinkedBundleFile => this.#compiler.bundle(source, filled, new Diagnostics())!;
    const made = new KnownBundle(source, record, slots, references, compile);
    this.#known.set(source.path, made);
    return made;
  }

  /**
   * Reports again what was found in looking at the prompts that have not changed.
   *
   * @param linked - the bundles that nothing is wrong with, be it in what they are made of
   */
  repeat(templates: readonly ParsedTemplate[], bundles: readonly Bundle[], linked: ReadonlySet<Bundle>, diagnostics: Diagnostics): void {
    const broken = diagnostics.brokenFiles;
    for (const template of templates) {
      if (!(template instanceof KnownTemplate) || template.record.diagnostics === undefined) continue;
      // What is broken may be what uses them.
      const mayBeUsed = [template, ...template.partials].some(({ source }) => broken.has(source.path));
      this.#repeat(template.record, diagnostics, ({ code }) => code !== 'check/unused-input' || !mayBeUsed);
    }
    for (const bundle of bundles) {
      if (!(bundle instanceof KnownBundle) || bundle.record.diagnostics === undefined) continue;
      this.#repeat(bundle.record, diagnostics, ({ code }) => !code.startsWith('link/') || linked.has(bundle));
    }
  }

  #repeat(
    { diagnostics: stored = [] }: TemplateRecord | BundleRecord,
    diagnostics: Diagnostics,
    isTold: (one: StoredDiagnostic) => boolean,
  ) {
    for (const one of stored) {
      const restored = isTold(one) ? restoredDiagnostic(one, (path) => this.#sources.get(path)) : undefined;
      if (restored !== undefined) diagnostics.repeat(restored);
    }
  }

  /** Remembers what was compiled now, and forgets what is gone. */
  remember({ templates, bundles }: Pick<LinkedPrompts, 'templates' | 'bundles'>, diagnostics: Diagnostics): void {
    for (const paths of [this.#templates, this.#bundles]) {
      for (const path of paths.keys()) if (!this.#sources.has(path)) this.#forget(path);
    }
    for (const linked of templates.values()) {
      const { prompt } = linked;
      const record = this.#isNew(prompt) ? recordOf(linked, diagnostics) : undefined;
      if (record === undefined) continue;
      const partials = Object.fromEntries(linked.partials.map(({ name, source }) => [name, source.digest]));
      this.#templates.set(prompt.source.path, { ...record, ...(linked.partials.length > 0 && { partials }) });
      this.#hasChanged = true;
    }
    for (const linked of bundles) {
      const { prompt } = linked;
      const record = this.#isNew(prompt) ? recordOf(linked, diagnostics) : undefined;
      if (record === undefined) continue;
      const texts = Object.entries(prompt.slots).map(([slot, template]) => [slot, this.#textDigest(templates.get(template)!)]);
      this.#bundles.set(prompt.source.path, {
        ...record,
        ...(prompt.tags !== undefined && { tags: prompt.tags }),
        slots: prompt.frontmatter.value['slots'] as BundleRecord['slots'],
        templates: Object.fromEntries(texts) as BundleRecord['templates'],
        ...(prompt.examples.length > 0 && { examples: prompt.examples.length }),
      });
      this.#hasChanged = true;
    }
  }

  /** What is to be kept, if it is another thing than what there was. */
  takeChanges(): { readonly settings: Digest; readonly records: Records } | undefined {
    if (!this.#hasChanged) return undefined;
    this.#hasChanged = false;
    return {
      settings: this.#settings,
      records: { templates: Object.fromEntries(this.#templates), bundles: Object.fromEntries(this.#bundles) },
    };
  }

  #isNew(prompt: Template | Bundle): boolean {
    return !(prompt instanceof KnownTemplate || prompt instanceof KnownBundle) && this.#sources.get(prompt.source.path) === prompt.source;
  }

  #forget(path: string): void {
    this.#templates.delete(path);
    this.#bundles.delete(path);
    this.#known.delete(path);
    this.#hasChanged = true;
  }

  /** Stands for the text of a template and of all that it includes. */
  #textDigest(linked: LinkedTemplate): Digest {
    const { prompt, partials, reference } = linked;
    // What is published has no text in the tree, and never changes.
    if (prompt.source.path === LOCK_FILE) return reference.digest;
    let digest = this.#textDigests.get(linked);
    if (digest === undefined) {
      digest = hashJson([prompt.source.path, prompt.source.digest, ...partials.map(({ source }) => [source.path, source.digest])]);
      this.#textDigests.set(linked, digest);
    }
    return digest;
  }
}

function recordOf({ prompt, hash, reference }: LinkedTemplate | LinkedBundleFile, diagnostics: Diagnostics): TemplateRecord | undefined {
  const { id, version, description, source } = prompt;
  const found = diagnostics.foundAbout(source.path);
  if (found.length > MOST_DIAGNOSTICS || found.some(({ severity }) => severity === 'error')) return undefined;
  return {
    ...{ text: source.digest, id, version, hash, artifact: reference },
    ...(description !== undefined && { description }),
    ...(found.length > 0 && { diagnostics: found.map(storedDiagnostic) }),
  };
}

function hasSameSlots(a: Bundle['slots'], b: Bundle['slots']): boolean {
  const slots = Object.keys(a) as SlotName[];
  return slots.length === Object.keys(b).length && slots.every((slot) => a[slot] === b[slot]);
}

function hasSameNames(before: readonly Template[], now: readonly Template[]): boolean {
  return before.length === now.length && now.every(({ id, version }, i) => before[i]!.id === id && before[i]!.version === version);
}
