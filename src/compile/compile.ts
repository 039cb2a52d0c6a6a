/**
 * The whole pipeline: discover → parse → check → lower → link → emit.
 *
 * Templates and bundles go through the phases one file after the other, first all templates, then all bundles. Each phase is
 * a function from values to values that reports what is wrong and goes on; a build comes out only if nothing was.
 */
import { type Diagnostic, Diagnostics } from '../base/diagnostic.js';
import type { SourceText } from '../base/span.js';
import { BundleCompiler, type CompiledBundle } from './bundles.js';
import { type CompileCache, settingsDigest } from './cache/compile-cache.js';
import { KnownBundle } from './cache/known-bundle.js';
import { KnownTemplate } from './cache/known-template.js';
import { addToIndex, reportDuplicateBundles } from './check/declare.js';
import { findPartialIgnores, type Ignore } from './check/ignores.js';
import { checkInvisibleCharacters } from './check/invisible-characters.js';
import { PartialGraph } from './check/partials.js';
import { TemplateIndex } from './check/references.js';
import { checkUnusedPartials } from './check/unused.js';
import type { CompileLimits, Config } from './config.js';
import { readConfig } from './discover/config-file.js';
import { discover } from './discover/discover.js';
import type { Disk } from './discover/disk.js';
import { type Build, emit } from './emit/emit.js';
import { checkBudget } from './link/budgets.js';
import type { ExampleRender } from './link/examples.js';
import type { LinkedPrompts, LinkedTemplate } from './link/link.js';
import type { Bundle, ParsedBundle, ParsedTemplate, Partial, Sources, Template } from './model.js';
import { parseBundleFile, parsePartials, parseTemplateFile } from './parse/parse.js';
import type { Publishing } from './publishing.js';
import { settle } from './settle.js';
import { type CompiledTemplate, TemplateCompiler } from './templates.js';
import type { Whole } from './whole.js';

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
  /** An earlier build of the same project: what is the same in both is taken over from it. */
  readonly before?: Whole | undefined;
}

export interface CompiledSources extends Compiled {
  /** Absent if there is no build. */
  readonly whole?: Whole;
}

/** A file that is parsed when its turn comes. */
export interface Unparsed<Parsed> {
  readonly source: SourceText;
  /** Parses it; asked again if more of it is wanted than what is kept. */
  readonly read: (found: Diagnostics) => Parsed;
}

/** What is compiled, wherever it comes from. */
export interface Prompts {
  readonly partials: ReadonlyMap<string, Partial>;
  readonly templates: readonly Unparsed<ParsedTemplate>[];
  readonly bundles: readonly Unparsed<ParsedBundle>[];
}

/** The phases behind discovering. */
export async function compileSources(
  sources: Sources,
  config: Config,
  diagnostics: Diagnostics,
  { checks = true, publishing, cache, before }: SourcesOptions = {},
): Promise<CompiledSources> {
  const { limits } = config;
  cache?.begin(settingsDigest(config), sources);
  const prompts: Prompts = {
    partials: parsePartials(sources.partials, limits, diagnostics, cache),
    templates: sources.templates.map((source) => templateFile(source, limits)),
    bundles: sources.bundles.map((source) => bundleFile(source, limits)),
  };
  const { partials } = prompts;
  const options = { config, checks, cache, diagnostics };
  const graph = new PartialGraph(partials, limits, diagnostics);
  const templateCompiler = new TemplateCompiler({ ...options, partials, graph, limits });
  const compiled = prompts.templates.map((file) => templateCompiler.compile(file.source, file.read));
  const stage = templateStage(compiled, partials, options);
  const { index } = stage;
  const published = (await publishing?.templates(index, diagnostics)) ?? [];
  cache?.setIndex(index.templates(), published, index, publishing);
  const templates = wholeTemplates(stage, published, diagnostics);
  const compiler = new BundleCompiler({
    ...{ ...options, partials, index, templates, limits },
    recorded: (id, version) => publishing?.recorded(id, version),
  });
  const bundles: CompiledBundle[] = [];
  for (const file of prompts.bundles) bundles.push(await compileBundle(file, compiler, templates, options));
  const linked = linkedPrompts(templates, bundles, diagnostics);
  const older = (await publishing?.bundles(linked, diagnostics)) ?? [];
  await publishing?.hold(linked, sources, diagnostics);
  const found = [...stage.found, ...foundInBundles(bundles)];
  const ignores = [...stage.ignores, ...bundles.flatMap((bundle) => bundle.ignores)];
  const foundElsewhere = diagnostics.sorted();
  const all = { ...linked, bundles: [...linked.bundles, ...older] };
  const { build, ...rest } = finish(all, found, ignores, config, diagnostics, publishing, before);
  if (build === undefined) return rest;
  // Where nothing is wrong, each file came to what can be had again.
  const whole: Whole = {
    ...{ checks, config, publishing, partials, graph, index, ignores, foundElsewhere, build, linked: templates },
    templates: byPath(index.templates() as KnownTemplate[]),
    bundles: byPath(linked.bundles.map(({ prompt }) => prompt as KnownBundle)),
    found: new Map(found),
    exampleCount: rest.exampleCount,
    edited: rest.edited,
  };
  return { ...rest, build, whole };
}

