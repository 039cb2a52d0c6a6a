import { LRUCache } from 'lru-cache';
import type { Digest } from '../base/digest.js';
import type { BuildIndex, IndexKind, IndexPage, ObjectReference, PageReference, Versions } from '../format/artifact.js';
import { readPage } from './read-page.js';
import type { ManifestFile } from './read-manifest.js';

/** Pages as they were read, by digest: what builds share, they need not read twice. */
export type Pages = LRUCache<Digest, IndexPage>;

/** How many bytes of pages are kept, as written; in memory they take a few times as much. */
const PAGE_BYTES = 4 * 1024 * 1024;

export function keepPages(maxSize = PAGE_BYTES): Pages {
  return new LRUCache({ maxSize });
}

/** What a build holds, read page by page as it is asked for. */
export class Catalog {
  /**
   * @param read - the bytes of an object
   * @param pages - where pages are kept
   */
  constructor(
    readonly file: ManifestFile,
    readonly read: (reference: ObjectReference) => Promise<Uint8Array>,
    readonly pages: Pages = keepPages(),
  ) {}

  /**
   * All versions of an id; `undefined` if there is no such id.
   *
   * @throws PromptcError `artifact_missing`, `artifact_corrupt`, `artifact_unsupported`
   */
  async versions<Kind extends IndexKind>(kind: Kind, id: string): Promise<BuildIndex[Kind][string] | undefined> {
    const at = pageOf(this.file.manifest[kind], id);
    if (at < 0) return undefined;
    const { ids } = await this.#page(kind, at);
    return Object.hasOwn(ids, id) ? (ids[id] as BuildIndex[Kind][string]) : undefined;
  }

  /** All ids with their versions, sorted, from some id on. Throws as `versions` does. */
  async *from<Kind extends IndexKind>(kind: Kind, first = ''): AsyncGenerator<[id: string, versions: BuildIndex[Kind][string]], void> {
    const references = this.file.manifest[kind];
    for (let at = Math.max(0, pageOf(references, first)); at < references.length; at++) {
      const { ids } = await this.#page(kind, at);
      for (const id of Object.keys(ids).toSorted()) if (id >= first) yield [id, ids[id] as BuildIndex[Kind][string]];
    }
  }

  /** The whole index. Throws as `versions` does. */
  async whole(): Promise<BuildIndex> {
    const { partial } = this.file.manifest;
    return {
      ...(partial && { partial }),
      bundles: await this.#all('bundles'),
      templates: await this.#all('templates'),
    };
  }

  async #all<Kind extends IndexKind>(kind: Kind): Promise<BuildIndex[Kind]> {
    const all: [string, Versions<unknown>][] = [];
    for await (const entry of this.from(kind)) all.push(entry);
    return Object.fromEntries(all) as BuildIndex[Kind];
  }

  async #page<Kind extends IndexKind>(kind: Kind, at: number): Promise<IndexPage<Kind>> {
    const references = this.file.manifest[kind];
    const reference = references[at]!;
    const known = this.pages.get(reference.digest);
    if (known?.kind === kind) return known as IndexPage<Kind>;
    const page = readPage(kind, await this.read(reference), reference, references[at + 1]?.first);
    this.pages.set(reference.digest, page, { size: Math.max(1, reference.size) });
    return page;
  }
}

/** The number of the page that has an id if any has: the last one that does not begin behind it. -1 if all do. */
function pageOf(pages: readonly PageReference[], id: string): number {
  let low = 0;
  let high = pages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pages[middle]!.first <= id) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
