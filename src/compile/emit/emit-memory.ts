/**
 * What the last build of a process was emitted from: of ten thousand versions, whoever edits one has one page of the index
 * made anew.
 *
 * What always holds: what is remembered is used for the very same parts only.
 */
import semver from 'semver';
import type { BuildIndex, Ids, IndexKind } from '../../format/artifact.js';
import { endsPage, type Page, pageOf } from './pages.js';

interface Yankable {
  readonly yanked?: string;
}

interface Prompt {
  readonly prompt: { readonly id: string; readonly version: string };
}

/** What the index of a kind was made from. */
interface Indexed {
  readonly all: readonly Prompt[];
  readonly marks: object;
  readonly ids: Ids<Yankable>;
}

export class EmitMemory {
  readonly #indexed = new Map<IndexKind, Indexed>();
  readonly #ends = new Map<string, boolean>();
  readonly #pages = new Map<string, { readonly versions: readonly object[]; readonly page: Page }>();

  /**
   * All versions by id.
   *
   * @param marks - what the entries depend on beside the versions themselves
   */
  index<Linked extends Prompt, Entry extends Yankable>(
    kind: IndexKind,
    all: readonly Linked[],
    marks: object,
    toEntry: (linked: Linked) => Entry,
  ): Ids<Entry> {
    const before = this.#indexed.get(kind);
    const changed = before?.marks === marks ? changedAmong(before.all, all) : undefined;
    const ids = changed === undefined ? indexOf(all, toEntry) : patched(before!.ids as Ids<Entry>, changed, toEntry);
    this.#indexed.set(kind, { all, marks, ids });
    return ids;
  }

  /** Whether an id is the last one of its page. */
  endsPage(id: string): boolean {
    let ends = this.#ends.get(id);
    if (ends === undefined) this.#ends.set(id, (ends = endsPage(id)));
    return ends;
  }

  /** A page of the index, the same for the same ids and versions. */
  page<Kind extends IndexKind>(kind: Kind, index: BuildIndex[Kind], ids: readonly string[]): Page {
    const key = `${kind} ${ids[0]!}`;
    const versions = ids.map((id) => index[id]!);
    const known = this.#pages.get(key);
    if (known?.versions.length === versions.length && versions.every((one, i) => one === known.versions[i])) return known.page;
    const page = pageOf(kind, index, ids);
    this.#pages.set(key, { versions, page });
    return page;
  }
}

function indexOf<Linked extends Prompt, Entry extends Yankable>(all: readonly Linked[], toEntry: (linked: Linked) => Entry): Ids<Entry> {
  const entries = new Map<string, { [version: string]: Entry }>();
  for (const linked of all) {
    const { id, version } = linked.prompt;
    const versions = entries.get(id);
    if (versions === undefined) entries.set(id, { [version]: toEntry(linked) });
    else versions[version] = toEntry(linked);
  }
  return Object.fromEntries([...entries].map(([id, versions]) => [id, { ...defaultVersion(versions), versions }]));
}

/** Those that are another thing than before under the same name; `undefined` if names came or went. */
function changedAmong<Linked extends Prompt>(before: readonly Prompt[], after: readonly Linked[]): Linked[] | undefined {
  if (before.length !== after.length) return undefined;
  const changed: Linked[] = [];
  for (const [i, one] of after.entries()) {
    const { prompt } = before[i]!;
    if (one === before[i]) continue;
    if (one.prompt.id !== prompt.id || one.prompt.version !== prompt.version) return undefined;
    changed.push(one);
  }
  return changed;
}

function patched<Linked extends Prompt, Entry extends Yankable>(
  before: Ids<Entry>,
  changed: readonly Linked[],
  toEntry: (linked: Linked) => Entry,
): Ids<Entry> {
  const ids = { ...before };
  for (const linked of changed) {
    const { id, version } = linked.prompt;
    ids[id] = { ...ids[id]!, versions: { ...ids[id]!.versions, [version]: toEntry(linked) } };
  }
  return ids;
}

/** The highest stable version that is not yanked, if there is one. */
function defaultVersion(versions: { readonly [version: string]: Yankable }): { default?: string } {
  const usable = Object.keys(versions).filter((version) => versions[version]!.yanked === undefined);
  const best = semver.maxSatisfying(usable, '*');
  return best === null ? {} : { default: best };
}
