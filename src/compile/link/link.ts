/**
 * Templates and bundles → artifacts.
 *
 * In: checked prompts. Out: for each its hash, the bytes of its artifact and their digest. What always holds:
 * the same prompt gives the same bytes; an artifact holds only what its hash covers.
 */
import { canonicalJson } from '../../base/canonical-json.js';
import type { Diagnostics } from '../../base/diagnostic.js';
import { type Digest, hashJson, sha256 } from '../../base/digest.js';
import type { Span } from '../../base/span.js';
import { SPEC } from '../../base/version.js';
import { contradictions } from '../../constraints/contradictions.js';
import { schemaOf } from '../../constraints/output-schema.js';
import { readWritten } from '../../constraints/severity.js';
import { constraintDirectives, mergeConstraints, type Written } from '../../constraints/vocabulary.js';
import {
  type BundleArtifact,
  type Constraints,
  FORMAT_VERSION,
  type JsonSchema,
  type ObjectReference,
  SLOT_NAMES,
  type SlotArtifact,
  type SlotName,
  type TemplateArtifact,
} from '../../format/artifact.js';
import { includedPartials } from '../check/partials.js';
import type { CompileLimits } from '../config.js';
import { lower } from '../lower/lower.js';
import type { Bundle, Partial, Template } from '../model.js';
import type { ExampleRender } from './examples.js';
import { payloadSchema } from './inputs.js';

/** An artifact, its bytes, and what names them. */
export interface Linked<Prompt, Artifact> {
  readonly prompt: Prompt;
  /** The artifact's. */
  readonly hash: Digest;
  readonly artifact: Artifact;
  /** Canonical JSON in UTF-8. */
  readonly bytes: Uint8Array;
  readonly reference: ObjectReference;
}

export interface LinkedTemplate extends Linked<Template, TemplateArtifact> {
  /** Where each operation comes from. */
  readonly places: readonly Span[];
  /** Every partial that it includes, directly or not, by name. */
  readonly partials: readonly Partial[];
}

export type LinkedBundleFile = Linked<Bundle, BundleArtifact>;

/** Everything that a project comes to. */
export interface LinkedPrompts {
  readonly templates: ReadonlyMap<Template, LinkedTemplate>;
  readonly bundles: readonly LinkedBundleFile[];
  readonly examples: readonly ExampleRender[];
}

export function linkTemplate(template: Template, partials: ReadonlyMap<string, Partial>): LinkedTemplate {
  const { slots, operations, places } = lower(template, partials);
  const included = includedPartials(template, partials).map((name) => partials.get(name)!);
  const artifact: TemplateArtifact = {
    formatVersion: FORMAT_VERSION,
    kind: 'template',
    ...identity(template),
    role: template.role,
    ...adapter(template.adapterVersion),
    hash: templateHash(template, included),
    ...(template.inputs === undefined ? {} : { inputs: declaredInputs(template) }),
    ...(template.constraints === undefined ? {} : { constraints: template.constraints }),
    slots,
    operations,
  };
  return { ...linked(template, artifact), places, partials: included };
}

/** Returns `undefined` if its templates do not go together; that is reported. */
export function linkBundle(
  bundle: Bundle,
  templates: ReadonlyMap<Template, LinkedTemplate>,
  limits: CompileLimits,
  diagnostics: Diagnostics,
): LinkedBundleFile | undefined {
  const before = diagnostics.errorCount;
  const slots: { [slot in SlotName]?: SlotArtifact } = {};
  const used: LinkedTemplate[] = [];
  for (const slot of SLOT_NAMES) {
    const template = bundle.slots[slot];
    if (template === undefined) continue;
    const { hash, reference } = templates.get(template)!;
    slots[slot] = { id: template.id, version: template.version, hash, artifact: reference };
    used.push(templates.get(template)!);
  }
  const prompts = used.map(({ prompt }) => prompt);
  const schema = payloadSchema(bundle, prompts, diagnostics);
  const constraints = merged(bundle, prompts, diagnostics);
  checkOperations(bundle, used, limits, diagnostics);
  checkAdapterVersions(bundle, prompts, diagnostics);
  if (diagnostics.errorCount > before) return undefined;

  const passed = {
    ...(bundle.tags === undefined ? {} : { tags: bundle.tags }),
    ...(bundle.config === undefined ? {} : { config: bundle.config }),
    ...(bundle.output === undefined ? {} : { output: bundle.output }),
  };
  const hash = bundleHash(bundle, Object.fromEntries(Object.entries(slots).map(([slot, template]) => [slot, template.hash])));
  const artifact: BundleArtifact = {
    formatVersion: FORMAT_VERSION,
    kind: 'bundle',
    ...identity(bundle),
    hash,
    ...adapter(prompts[0]?.adapterVersion),
    slots,
    constraints,
    ...(bundle.constraintsInPrompt === undefined ? {} : { constraints_in_prompt: bundle.constraintsInPrompt }),
    ...(bundle.locale === undefined ? {} : { locale: bundle.locale }),
    payloadSchema: schema,
    ...passed,
  };
  return linked(bundle, artifact);
}

/** The artifact in each slot of a bundle. */
export function slotArtifacts(
  { slots }: Bundle,
  templates: ReadonlyMap<Template, LinkedTemplate>,
): { [slot in SlotName]?: TemplateArtifact } {
  return Object.fromEntries(Object.entries(slots).map(([slot, template]) => [slot, templates.get(template)!.artifact]));
}

