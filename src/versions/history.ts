/**
 * Published versions that the working tree no longer holds.
 *
 * In: entries of the lock. Out: each as it was published. An artifact in the output folder serves if its digest is
 * the one in the lock; else the files are read from Git's objects and compiled. What always holds: what comes out
 * has the hash that the lock records.
 */
import { type Digest, sha256 } from '../base/digest.js';
import { Diagnostics } from '../base/diagnostic.js';
import { PromptcError } from '../base/error.js';
import { SourceText, type Span } from '../base/span.js';
import { SPEC } from '../base/version.js';
import { decode } from '../compile/discover/decode.js';
import type { Disk } from '../compile/discover/disk.js';
import { partialName } from '../compile/discover/discover.js';
import type { CompileLimits } from '../compile/config.js';
import type { LinkedBundleFile, LinkedTemplate } from '../compile/link/link.js';
import { compilePublishedBundle, compilePublishedTemplate } from '../compile/published.js';
import { type BundleArtifact, objectPath, type SlotName, type TemplateArtifact } from '../format/artifact.js';
import type { LockedBundle, LockedTemplate, LockEntry } from '../format/lock.js';
import { readArtifact } from '../sources/store.js';
import type { Repository } from './git/repository.js';
import { publishedBundle, publishedTemplate } from './published-prompt.js';

export interface HistorySources {
  /** Where artifacts may lie, by their digest. */
  readonly output: Disk | undefined;
  readonly repository: Repository | undefined;
  /** Why there is no repository, for messages. */
  readonly missingRepository: string;
}

export class History {
  constructor(
    readonly sources: HistorySources,
    readonly limits: CompileLimits,
    /** The lock, where messages about published versions point to. */
    readonly lock: SourceText,
    readonly diagnostics: Diagnostics,
  ) {}

  /** @throws PromptcError `history_missing` */
  async templates(entries: readonly LockedTemplate[]): Promise<LinkedTemplate[]> {
    const texts = await this.#texts(entries);
    return entries.flatMap((entry) => {
      const found = texts.artifacts.get(entry);
      if (found !== undefined) return publishedTemplate({ ...found, artifact: found.artifact as TemplateArtifact }, this.#recorded(entry));
      const quietly = new Diagnostics();
      const files = Object.entries(entry.files).flatMap(([path, id]) => decode(path, texts.blobs.get(id)!, Infinity, quietly) ?? []);
      const own = files.find(({ path }) => path.startsWith('prompts/templates/'));
      const partials = files.filter((file) => file !== own).map((source) => ({ name: partialName(source.path), source }));
      const compiled = own && compilePublishedTemplate(own, partials, this.limits, quietly);
      return this.#isAsPublished(entry, compiled, quietly) ? publishedTemplate(compiled!, this.#recorded(entry), compiled) : [];
    });
  }

  /**
   * @param templates - every template version, by `id@version`
   * @throws PromptcError `history_missing`
   */
  async bundles(entries: readonly LockedBundle[], templates: ReadonlyMap<string, LinkedTemplate>): Promise<LinkedBundleFile[]> {
    const texts = await this.#texts(entries);
    return entries.flatMap((entry) => {
      const found = texts.artifacts.get(entry);
      if (found !== undefined) return publishedBundle({ ...found, artifact: found.artifact as BundleArtifact }, this.#recorded(entry));
      const quietly = new Diagnostics();
      const [[path, id] = ['', '']] = Object.entries(entry.files);
      const slots: { [slot in SlotName]?: LinkedTemplate } = {};
      for (const [slot, name] of Object.entries(entry.slots)) {
        const template = templates.get(name);
        // Its own absence has been reported with the template.
        if (template === undefined) return [];
        slots[slot as SlotName] = template;
      }
      const own = decode(path, texts.blobs.get(id)!, Infinity, quietly);
      const compiled = own && compilePublishedBundle(own, slots, this.limits, quietly);
      return this.#isAsPublished(entry, compiled, quietly) ? publishedBundle(compiled!, this.#recorded(entry)) : [];
    });
  }

  /** What each entry is made from: an artifact that is at hand, or the blobs of its files. */
  async #texts(entries: readonly LockEntry[]) {
    const artifacts = new Map<LockEntry, Stored>();
    for (const entry of entries) {
      const stored = await this.#stored(entry);
      if (stored !== undefined) artifacts.set(entry, stored);
    }
    const rest = entries.filter((entry) => !artifacts.has(entry));
    const blobs = await this.#blobs(rest);
    return { artifacts, blobs };
  }

  /** The artifact that the lock names, if the output folder has it, whole. */
  async #stored({ kind, id, version, hash, artifact: { digest } }: LockEntry): Promise<Stored | undefined> {
    const bytes = await this.sources.output?.read(objectPath(digest));
    if (bytes === undefined || sha256(bytes) !== digest) return undefined;
    const reference = { digest, size: bytes.length };
    try {
      const artifact = readArtifact(kind, bytes, reference) as unknown as TemplateArtifact | BundleArtifact;
      return artifact.id === id && artifact.version === version && artifact.hash === hash ? { artifact, bytes, reference } : undefined;
    } catch (error) {
      // Of a format that this version does not read: it is compiled anew.
      if (error instanceof PromptcError) return undefined;
      throw error;
    }
  }

