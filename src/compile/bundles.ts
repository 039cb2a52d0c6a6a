/**
 * One bundle after the other, all the way: parse → check → link → artifact → what only a bundle shows.
 *
 * In: files, and every template. Out: for each what it came to. What always holds: as with templates, of a bundle that nothing
 * is wrong with, no more is kept than what the rest of a build asks for.
 */
import { type Diagnostic, Diagnostics } from '../base/diagnostic.js';
import type { BundleArtifact } from '../format/artifact.js';
import { type CompileCache, recordOf, templateText } from './cache/compile-cache.js';
import { KnownBundle } from './cache/known-bundle.js';
import { lazyFrontmatter } from './cache/known-template.js';
import type { BundleRecord } from './cache/records.js';
import { checkInvisibleCharacters } from './check/invisible-characters.js';
import { bundleOf, declareBundle } from './check/declare.js';
import { findBundleIgnores, type Ignore } from './check/ignores.js';
import { type RecordedSlots, resolveSlots, type TemplateIndex } from './check/references.js';
import type { Unparsed } from './compile.js';
import type { Limits } from './config.js';
import { ConstraintText } from './link/constraint-text.js';
import { type ExampleRender, renderExamples } from './link/examples.js';
import { checkLateStaticText } from './link/late-static-text.js';
import { checkShown, linkBundle, type LinkedBundleFile, type LinkedTemplate } from './link/link.js';
import type { Bundle, ParsedBundle, Partial, Template } from './model.js';

/** What a bundle file came to. */
export interface CompiledBundle {
  /** `undefined` if its frontmatter or its references cannot be used. */
  readonly bundle: Bundle | undefined;
  /** Absent if something is wrong with it, or with what it is made of. */
  readonly linked?: LinkedBundleFile | undefined;
  /** What was found in a bundle that nothing is wrong with, which is not reported yet. */
  readonly found: readonly Diagnostic[];
  /** Of a bundle that was compiled now. */
  readonly examples: readonly ExampleRender[];
  readonly ignores: readonly Ignore[];
}

/** A bundle of which more may be found before it is reported. */
export interface BegunBundle extends Omit<CompiledBundle, 'found'> {
  readonly file: Unparsed<ParsedBundle>;
  /** What was found; absent if it has not changed since an earlier build. */
  readonly found?: Diagnostics;
}

export interface BundleCompilerOptions {
  readonly partials: ReadonlyMap<string, Partial>;
  readonly index: TemplateIndex;
  /** What each template that nothing is wrong with came to. */
  readonly templates: ReadonlyMap<Template, LinkedTemplate>;
  /** Which template versions the lock records for a bundle version. */
  readonly recorded: (id: string, version: string) => RecordedSlots | undefined;
  readonly limits: Limits;
  /** Whether bundles are held to what the checks of today say. */
  readonly checks: boolean;
  readonly cache?: CompileCache | undefined;
  readonly diagnostics: Diagnostics;
}

export class BundleCompiler {
  readonly #options: BundleCompilerOptions;
  readonly #constraintText: ConstraintText;

  constructor(options: BundleCompilerOptions) {
    this.#options = options;
    this.#constraintText = new ConstraintText(options.partials);
  }

