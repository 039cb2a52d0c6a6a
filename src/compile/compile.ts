/**
 * The whole pipeline: discover → parse → check → lower → link → emit.
 *
 * Each phase is a function from values to values that reports what is wrong and goes on; a build comes out
 * only if nothing was.
 */
import { type Diagnostic, Diagnostics } from '../base/diagnostic.js';
import { check, withoutBroken } from './check/check.js';
import { type DeclaredTemplates, declareBundles, declareTemplates } from './check/declare.js';
import { findIgnores } from './check/ignores.js';
import type { RecordedSlots } from './check/references.js';
import type { Config } from './config.js';
import { readConfig } from './discover/config-file.js';
import { discover } from './discover/discover.js';
import type { Disk } from './discover/disk.js';
import { type Build, emit } from './emit/emit.js';
import { checkBudgets } from './link/budgets.js';
import { checkConstraintText } from './link/constraint-text.js';
import { type ExampleRender, renderExamples } from './link/examples.js';
import { checkLateStaticText } from './link/late-static-text.js';
import { linkBundle, type LinkedPrompts, type LinkedTemplate, linkTemplate } from './link/link.js';
import type { Parsed } from './model.js';
import { parse } from './parse/parse.js';
import type { Publishing } from './publishing.js';
import { settle } from './settle.js';

export interface Compiled {
  /** By file and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Absent if any of the diagnostics is an error. */
  readonly build?: Build;
  readonly examples: readonly ExampleRender[];
  readonly config: Config;
}

export interface CompileOptions {
  /** Whether the prompts are held to what the checks of today say; what was published once is not. */
  readonly checks?: boolean;
  /** What was published before; without it, a project is the working tree alone. */
  readonly publishing?: Publishing;
}

/** Compiles the project on a disk, by its own configuration. */
export async function compile(disk: Disk, { checks = true, publishing }: CompileOptions = {}): Promise<Compiled> {
  const diagnostics = new Diagnostics();
  const config = await readConfig(disk, diagnostics);
  const sources = await discover(disk, config.limits.fileBytes, diagnostics);
  const parsed = parse(sources, config.limits, diagnostics);
  const templates = declareTemplates(parsed, config.limits, diagnostics);
  const published = await publishing?.templates(templates.index, diagnostics);
  const linked = link(
    parsed,
    templates,
    { published, checks, recorded: (id, version) => publishing?.recorded(id, version) },
    config,
    diagnostics,
  );
  if (checks) await checkBudgets(linked, config.budget, diagnostics);
  const older = (await publishing?.bundles(linked, diagnostics)) ?? [];
  await publishing?.hold(linked, sources, diagnostics);
  return finish(parsed, { ...linked, bundles: [...linked.bundles, ...older] }, config, diagnostics, publishing);
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
}

/** What has an error ends on the way; the rest goes on, so that one build tells everything. */
function link(
  parsed: Parsed,
  { index, ...declared }: DeclaredTemplates,
  { published = [], recorded = () => undefined, checks = true }: LinkOptions,
  { limits }: Config,
  diagnostics: Diagnostics,
): LinkedPrompts {
  const everything = { ...declared, bundles: declareBundles(parsed.bundles, index, recorded, diagnostics) };
  if (checks) check(parsed, everything, diagnostics);
  const older = published.map((linked) => [linked.prompt, linked] as const);
  const prompts = withoutBroken(everything, parsed.partials, new Set(older.map(([template]) => template)), diagnostics.brokenFiles);
  // Lowering happens within: a template's operations are part of its artifact.
  const templates = new Map([
    ...prompts.templates.map((template) => [template, linkTemplate(template, prompts.partials)] as const),
    ...older,
  ]);
  const bundles = prompts.bundles.flatMap((bundle) => linkBundle(bundle, templates, limits, diagnostics) ?? []);
  if (!checks) return { templates, bundles, examples: [] };
  checkLateStaticText({ bundles, templates }, diagnostics);
  checkConstraintText(bundles, prompts.partials, diagnostics);
  const examples = bundles.flatMap((bundle) => renderExamples(bundle, templates, limits, diagnostics));
  return { templates, bundles, examples };
}

function finish(
  parsed: Parsed,
  { templates, bundles, examples }: LinkedPrompts,
  config: Config,
  diagnostics: Diagnostics,
  publishing?: Publishing,
): Compiled {
  const ignores = findIgnores(parsed, diagnostics);
  const told = settle(diagnostics, config.severities, ignores);
  if (told.some(({ severity }) => severity === 'error')) return { diagnostics: told, examples: [], config };
  return { diagnostics: told, examples, config, build: emit([...templates.values()], bundles, publishing) };
}
