/**
 * What was published, as compiling asks for it; and the lock that comes of a build.
 *
 * Published is what the lock at the base records. The lock of the working tree may add what is yanked since, and
 * what the drafts of the last build were linked to. What always holds: the next lock keeps every published entry,
 * and records each version of the working tree once.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Diagnostics } from '../base/diagnostic.js';
import type { RecordedSlots, TemplateIndex } from '../compile/check/references.js';
import type { LinkedBundleFile, LinkedPrompts, LinkedTemplate } from '../compile/link/link.js';
import type { Sources } from '../compile/model.js';
import type { Publishing } from '../compile/publishing.js';
import type { Lock, LockedBundle, LockedTemplate, LockEntry } from '../format/lock.js';
import { reportChanges } from './changes.js';
import { reportCommittedTexts } from './committed-texts.js';
import type { NoRepository } from './git/open.js';
import { Repository } from './git/repository.js';
import { History, type HistorySources } from './history.js';
import { blobIds, entriesOf, type KnownEntries } from './lock-entries.js';
import type { LockLines } from './lock-lines.js';
import { byName, formatLock, nameOf } from './lock.js';
import { lockDifference, nextEntries } from './next-lock.js';

export interface PublishedOptions {
  /** The lock of the working tree, and where it says what. */
  readonly lock: Lock;
  readonly lines: LockLines;
  /** The lock at the base; without a base, nothing is published. */
  readonly base: Lock;
  /**
   * What the branch began with, if that is not the base: a version that came to the base since cannot have vanished.
   */
  readonly common?: Lock | undefined;
  readonly repository: Repository | NoRepository;
  readonly output: HistorySources['output'];
  /** Resolve the references of drafts anew. */
  readonly update: boolean;
  /** Leave out what the working tree does not hold. */
  readonly currentOnly: boolean;
  /** The lock must be what the build asks for already. */
  readonly frozen: boolean;
  /** Compile an edited version all the same, and only warn: for previews. */
  readonly draft: boolean;
}

export class PublishedPrompts implements Publishing {
  readonly #options: PublishedOptions;
  readonly #lines: LockLines;
  readonly #published: ReadonlyMap<string, LockEntry>;
  /** What stays in the lock whether the working tree holds it or not. */
  readonly #kept: ReadonlyMap<string, LockEntry>;
  /** Of the working tree's lock. */
  readonly #recorded: ReadonlyMap<string, LockEntry>;
  /** What was brought from elsewhere. */
  #older: readonly (LinkedTemplate | LinkedBundleFile)[] = [];
  #left = 0;
  readonly #entries: KnownEntries = new WeakMap();
  #next: readonly LockEntry[] | undefined;
  #nextLock: { readonly text: string | undefined } | undefined;
  #edited: readonly string[] = [];

  constructor(options: PublishedOptions) {
    this.#options = options;
    this.#lines = options.lines;
    this.#published = byName(options.base.entries);
    this.#recorded = byName(options.lock.entries);
    // Without Git, nothing but the lock tells what others may have; before the first commit, nobody has anything.
    const keepsAll = !(options.repository instanceof Repository) && options.repository.reason !== 'no-commit';
    this.#kept = keepsAll ? this.#recorded : this.#known();
  }

  /** The lock of the working tree. */
  get lock(): Lock {
    return this.#options.lock;
  }

  /** Whether another knows the same, beside what Git holds of it. */
  isSame(other: PublishedPrompts): boolean {
    return this.#lines.source.text === other.#lines.source.text && isDeepStrictEqual(this.#kept, other.#kept);
  }

  /** Every published version, by name. */
  get entries(): ReadonlyMap<string, LockEntry> {
    return this.#published;
  }

