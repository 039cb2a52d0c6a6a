/**
 * One build, as the routes ask for it.
 *
 * What always holds: everything comes from one manifest; ids and digests are looked up, so that no request can name a
 * file; what is read is checked before it is used or sent.
 */
import { LRUCache } from 'lru-cache';
import { type Digest, isDigest } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import {
  type BuildIndex,
  type BuildOrigin,
  type BundleArtifact,
  type BundleEntry,
  type IndexKind,
  type ObjectReference,
  type TemplateArtifact,
  type TemplateEntry,
  type Versions,
} from '../format/artifact.js';
import { Catalog } from '../sources/catalog.js';
import { checkObject, readBundle, readTemplate } from '../sources/read-artifact.js';
import type { ManifestFile } from '../sources/read-manifest.js';
import { selectVersion } from '../sources/select-version.js';
import type { Caches } from './caches.js';
import { type ReadyBundle, readyBundle } from './ready-bundle.js';

/** One version of a prompt, and all that its id has. */
export interface Selected<Entry, Artifact> {
  readonly versions: Versions<Entry>;
  readonly entry: Entry;
  readonly artifact: Artifact;
}

/** A bundle's default version. */
export interface DefaultBundle {
  readonly id: string;
  readonly version: string;
  readonly entry: BundleEntry;
}

/** What a request for a render means. */
export interface Chosen {
  readonly ready: ReadyBundle;
  /** Why the version is not to be used any more, if it is yanked. */
  readonly yanked: string | undefined;
}

/** Reads the bytes of an object. Whoever calls checks them. */
export type ReadObject = (reference: ObjectReference) => Promise<Uint8Array>;

export class ServedBuild {
  readonly #read: ReadObject;
  readonly #caches: Caches;
  readonly #catalog: Catalog;
  /** What requests mean, by id and version as requested. */
  readonly #choices: LRUCache<string, Chosen> | undefined;
  /** Those on their way: requests that come at once load a bundle once. */
  readonly #loading = new Map<Digest, Promise<ReadyBundle>>();

  constructor(
    readonly manifest: ManifestFile,
    /** Where the build came from, as far as it says so. */
    readonly origin: Pick<BuildOrigin, 'commit' | 'dirty'>,
    read: ReadObject,
    caches: Caches,
  ) {
    this.#read = read;
    this.#caches = caches;
    this.#catalog = new Catalog(manifest, read, caches.pages);
    if (caches.choices !== false) this.#choices = new LRUCache({ max: 2 * caches.choices });
  }

  /** The build's identity. */
  get digest(): Digest {
    return this.manifest.digest;
  }

  /**
   * The bundle that a request means, ready to render; at once, if it was asked for before.
   *
   * @param wanted - exact, a range, or absent for the default
   * @throws PromptcError
   */
  choose(id: string, wanted: string | undefined): Chosen | Promise<Chosen> {
    const known = this.#choices?.get(choice(id, wanted));
    // The id is compared since one that holds a line end could pass for an id with a version.
    if (known === undefined || known.ready.linked.artifact.id !== id) return this.#choose(id, wanted);
    this.#caches.hits++;
    return known;
  }

  /** @throws PromptcError */
  async bundle(id: string, wanted: string | undefined): Promise<Selected<BundleEntry, BundleArtifact>> {
    const versions = await this.#versions('bundles', id);
    const { version, entry } = selectVersion('bundle', id, versions, wanted);
    return { versions, entry, artifact: await this.#bundle(id, version, entry) };
  }

  /** @throws PromptcError */
  async template(id: string, wanted: string | undefined): Promise<Selected<TemplateEntry, TemplateArtifact>> {
    const versions = await this.#versions('templates', id);
    const { version, entry } = selectVersion('template', id, versions, wanted);
    const { artifact: reference, hash } = entry;
    return { versions, entry, artifact: readTemplate(await this.#read(reference), reference, { id, version, hash }) };
  }

  /** Every bundle that has a default version, by id, from some id on. @throws PromptcError */
  async *defaultBundles(first: string): AsyncGenerator<DefaultBundle, void> {
    for await (const [id, { default: version, versions }] of this.#catalog.from('bundles', first)) {
      if (version !== undefined) yield { id, version, entry: versions[version]! };
    }
  }

  /**
   * An object's bytes; whatever build it belongs to, its digest vouches for it.
   *
   * @param name - what a client takes for a digest
   * @returns `undefined` if it is none
   * @throws PromptcError
   */
  object(name: string): Uint8Array | Promise<Uint8Array> | undefined {
    // What is known by a name has been read by it, so it is a digest.
    return this.#caches.objects?.get(name as Digest) ?? (isDigest(name) ? this.#object(name) : undefined);
  }

  async #object(digest: Digest): Promise<Uint8Array> {
    const bytes = await this.#read({ digest, size: 0 });
    checkObject(bytes, { digest, size: bytes.length });
    this.#caches.objects?.set(digest, bytes, { size: Math.max(1, bytes.length) });
    return bytes;
  }

  async #choose(id: string, wanted: string | undefined): Promise<Chosen> {
    const { version, entry } = selectVersion('bundle', id, await this.#versions('bundles', id), wanted);
    const chosen = { ready: await this.#ready(id, version, entry), yanked: entry.yanked };
    this.#choices?.set(choice(id, wanted), chosen);
    return chosen;
  }

  #ready(id: string, version: string, entry: BundleEntry): ReadyBundle | Promise<ReadyBundle> {
    const { digest } = entry.artifact;
    const known = this.#caches.bundles?.get(digest);
    if (known !== undefined) {
      this.#caches.hits++;
      return known;
    }
    this.#caches.misses++;
    let loading = this.#loading.get(digest);
    if (loading === undefined) {
      loading = this.#load(id, version, entry).finally(() => this.#loading.delete(digest));
      this.#loading.set(digest, loading);
    }
    return loading;
  }

  async #load(id: string, version: string, entry: BundleEntry): Promise<ReadyBundle> {
    const linked = await this.#caches.linker.link(await this.#bundle(id, version, entry), {
      template: async (slot) => readTemplate(await this.#read(slot.artifact), slot.artifact, slot),
    });
    const ready = readyBundle(linked);
    this.#caches.bundles?.set(entry.artifact.digest, ready);
    return ready;
  }

  async #bundle(id: string, version: string, { artifact: reference, hash }: BundleEntry): Promise<BundleArtifact> {
    return readBundle(await this.#read(reference), reference, { id, version, hash });
  }

  async #versions<Kind extends IndexKind>(kind: Kind, id: string): Promise<BuildIndex[Kind][string]> {
    const versions = await this.#catalog.versions(kind, id);
    if (versions !== undefined) return versions;
    throw kind === 'bundles'
      ? new PromptcError('bundle_not_found', `There is no bundle ${quoted(id)}.`)
      : new PromptcError('template_not_found', `There is no template ${quoted(id)}.`);
  }
}

function choice(id: string, wanted: string | undefined): string {
  return wanted === undefined ? id : `${id}\n${wanted}`;
}

/** The longest id that a message repeats: no real one is longer. */
const MAX_SHOWN_ID = 256;

function quoted(id: string): string {
  return JSON.stringify(id.length > MAX_SHOWN_ID ? `${id.slice(0, MAX_SHOWN_ID)}…` : id);
}
