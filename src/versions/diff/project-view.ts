/** What of a compiled project is compared. */
import type { Digest } from '../../base/digest.js';
import type { JsonObject } from '../../base/json.js';
import type { Compiled } from '../../compile/compile.js';
import type { Build } from '../../compile/emit/emit.js';
import type { LinkedTemplate } from '../../compile/link/link.js';
import type { Bundle, Template } from '../../compile/model.js';
import { type Lock, LOCK_FILE, type LockEntry } from '../../format/lock.js';
import type { BundleArtifact, Constraints, SlotName, TemplateArtifact } from '../../format/artifact.js';

export interface ProjectView {
  readonly bundles: readonly BundleView[];
  readonly templates: readonly TemplateView[];
  /** By kind, id and version; without it, nothing is. */
  readonly yanked?: readonly YankedVersion[];
}

/** A version that is not to be used any more. */
export interface YankedVersion {
  readonly kind: LockEntry['kind'];
  readonly id: string;
  readonly version: string;
  readonly reason: string;
}

export interface TemplateView {
  readonly artifact: TemplateArtifact;
  /** Not published, so that its version promises nothing yet. */
  readonly isDraft?: boolean;
  /** The source of its text. */
  readonly body: string;
  /** The texts of all partials that it includes, directly or not, by name. */
  readonly partials: ReadonlyMap<string, string>;
}

export interface BundleView {
  readonly artifact: BundleArtifact;
  /** Not published, so that its version promises nothing yet. */
  readonly isDraft?: boolean;
  /** Its own constraints, as written; the artifact has those of its templates as well. */
  readonly constraints: Constraints | undefined;
  readonly slots: { readonly [slot in SlotName]?: TemplateView };
  readonly examples: readonly ExampleView[];
  readonly sizes?: PromptSizes;
}

export interface ExampleView {
  readonly name: string;
  readonly input: JsonObject;
  readonly prompt: string;
  /** Of the prompt. */
  readonly hash: Digest;
}

/** How large the prompts of a bundle are. */
export interface PromptSizes {
  /** What is the same in every prompt, up to the first thing that is not: what a provider can cache. */
  readonly prefixTokens: number;
  /** The same in bytes of UTF-8. */
  readonly prefixBytes: number;
  /** All text that does not come from a request. */
  readonly fixedTokens: number;
  /** Each example's prompt, by the example's name. */
  readonly exampleTokens: { readonly [example: string]: number };
}

export interface ViewOptions {
  /** The sizes of bundles, by `id@version`, as far as they were counted. */
  readonly sizes?: ReadonlyMap<string, PromptSizes> | undefined;
  /** Whether something is a draft; without it, nothing is. */
  readonly isDraft?: ((artifact: TemplateArtifact | BundleArtifact) => boolean) | undefined;
}

/** @param build - the project's build, whose examples are `examples` */
export function projectView(build: Build, examples: Compiled['examples'], { sizes, isDraft = () => false }: ViewOptions = {}): ProjectView {
  const draft = (artifact: TemplateArtifact | BundleArtifact) => (isDraft(artifact) ? { isDraft: true } : {});
  const templates = new Map<Template, TemplateView>();
  for (const linked of build.templates) templates.set(linked.prompt, { ...templateView(linked), ...draft(linked.artifact) });
  // Older versions stand behind what bundles use; they are no part of the tree that is compared.
  const inTree = ({ prompt }: { prompt: Template | Bundle }): boolean => prompt.source.path !== LOCK_FILE;
  const bundles = build.bundles.filter(inTree).map(({ prompt, artifact }): BundleView => {
    const counted = sizes?.get(`${artifact.id}@${artifact.version}`);
    const slots = Object.entries(prompt.slots).map(([slot, template]) => [slot, templates.get(template)!]);
    return {
      artifact,
      ...draft(artifact),
      constraints: prompt.constraints,
      slots: Object.fromEntries(slots) as BundleView['slots'],
      examples: examples
        .filter(({ result }) => result.bundle_id === artifact.id && result.semver === artifact.version)
        .map(({ example, result }) => ({
          name: example.name,
          input: example.input,
          prompt: result.rendered_prompt,
          hash: result.prompt_hash,
        })),
      ...(counted === undefined ? {} : { sizes: counted }),
    };
  });
  return { bundles, templates: build.templates.filter(inTree).map(({ prompt }) => templates.get(prompt)!) };
}

export function templateView({ prompt, artifact, partials }: LinkedTemplate): TemplateView {
  return { artifact, body: prompt.body.text, partials: new Map(partials.map(({ name, text }) => [name, text])) };
}

export function yankedVersions({ entries }: Lock): YankedVersion[] {
  return entries.flatMap(({ kind, id, version, yanked }) => (yanked === undefined ? [] : [{ kind, id, version, reason: yanked }]));
}
