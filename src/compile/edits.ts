/**
 * A build → the one behind an edit of a few files, without a look at the others.
 *
 * In: all that a build was made of, and files of it that have another text now. Out: what compiling all of it would come to,
 * or nothing where an edit may concern more than the files and the bundles that they are in. What always holds: what is
 * not in the edited files or in those bundles depends on the names of prompts alone, and names stay what they are.
 */
import { type Diagnostic, Diagnostics } from '../base/diagnostic.js';
import type { SourceText } from '../base/span.js';
import { BundleCompiler } from './bundles.js';
import type { CompileCache } from './cache/compile-cache.js';
import { KnownBundle } from './cache/known-bundle.js';
import { KnownTemplate } from './cache/known-template.js';
import { mayIgnore } from './check/ignores.js';
import { bundleFile, compileBundle, type CompiledSources, exampleCountOf, hasErrors, templateFile } from './compile.js';
import { emitAgain, type Replaced } from './emit/emit.js';
import type { ExampleRender } from './link/examples.js';
import type { LinkedBundleFile, LinkedTemplate } from './link/link.js';
import type { Template } from './model.js';
import { settle } from './settle.js';
import { TemplateCompiler } from './templates.js';
import type { Whole } from './whole.js';

/** A prompt before and after. */
type Change<Prompt> = readonly [before: Prompt, after: Prompt];

/**
 * @param whole - is taken over by what comes of it, and is as it was if this comes to nothing
 * @param edits - with their new texts
 * @returns `undefined` if all of it has to be compiled to know what it comes to; so it is if anything is wrong
 */
export async function compileEdits(whole: Whole, edits: readonly SourceText[], cache: CompileCache): Promise<CompiledSources | undefined> {
  // Where a version is yanked or missing, what is told of a bundle depends on that as well.
  if (!whole.index.isPlain) return undefined;
  const templates = editedTemplates(whole, edits, cache);
  if (templates === undefined) return undefined;
  cache.edit(edits);
  exchange(whole, templates, cache);
  const bundles = await editedBundles(whole, edits, templates, cache);
  const compiled = bundles && together(whole, { templates, ...bundles }, cache);
  if (compiled === undefined)
    exchange(
      whole,
      templates.map(([before, after]) => [after, before]),
      cache,
    );
  return compiled;
}

function editedTemplates(whole: Whole, edits: readonly SourceText[], cache: CompileCache): Change<KnownTemplate>[] | undefined {
  const { checks, config, partials, graph } = whole;
  const diagnostics = new Diagnostics();
  const compiler = new TemplateCompiler({ ...{ checks, cache, diagnostics, partials, graph }, limits: config.limits });
  const changes: Change<KnownTemplate>[] = [];
  for (const source of edits) {
    const known = whole.templates.get(source.path);
    if (known === undefined) continue;
    const { template, includes } = compiler.compile(source, templateFile(source, config.limits).read);
    if (!(template instanceof KnownTemplate) || !isAlike(known, template, whole)) return undefined;
    // Otherwise a partial may be used by nobody any more.
    if (includes.join() !== known.includes.join()) return undefined;
    changes.push([known, template]);
  }
  return diagnostics.sorted().length > 0 ? undefined : changes;
}

/** Has references mean the templates after an edit. */
function exchange({ linked, index }: Whole, templates: readonly Change<KnownTemplate>[], cache: CompileCache): void {
  for (const [before, after] of templates) {
    linked.delete(before);
    linked.set(after, after.linked);
    index.replace(before, after);
    cache.replaceInIndex(before, after);
  }
}

interface EditedBundles {
  readonly bundles: readonly Change<KnownBundle>[];
  readonly found: ReadonlyMap<SourceText, readonly Diagnostic[]>;
  readonly examples: readonly ExampleRender[];
}