  async #blobs(entries: readonly LockEntry[]): Promise<Map<string, Uint8Array>> {
    const blobs = new Map<string, Uint8Array>();
    if (entries.length === 0) return blobs;
    const { repository, missingRepository } = this.sources;
    const [first] = entries;
    const name = `${first!.kind} ${first!.id}@${first!.version}`;
    const others = entries.length > 1 ? ` (and ${entries.length - 1} more)` : '';
    if (repository === undefined) {
      throw new PromptcError(
        'history_missing',
        `The lock records the ${name}${others}, which the working tree no longer holds, and there is no history to take it from: ${missingRepository} Build in a clone of the repository, or leave such versions out with --current-only.`,
      );
    }
    const ids = [...new Set(entries.flatMap(({ files }) => Object.values(files)))];
    for await (const { id, bytes } of repository.blobs(ids, MOST_BYTES)) if (bytes !== undefined) blobs.set(id, bytes);
    const missing = entries.filter(({ files }) => Object.values(files).some((id) => !blobs.has(id)));
    if (missing.length > 0) throw await missingHistory(missing, repository);
    return blobs;
  }

  #isAsPublished(entry: LockEntry, compiled: { artifact: { hash: Digest } } | undefined, quietly: Diagnostics): boolean {
    const { kind, id, version, hash, spec } = entry;
    if (spec !== SPEC) {
      this.diagnostics.report('versions/unknown-spec', this.#recorded(entry), { kind, id, version, spec });
    } else if (compiled === undefined) {
      const reason = quietly.sorted().find(({ severity }) => severity === 'error')?.message ?? 'its files are not all there.';
      this.diagnostics.report('versions/broken-history', this.#recorded(entry), { kind, id, version, reason });
    } else if (compiled.artifact.hash !== hash) {
      this.diagnostics.report('versions/wrong-hash', this.#recorded(entry), {
        kind,
        id,
        version,
        recorded: hash,
        found: compiled.artifact.hash,
      });
    } else return true;
    return false;
  }

  #recorded(entry: LockEntry): Span {
    return lineOf(entry, this.lock);
  }
}

interface Stored {
  readonly artifact: TemplateArtifact | BundleArtifact;
  readonly bytes: Uint8Array;
  readonly reference: { readonly digest: Digest; readonly size: number };
}

/** What was published was small enough once; this only keeps a lock that names something else from filling memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The line of the lock that records a version; the first one, if none does. */
export function lineOf({ hash }: LockEntry, lock: SourceText): Span {
  const at = lock.text.indexOf(hash);
  const start = at === -1 ? 0 : lock.text.lastIndexOf('\n', at) + 1;
  const end = lock.text.indexOf('\n', start);
  return { source: lock, start, end: Math.max(start + 1, end === -1 ? lock.text.length : end) };
}

async function missingHistory(entries: readonly LockEntry[], repository: Repository): Promise<PromptcError> {
  const [first] = entries;
  const others = entries.length > 1 ? ` (and ${entries.length - 1} more)` : '';
  const { why, command } = await lackOfBlobs(repository);
  return new PromptcError(
    'history_missing',
    `The lock records the ${first!.kind} ${first!.id}@${first!.version}${others}, which the working tree no longer holds, and ${why}. Run \`${command}\`.`,
  );
}

/** Why a clone lacks files that its lock names, as the end of a sentence, and the command that brings them. */
export async function lackOfBlobs(repository: Repository): Promise<{ readonly why: string; readonly command: string }> {
  if (repository.isShallow) return { why: 'this clone is shallow and lacks its files', command: 'git fetch --unshallow' };
  return (await repository.isPartialClone())
    ? { why: 'this clone is partial and has not fetched its files', command: 'git fetch --refetch --no-filter origin' }
    : { why: 'this clone lacks its files', command: 'git fetch --all --tags' };
}
