/**
 * Published versions that the working tree no longer holds.
 *
 * In: entries of the lock. Out: each as it was published. An artifact in the output folder serves if its digest is
 * the one in the lock; else the files are read from Git's objects and compiled. What always holds: what comes out
 * has the hash that the lock records.
 */
import type { Digest } from '../base/digest.js';
import { Diagnostics } from '../base/diagnostic.js';
import { PromptcError } from '../base/error.js';
import type { SourceText } from '../base/span.js';
import { SPEC } from '../base/version.js';
import { decode } from '../compile/discover/decode.js';
import type { Disk } from '../compile/discover/disk.js';
import { partialName } from '../compile/discover/discover.js';
import type { LinkedBundleFile, LinkedTemplate } from '../compile/link/link.js';
import { PublishedCompiler } from '../compile/published.js';
import { type BundleArtifact, objectPath, type SlotName, type TemplateArtifact } from '../format/artifact.js';
import type { LockedBundle, LockedTemplate, LockEntry } from '../format/lock.js';
import { readArtifact } from '../sources/read-artifact.js';
import type { NoRepository } from './git/open.js';
import { Repository } from './git/repository.js';
import type { LockLines } from './lock-lines.js';
import { nameOf } from './lock.js';
import { publishedBundle, publishedTemplate } from './published-prompt.js';

export interface HistorySources {
  /** Where artifacts may lie, by their digest. */
  readonly output: Disk | undefined;
  readonly repository: Repository | NoRepository;
}

export class History {
  readonly #compiler = new PublishedCompiler();
  /** By path and blob: many templates include the same partial. */
  readonly #sources = new Map<string, SourceText>();

  constructor(
    readonly sources: HistorySources,
    /** Where messages about published versions point to. */
    readonly lines: LockLines,
    readonly diagnostics: Diagnostics,
  ) {}

  /** @throws PromptcError `history_missing` */
  async templates(entries: readonly LockedTemplate[]): Promise<LinkedTemplate[]> {
    const texts = await this.#texts(entries);
    return entries.flatMap((entry) => {
      const found = texts.artifacts.get(entry);
      if (found !== undefined) return publishedTemplate({ ...found, artifact: found.artifact as TemplateArtifact }, this.lines.of(entry));
      const quietly = new Diagnostics();
      const files = Object.entries(entry.files).flatMap(([path, id]) => this.#source(path, id, texts.blobs, quietly) ?? []);
      const own = files.find(({ path }) => path.startsWith('prompts/templates/'));
      const partials = files.filter((file) => file !== own).map((source) => ({ name: partialName(source.path), source }));
      const compiled = own && this.#compiler.template(own, partials, quietly);
      return this.#isAsPublished(entry, compiled, quietly) ? publishedTemplate(compiled!, this.lines.of(entry), compiled) : [];
    });
  }

  /**
   * @param templates - every template version, by its name in the lock
   * @throws PromptcError `history_missing`
   */
  async bundles(entries: readonly LockedBundle[], templates: ReadonlyMap<string, LinkedTemplate>): Promise<LinkedBundleFile[]> {
    const whole = entries.filter((entry) => this.#hasTemplates(entry, templates));
    const texts = await this.#texts(whole, (artifact) =>
      Object.values((artifact as BundleArtifact).slots).every(
        (slot) => templates.get(nameOf({ kind: 'template', ...slot }))?.reference.digest === slot.artifact.digest,
      ),
    );
    return whole.flatMap((entry) => {
      const found = texts.artifacts.get(entry);
      if (found !== undefined) return publishedBundle({ ...found, artifact: found.artifact as BundleArtifact }, this.lines.of(entry));
      const quietly = new Diagnostics();
      const [[path, id] = ['', '']] = Object.entries(entry.files);
      const slots = Object.entries(entry.slots).map(([slot, reference]) => [slot, templates.get(`template ${reference}`)!]);
      const own = this.#source(path, id, texts.blobs, quietly);
      const compiled = own && this.#compiler.bundle(own, Object.fromEntries(slots) as { [slot in SlotName]?: LinkedTemplate }, quietly);
      return this.#isAsPublished(entry, compiled, quietly) ? publishedBundle(compiled!, this.lines.of(entry)) : [];
    });
  }

  #source(path: string, id: string, blobs: ReadonlyMap<string, Uint8Array>, quietly: Diagnostics): SourceText | undefined {
    const key = `${id} ${path}`;
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const source = decode(path, blobs.get(id)!, Infinity, quietly);
    if (source !== undefined) this.#sources.set(key, source);
    return source;
  }

