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
import { KnownSchemas } from '../check/inputs.js';
import type { TemplateIndex } from '../check/references.js';
import type { Config } from '../config.js';
import type { LinkedBundleFile, LinkedTemplate } from '../link/link.js';
import type { Bundle, Partial, Sources, Template } from '../model.js';
import { PublishedCompiler } from '../published.js';
import type { Publishing } from '../publishing.js';
import { KnownBundle } from './known-bundle.js';
import { KnownTemplate } from './known-template.js';
import type { BundleRecord, Recorded, Records, TemplateRecord } from './records.js';
import { restoredDiagnostic, storedDiagnostic } from './stored-diagnostic.js';

/** A file with more warnings is compiled each time. */
const MOST_DIAGNOSTICS = 100;

/** How many schemas are kept across edits. */
const MOST_SCHEMAS = 1000;

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
  #compiler = new PublishedCompiler();
  #schemas = new KnownSchemas();
  #settings: Digest;
  #sources = new Map<string, SourceText>();
  /** What references could mean in the last build, be it that it came to nothing. */
  #index = new Set<Template>();
  /** Another number for other names. */
  #names = 0;
  /** With which names a bundle's references were looked up. */
  readonly #confirmed = new WeakMap<KnownBundle, number>();
  #publishing: Publishing | undefined;
  #hasChanged = false;

  /** @param settings - what the records were made with */
  constructor(settings: Digest, records: Records = NO_RECORDS) {
    this.#settings = settings;
    this.#templates = new Map(Object.entries(records.templates));
    this.#bundles = new Map(Object.entries(records.bundles));
  }

  /** Begins a build. What was remembered with other settings is forgotten, and so is what is gone. */
  begin(settings: Digest, { templates, bundles, partials }: Sources): void {
    this.#forgetSchemas();
    this.#sources = new Map([...templates, ...bundles, ...partials.map(({ source }) => source)].map((source) => [source.path, source]));
    const isOther = settings !== this.#settings;
    this.#settings = settings;
    for (const paths of [this.#templates, this.#bundles]) {
      for (const path of paths.keys()) if (isOther || !this.#sources.has(path)) this.#forget(path);
    }
  }

  /** Those of this build, and of edits since. */
  get schemas(): KnownSchemas {
    return this.#schemas;
  }

  /** Begins a build that differs from the last one that came to something by the texts of files. */
  edit(edits: readonly SourceText[]): void {
    for (const source of edits) this.#sources.set(source.path, source);
    // One since then, which came to nothing, may have had other names.
    this.#names++;
    if (this.#schemas.sound.size > MOST_SCHEMAS || this.#schemas.validators.size > MOST_SCHEMAS) this.#forgetSchemas();
  }

  /** A partial, parsed once for each text of it. */
  partial(source: SourceText, parse: (found: Diagnostics) => Partial, diagnostics: Diagnostics): Partial {
    let known = this.#partials.get(source);
    if (known === undefined) {
      const found = new Diagnostics(diagnostics);
      known = { partial: parse(found), found: found.sorted() };
      this.#partials.set(source, known);
    }
    for (const one of known.found) diagnostics.repeat(one);
    return known.partial;
  }

  /** A template, if what is remembered of it still holds. */
  template(source: SourceText, partials: ReadonlyMap<string, Partial>): KnownTemplate | undefined {
    const known = this.#known.get(source.path);
    if (known instanceof KnownTemplate && known.source === source && known.partials.every((one) => partials.get(one.name) === one))
      return known;
    const record = this.#templates.get(source.path);
    if (record === undefined || record.text !== source.digest) return undefined;
    const included: Partial[] = [];
    for (const [name, text] of Object.entries(record.partials ?? {})) {
      const partial = partials.get(name);
      if (partial?.source.digest !== text) return undefined;
      included.push(partial);
    }
    const whole = (): LinkedTemplate => this.#compiler.template(source, included, new Diagnostics())!;
    const made: KnownTemplate = new KnownTemplate(source, record, included, {
      bytes: () => made.whole.bytes,
      artifact: () => made.whole.artifact,
      whole,
    });
    this.#known.set(source.path, made);
    return made;
  }

  /**
   * Says what the references of bundles can mean.
   *
   * @param templates - those of the working tree
   * @param published - those that it no longer holds
   * @param publishing - knows what the lock records for bundles
   */
  setIndex(templates: readonly Template[], published: readonly LinkedTemplate[], index: TemplateIndex, publishing?: Publishing): void {
    const all = new Set([...templates, ...published.map(({ prompt }) => prompt)]);
    // It depends on the names, and on what the lock records, alone.
    if (!index.isPlain || publishing !== this.#publishing || !hasSameNames([...this.#index], [...all])) this.#names++;
    this.#index = all;
    this.#publishing = publishing;
  }

  /** Says that a reference to one template means another one of the same name now. */
  replaceInIndex(before: Template, template: Template): void {
    this.#index.delete(before);
    this.#index.add(template);
  }

  /** A bundle, if it and all that it refers to is the very same as in the last build. */
  sameBundle(source: SourceText): KnownBundle | undefined {
    const known = this.#known.get(source.path);
    if (!(known instanceof KnownBundle) || known.source !== source || this.#confirmed.get(known) !== this.#names) return undefined;
    return Object.values(known.slots).every((template) => this.#index.has(template)) ? known : undefined;
  }

  /** What is remembered of a bundle, if its text is what it was. */
  bundleRecord(source: SourceText): BundleRecord | undefined {
    const record = this.#bundles.get(source.path);
    return record?.text === source.digest ? record : undefined;
  }

  /**
   * A bundle, if what is remembered of it holds with the templates that are in its slots now.
   *
   * @param templates - what each template that nothing is wrong with came to
   */
  bundle(
    source: SourceText,
    record: BundleRecord,
    { slots, references }: Pick<Bundle, 'slots' | 'references'>,
    templates: ReadonlyMap<Template, LinkedTemplate>,
  ): KnownBundle | undefined {
    const filled: { [slot in SlotName]?: LinkedTemplate } = {};
    for (const [slot, template] of Object.entries(slots) as [SlotName, Template][]) {
      const linked = template instanceof KnownTemplate ? template.linked : templates.get(template);
      if (linked === undefined || templateText(linked) !== record.templates[slot]) return undefined;
      filled[slot] = linked;
    }
    let known = this.#known.get(source.path);
    if (!(known instanceof KnownBundle && known.source === source && hasSameSlots(known.slots, slots))) {
      const whole = (): LinkedBundleFile => this.#compiler.bundle(source, filled, new Diagnostics())!;
      const made: KnownBundle = new KnownBundle(source, record, slots, references, {
        bytes: () => made.whole.bytes,
        artifact: () => made.whole.artifact,
        whole,
      });
      this.#known.set(source.path, made);
      known = made;
    }
    this.#confirmed.set(known, this.#names);
    return known;
  }

  /** What was found in compiling a prompt, be it now or earlier. */
  foundIn({ found, record }: KnownTemplate | KnownBundle): readonly Diagnostic[] {
    return found ?? (record.diagnostics ?? []).flatMap((stored) => restoredDiagnostic(stored, (path) => this.#sources.get(path)) ?? []);
  }

  rememberTemplate(template: KnownTemplate): void {
    if (this.#remembers(template)) this.#templates.set(template.source.path, template.record);
  }

  rememberBundle(bundle: KnownBundle): void {
    if (!this.#remembers(bundle)) return;
    this.#bundles.set(bundle.source.path, bundle.record);
    this.#confirmed.set(bundle, this.#names);
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

  #forgetSchemas(): void {
    this.#schemas = new KnownSchemas();
    this.#compiler = new PublishedCompiler();
  }

  #remembers(prompt: KnownTemplate | KnownBundle): boolean {
    if ((prompt.record.diagnostics?.length ?? 0) > MOST_DIAGNOSTICS) return false;
    this.#known.set(prompt.source.path, prompt);
    this.#hasChanged = true;
    return true;
  }

  #forget(path: string): void {
    this.#templates.delete(path);
    this.#bundles.delete(path);
    this.#known.delete(path);
    this.#hasChanged = true;
  }
}

/** What a cache holds of a prompt that nothing is wrong with. */
export function recordOf({ prompt, hash, reference }: LinkedTemplate | LinkedBundleFile, found: readonly Diagnostic[]): Recorded {
  const { id, version, description, source } = prompt;
  return {
    ...{ text: source.digest, id, version, hash, artifact: reference },
    ...(description !== undefined && { description }),
    ...(found.length > 0 && { diagnostics: found.map(storedDiagnostic) }),
  };
}

const texts = new WeakMap<LinkedTemplate, Digest>();

/** Stands for the text of a template and of all that it includes. */
export function templateText(linked: LinkedTemplate): Digest {
  const { prompt, partials, reference } = linked;
  // What is published has no text in the tree, and never changes.
  if (prompt.source.path === LOCK_FILE) return reference.digest;
  let digest = texts.get(linked);
  if (digest === undefined) {
    digest = hashJson([prompt.source.path, prompt.source.digest, ...partials.map(({ source }) => [source.path, source.digest])]);
    texts.set(linked, digest);
  }
  return digest;
}

function hasSameSlots(a: Bundle['slots'], b: Bundle['slots']): boolean {
  const slots = Object.keys(a) as SlotName[];
  return slots.length === Object.keys(b).length && slots.every((slot) => a[slot] === b[slot]);
}

function hasSameNames(before: readonly Template[], now: readonly Template[]): boolean {
  return before.length === now.length && now.every(({ id, version }, i) => before[i]!.id === id && before[i]!.version === version);
}
