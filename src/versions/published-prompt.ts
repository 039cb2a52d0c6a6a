/**
 * A published version as the compiler's phases know prompts: what its artifact says, and no text of its own.
 *
 * What always holds: it is the same whether the artifact was at hand or was compiled from Git, so that a build does
 * not depend on which of the two it was. What no artifact holds (a description, say) is left out.
 */
import type { Span } from '../base/span.js';
import type { BundleArtifact, ObjectReference, TemplateArtifact } from '../format/artifact.js';
import type { LinkedBundleFile, LinkedTemplate } from '../compile/link/link.js';
import type { Bundle, Input, Template } from '../compile/model.js';
import type { Frontmatter } from '../compile/parse/frontmatter.js';

interface Compiled<Artifact> {
  readonly artifact: Artifact;
  readonly bytes: Uint8Array;
  readonly reference: ObjectReference;
}

/** What a template was compiled from, where that is known: what a diff shows. */
interface Text {
  readonly prompt: Pick<Template, 'body'>;
  readonly partials: LinkedTemplate['partials'];
}

const NO_TEXT: Text = { prompt: { body: { text: '', start: 0 } }, partials: [] };

/** @param recorded - where the lock records it: what messages about it show */
export function publishedTemplate(
  { artifact, bytes, reference }: Compiled<TemplateArtifact>,
  recorded: Span,
  { prompt: { body }, partials } = NO_TEXT,
): LinkedTemplate {
  const inputs = Object.entries(artifact.inputs ?? {}).map(([written, schema]): [string, Input] => {
    const optional = written.endsWith('?');
    const name = optional ? written.slice(0, -1) : written;
    return [name, { name, optional, schema, span: recorded }];
  });
  const prompt: Template = {
    id: artifact.id,
    version: artifact.version,
    role: artifact.role,
    description: undefined,
    adapterVersion: artifact.adapter_version,
    inputs: artifact.inputs === undefined ? undefined : new Map(inputs),
    constraints: artifact.constraints,
    body,
    nodes: [],
    source: recorded.source,
    frontmatter: frontmatterAt(recorded),
  };
  return { prompt, hash: artifact.hash, artifact, bytes, reference, places: artifact.operations.map(() => recorded), partials };
}

export function publishedBundle({ artifact, bytes, reference }: Compiled<BundleArtifact>, recorded: Span): LinkedBundleFile {
  const prompt: Bundle = {
    id: artifact.id,
    version: artifact.version,
    description: undefined,
    slots: {},
    references: {},
    tags: artifact.tags,
    config: artifact.config,
    output: artifact.output,
    constraints: artifact.constraints,
    constraintsInPrompt: artifact.constraints_in_prompt,
    locale: artifact.locale,
    examples: [],
    budget: {},
    source: recorded.source,
    frontmatter: frontmatterAt(recorded),
  };
  return { prompt, hash: artifact.hash, artifact, bytes, reference };
}

function frontmatterAt(recorded: Span): Frontmatter {
  return { value: {}, locate: () => recorded, isRefused: () => false };
}