/** Constraints are there for the model to keep, and it cannot keep what it is not told. */
export function checkShown(
  { prompt, artifact }: LinkedBundleFile,
  templates: ReadonlyMap<Template, LinkedTemplate>,
  diagnostics: Diagnostics,
): void {
  if (constraintDirectives(artifact.constraints, artifact.output) === '') return;
  const isPrinted = Object.values(slotArtifacts(prompt, templates)).some(({ operations }) =>
    operations.some(([name]) => name === 'constraints'),
  );
  const isAppended = artifact.constraints_in_prompt === 'append';
  if (isPrinted && isAppended) {
    diagnostics.report('link/constraints-shown-twice', prompt.frontmatter.locate(['constraints_in_prompt'], 'key'), undefined);
  } else if (!isPrinted && !isAppended) {
    const own = prompt.constraints === undefined ? 'slots' : 'constraints';
    diagnostics.report('link/constraints-not-shown', prompt.frontmatter.locate([own], 'key'), {
      names: Object.keys(artifact.constraints).join(', '),
    });
  }
}

/** @param slots - the hash of each slot's template */
export function bundleHash(bundle: Bundle, slots: { readonly [slot: string]: string }): Digest {
  const { tags, config, output, constraints, constraintsInPrompt: constraints_in_prompt, locale } = bundle;
  return hashJson({ ...identity(bundle), slots, tags, config, output, constraints, constraints_in_prompt, locale });
}

/** Section 5 of the contract; docs/hashes.md works it through. */
function templateHash(template: Template, included: readonly Partial[]): Digest {
  return hashJson({
    ...identity(template),
    role: template.role,
    ...adapter(template.adapterVersion),
    inputs: template.inputs === undefined ? undefined : declaredInputs(template),
    constraints: template.constraints,
    body: template.body.text,
    partials: included.length === 0 ? undefined : Object.fromEntries(included.map(({ name, text }) => [name, text])),
  });
}

function identity({ id, version }: { id: string; version: string }) {
  return { spec: SPEC, id, version };
}

function adapter(version: string | undefined): { adapter_version?: string } {
  return version === undefined ? {} : { adapter_version: version };
}

function declaredInputs(template: Template): { [name: string]: JsonSchema } {
  return Object.fromEntries([...template.inputs!.values()].map(({ name, optional, schema }) => [optional ? `${name}?` : name, schema]));
}

function merged(bundle: Bundle, templates: readonly Template[], diagnostics: Diagnostics): Constraints {
  const written: Written<Template | Bundle>[] = [...templates, bundle].map((place) => ({ place, constraints: place.constraints ?? {} }));
  const { merged: constraints, conflicts, places } = mergeConstraints(written);
  for (const { name, first, second } of conflicts) {
    const span = (place: Template | Bundle) => place.frontmatter.locate(['constraints', name]);
    const related = [first, second].map((place) => ({ message: `in ${titleOf(place)}`, span: span(place) }));
    const args = { name, first: titleOf(first), second: titleOf(second) };
    diagnostics.report('link/constraint-conflict', bundle.frontmatter.locate(['slots'], 'key'), args, { related });
  }
  for (const { first, second, reason } of contradictions(constraints, bundle.locale ?? 'en')) {
    const related = [first, second].map((name) => ({
      message: `in ${titleOf(places.get(name)!)}`,
      span: places.get(name)!.frontmatter.locate(['constraints', name]),
    }));
    diagnostics.report('link/constraints-contradict', bundle.frontmatter.locate(['slots'], 'key'), { first, second, reason }, { related });
  }
  const wanted = constraints['OUTPUT_SCHEMA'];
  if (wanted !== undefined && readWritten(wanted).value === true && schemaOf(bundle.output) === undefined) {
    const place = places.get('OUTPUT_SCHEMA')!;
    const related =
      place === bundle ? [] : [{ message: `in ${titleOf(place)}`, span: place.frontmatter.locate(['constraints', 'OUTPUT_SCHEMA']) }];
    const span =
      place === bundle ? bundle.frontmatter.locate(['constraints', 'OUTPUT_SCHEMA']) : bundle.frontmatter.locate(['slots'], 'key');
    diagnostics.report('link/no-output-schema', span, undefined, { related });
  }
  return constraints;
}

function titleOf({ id, version }: Template | Bundle): string {
  return `${id}@${version}`;
}

function checkAdapterVersions(bundle: Bundle, templates: readonly Template[], diagnostics: Diagnostics): void {
  if (new Set(templates.map((template) => template.adapterVersion)).size <= 1) return;
  const versions = templates
    .map(
      (template) => `${titleOf(template)} has ${template.adapterVersion === undefined ? 'none' : JSON.stringify(template.adapterVersion)}`,
    )
    .join(', ');
  diagnostics.report('link/adapter-version', bundle.frontmatter.locate(['slots'], 'key'), { versions });
}

function checkOperations(bundle: Bundle, templates: readonly LinkedTemplate[], limits: CompileLimits, diagnostics: Diagnostics): void {
  const count = templates.reduce((sum, { artifact }) => sum + artifact.operations.length, 0);
  if (count <= limits.operations) return;
  diagnostics.report('link/too-many-operations', bundle.frontmatter.locate(['slots'], 'key'), { count, limit: limits.operations });
}

function linked<Prompt, Artifact extends { readonly hash: Digest }>(prompt: Prompt, artifact: Artifact): Linked<Prompt, Artifact> {
  const bytes = new TextEncoder().encode(canonicalJson(artifact));
  return { prompt, hash: artifact.hash, artifact, bytes, reference: { digest: sha256(bytes), size: bytes.length } };
}
