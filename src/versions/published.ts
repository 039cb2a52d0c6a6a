/**
 * What was published, as compiling asks for it; and the lock that comes of a build.
 *
 * Published is what the lock at the base records. The lock of the working tree may add what is yanked since, and
 * what the drafts of the last build were linked to. What always holds: the next lock keeps every published entry,
 * and records each version of the working tree once.
 */
import type { Diagnostics } from '../base/diagnostic.js';
import type { SourceText } from '../base/span.js';
import type { RecordedSlots, TemplateIndex } from '../compile/check/references.js';
import type { Config } from '../compile/config.js';
import type { LinkedBundleFile, LinkedPrompts, LinkedTemplate } from '../compile/link/link.js';
import type { Sources } from '../compile/model.js';
import type { Publishing } from '../compile/publishing.js';
import type { Lock, LockEntry } from '../format/lock.js';
import { reportChanges } from './changes.js';
import type { ObjectFormat } from './git/object-id.js';
import type { Repository } from './git/repository.js';
import { History } from './history.js';
import { entriesOf } from './lock-entries.js';
import { byName, formatLock, nameOf } from './lock.js';

export interface PublishedOptions {
  /** The lock of the working tree, and its text. */
  readonly lock: Lock;
  readonly lockSource: SourceText;
  /** The lock at the base; without a base, nothing is published. */
  readonly base: Lock;
  /**
   * What the branch began with, if that is not the base: a version that came to the base since cannot have vanished.
   */
  readonly common?: Lock | undefined;
  readonly repository: Repository | undefined;
  readonly missingRepository: string;
  readonly output: ConstructorParameters<typeof History>[0]['output'];
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
  readonly #published: ReadonlyMap<string, LockEntry>;
  /** Of the working tree's lock. */
  readonly #recorded: ReadonlyMap<string, LockEntry>;
  #left = 0;
  #next: readonly LockEntry[] | undefined;

  constructor(options: PublishedOptions) {
    this.#options = options;
    this.#published = byName(options.base.entries);
    this.#recorded = byName(options.lock.entries);
  }

  /** The lock of the working tree. */
  get lock(): Lock {
    return this.#options.lock;
  }

  /** Every published version, by name. */
  get entries(): ReadonlyMap<string, LockEntry> {
    return this.#published;
  }

  /** The lock that the build asks for; `undefined` if it did not come to that. */
  get nextLock(): string | undefined {
    return this.#next && formatLock({ entries: this.#next });
  }

  get isPartial(): boolean {
    return this.#left > 0;
  }