export function templateFile(source: SourceText, limits: CompileLimits): Unparsed<ParsedTemplate> {
  return { source, read: (found) => parseTemplateFile(source, limits, found) };
}

export function bundleFile(source: SourceText, limits: CompileLimits): Unparsed<ParsedBundle> {
  return { source, read: (found) => parseBundleFile(source, limits, found) };
}

/** Compiles a bundle, and holds it to its budget. */
export async function compileBundle(
  file: Unparsed<ParsedBundle>,
  compiler: BundleCompiler,
  templates: ReadonlyMap<Template, LinkedTemplate>,
  { checks, config }: { readonly checks: boolean; readonly config: Config },
): Promise<CompiledBundle> {
  const begun = compiler.begin(file);
  const { linked, found, examples } = begun;
  if (checks && linked !== undefined && found !== undefined) await checkBudget(linked, examples, templates, config.budget, found);
  return compiler.end(begun);
}

/** The same for prompts that come as values. Budgets are a project's, and not looked at. */
export function compilePrompts(prompts: Prompts, config: Config, diagnostics: Diagnostics): Compiled {
  const options = { config, checks: true, cache: undefined, diagnostics };
  const graph = new PartialGraph(prompts.partials, config.limits, diagnostics);
  const templateCompiler = new TemplateCompiler({ ...options, partials: prompts.partials, graph, limits: config.limits });
  const compiled = prompts.templates.map((file) => templateCompiler.compile(file.source, file.read));
  const stage = templateStage(compiled, prompts.partials, options);
  const templates = wholeTemplates(stage, [], diagnostics);
  const compiler = new BundleCompiler({
    ...{ ...options, partials: prompts.partials, index: stage.index, templates, limits: config.limits },
    recorded: () => undefined,
  });
  const bundles = prompts.bundles.map((file) => compiler.end(compiler.begin(file)));
  const ignores = [...stage.ignores, ...bundles.flatMap((bundle) => bundle.ignores)];
  const found = [...stage.found, ...foundInBundles(bundles)];
  return finish(linkedPrompts(templates, bundles, diagnostics), found, ignores, config, diagnostics);
}

/** What was found in files, by their paths. */
type Found = readonly (readonly [path: string, found: readonly Diagnostic[]])[];

function foundInBundles(bundles: readonly CompiledBundle[]): Found {
  return bundles.flatMap(({ bundle, found }) => (found.length === 0 ? [] : [[bundle!.source.path, found] as const]));
}

function byPath<One extends Template | Bundle>(prompts: readonly One[]): Map<string, One> {
  return new Map(prompts.map((one) => [one.source.path, one]));
}

interface StageOptions {
  readonly config: Config;
  readonly checks: boolean;
  readonly cache: CompileCache | undefined;
  readonly diagnostics: Diagnostics;
}

interface TemplateStage {
  /** In each template that nothing is wrong with. */
  readonly found: Found;
  /** What references can mean. */
  readonly index: TemplateIndex;
  readonly ignores: readonly Ignore[];
}

