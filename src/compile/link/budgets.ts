/** Holds bundles to what they may come to in tokens. Without a budget nothing is counted. */
import type { Diagnostics } from '../../base/diagnostic.js';
import { bundleStaticText } from '../../render/static-text.js';
import { loadTokenCounter } from '../../tokens/count-tokens.js';
import { KnownBundle } from '../cache/known-bundle.js';
import type { Budget } from '../config.js';
import { type LinkedPrompts, slotArtifacts } from './link.js';

/** @param common - for bundles that set nothing themselves */
export async function checkBudgets(
  { bundles, templates, examples }: LinkedPrompts,
  common: Budget,
  diagnostics: Diagnostics,
): Promise<void> {
  // What has not changed keeps to its budget as it did before.
  const changed = bundles.filter(({ prompt }) => !(prompt instanceof KnownBundle));
  const budgets = new Map(changed.map((bundle) => [bundle.prompt, { ...common, ...bundle.prompt.budget }]));
  if ([...budgets.values()].every(({ maxTokens, minStaticPrefix }) => maxTokens === undefined && minStaticPrefix === undefined)) return;
  const countTokens = await loadTokenCounter();
  for (const { bundle, example, result } of examples) {
    const limit = budgets.get(bundle)?.maxTokens;
    if (limit === undefined) continue;
    const tokens = countTokens(result.rendered_prompt);
    if (tokens <= limit) continue;
    diagnostics.about(bundle.source.path, () =>
      diagnostics.report('link/too-many-tokens', example.span, { name: example.name, tokens, limit }),
    );
  }
  for (const { prompt, artifact } of changed) {
    const limit = budgets.get(prompt)?.minStaticPrefix;
    if (limit === undefined) continue;
    const tokens = countTokens(bundleStaticText(artifact, slotArtifacts(prompt, templates)).prefix);
    const key = prompt.budget.minStaticPrefix === undefined ? 'slots' : 'min_static_prefix';
    if (tokens >= limit) continue;
    diagnostics.about(prompt.source.path, () =>
      diagnostics.report('link/short-static-prefix', prompt.frontmatter.locate([key], 'key'), { tokens, limit }),
    );
  }
}
