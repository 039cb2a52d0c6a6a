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
  readonly version: string;
  /** Absent if it is published, and this build does without it. */
  readonly template: Template | undefined;
  readonly isInTree: boolean;
}

/** Every template of the working tree, and the published versions that it no longer holds, by id. */
export class TemplateIndex {
  readonly #byId = new Map<string, Candidate[]>();
  /** Why versions are not to be used any more, by `id@version`. */
  readonly #yanked = new Map<string, string>();
  readonly #broken = new Set<string>();
  #hasUnknown = false;
  #hasLeftOut = false;

  /** Returns the template that already has this id and version, if there is one; the new one is then left out. */
  add(template: Template, { isInTree = true } = {}): Template | undefined {
    const { id, version } = template;
    const before = this.versionsOf(id).find((other) => other.version === version);
    if (before === undefined) this.#addCandidate(id, { version, template, isInTree });
    return before?.template;
  }

  /** Has references to a template mean another one of the same name. */
  replace(before: Template, template: Template): void {
    const candidates = this.versionsOf(before.id);
    this.#byId.set(
      before.id,
      candidates.map((one) => (one.template === before ? { ...one, template } : one)),
    );
  }

  /** Remembers a published version that this build does without. */
  leaveOut(id: string, version: string): void {
    this.#hasLeftOut = true;
    this.#addCandidate(id, { version, template: undefined, isInTree: false });
  }

  #addCandidate(id: string, candidate: Candidate): void {
    const others = this.#byId.get(id);
    if (others === undefined) this.#byId.set(id, [candidate]);
    else others.push(candidate);
  }

  /** Says of a version, be it in the tree or not, that it is yanked. */
  yank(id: string, version: string, reason: string): void {
    this.#yanked.set(`${id}@${version}`, reason);
  }

  yanked(id: string, version: string): string | undefined {
    return this.#yanked.get(`${id}@${version}`);
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

  /** Whether every reference means what its id and version say, and nothing else is to be known of it. */
  get isPlain(): boolean {
    return this.#yanked.size === 0 && this.#broken.size === 0 && !this.#hasUnknown && !this.#hasLeftOut;
  }

  has(id: string, version: string): boolean {
    return this.versionsOf(id).some((one) => one.version === version);
  }

  versionsOf(id: string): readonly Candidate[] {
    return this.#byId.get(id) ?? [];
  }

  ids(): string[] {
    return [...this.#byId.keys()];
  }

  /** Those of the working tree. */
  templates(): Template[] {
    const found: Template[] = [];
    for (const candidates of this.#byId.values()) {
      for (const { template, isInTree } of candidates) if (isInTree && template !== undefined) found.push(template);
    }
    return found;
  }
}

/** A longer list of ids is no hint. */
const MOST_LISTED = 12;

/** Which versions a bundle version was linked to before, as the lock has it. */
export interface RecordedSlots {
  readonly slots: { readonly [slot in SlotName]?: string };
  /** A published bundle version never resolves anew. */
  readonly isPublished: boolean;
  /** Whether the lock keeps it, whatever the build comes to. */
  readonly isKept: boolean;
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
    // Looked up for messages alone.
    const place = (): Span => frontmatter.locate(['slots', slot]);
    const reference = parseReference(written);
    if (reference === undefined) diagnostics.report('check/reference', place(), { reference: written });
    const before = reference && recall(reference, slot, recorded, index);
    const found = before === 'not-at-hand' ? undefined : (before ?? (reference && resolve(reference, place, index, diagnostics)));
    // What the lock keeps is left out with everything that it needs; a draft must not be lost.
    const isLost = found !== undefined && found.template === undefined && recorded?.isKept !== true;
    if (isLost) diagnostics.report('check/left-out-version', place(), { id: reference!.id, version: found.version });
    if (found?.template === undefined || reference === undefined) complete = false;
    else {
      const yanked = recorded?.isPublished === true ? undefined : index.yanked(reference.id, found.version);
      if (yanked !== undefined)
        diagnostics.report('check/yanked-version', place(), { id: reference.id, version: found.version, reason: yanked });
      resolved[slot] = found.template;
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
): Candidate | 'not-at-hand' | undefined {
  const [recordedId, version] = recorded?.slots[slot]?.split('@') ?? [];
  if (recorded === undefined || recordedId !== id || version === undefined) return undefined;
  // Without a version, a draft goes with the working tree.
  const stillMeant = wanted === undefined ? recorded.isPublished : version === wanted || semver.satisfies(version, wanted);
  if (!stillMeant) return undefined;
  const found = index.versionsOf(id).find((one) => one.version === version);
  // Why a published version is not there is reported elsewhere.
  if (found === undefined) return recorded.isPublished && !index.mayBeBroken(id) ? 'not-at-hand' : undefined;
  return recorded.isPublished || version === wanted || index.yanked(id, version) === undefined ? found : undefined;
}

function resolve({ id, wanted }: Reference, place: () => Span, index: TemplateIndex, diagnostics: Diagnostics): Candidate | undefined {
  const candidates = index.versionsOf(id).toSorted((a, b) => semver.compare(a.version, b.version));
  if (candidates.length === 0) {
    if (!index.mayBeBroken(id)) diagnostics.report('check/unknown-template', place(), { id }, { hint: () => unknownHint(id, index.ids()) });
    return undefined;
  }
  if (wanted === undefined) {
    const inTree = candidates.filter(({ isInTree }) => isInTree);
    if (inTree.length === 1) return inTree[0];
    if (inTree.length > 1) diagnostics.report('check/ambiguous-reference', place(), { id, known: listed(inTree) });
    else if (!index.mayBeBroken(id)) reportGone(id, candidates, place(), diagnostics);
    return undefined;
  }
  const isYanked = (version: string): boolean => index.yanked(id, version) !== undefined;
  const usable = candidates.filter(({ version }) => version === wanted || !isYanked(version));
  const best = semver.maxSatisfying(
    usable.map(({ version }) => version),
    wanted,
  );
  if (best === null && !index.mayBeBroken(id)) {
    const known = candidates.map(({ version }) => `${version}${isYanked(version) ? ' (yanked)' : ''}`).join(', ');
    diagnostics.report('check/unknown-version', place(), { id, wanted, known });
  }
  return usable.find(({ version }) => version === best);
}

function unknownHint(id: string, ids: readonly string[]): string {
  const near = nearest(id, ids);
  const known = ids.length <= MOST_LISTED && ids.length > 0 ? `The templates are ${ids.join(', ')}. ` : '';
  const create = `create a file below prompts/templates/ with \`id: ${id}\`.`;
  return near === undefined ? `${known}To make a new one, ${create}` : `Did you mean "${near}"? If not, ${create}`;
}

/** A reference without a version means the working tree, which has none any more. */
function reportGone(id: string, known: readonly Candidate[], span: Span, diagnostics: Diagnostics): void {
  const hint = `It was published as ${listed(known)}: name one, such as ${id}@${known.at(-1)!.version}, or bring the file back.`;
  diagnostics.report('check/unknown-template', span, { id }, { hint });
}

function listed(candidates: readonly Candidate[]): string {
  return candidates.map(({ version }) => version).join(', ');
}

const ID = new RegExp(ID_PATTERN);

function parseReference(written: string): Reference | undefined {
  const at = written.indexOf('@');
  const id = at === -1 ? written : written.slice(0, at);
  const wanted = at === -1 ? undefined : written.slice(at + 1).trim();
  if (!ID.test(id)) return undefined;
  if (wanted !== undefined && (wanted === '' || semver.validRange(wanted) === null)) return undefined;
  return { id, wanted };
}
