/** From a slot's reference to the template version that fills it. */
import semver from 'semver';
import type { Diagnostics } from '../../base/diagnostic.js';
import type { JsonObject } from '../../base/json.js';
import type { Span } from '../../base/span.js';
import { SLOT_NAMES, type SlotName } from '../../format/artifact.js';
import { ID_PATTERN } from '../../format/frontmatter-schema.js';
import type { Template } from '../model.js';
import { nearest } from '../nearest.js';
import type { Frontmatter } from '../parse/frontmatter.js';

/** `id`, `id@1.2.0` or `id@^1.0.0`. */
interface Reference {
  readonly id: string;
  /** A version or a range; absent for the one in the working tree. */
  readonly wanted: string | undefined;
}

/** Every template of the working tree, by id. */
export class TemplateIndex {
  readonly #byId = new Map<string, Template[]>();
  readonly #broken = new Set<string>();
  #hasUnknown = false;

  /** Returns the template that already has this id and version, if there is one; the new one is then left out. */
  add(template: Template): Template | undefined {
    const versions = this.#byId.get(template.id) ?? [];
    const before = versions.find((other) => other.version === template.version);
    if (before !== undefined) return before;
    this.#byId.set(template.id, [...versions, template]);
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

  versionsOf(id: string): readonly Template[] {
    return this.#byId.get(id) ?? [];
  }

  ids(): string[] {
    return [...this.#byId.keys()];
  }

  templates(): Template[] {
    return [...this.#byId.values()].flat();
  }
}

/** A longer list of ids is no hint. */
const MOST_LISTED = 12;

/** The template of each slot; `undefined` if any cannot be resolved. */
export function resolveSlots(
  slots: JsonObject,
  frontmatter: Frontmatter,
  index: TemplateIndex,
  diagnostics: Diagnostics,
): { [slot in SlotName]?: Template } | undefined {
  const resolved: { [slot in SlotName]?: Template } = {};
  let complete = true;
  for (const slot of SLOT_NAMES) {
    const written = slots[slot];
    if (typeof written !== 'string') continue;
    const template = resolve(written, frontmatter.locate(['slots', slot]), index, diagnostics);
    if (template === undefined) complete = false;
    else resolved[slot] = template;
  }
  return complete ? resolved : undefined;
}

function resolve(written: string, span: Span, index: TemplateIndex, diagnostics: Diagnostics): Template | undefined {
  const reference = parseReference(written);
  if (reference === undefined) {
    diagnostics.report('check/reference', span, { reference: written });
    return undefined;
  }
  const { id, wanted } = reference;
  const versions = index.versionsOf(id);
  if (versions.length === 0) {
    if (index.mayBeBroken(id)) return undefined;
    const near = nearest(id, index.ids());
    const known = index.ids().length <= MOST_LISTED && index.ids().length > 0 ? `The templates are ${index.ids().join(', ')}. ` : '';
    const create = `create a file below prompts/templates/ with \`id: ${id}\`.`;
    const hint = near === undefined ? `${known}To make a new one, ${create}` : `Did you mean "${near}"? If not, ${create}`;
    diagnostics.report('check/unknown-template', span, { id }, { hint });
    return undefined;
  }
  const known = versions.map((template) => template.version).toSorted(semver.compare);
  if (wanted === undefined) {
    if (versions.length === 1) return versions[0];
    diagnostics.report('check/ambiguous-reference', span, { id, known: known.join(', ') });
    return undefined;
  }
  const best = semver.maxSatisfying(known, wanted);
  const found = versions.find((template) => template.version === best);
  if (found === undefined && !index.mayBeBroken(id)) {
    diagnostics.report('check/unknown-version', span, { id, wanted, known: known.join(', ') });
  }
  return found;
}

function parseReference(written: string): Reference | undefined {
  const at = written.indexOf('@');
  const id = at === -1 ? written : written.slice(0, at);
  const wanted = at === -1 ? undefined : written.slice(at + 1).trim();
  if (!new RegExp(ID_PATTERN).test(id)) return undefined;
  if (wanted !== undefined && (wanted === '' || semver.validRange(wanted) === null)) return undefined;
  return { id, wanted };
}