  #hasTemplates(entry: LockedBundle, templates: ReadonlyMap<string, LinkedTemplate>): boolean {
    const missing = Object.values(entry.slots).find((reference) => !templates.has(`template ${reference}`));
    if (missing === undefined) return true;
    const { kind, id, version } = entry;
    const reason = `the template ${missing}, which fills a slot of it, is neither recorded nor in the working tree.`;
    this.diagnostics.report('versions/broken-history', this.lines.of(entry), { kind, id, version, reason });
    return false;
  }

  /**
   * What each entry is made from: an artifact that is at hand, or the blobs of its files.
   *
   * @param isUsable - whether what an artifact refers to is part of this build
   */
  async #texts(entries: readonly LockEntry[], isUsable: (artifact: Stored['artifact']) => boolean = () => true) {
    const artifacts = new Map<LockEntry, Stored>();
    for (const entry of entries) {
      const stored = await this.#stored(entry);
      if (stored !== undefined && isUsable(stored.artifact)) artifacts.set(entry, stored);
    }
    const rest = entries.filter((entry) => !artifacts.has(entry));
    const blobs = await this.#blobs(rest);
    return { artifacts, blobs };
  }

  /** The artifact that the lock names, if the output folder has it, whole. */
  async #stored({ kind, id, version, hash, artifact: { digest } }: LockEntry): Promise<Stored | undefined> {
    const bytes = await this.sources.output?.read(objectPath(digest));
    if (bytes === undefined) return undefined;
    const reference = { digest, size: bytes.length };
    try {
      const artifact = readArtifact(kind, bytes, reference) as unknown as TemplateArtifact | BundleArtifact;
      return artifact.id === id && artifact.version === version && artifact.hash === hash ? { artifact, bytes, reference } : undefined;
    } catch (error) {
      // It was changed, or is of a format that this version does not read: it is compiled anew.
      if (error instanceof PromptcError) return undefined;
      throw error;
    }
  }

  async #blobs(entries: readonly LockEntry[]): Promise<Map<string, Uint8Array>> {
    const blobs = new Map<string, Uint8Array>();
    if (entries.length === 0) return blobs;
    const { repository } = this.sources;
    if (!(repository instanceof Repository)) {
      const mend = 'Build in a clone of the repository, or leave such versions out with --current-only.';
      throw historyMissing(entries, `there is no history to take it from: ${repository.message} ${mend}`);
    }
    const ids = [...new Set(entries.flatMap(({ files }) => Object.values(files)))];
    for await (const { id, bytes } of repository.blobs(ids, MOST_BYTES)) if (bytes !== undefined) blobs.set(id, bytes);
    const lacking = entries.filter(({ files }) => Object.values(files).some((id) => !blobs.has(id)));
    if (lacking.length > 0) throw await missingHistory(lacking, repository);
    return blobs;
  }

  #isAsPublished(entry: LockEntry, compiled: { artifact: { hash: Digest } } | undefined, quietly: Diagnostics): boolean {
    const { kind, id, version, hash, spec } = entry;
    if (spec !== SPEC) {
      this.diagnostics.report('versions/unknown-spec', this.lines.of(entry), { kind, id, version, spec });
    } else if (compiled === undefined) {
      const reason = quietly.sorted().find(({ severity }) => severity === 'error')?.message ?? 'its files are not all there.';
      this.diagnostics.report('versions/broken-history', this.lines.of(entry), { kind, id, version, reason });
    } else if (compiled.artifact.hash !== hash) {
      this.diagnostics.report('versions/wrong-hash', this.lines.of(entry), {
        kind,
        id,
        version,
        recorded: hash,
        found: compiled.artifact.hash,
      });
    } else return true;
    return false;
  }
}

interface Stored {
  readonly artifact: TemplateArtifact | BundleArtifact;
  readonly bytes: Uint8Array;
  readonly reference: { readonly digest: Digest; readonly size: number };
}

/** What was published was small enough once; this only keeps a lock that names something else from filling memory. */
const MOST_BYTES = 64 * 1024 * 1024;

async function missingHistory(entries: readonly LockEntry[], repository: Repository): Promise<PromptcError> {
  const { why, command } = await lackOfBlobs(repository);
  const otherwise = repository.isShallow
    ? ''
    : ' If they are still missing then, no commit holds what prompts/promptc.lock names: take the lock of your main branch.';
  return historyMissing(entries, `${why}. Run \`${command}\`.${otherwise}`);
}

/** @param rest - why it cannot be had, and what to do: the end of the sentence, and more */
function historyMissing(entries: readonly LockEntry[], rest: string): PromptcError {
  const others = entries.length > 1 ? ` (and ${entries.length - 1} more)` : '';
  const which = `The lock records the ${nameOf(entries[0]!)}${others}, which the working tree no longer holds`;
  return new PromptcError('history_missing', `${which}, and ${rest}`);
}

/** Why a clone lacks files that its lock names, as the end of a sentence, and the command that brings them. */
export async function lackOfBlobs(repository: Repository): Promise<{ readonly why: string; readonly command: string }> {
  if (repository.isShallow) return { why: 'this clone is shallow and lacks its files', command: 'git fetch --unshallow' };
  return (await repository.isPartialClone())
    ? { why: 'this clone is partial and has not fetched its files', command: 'git fetch --refetch --no-filter origin' }
    : { why: 'this clone lacks its files', command: 'git fetch --all --tags' };
}
