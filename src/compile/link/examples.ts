/** Renders every bundle's examples: a build whose own examples fail is not one to ship. */
import type { Diagnostics } from '../../base/diagnostic.js';
import { PromptcError } from '../../base/error.js';
import { pointerKeys } from '../../format/schema-problem.js';
import type { RenderLimits } from '../../render/limits.js';
import { compilePayloadCheck } from '../../render/payload.js';
import { linkBundle, type RenderResult } from '../../render/render-bundle.js';
import type { Bundle, Example, Template } from '../model.js';
import { type LinkedBundleFile, type LinkedTemplate, slotArtifacts } from './link.js';

/** An example's render. */
export interface ExampleRender {
  readonly bundle: Bundle;
  readonly example: Example;
  readonly result: RenderResult;
}

export function renderExamples(
  bundle: LinkedBundleFile,
  templates: ReadonlyMap<Template, LinkedTemplate>,
  limits: RenderLimits,
  diagnostics: Diagnostics,
): ExampleRender[] {
  const { prompt, artifact } = bundle;
  if (prompt.examples.length === 0) return [];
  const slots = slotArtifacts(prompt, templates);
  const linked = linkBundle(artifact, slots, compilePayloadCheck(artifact.payloadSchema, limits), limits);
  const renders: ExampleRender[] = [];
  for (const example of prompt.examples) {
    try {
      renders.push({ bundle: prompt, example, result: linked.render(example.input).result });
    } catch (error) {
      if (!(error instanceof PromptcError)) throw error;
      const problem =
        error.problems.length === 0
          ? error.message
          : error.problems
              .map(({ path, message }) => `${path === '' ? 'the input' : `\`${pointerKeys(path).join('.')}\``} ${message}`)
              .join('; ');
      diagnostics.report(
        'link/example-failed',
        example.span,
        { name: example.name, problem: problem.replace(/\.?$/, '.') },
        {
          hint: 'Bring the example and the inputs together; docs/frontmatter.md shows what an example holds.',
        },
      );
    }
  }
  return renders;
}
