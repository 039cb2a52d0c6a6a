/** How large the prompts of a build's bundles are. */
import type { Build } from '../../compile/emit/emit.js';
import { slotArtifacts } from '../../compile/link/link.js';
import type { Compiled } from '../../compile/compile.js';
import { LOCK_FILE } from '../../format/lock.js';
import { bundleStaticText } from '../../render/static-text.js';
import { loadTokenCounter } from '../../tokens/count-tokens.js';
import type { PromptSizes } from './project-view.js';

/** @returns the sizes of the working tree's bundles, by `id@version` */
export async function promptSizes(build: Build, examples: Compiled['examples']): Promise<Map<string, PromptSizes>> {
  const countTokens = await loadTokenCounter();
  const templates = new Map(build.templates.map((linked) => [linked.prompt, linked]));
  const sizes = new Map<string, PromptSizes>();
  for (const { prompt, artifact } of build.bundles) {
    if (prompt.source.path === LOCK_FILE) continue;
    const { prefix, fixed } = bundleStaticText(artifact, slotArtifacts(prompt, templates));
    const own = examples.filter(({ bundle }) => bundle === prompt);
    sizes.set(`${prompt.id}@${prompt.version}`, {
      prefixTokens: countTokens(prefix),
      prefixBytes: Buffer.byteLength(prefix),
      fixedTokens: fixed.reduce((sum, text) => sum + countTokens(text), 0),
      exampleTokens: Object.fromEntries(own.map(({ example, result }) => [example.name, countTokens(result.rendered_prompt)])),
    });
  }
  return sizes;
}