  /** Compiles a bundle, and reports nothing yet. */
  begin(file: Unparsed<ParsedBundle>): BegunBundle {
    const { diagnostics } = this.#options;
    const ignores = findBundleIgnores(file.source, diagnostics);
    const known = this.#known(file);
    if (known !== undefined)
      return { file, bundle: known, linked: this.#hasWholeSlots(known) ? known.linked : undefined, examples: [], ignores };
    const found = new Diagnostics(diagnostics);
    return { ...this.#compile(file, found), file, found, ignores };
  }

  /** Reports what was found if it is wrong, and keeps no more than what is needed. */
  end({ file, bundle, linked, found, examples, ignores }: BegunBundle): CompiledBundle {
    const { cache, diagnostics } = this.#options;
    // What linking found is of no use if it cannot be linked.
    const isTold = ({ code }: Diagnostic): boolean => linked !== undefined || found !== undefined || !code.startsWith('link/');
    const all = (found?.sorted() ?? cache!.foundIn(bundle as KnownBundle)).filter(isTold);
    if (bundle === undefined || linked === undefined || (found !== undefined && found.errorCount > 0)) {
      for (const one of all) diagnostics.repeat(one);
      return { bundle, linked, found: [], examples, ignores };
    }
    if (found === undefined) return { bundle, linked, found: all, examples, ignores };
    const compact = this.#compact(bundle, linked, all, file);
    cache?.rememberBundle(compact);
    return { bundle: compact, linked: compact.linked, found: all, examples, ignores };
  }

  /** What an earlier build came to, if that still holds with the templates that are in its slots now. */
  #known({ source, read }: Unparsed<ParsedBundle>): KnownBundle | undefined {
    const { cache, index, recorded, templates, diagnostics } = this.#options;
    const record = cache?.bundleRecord(source);
    if (cache === undefined || record === undefined) return undefined;
    const same = cache.sameBundle(source);
    if (same !== undefined) return same;
    // Only a message needs to know where something stands.
    const places = lazyFrontmatter(source, () => read(new Diagnostics()).frontmatter!);
    const resolved = resolveSlots(record.slots, places, index, recorded(record.id, record.version), diagnostics);
    return resolved && cache.bundle(source, record, resolved, templates);
  }

  #compile({ source, read }: Unparsed<ParsedBundle>, found: Diagnostics): Omit<CompiledBundle, 'ignores' | 'found'> {
    const { index, recorded, templates, limits, checks, diagnostics } = this.#options;
    const parsed = read(found);
    const bundle = declareBundle(parsed, { index, recorded, found, diagnostics });
    if (checks) checkInvisibleCharacters(source, found);
    const isBroken = [source, parsed.frontmatter?.locate([]).source].some((file) => file && diagnostics.brokenFiles.has(file.path));
    if (bundle === undefined || found.errorCount > 0 || isBroken || !this.#hasWholeSlots(bundle)) return { bundle, examples: [] };
    const linked = linkBundle(bundle, templates, limits, found);
    if (linked === undefined || !checks) return { bundle, linked, examples: [] };
    checkLateStaticText(linked, templates, found);
    this.#constraintText.check(linked, found);
    checkShown(linked, templates, found);
    const examples = renderExamples(linked, templates, limits, found);
    return { bundle, linked, examples };
  }

  #hasWholeSlots({ slots }: Bundle): boolean {
    return Object.values(slots).every((template) => this.#options.templates.has(template));
  }

  #compact(bundle: Bundle, linked: LinkedBundleFile, found: readonly Diagnostic[], { read }: Unparsed<ParsedBundle>): KnownBundle {
    const { limits } = this.#options;
    const { slots, references, tags, examples, frontmatter, source } = bundle;
    // Not those of all bundles: which template has a name may be another one when this is wanted again.
    const own = ownTemplates(slots, this.#options.templates);
    const texts = Object.entries(slots).map(([slot, template]) => [slot, templateText(own.get(template)!)]);
    const record: BundleRecord = {
      ...recordOf(linked, found),
      ...(tags !== undefined && { tags }),
      slots: frontmatter.value['slots'] as BundleRecord['slots'],
      templates: Object.fromEntries(texts) as BundleRecord['templates'],
      ...(examples.length > 0 && { examples: examples.length }),
    };
    const { bytes } = linked;
    const again = (): LinkedBundleFile => {
      const quietly = new Diagnostics();
      const { frontmatter: parsed } = read(quietly);
      return linkBundle({ ...bundleOf(parsed!, source, quietly), slots, references }, own, limits, quietly)!;
    };
    return new KnownBundle(source, record, slots, references, {
      bytes: () => bytes,
      artifact: () => JSON.parse(new TextDecoder().decode(bytes)) as BundleArtifact,
      whole: again,
      found,
    });
  }
}

/** A function of its own: what a closure beside it holds on to, the closures of a bundle would hold on to as well. */
function ownTemplates(slots: Bundle['slots'], templates: ReadonlyMap<Template, LinkedTemplate>): ReadonlyMap<Template, LinkedTemplate> {
  return new Map(Object.values(slots).map((template) => [template, templates.get(template)!]));
}