  /** The lock that has to be written; `undefined` if what is there says the same, or if it did not come to that. */
  get nextLock(): string | undefined {
    if (this.#next === undefined) return undefined;
    this.#nextLock ??= { text: lockDifference(this.#recorded, this.#next) === undefined ? undefined : formatLock({ entries: this.#next }) };
    return this.#nextLock.text;
  }

  get isPartial(): boolean {
    return this.#left > 0;
  }

  get edited(): readonly string[] {
    return this.#edited;
  }

  yanked(kind: LockEntry['kind'], id: string, version: string): string | undefined {
    const name = nameOf({ kind, id, version });
    return (this.#recorded.get(name) ?? this.#published.get(name))?.yanked;
  }

  recorded(id: string, version: string): RecordedSlots | undefined {
    const name = nameOf({ kind: 'bundle', id, version });
    const published = this.#published.get(name);
    const entry = published ?? (this.#options.update ? undefined : this.#recorded.get(name));
    if (entry?.kind !== 'bundle') return undefined;
    return { slots: entry.slots, isPublished: published !== undefined, isKept: this.#kept.has(name) };
  }

  async templates(index: TemplateIndex, diagnostics: Diagnostics): Promise<readonly LinkedTemplate[]> {
    this.#older = [];
    this.#left = 0;
    this.#next = undefined;
    this.#nextLock = undefined;
    const gone = [...this.#kept.values()].filter(
      (entry): entry is LockedTemplate => entry.kind === 'template' && !index.has(entry.id, entry.version) && !index.mayBeBroken(entry.id),
    );
    const found = this.#options.currentOnly ? [] : await this.#history(diagnostics).templates(gone);
    for (const { prompt } of found) index.add(prompt, { isInTree: false });
    for (const { id, version } of gone) {
      if (this.#options.currentOnly) index.leaveOut(id, version);
      // It is recorded wrongly, which has been reported: what refers to it needs no second message.
      else if (!index.has(id, version)) index.addBroken(id);
    }
    for (const { kind, id, version, yanked } of [...this.#published.values(), ...this.#recorded.values()]) {
      if (kind === 'template' && yanked !== undefined) index.yank(id, version, yanked);
    }
    this.#remember(found, gone);
    return found;
  }

  async bundles({ templates, bundles }: LinkedPrompts, diagnostics: Diagnostics): Promise<readonly LinkedBundleFile[]> {
    const inTree = new Set(bundles.map(({ prompt: { id, version } }) => nameOf({ kind: 'bundle', id, version })));
    const linked = new Map(
      [...templates.values()].map((template) => [
        nameOf({ kind: 'template', id: template.prompt.id, version: template.prompt.version }),
        template,
      ]),
    );
    const gone = [...this.#kept.values()].filter(
      (entry): entry is LockedBundle => entry.kind === 'bundle' && !inTree.has(nameOf(entry)) && !this.#isEdited(entry, linked),
    );
    // What has errors in the tree may be one of them.
    if (diagnostics.errorCount > 0) return [];
    const found = this.#options.currentOnly ? [] : await this.#history(diagnostics).bundles(gone, linked);
    this.#remember(found, gone);
    return found;
  }

  async hold(linked: LinkedPrompts, sources: Sources, diagnostics: Diagnostics): Promise<void> {
    const { repository: opened, base, common = base, draft, frozen } = this.#options;
    const repository = opened instanceof Repository ? opened : undefined;
    const idOf = blobIds(opened.objectFormat ?? 'sha1');
    if (repository !== undefined && !draft) await reportCommittedTexts(repository, sources, idOf, diagnostics);
    const tree = entriesOf(linked, sources, idOf, this.#entries);
    const [published, recorded] = [this.#published, this.#recorded];
    this.#edited = await reportChanges({ tree, published, recorded, common, lines: this.#lines, repository, draft }, diagnostics);
    // Drafts are recorded in no lock.
    if (draft || diagnostics.errorCount > 0) return;
    this.#next = nextEntries({ published, kept: this.#kept, recorded, tree: [...tree.keys()], older: this.#older });
    // Where there is no history, a project without a lock is one that has not begun to publish.
    const isExpected = repository !== undefined || this.#lines.first().source.text !== '';
    const changes = frozen && isExpected ? lockDifference(recorded, this.#next) : undefined;
    if (changes !== undefined) diagnostics.report('lock/outdated', this.#lines.first(), { changes });
  }

  holds(kind: LockEntry['kind'], id: string, version: string): boolean {
    const name = nameOf({ kind, id, version });
    // The next lock records every version, and only drafts are recorded in none.
    return !this.#options.draft || this.#published.has(name) || this.#kept.has(name);
  }

  /**
   * The published versions that this branch knows of, as it began with them: what a base that went on alone has
   * published or yanked since is not its to record.
   */
  #known(): Map<string, LockEntry> {
    const common = this.#options.common && byName(this.#options.common.entries);
    return new Map(
      [...this.#published].flatMap(([name, entry]) => {
        const known = common === undefined || this.#recorded.has(name) ? entry : undefined;
        const kept = common?.get(name) ?? known;
        return kept === undefined ? [] : [[name, kept]];
      }),
    );
  }

  /** Whether a bundle uses a template that the tree holds in another form than the published one: that is reported. */
  #isEdited({ slots }: LockedBundle, linked: ReadonlyMap<string, LinkedTemplate>): boolean {
    return Object.values(slots).some((reference) => {
      const name = `template ${reference}`;
      const [now, before] = [linked.get(name), this.#kept.get(name)];
      return now !== undefined && before !== undefined && now.hash !== before.hash;
    });
  }

  #remember(found: readonly (LinkedTemplate | LinkedBundleFile)[], gone: readonly LockEntry[]): void {
    this.#older = [...this.#older, ...found];
    if (this.#options.currentOnly) this.#left += gone.length;
  }

  #history(diagnostics: Diagnostics): History {
    return new History(this.#options, this.#lines, diagnostics);
  }
}
