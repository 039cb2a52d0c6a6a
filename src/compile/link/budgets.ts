/** Holds a bundle to what they may come to in tokens. Without a budget nothing is counted. */
import type { Diagnostics } from '../../base/diagnostic.js';
import { bundleStaticText } from '../../render/static-text.js';
import { loadTokenCounter } from '../../tokens/count-tokens.js';
import type { Budget } from '../config.js';
import type { Template } from '../model.js';
import type { ExampleRender } from './examples.js';
import { type LinkedBundleFile, type LinkedTemplate, slotArtifacts } from './link.js';

/** @param common - for what the bundle does not set itself */
export async function checkBudget(
  { prompt, artifact }: LinkedBundleFile,
  examples: readonly ExampleRender[],
  templates: ReadonlyMap<Template, LinkedTemplate>,
  common: Budget,
  diagnostics: Diagnostics,
): Promise<void> {
  const { maxTokens, minStaticPrefix }: Budget = { ...common, ...prompt.budget };
  if (maxTokens === undefined && minStaticPrefix === undefined) return;
  const countTokens = await loadTokenCounter();
  for (const { example, result } of maxTokens === undefined ? [] : examples) {
    const tokens = countTokens(result.rendered_prompt);
    if (tokens > maxTokens!) diagnostics.report('link/too-many-tokens', example.span, { name: example.name, tokens, limit: maxTokens! });
  }
  if (minStaticPrefix === undefined) return;
  const tokens = countTokens(bundleStaticText(artifact, slotArtifacts(prompt, templates)).prefix);
  const key = prompt.budget.minStaticPrefix === undefined ? 'slots' : 'min_static_prefix';
  if (tokens < minStaticPrefix)
    diagnostics.report('link/short-static-prefix', prompt.frontmatter.locate([key], 'key'), { tokens, limit: minStaticPrefix });
}
