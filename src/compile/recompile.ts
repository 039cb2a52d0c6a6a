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
import { EmitMemory } from './emit/emit-memory.js';
import type { Sources } from './model.js';
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
}

export class IncrementalCompiler implements Recompiler {
  readonly #options: RecompilerOptions;
  readonly #memory = new EmitMemory();
  #cache: CompileCache | undefined;
  #read: Read | undefined;

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
    return compileSources(read.sources, read.config, diagnostics, { publishing, cache: this.#cache, memory: this.#memory });
  }

  async #readAgain(changed: ReadonlySet<string> | undefined): Promise<Read> {
    const before = this.#read;
    if (before === undefined || changed === undefined || changed.has(CONFIG_FILE)) return this.#readAll(new Map());
    return (await this.#readChanged(before, changed)) ?? this.#readAll(withoutPaths(before.sources, changed));
  }

  /** @param known - files that have not changed */
  async #readAll(known: ReadonlyMap<string, SourceText>): Promise<Read> {
    const found = new Diagnostics();
    const config = await readConfig(this.#options.disk, found);
    const sources = await discover(this.#options.disk, config.limits.fileBytes, found, known);
    return { config, sources: this.#read === undefined ? sources : sameWhereEqual(sources, this.#read.sources), found };
  }

  /** Reads what has changed, if it is the text of files that were there before: `undefined` if it is more than that. */
  async #readChanged({ config, sources, found }: Read, changed: ReadonlySet<string>): Promise<Read | undefined> {
    const before = new Set(filesOf(sources).map(({ path }) => path));
    const texts = new Map<string, SourceText>();
    for (const path of changed) {
      const problems = new Diagnostics();
      const source = before.has(path) ? await readSource(this.#options.disk, path, config.limits.fileBytes, problems) : undefined;
      if (source === undefined || problems.errorCount > 0) return undefined;
      texts.set(path, source);
    }
    const now = (source: SourceText): SourceText => texts.get(source.path) ?? source;
    const { templates, bundles, partials } = sources;
    return {
      config,
      found,
      sources: {
        templates: templates.map(now),
        bundles: bundles.map(now),
        partials: partials.map((partial) => (texts.has(partial.source.path) ? { ...partial, source: now(partial.source) } : partial)),
      },
    };
  }
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
