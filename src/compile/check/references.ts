/** From a slot's reference to the template version that fills it. */
import semver from 'semver';
import type { Diagnostics } from '../../base/diagnostic.js';
import type { JsonObject } from '../../base/json.js';
import type { Span } from '../../base/span.js';
import { SLOT_NAMES, type SlotName } from '../../format/artifact.js';
import { ID_PATTERN } from '../../format/frontmatter-schema.js';
import type { Bundle, Reference, Template } from '../model.js';
import { nearest } from '../nearest.js';
import type { Frontmatter } from '../parse/frontmatter.js';

/** A template version that a reference can mean. */
interface Candidate {
  readonly template: Template;
  readonly isInTree: boolean;
  readonly isYanked: boolean;
}

/** Every template of the working tree, and the published versions that it no longer holds, by id. */
export class TemplateIndex {
  readonly #byId = new Map<string, Candidate[]>();
  readonly #broken = new Set<string>();
  #hasUnknown = false;

  /** Returns the template that already has this id and version, if there is one; the new one is then left out. */
  add(template: Template, { isInTree = true, isYanked = false } = {}): Template | undefined {
    const versions = this.#byId.get(template.id) ?? [];
    const before = versions.find((other) => other.template.version === template.version);
    if (before !== undefined) return before.template;
    this.#byId.set(template.id, [...versions, { template, isInTree, isYanked }]);
    return undefined;
  }

  /** Remembers an id whose file has errors of its own. */
  addBroken(id: string): void {
    this.#broken.add(id);
  }

  /** Remembers that there is a file whose id could not be read. */
  addUnknown(): void {
    this.#hasUnknown = true;
  }

  /** Whether a missing id or version may be one whose file has errors of its own. */
  mayBeBroken(id: string): boolean {
    return this.#broken.has(id) || (this.#hasUnknown && !this.#byId.has(id));
  }

  has(id: string, version: string): boolean {
    return this.versionsOf(id).some(({ template }) => template.version === version);
  }

  versionsOf(id: string): readonly Candidate[] {
    return this.#byId.get(id) ?? [];
  }

  ids(): string[] {
    return [...this.#byId.keys()];
  }

  /** Those of the working tree. */
  templates(): Template[] {
    return [...this.#byId.values()].flat().flatMap(({ template, isInTree }) => (isInTree ? [template] : []));
  }
}

/** A longer list of ids is no hint. */
const MOST_LISTED = 12;

/** Which versions a bundle version was linked to before, as the lock has it. */
export interface RecordedSlots {
  readonly slots: { readonly [slot in SlotName]?: string };
  /** A published bundle version never resolves anew. */
  readonly isPublished: boolean;
}

/**
 * The template of each slot; `undefined` if any cannot be resolved.
 *
 * @param recorded - what was resolved before stays, as long as the reference still means it
 */
export function resolveSlots(
  slots: JsonObject,
  frontmatter: Frontmatter,
  index: TemplateIndex,
  recorded: RecordedSlots | undefined,
  diagnostics: Diagnostics,
): Pick<Bundle, 'slots' | 'references'> | undefined {
  const resolved: { [slot in SlotName]?: Template } = {};
  const references: { [slot in SlotName]?: Reference } = {};
  let complete = true;
  for (const slot of SLOT_NAMES) {
    const written = slots[slot];
    if (typeof written !== 'string') continue;
    const span = frontmatter.locate(['slots', slot]);
    const reference = parseReference(written);
    if (reference === undefined) diagnostics.report('check/reference', span, { reference: written });
    const before = reference && recall(reference, slot, recorded, index);
    // A published version that is not at hand has been reported, or is left out with everything that needs it.
    const template = before === 'not-at-hand' ? undefined : (before ?? (reference && resolve(reference, span, index, diagnostics)));
    if (template === undefined || reference === undefined) complete = false;
    else {
      resolved[slot] = template;
      references[slot] = reference;
    }
  }
  return complete ? { slots: resolved, references } : undefined;
}

/** The version that the lock records for a slot, if the reference still means it. */
function recall(
  { id, wanted }: Reference,
  slot: SlotName,
  recorded: RecordedSlots | undefined,
  index: TemplateIndex,
): Template | 'not-at-hand' | undefined {
  const [recordedId, version] = recorded?.slots[slot]?.split('@') ?? [];
  if (recorded === undefined || recordedId !== id || version === undefined) return undefined;
  // Without a version, a draft goes with the working tree.
  const stillMeant = wanted === undefined ? recorded.isPublished : semver.satisfies(version, wanted);
  if (!stillMeant) return undefined;
  const found = index.versionsOf(id).find(({ template }) => template.version === version);
  if (found === undefined) return recorded.isPublished && !index.mayBeBroken(id) ? 'not-at-hand' : undefined;
  return found.isYanked && !recorded.isPublished && version !== wanted ? undefined : found.template;
}

function resolve({ id, wanted }: Reference, span: Span, index: TemplateIndex, diagnostics: Diagnostics): Template | undefined {
  const candidates = index.versionsOf(id);
  if (candidates.length === 0) {
    if (index.mayBeBroken(id)) return undefined;
    diagnostics.report('check/unknown-template', span, { id }, { hint: () => unknownHint(id, index.ids()) });
    return undefined;
  }
  const known = candidates.map(({ template }) => template.version).toSorted(semver.compare);
  if (wanted === undefined) {
    const inTree = candidates.filter(({ isInTree }) => isInTree);
    if (inTree.length === 1) return inTree[0]!.template;
    if (inTree.length > 1) diagnostics.report('check/ambiguous-reference', span, { id, known: known.join(', ') });
    else if (!index.mayBeBroken(id)) reportGone(id, known, span, diagnostics);
    return undefined;
  }
  const usable = candidates.filter(({ template, isYanked }) => !isYanked || template.version === wanted);
  const best = semver.maxSatisfying(
    usable.map(({ template }) => template.version),
    wanted,
  );
  const found = usable.find(({ template }) => template.version === best);
  if (found === undefined && !index.mayBeBroken(id)) {
    diagnostics.report('check/unknown-version', span, { id, wanted, known: known.join(', ') });
  }
  return found?.template;
}

function unknownHint(id: string, ids: readonly string[]): string {
  const near = nearest(id, ids);
  const known = ids.length <= MOST_LISTED && ids.length > 0 ? `The templates are ${ids.join(', ')}. ` : '';
  const create = `create a file below prompts/templates/ with \`id: ${id}\`.`;
  return near === undefined ? `${known}To make a new one, ${create}` : `Did you mean "${near}"? If not, ${create}`;
}

/** A reference without a version means the working tree, which has none any more. */
function reportGone(id: string, known: readonly string[], span: Span, diagnostics: Diagnostics): void {
  const hint = `It was published as ${known.join(', ')}: name one, such as ${id}@${known.at(-1)!}, or bring the file back.`;
  diagnostics.report('check/unknown-template', span, { id }, { hint });
}

function parseReference(written: string): Reference | undefined {
  const at = written.indexOf('@');
  const id = at === -1 ? written : written.slice(0, at);
  const wanted = at === -1 ? undefined : written.slice(at + 1).trim();
  if (!new RegExp(ID_PATTERN).test(id)) return undefined;
  if (wanted !== undefined && (wanted === '' || semver.validRange(wanted) === null)) return undefined;
  return { id, wanted };
}
