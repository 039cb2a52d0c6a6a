/**
 * One build, as the routes ask for it.
 *
 * What always holds: everything comes from one manifest, read once; ids and digests are looked up in it, so
 * that no request can name a file; what is read from the disk is checked before it is used or sent.
 */
import type { Digest } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import type { BundleArtifact, BundleEntry, ObjectReference, TemplateArtifact, TemplateEntry, Versions } from '../format/artifact.js';
import { BundleRenderer } from '../generator/bundle-renderer.js';
import type { RenderLimits } from '../render/limits.js';
import type { RenderResult } from '../render/render-bundle.js';
import { DistFolder } from '../sources/file.js';
import { selectVersion } from '../sources/select-version.js';
import { checkObject, type ManifestFile, StoreSource } from '../sources/store.js';

export interface RegistryOptions {
  /** How many bundles are kept ready; `false` keeps nothing, for debugging. */
  readonly cache?: number | false | undefined;
  readonly limits?: Partial<RenderLimits> | undefined;
}

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

export class Registry {
  readonly manifest: ManifestFile;
  /** Of every bundle that has one, sorted by id. */
  readonly defaultBundles: readonly DefaultBundle[];
  readonly #dist: DistFolder;
  readonly #source: StoreSource;
  readonly #renderer: BundleRenderer;
  readonly #objects: ReadonlyMap<string, ObjectReference>;

  /**
   * @param dir - an output folder
   * @throws PromptcError `artifact_missing`, `artifact_corrupt`, `artifact_unsupported`
   */
  static async open(dir: string, options: RegistryOptions): Promise<Registry> {
    const dist = new DistFolder(dir);
    return new Registry(dist, await dist.manifest(), options);
  }

  private constructor(dist: DistFolder, manifest: ManifestFile, { cache, limits }: RegistryOptions) {
    const { bundles, templates } = manifest.manifest;
    this.manifest = manifest;
    this.defaultBundles = defaultsOf(bundles);
    this.#dist = dist;
    this.#source = new StoreSource(dist);
    this.#renderer = new BundleRenderer({
      bundles: this.#source,
      templates: this.#source,
      ...(cache === undefined ? {} : { cache }),
      ...(limits === undefined ? {} : { limits }),
    });
    const entries = [bundles, templates].flatMap((index) => Object.values(index).flatMap(({ versions }) => Object.values(versions)));
    this.#objects = new Map(entries.map(({ artifact }) => [artifact.digest, artifact]));
  }

  /** The build's identity. */
  get build(): Digest {
    return this.manifest.digest;
  }

  /**
   * Renders a bundle.
   *
   * @param wanted - exact, a range, or absent for the default
   * @throws PromptcError
   */
  async render(id: string, wanted: string | undefined, payload: unknown): Promise<RenderResult> {
    // Resolved here, so that the renderer keeps one bundle for each version, whatever ranges clients ask with.
    const { version } = selectVersion('bundle', id, this.#bundleVersions(id), wanted);
    return this.#renderer.render(id, version, payload);
  }

  /** @throws PromptcError */
  async bundle(id: string, wanted: string | undefined): Promise<Selected<BundleEntry, BundleArtifact>> {
    const versions = this.#bundleVersions(id);
    const { version, entry } = selectVersion('bundle', id, versions, wanted);
    return { versions, entry, artifact: await this.#source.bundle(id, version) };
  }

  /** @throws PromptcError */
  async template(id: string, wanted: string | undefined): Promise<Selected<TemplateEntry, TemplateArtifact>> {
    const versions = own(this.manifest.manifest.templates, id);
    if (versions === undefined) throw new PromptcError('template_not_found', `There is no template ${quoted(id)}.`);
    const { version, entry } = selectVersion('template', id, versions, wanted);
    return { versions, entry, artifact: await this.#source.template({ id, version, ...entry }) };
  }

  /** Where an object is, if the manifest names it. */
  reference(digest: string): ObjectReference | undefined {
    return this.#objects.get(digest);
  }

  /** An object's bytes. @throws PromptcError `artifact_missing`, `artifact_corrupt` */
  async object(reference: ObjectReference): Promise<Uint8Array> {
    const bytes = await this.#dist.object(reference);
    checkObject(bytes, reference);
    return bytes;
  }

  #bundleVersions(id: string): Versions<BundleEntry> {
    const versions = own(this.manifest.manifest.bundles, id);
    if (versions === undefined) throw new PromptcError('bundle_not_found', `There is no bundle ${quoted(id)}.`);
    return versions;
  }
}

function defaultsOf(bundles: { readonly [id: string]: Versions<BundleEntry> }): DefaultBundle[] {
  return Object.entries(bundles)
    .flatMap(([id, { default: version, versions }]) => (version === undefined ? [] : [{ id, version, entry: versions[version]! }]))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function own<Value>(index: { readonly [id: string]: Value }, id: string): Value | undefined {
  return Object.hasOwn(index, id) ? index[id] : undefined;
}

/** The longest id that a message repeats: no real one is longer. */
const MAX_SHOWN_ID = 256;

function quoted(id: string): string {
  return JSON.stringify(id.length > MAX_SHOWN_ID ? `${id.slice(0, MAX_SHOWN_ID)}…` : id);
}
