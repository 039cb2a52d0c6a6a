/**
 * The whole pipeline: discover → parse → check → lower → link → emit.
 *
 * Each phase is a function from values to values that reports what is wrong and goes on; a build comes out
 * only if nothing was.
 */
import { type Diagnostic, Diagnostics } from '../base/diagnostic.js';
import { check, withoutBroken } from './check/check.js';
import { declare } from './check/declare.js';
import { findIgnores } from './check/ignores.js';
import type { Config } from './config.js';
import { readConfig } from './discover/config-file.js';
import { discover } from './discover/discover.js';
import type { Disk } from './discover/disk.js';
import { type Build, emit } from './emit/emit.js';
import { checkBudgets } from './link/budgets.js';
import { checkConstraintText } from './link/constraint-text.js';
import { type ExampleRender, renderExamples } from './link/examples.js';
import { checkLateStaticText } from './link/late-static-text.js';
import { linkBundle, type LinkedPrompts, linkTemplate } from './link/link.js';
import type { Parsed } from './model.js';
import { parse } from './parse/parse.js';
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
}

/** Compiles the project on a disk, by its own configuration. */
export async function compile(disk: Disk, options: CompileOptions = {}): Promise<Compiled> {
  const diagnostics = new Diagnostics();
  const config = await readConfig(disk, diagnostics);
  const sources = await discover(disk, config.limits.fileBytes, diagnostics);
  const parsed = parse(sources, config.limits, diagnostics);
  const linked = link(parsed, config, diagnostics, options);
  await checkBudgets(linked, config.budget, diagnostics);
  return finish(parsed, linked, config, diagnostics);
}

/** The phases behind parsing, which do not care where prompts came from. Budgets are a project's, and not looked at. */
export function compileParsed(parsed: Parsed, config: Config, diagnostics: Diagnostics): Compiled {
  return finish(parsed, link(parsed, config, diagnostics), config, diagnostics);
}

/** What has an error ends on the way; the rest goes on, so that one build tells everything. */
function link(parsed: Parsed, config: Config, diagnostics: Diagnostics, { checks = true }: CompileOptions = {}): LinkedPrompts {
  const { limits } = config;
  const declared = declare(parsed, limits, diagnostics);
  if (checks) check(parsed, declared, diagnostics);
  const prompts = withoutBroken(declared, parsed.partials, diagnostics.brokenFiles);
  // Lowering happens within: a template's operations are part of its artifact.
  const templates = new Map(prompts.templates.map((template) => [template, linkTemplate(template, prompts.partials)]));
  const bundles = prompts.bundles.flatMap((bundle) => linkBundle(bundle, templates, limits, diagnostics) ?? []);
  if (!checks) return { templates, bundles, examples: [] };
  checkLateStaticText({ bundles, templates }, diagnostics);
  checkConstraintText(bundles, prompts.partials, diagnostics);
  const examples = bundles.flatMap((bundle) => renderExamples(bundle, templates, limits, diagnostics));
  return { templates, bundles, examples };
}

function finish(parsed: Parsed, { templates, bundles, examples }: LinkedPrompts, config: Config, diagnostics: Diagnostics): Compiled {
  const ignores = findIgnores(parsed, diagnostics);
  const told = settle(diagnostics, config.severities, ignores);
  if (told.some(({ severity }) => severity === 'error')) return { diagnostics: told, examples: [], config };
  return { diagnostics: told, examples, config, build: emit([...templates.values()], bundles) };
}
