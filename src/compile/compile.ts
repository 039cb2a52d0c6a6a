/**
 * The whole pipeline: discover → parse → check → lower → link → emit.
 *
 * Each phase is a function from values to values that reports what is wrong and goes on; a build comes out
 * only if nothing was.
 */
import { type Diagnostic, Diagnostics } from '../base/diagnostic.js';
import { check, withoutBroken } from './check/check.js';
import { type CompileCache, settingsDigest } from './cache/compile-cache.js';
import { KnownBundle } from './cache/known-bundle.js';
import { KnownTemplate } from './cache/known-template.js';
import { type DeclaredTemplates, declareBundles, declareTemplates } from './check/declare.js';
import { findIgnores } from './check/ignores.js';
import type { RecordedSlots } from './check/references.js';
import type { Config } from './config.js';
import { readConfig } from './discover/config-file.js';
import { discover } from './discover/discover.js';
import type { Disk } from './discover/disk.js';
import { type Build, emit } from './emit/emit.js';
import type { EmitMemory } from './emit/emit-memory.js';
import { checkBudgets } from './link/budgets.js';
import { ConstraintText } from './link/constraint-text.js';
import { type ExampleRender, renderExamples } from './link/examples.js';
import { checkLateStaticText } from './link/late-static-text.js';
import { linkBundle, type LinkedBundleFile, type LinkedPrompts, type LinkedTemplate, linkTemplate } from './link/link.js';
import type { Parsed, Sources, Template } from './model.js';
import { parse } from './parse/parse.js';
import type { Publishing } from './publishing.js';
import { settle } from './settle.js';

export interface Compiled {
  /** By file and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Absent if any of the diagnostics is an error. */
  readonly build?: Build;
  /** Those that were rendered now: of bundles that have not changed, they were rendered before. */
  readonly examples: readonly ExampleRender[];
  readonly exampleCount: number;
  readonly config: Config;
  /**
   * The published versions that the files make otherwise, such as `template tone@1.2.0`. A build of them is a draft: what it
   * calls by the name of a published version is another text.
   */
  readonly edited: readonly string[];
}

export interface CompileOptions {
  /** Whether the prompts are held to what the checks of today say; what was published once is not. */
  readonly checks?: boolean;
  /** What was published before; without it, a project is the working tree alone. */
  readonly publishing?: Publishing | undefined;
  /** Opens what earlier builds came to, if the configuration does not turn that off. It gets what this one comes to. */
  readonly cache?: (() => Promise<CompileCache>) | undefined;
}

/** Compiles the project on a disk, by its own configuration. */
export async function compile(disk: Disk, { cache, ...options }: CompileOptions = {}): Promise<Compiled> {
  const diagnostics = new Diagnostics();
  const config = await readConfig(disk, diagnostics);
  const sources = await discover(disk, config.limits.fileBytes, diagnostics);
  return compileSources(sources, config, diagnostics, { ...options, cache: config.cache ? await cache?.() : undefined });
}

export interface SourcesOptions extends Omit<CompileOptions, 'cache'> {
  readonly cache?: CompileCache | undefined;
  /** Of earlier builds in this process. */
  readonly memory?: EmitMemory | undefined;
}

/** The phases behind discovering. */
export async function compileSources(
  sources: Sources,
  config: Config,
  diagnostics: Diagnostics,
  { checks = true, publishing, cache, memory }: SourcesOptions = {},
): Promise<Compiled> {
  cache?.begin(settingsDigest(config), sources);
  const parsed = parse(sources, config.limits, diagnostics, cache);
  const templates = declareTemplates(parsed, config.limits, diagnostics);
  const published = await publishing?.templates(templates.index, diagnostics);
  const linked = link(
    parsed,
    templates,
    { published, checks, recorded: (id, version) => publishing?.recorded(id, version), cache },
    config,
    diagnostics,
  );
  if (checks) await checkBudgets(linked, config.budget, diagnostics);
  cache?.remember(linked, diagnostics);
  const older = (await publishing?.bundles(linked, diagnostics)) ?? [];
  await publishing?.hold(linked, sources, diagnostics);
  return finish(parsed, { ...linked, bundles: [...linked.bundles, ...older] }, config, diagnostics, publishing, memory);
}

