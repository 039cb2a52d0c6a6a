/**
 * The whole pipeline: discover → parse → check → lower → link → emit.
 *
 * Each phase is a function from values to values that reports what is wrong and goes on; a build comes out
 * only if nothing was.
 */
import { type Diagnostic, Diagnostics } from '../base/diagnostic.js';
import { check } from './check/check.js';
import type { Config } from './config.js';
import { readConfig } from './discover/config-file.js';
import { discover } from './discover/discover.js';
import type { Disk } from './discover/disk.js';
import { type Build, emit } from './emit/emit.js';
import { type ExampleRender, renderExamples } from './link/examples.js';
import { linkBundle, linkTemplate } from './link/link.js';
import type { Parsed } from './model.js';
import { parse } from './parse/parse.js';

export interface Compiled {
  /** By file and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Absent if any of the diagnostics is an error. */
  readonly build?: Build;
  readonly examples: readonly (ExampleRender & { readonly bundle: string })[];
  readonly config: Config;
}

/** Compiles the project on a disk, by its own configuration. */
export async function compile(disk: Disk): Promise<Compiled> {
  const diagnostics = new Diagnostics();
  const config = await readConfig(disk, diagnostics);
  const sources = await discover(disk, config.limits.fileBytes, diagnostics);
  const parsed = parse(sources, config.limits, diagnostics);
  return compileParsed(parsed, config, diagnostics);
}

/** The phases behind parsing, which do not care where prompts came from. */
export function compileParsed(parsed: Parsed, config: Config, diagnostics: Diagnostics): Compiled {
  const { limits } = config;
  // What has an error ends here; the rest goes on, so that one build tells everything.
  const checked = check(parsed, limits, diagnostics);
  // Lowering happens within: a template's operations are part of its artifact.
  const templates = new Map(checked.templates.map((template) => [template, linkTemplate(template, checked.partials)]));
  const bundles = checked.bundles.flatMap((bundle) => linkBundle(bundle, templates, limits, diagnostics) ?? []);
  const examples = bundles.flatMap((bundle) =>
    renderExamples(bundle, templates, limits, diagnostics).map((render) => ({ ...render, bundle: bundle.prompt.id })),
  );
  if (diagnostics.errorCount > 0) return { diagnostics: diagnostics.sorted(), examples: [], config };
  return { diagnostics: diagnostics.sorted(), examples, config, build: emit([...templates.values()], bundles) };
}