function templateStage(
  compiled: readonly CompiledTemplate[],
  partials: ReadonlyMap<string, Partial>,
  { checks, cache, diagnostics }: StageOptions,
): TemplateStage {
  const index = new TemplateIndex();
  for (const one of compiled) addToIndex(one, index, diagnostics);
  const found = checks ? checkTogether(compiled, partials, cache, diagnostics) : [];
  const ignores = [
    ...compiled.flatMap((one) => one.ignores),
    ...[...partials.values()].flatMap((one) => findPartialIgnores(one, diagnostics)),
  ];
  return { index, ignores, found };
}

/** What can be said of each when all have been looked at. */
function checkTogether(
  compiled: readonly CompiledTemplate[],
  partials: ReadonlyMap<string, Partial>,
  cache: CompileCache | undefined,
  diagnostics: Diagnostics,
): Found {
  const found: [string, readonly Diagnostic[]][] = [];
  for (const { template } of compiled) {
    if (!(template instanceof KnownTemplate)) continue;
    const all = template.found ?? cache!.foundIn(template);
    if (all.length === 0) continue;
    // What is broken may be what uses them.
    const mayUse = isBroken(template, diagnostics);
    found.push([template.source.path, all.filter(({ code }) => code !== 'check/unused-input' || !mayUse)]);
  }
  checkUnusedPartials(new Set(compiled.flatMap(({ includes }) => includes)), partials, diagnostics);
  for (const { source } of partials.values()) checkInvisibleCharacters(source, diagnostics);
  return found;
}

/** Templates that nothing is wrong with, nor with what they are made of. */
function wholeTemplates(
  { index }: TemplateStage,
  published: readonly LinkedTemplate[],
  diagnostics: Diagnostics,
): Map<Template, LinkedTemplate> {
  const whole = new Map<Template, LinkedTemplate>();
  for (const template of index.templates()) {
    if (template instanceof KnownTemplate && !isBroken(template, diagnostics)) whole.set(template, template.linked);
  }
  for (const linked of published) whole.set(linked.prompt, linked);
  return whole;
}

function isBroken({ source, partials }: KnownTemplate, { brokenFiles }: Diagnostics): boolean {
  return brokenFiles.size > 0 && (brokenFiles.has(source.path) || partials.some((partial) => brokenFiles.has(partial.source.path)));
}

function linkedPrompts(
  templates: ReadonlyMap<Template, LinkedTemplate>,
  compiled: readonly CompiledBundle[],
  diagnostics: Diagnostics,
): LinkedPrompts {
  const first = new Set(
    reportDuplicateBundles(
      compiled.flatMap(({ bundle }) => bundle ?? []),
      diagnostics,
    ),
  );
  const bundles = compiled.flatMap(({ bundle, linked }) => (linked !== undefined && first.has(bundle!) ? [linked] : []));
  return { templates, bundles, examples: compiled.flatMap(({ examples }) => examples) };
}

function finish(
  { templates, bundles, examples }: LinkedPrompts,
  found: Found,
  ignores: readonly Ignore[],
  config: Config,
  diagnostics: Diagnostics,
  publishing?: Publishing,
  before?: Whole,
): Compiled {
  for (const [, all] of found) for (const one of all) diagnostics.repeat(one);
  const told = settle(diagnostics, config.severities, ignores);
  const edited = publishing?.edited ?? [];
  if (hasErrors(told)) return { diagnostics: told, examples: [], exampleCount: 0, config, edited };
  const exampleCount = bundles.reduce((sum, { prompt }) => sum + exampleCountOf(prompt), 0);
  const known = before?.publishing === publishing ? before?.build : undefined;
  return { diagnostics: told, examples, exampleCount, config, edited, build: emit([...templates.values()], bundles, publishing, known) };
}

export function hasErrors(told: readonly Diagnostic[]): boolean {
  return told.some(({ severity }) => severity === 'error');
}

export function exampleCountOf(bundle: Bundle): number {
  return bundle instanceof KnownBundle ? (bundle.record.examples ?? 0) : 0;
}