/** The phases behind parsing, which do not care where prompts came from. Budgets are a project's, and not looked at. */
export function compileParsed(parsed: Parsed, config: Config, diagnostics: Diagnostics): Compiled {
  const templates = declareTemplates(parsed, config.limits, diagnostics);
  return finish(parsed, link(parsed, templates, {}, config, diagnostics), config, diagnostics);
}

interface LinkOptions {
  /** Published template versions that the working tree no longer holds. */
  readonly published?: readonly LinkedTemplate[] | undefined;
  readonly recorded?: (id: string, version: string) => RecordedSlots | undefined;
  readonly checks?: boolean;
  readonly cache?: CompileCache | undefined;
}

/** What has an error ends on the way; the rest goes on, so that one build tells everything. */
function link(
  parsed: Parsed,
  { index, ...declared }: DeclaredTemplates,
  { published = [], recorded = () => undefined, checks = true, cache }: LinkOptions,
  { limits }: Config,
  diagnostics: Diagnostics,
): LinkedPrompts {
  const older = published.map((linked) => [linked.prompt, linked] as const);
  const olderByPrompt = new Map(older);
  // A template that is compiled now is another one than what is remembered.
  const unchanged = (template: Template): LinkedTemplate | undefined =>
    template instanceof KnownTemplate ? template.linked : olderByPrompt.get(template);
  const known = cache?.bundles(declared.templates, published, index, unchanged);
  const everything = { ...declared, bundles: declareBundles(parsed.bundles, index, recorded, diagnostics, known) };
  if (checks) check(parsed, everything, diagnostics);
  const prompts = withoutBroken(everything, parsed.partials, new Set(older.map(([template]) => template)), diagnostics.brokenFiles);
  // Lowering happens within: a template's operations are part of its artifact.
  const templates = new Map([
    ...prompts.templates.map(
      (template) => [template, template instanceof KnownTemplate ? template.linked : linkTemplate(template, prompts.partials)] as const,
    ),
    ...older,
  ]);
  cache?.repeat(parsed.templates, everything.bundles, new Set(prompts.bundles), diagnostics);
  const constraintText = new ConstraintText(prompts.partials, diagnostics);
  const examples: ExampleRender[] = [];
  const bundles = prompts.bundles.flatMap((bundle): LinkedBundleFile[] => {
    if (bundle instanceof KnownBundle) return [bundle.linked];
    return diagnostics.about(bundle.source.path, () => {
      const linked = linkBundle(bundle, templates, limits, diagnostics);
      if (linked === undefined) return [];
      if (checks) {
        checkLateStaticText(linked, templates, diagnostics);
        constraintText.check(linked);
        examples.push(...renderExamples(linked, templates, limits, diagnostics));
      }
      return [linked];
    });
  });
  return { templates, bundles, examples };
}

function finish(
  parsed: Parsed,
  { templates, bundles, examples }: LinkedPrompts,
  config: Config,
  diagnostics: Diagnostics,
  publishing?: Publishing,
  memory?: EmitMemory,
): Compiled {
  const ignores = findIgnores(parsed, diagnostics);
  const told = settle(diagnostics, config.severities, ignores);
  const edited = publishing?.edited ?? [];
  if (told.some(({ severity }) => severity === 'error')) return { diagnostics: told, examples: [], exampleCount: 0, config, edited };
  const unchanged = bundles.map(({ prompt }) => (prompt instanceof KnownBundle ? (prompt.record.examples ?? 0) : 0));
  const exampleCount = examples.length + unchanged.reduce((sum, count) => sum + count, 0);
  return { diagnostics: told, examples, exampleCount, config, edited, build: emit([...templates.values()], bundles, publishing, memory) };
}