async function editedBundles(
  whole: Whole,
  edits: readonly SourceText[],
  templates: readonly Change<KnownTemplate>[],
  cache: CompileCache,
): Promise<EditedBundles | undefined> {
  const { config, publishing, partials, checks, index, linked: linkedTemplates } = whole;
  const { limits } = config;
  const diagnostics = new Diagnostics();
  const compiler = new BundleCompiler({
    ...{ partials, index, templates: linkedTemplates, limits, checks, cache, diagnostics },
    recorded: (id, version) => publishing?.recorded(id, version),
  });
  const bundles: Change<KnownBundle>[] = [];
  const found = new Map<SourceText, readonly Diagnostic[]>();
  const examples: ExampleRender[] = [];
  for (const { known, source } of concerned(whole, edits, new Set(templates.map(([one]) => one)))) {
    const compiled = await compileBundle(bundleFile(source, limits), compiler, linkedTemplates, whole);
    const { bundle, linked } = compiled;
    if (!(bundle instanceof KnownBundle) || linked === undefined || !isAlike(known, bundle, whole)) return undefined;
    bundles.push([known, bundle]);
    found.set(source, compiled.found);
    examples.push(...compiled.examples);
  }
  return diagnostics.sorted().length > 0 ? undefined : { bundles, found, examples };
}

interface Edited extends EditedBundles {
  readonly templates: readonly Change<KnownTemplate>[];
}

function together(
  whole: Whole,
  { templates, bundles, examples, found: foundInBundles }: Edited,
  cache: CompileCache,
): CompiledSources | undefined {
  const { config, publishing, ignores, foundElsewhere, build: before } = whole;
  const found = new Map(whole.found);
  for (const [, template] of templates) found.set(template.source.path, cache.foundIn(template));
  for (const [{ path }, all] of foundInBundles) found.set(path, all);
  const diagnostics = new Diagnostics();
  for (const all of [foundElsewhere, ...found.values()]) for (const one of all) diagnostics.repeat(one);
  const told = settle(diagnostics, config.severities, ignores);
  if (hasErrors(told)) return undefined;
  // From here on nothing can go wrong.
  for (const [path, all] of found) if (all.length === 0) found.delete(path);
  for (const [, template] of templates) whole.templates.set(template.source.path, template);
  for (const [, bundle] of bundles) whole.bundles.set(bundle.source.path, bundle);
  const build = emitAgain(before, replaced(before.templates, templates), replaced(before.bundles, bundles), publishing);
  const exampleCount = bundles.reduce((sum, [one, other]) => sum + exampleCountOf(other) - exampleCountOf(one), whole.exampleCount);
  const { edited } = whole;
  return { diagnostics: told, examples, exampleCount, config, edited, build, whole: { ...whole, found, build, exampleCount } };
}

/** The edited bundles, and those that edited templates are in. */
function* concerned(
  { bundles }: Whole,
  edits: readonly SourceText[],
  templates: ReadonlySet<Template>,
): Generator<{ readonly known: KnownBundle; readonly source: SourceText }> {
  const texts = new Map(edits.map((source) => [source.path, source]));
  for (const [path, known] of bundles) {
    const source = texts.get(path);
    if (source !== undefined || Object.values(known.slots).some((template) => templates.has(template)))
      yield { known, source: source ?? known.source };
  }
}

/** Whether an edit of a prompt concerns nothing but what it is in. */
function isAlike(known: KnownTemplate | KnownBundle, edited: KnownTemplate | KnownBundle, { publishing }: Whole): boolean {
  const { id, version } = known;
  const kind = known instanceof KnownTemplate ? 'template' : 'bundle';
  const isSame = edited.id === id && edited.version === version && publishing?.holds(kind, id, version) !== true;
  // One that ignores nothing is told, and so may be what it ignored.
  return isSame && !mayIgnore(known.source) && !mayIgnore(edited.source);
}

function replaced<Linked extends LinkedTemplate | LinkedBundleFile>(
  all: readonly Linked[],
  changes: readonly Change<{ readonly linked: Linked }>[],
): Replaced<Linked> {
  const after = new Map(changes.map(([known, prompt]) => [known.linked, prompt.linked]));
  return { all: all.map((one) => after.get(one) ?? one), changed: [...after].map(([one, other]) => ({ before: one, after: other })) };
}