  yanked(kind: LockEntry['kind'], id: string, version: string): string | undefined {
    const name = nameOf({ kind, id, version });
    return (this.#recorded.get(name) ?? this.#published.get(name))?.yanked;
  }

  recorded(id: string, version: string): RecordedSlots | undefined {
    const name = nameOf({ kind: 'bundle', id, version });
    const published = this.#published.get(name);
    const entry = published ?? (this.#options.update ? undefined : this.#recorded.get(name));
    return entry?.kind === 'bundle' ? { slots: entry.slots, isPublished: published !== undefined } : undefined;
  }

  async templates(index: TemplateIndex, { limits }: Config, diagnostics: Diagnostics): Promise<readonly LinkedTemplate[]> {
    for (const { id, version } of index.templates()) if (this.yanked('template', id, version) !== undefined) index.yank(id, version);
    const gone = [...this.#published.values()].filter(
      (entry) => entry.kind === 'template' && !index.has(entry.id, entry.version) && !index.mayBeBroken(entry.id),
    );
    if (this.#leaveOut(gone)) return [];
    const found = await this.#history(limits, diagnostics).templates(gone.filter((entry) => entry.kind === 'template'));
    for (const { prompt } of found) {
      const isYanked = this.yanked('template', prompt.id, prompt.version) !== undefined;
      index.add(prompt, { isInTree: false, isYanked });
    }
    return found;
  }

  async bundles({ templates, bundles }: LinkedPrompts, { limits }: Config, diagnostics: Diagnostics): Promise<readonly LinkedBundleFile[]> {
    const inTree = new Set(bundles.map(({ prompt }) => nameOf({ kind: 'bundle', ...prompt })));
    const gone = [...this.#published.values()].filter((entry) => entry.kind === 'bundle' && !inTree.has(nameOf(entry)));
    // What has errors in the tree may be one of them.
    if (diagnostics.errorCount > 0 || this.#leaveOut(gone)) return [];
    const byVersion = new Map([...templates.values()].map((linked) => [`${linked.prompt.id}@${linked.prompt.version}`, linked]));
    // What was linked to a template that the tree has edited in place cannot be made; the edit is reported on its own.
    const isEdited = (name: string): boolean => {
      const before = this.#published.get(`template ${name}`);
      return before !== undefined && byVersion.has(name) && byVersion.get(name)!.artifact.hash !== before.hash;
    };
    return this.#history(limits, diagnostics).bundles(
      gone.filter((entry) => entry.kind === 'bundle').filter(({ slots }) => !Object.values(slots).some(isEdited)),
      byVersion,
    );
  }

  async hold(linked: LinkedPrompts, sources: Sources, diagnostics: Diagnostics): Promise<void> {
    const { repository, base, common = base, lockSource, draft } = this.#options;
    const format: ObjectFormat = repository?.objectFormat ?? 'sha1';
    const tree = entriesOf(linked, sources, format);
    await reportChanges({ tree, published: this.#published, recorded: this.#recorded, common, lockSource, repository, draft }, diagnostics);
    if (diagnostics.errorCount > 0) return;
    this.#next = this.#nextEntries([...tree.keys()]);
    if (this.#options.frozen && this.nextLock !== lockSource.text) {
      const span = { source: lockSource, start: 0, end: Math.max(1, lockSource.line(1).length) };
      diagnostics.report('lock/outdated', span, { changes: this.#difference(this.#next) });
    }
  }

  /** What the lock of the working tree lacks, has too much, or has otherwise. */
  #difference(next: readonly LockEntry[]): string {
    const asked = byName(next);
    const parts = [
      ...[...asked.keys()].filter((name) => !this.#recorded.has(name)).map((name) => `it lacks the ${name}`),
      ...[...this.#recorded.keys()].filter((name) => !asked.has(name)).map((name) => `it has the ${name}, which is no more`),
      ...[...asked]
        .filter(
          ([name, entry]) =>
            this.#recorded.has(name) && formatLock({ entries: [entry] }) !== formatLock({ entries: [this.#recorded.get(name)!] }),
        )
        .map(([name]) => `it has the ${name} as it was`),
    ];
    if (parts.length === 0) return 'its lines are in another order, or some are there twice';
    return parts.length > 3 ? `${parts.slice(0, 3).join(', ')}, and ${parts.length - 3} more` : parts.join(', ');
  }

  /** Every published entry, with what it may gain, and one for each other version of the tree. */
  #nextEntries(tree: readonly LockEntry[]): LockEntry[] {
    const compiled = byName(tree);
    const kept = [...this.#published.values()].map((entry) => {
      const name = nameOf(entry);
      const yanked = entry.yanked ?? this.#recorded.get(name)?.yanked;
      // A newer compiler may write the same version in another form.
      const artifact = compiled.get(name)?.artifact ?? entry.artifact;
      return { ...entry, artifact, ...(yanked !== undefined && { yanked }) };
    });
    return [...kept, ...tree.filter((entry) => !this.#published.has(nameOf(entry)))];
  }

  #leaveOut(gone: readonly LockEntry[]): boolean {
    if (!this.#options.currentOnly) return false;
    this.#left += gone.length;
    return true;
  }

  #history(limits: Config['limits'], diagnostics: Diagnostics): History {
    const { output, repository, missingRepository, lockSource } = this.#options;
    return new History({ output, repository, missingRepository }, limits, lockSource, diagnostics);
  }
}
