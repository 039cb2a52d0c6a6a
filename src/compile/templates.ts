/**
 * One template after the other, all the way: parse → check → lower → artifact.
 *
 * In: files, and the partials that they include. Out: for each what it came to. What always holds: of a template that nothing
 * is wrong with, no more is kept than what the rest of a build asks for, so that memory grows with the artifacts and not
 * with the trees that they were made from.
 */
import { LRUCache } from 'lru-cache';
import { type Diagnostic, Diagnostics } from '../base/diagnostic.js';
import type { SourceText } from '../base/span.js';
import type { TemplateArtifact } from '../format/artifact.js';
import { type CompileCache, recordOf } from './cache/compile-cache.js';
import { KnownTemplate } from './cache/known-template.js';
import type { TemplateRecord } from './cache/records.js';
import { checkTemplate } from './check/check.js';
import { type DeclaredTemplate, declareTemplate } from './check/declare.js';
import { findTemplateIgnores, type Ignore } from './check/ignores.js';
import { KnownSchemas } from './check/inputs.js';
import { includedPartials, type PartialGraph } from './check/partials.js';
import type { CompileLimits } from './config.js';
import { type LinkedTemplate, linkTemplate } from './link/link.js';
import type { ParsedTemplate, Partial, Template } from './model.js';
import { nodesOfType } from './parse/template/walk.js';

/** What a template file came to. */
export interface CompiledTemplate {
  readonly source: SourceText;
  /** A KnownTemplate, if nothing is wrong with it; `undefined` if not even its frontmatter can be used. */
  readonly template: Template | undefined;
  /** The id of a file that has errors of its own; `unknown` if that could not be read either. */
  readonly broken: DeclaredTemplate['broken'];
  /** The names of all partials that it includes. */
  readonly includes: readonly string[];
  readonly ignores: readonly Ignore[];
}

/** Bundles ask for the artifacts of their templates, one bundle after the other. */
const KEPT_ARTIFACTS = 64;

export interface TemplateCompilerOptions {
  readonly partials: ReadonlyMap<string, Partial>;
  readonly graph: PartialGraph;
  readonly limits: CompileLimits;
  /** Whether templates are held to what the checks of today say. */
  readonly checks: boolean;
  readonly cache?: CompileCache | undefined;
  readonly diagnostics: Diagnostics;
}

export class TemplateCompiler {
  readonly #options: TemplateCompilerOptions;
  readonly #schemas: KnownSchemas;
  readonly #artifacts = new LRUCache<KnownTemplate, TemplateArtifact>({ max: KEPT_ARTIFACTS });

  constructor(options: TemplateCompilerOptions) {
    this.#options = options;
    this.#schemas = options.cache?.schemas ?? new KnownSchemas();
  }

  /** @param read - parses it; asked again if more is wanted than what is kept */
  compile(source: SourceText, read: (diagnostics: Diagnostics) => ParsedTemplate): CompiledTemplate {
    const known = this.#options.cache?.template(source, this.#options.partials);
    return known === undefined ? this.#compileNow(source, read) : this.#whole(known);
  }

  #compileNow(source: SourceText, read: (diagnostics: Diagnostics) => ParsedTemplate): CompiledTemplate {
    const { partials, diagnostics } = this.#options;
    const found = new Diagnostics(diagnostics);
    const parsed = read(found);
    const declared = declareTemplate(parsed, this.#schemas, found);
    const isSound = this.#options.graph.isWithinLimits(parsed, found);
    if (this.#options.checks) checkTemplate(parsed, declared, isSound ? partials : new Map<string, Partial>(), found);
    const includes = includedPartials(parsed, partials);
    const ignores = findTemplateIgnores(parsed, diagnostics);
    const { template, broken } = declared;
    if (template === undefined || found.errorCount > 0 || this.#isBroken(parsed, includes)) {
      // What nothing uses may be used by what is wrong.
      for (const one of found.sorted()) if (one.code !== 'check/unused-input') diagnostics.repeat(one);
      return { source, template, broken, includes, ignores };
    }
    const compact = this.#compact(template, found.sorted(), read);
    this.#options.cache?.rememberTemplate(compact);
    return this.#whole(compact);
  }

  #whole(template: KnownTemplate): CompiledTemplate {
    const { source, includes } = template;
    return { source, template, broken: undefined, includes, ignores: findTemplateIgnores(template, this.#options.diagnostics) };
  }

  /** Whether something is wrong with a file, or a partial, that was found before. */
  #isBroken({ source, frontmatter }: ParsedTemplate, includes: readonly string[]): boolean {
    const { partials, diagnostics } = this.#options;
    const files = [source, frontmatter!.locate([]).source, ...includes.map((name) => partials.get(name)!.source)];
    return files.some(({ path }) => diagnostics.brokenFiles.has(path));
  }

  #compact(template: Template, found: readonly Diagnostic[], read: (diagnostics: Diagnostics) => ParsedTemplate): KnownTemplate {
    const { partials } = this.#options;
    const linked = linkTemplate(template, partials);
    const { bytes } = linked;
    // What is made here is kept for long: of its compiler it holds no more than this.
    const artifacts = this.#artifacts;
    const own = new Map(linked.partials.map((partial) => [partial.name, partial]));
    const partialTexts = Object.fromEntries(linked.partials.map(({ name, source }) => [name, source.digest]));
    const record: TemplateRecord = { ...recordOf(linked, found), ...(linked.partials.length > 0 && { partials: partialTexts }) };
    const compact: KnownTemplate = new KnownTemplate(template.source, record, linked.partials, {
      bytes: () => bytes,
      artifact: () => {
        let artifact = artifacts.get(compact);
        if (artifact === undefined) {
          artifact = JSON.parse(new TextDecoder().decode(bytes)) as TemplateArtifact;
          artifacts.set(compact, artifact);
        }
        return artifact;
      },
      texts: textPlaces(template),
      whole: () => compiledAgain(read, own),
      found,
    });
    return compact;
  }
}

function compiledAgain(read: (diagnostics: Diagnostics) => ParsedTemplate, partials: ReadonlyMap<string, Partial>): LinkedTemplate {
  const quietly = new Diagnostics();
  return linkTemplate(declareTemplate(read(quietly), new KnownSchemas(), quietly).template!, partials);
}

/** Where a template's own texts stand in its file, start and end in turn; `undefined` if one is written otherwise there. */
function textPlaces({ nodes, source }: Template): Uint32Array | undefined {
  const places: number[] = [];
  for (const { text, start, end } of nodesOfType(nodes, 'text')) {
    // White space at its ends may have been left out.
    const offset = source.text.slice(start, end).indexOf(text);
    if (offset === -1) return undefined;
    places.push(start + offset, start + offset + text.length);
  }
  return Uint32Array.from(places);
}
