/** One project, compiled again and again: what has not changed costs next to nothing. */
import { Diagnostics } from '../base/diagnostic.js';
import type { SourceText } from '../base/span.js';
import { CONFIG_FILE } from '../format/config-file.js';
import { CompileCache, settingsDigest } from './cache/compile-cache.js';
import { type Compiled, compileSources } from './compile.js';
import type { Config } from './config.js';
import { readConfig } from './discover/config-file.js';
import type { Disk } from './discover/disk.js';
import { discover, readSource } from './discover/discover.js';
import { compileEdits } from './edits.js';
import type { Sources } from './model.js';
import type { Whole } from './whole.js';
import type { Publishing } from './publishing.js';

/** Compiles one project again and again. */
export interface Recompiler {
  /**
   * @param changed - paths below the root, with forward slashes, that may have changed, appeared or gone; `undefined` to
   *   look at every file
   */
  compile(changed: ReadonlySet<string> | undefined): Promise<Compiled>;
}

export interface RecompilerOptions {
  readonly disk: Disk;
  /** What was published, as it is known when `changed` has changed; what is wrong with that is reported. */
  readonly publishing: (changed: ReadonlySet<string> | undefined, diagnostics: Diagnostics) => Promise<Publishing | undefined>;
  /** What earlier processes came to. It is kept up to date. */
  readonly cache?: CompileCache | undefined;
}

/** What was read of the project the last time. */
interface Read {
  readonly config: Config;
  readonly sources: Sources;
  /** What was wrong with files that could not be read, or that lie where they should not. */
  readonly found: Diagnostics;
  /** Where each file is among them. */
  readonly places: ReadonlyMap<string, Place>;
}

interface Place {
  readonly kind: keyof Sources;
  readonly at: number;
}

export class IncrementalCompiler implements Recompiler {
  readonly #options: RecompilerOptions;
  #cache: CompileCache | undefined;
  #read: Read | undefined;
  /** The last build. */
  #whole: Whole | undefined;
  /**
   * By which texts what is there now differs from it, if it is by the texts of templates and bundles alone: an edit that
   * breaks something makes no build, and the next one may mend it.
   */
  #edits: Map<string, SourceText> | undefined;

  constructor(options: RecompilerOptions) {
    this.#options = options;
  }

  async compile(changed: ReadonlySet<string> | undefined): Promise<Compiled> {
    const read = await this.#readAgain(changed);
    this.#read = read;
    const diagnostics = new Diagnostics();
    for (const one of read.found.sorted()) diagnostics.repeat(one);
    this.#cache ??= (read.config.cache ? this.#options.cache : undefined) ?? new CompileCache(settingsDigest(read.config));
    const publishing = await this.#options.publishing(changed, diagnostics);
    const before = this.#whole;
    const edits = publishing === before?.publishing ? this.#edits : undefined;
    // Whatever throws may leave the last build half changed, which only edits ask for.
    this.#edits = undefined;
    const quick = before && edits && (await compileEdits(before, [...edits.values()], this.#cache));
    const options = { publishing, cache: this.#cache, before };
    const { whole, ...compiled } = quick ?? (await compileSources(read.sources, read.config, diagnostics, options));
    this.#edits = whole === undefined ? edits : new Map();
    this.#whole = whole ?? before;
    return compiled;
  }

  async #readAgain(changed: ReadonlySet<string> | undefined): Promise<Read> {
    const before = this.#read;
    if (before !== undefined && changed?.has(CONFIG_FILE) === false) {
      const edits = await this.#readEdits(before, changed);
      if (edits !== undefined) return withEdits(before, edits);
    }
    this.#edits = undefined;
    // With another configuration, a file may be too large that was not.
    const isKnown = before !== undefined && changed?.has(CONFIG_FILE) === false;
    return this.#readAll(isKnown ? withoutPaths(before.sources, changed) : new Map());
  }

  /** @param known - files that have not changed */
  async #readAll(known: ReadonlyMap<string, SourceText>): Promise<Read> {
    const found = new Diagnostics();
    const config = await readConfig(this.#options.disk, found);
    const discovered = await discover(this.#options.disk, config.limits.fileBytes, found, known);
    const sources = this.#read === undefined ? discovered : sameWhereEqual(discovered, this.#read.sources);
    return { config, sources, found, places: placesOf(sources) };
  }

  /**
   * Reads what has changed, if it is the text of files that were there before: `undefined` if it is more than that.
   */
  async #readEdits({ config, places }: Read, changed: ReadonlySet<string>): Promise<SourceText[] | undefined> {
    const edits: SourceText[] = [];
    for (const path of changed) {
      const problems = new Diagnostics();
      const { disk } = this.#options;
      const isThere = places.has(path) && (await disk.isFile(path));
      const source = isThere ? await readSource(disk, path, config.limits.fileBytes, problems) : undefined;
      if (source === undefined || problems.errorCount > 0) return undefined;
      edits.push(source);
    }
    for (const source of edits) {
      this.#edits?.set(source.path, source);
      // What includes it is not known here.
      if (places.get(source.path)!.kind === 'partials') this.#edits = undefined;
    }
    return edits;
  }
}

function placesOf({ templates, bundles, partials }: Sources): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const [at, { path }] of templates.entries()) places.set(path, { kind: 'templates', at });
  for (const [at, { path }] of bundles.entries()) places.set(path, { kind: 'bundles', at });
  for (const [at, { source }] of partials.entries()) places.set(source.path, { kind: 'partials', at });
  return places;
}

function withEdits(read: Read, edits: readonly SourceText[]): Read {
  const { templates, bundles, partials } = read.sources;
  const sources = { templates: [...templates], bundles: [...bundles], partials: [...partials] };
  for (const source of edits) {
    const { kind, at } = read.places.get(source.path)!;
    if (kind === 'partials') sources.partials[at] = { ...partials[at]!, source };
    else sources[kind][at] = source;
  }
  return { ...read, sources };
}

function filesOf({ templates, bundles, partials }: Sources): SourceText[] {
  return [...templates, ...bundles, ...partials.map(({ source }) => source)];
}

/** Sources in which a file with the same text as before is the very same. */
function sameWhereEqual({ templates, bundles, partials }: Sources, before: Sources): Sources {
  const known = new Map(filesOf(before).map((source) => [source.path, source]));
  const same = (source: SourceText): SourceText => {
    const other = known.get(source.path);
    return other?.text === source.text ? other : source;
  };
  return {
    templates: templates.map(same),
    bundles: bundles.map(same),
    partials: partials.map(({ name, source }) => ({ name, source: same(source) })),
  };
}

function withoutPaths(sources: Sources, paths: ReadonlySet<string>): Map<string, SourceText> {
  return new Map(filesOf(sources).flatMap((source) => (paths.has(source.path) ? [] : [[source.path, source]])));
}
