/** A build that can be read: its manifest and its objects. */
import { PromptcError } from '../base/error.js';
import type { BundleArtifact, ObjectReference, SlotArtifact, TemplateArtifact } from '../format/artifact.js';
import { readBundle, readTemplate } from './read-artifact.js';
import { Catalog } from './catalog.js';
import type { ManifestFile } from './read-manifest.js';
import { selectVersion } from './select-version.js';
import type { BundleSource, TemplateSource } from './source.js';

export interface Store {
  manifest(): Promise<ManifestFile>;
  /** The bytes of an object; whoever calls checks them. Throws `artifact_missing`. */
  object(reference: ObjectReference): Promise<Uint8Array>;
}

/** Both kinds of source, over any store. */
export class StoreSource implements BundleSource, TemplateSource {
  #catalog: Catalog | undefined;

  constructor(readonly store: Store) {}

  /** What the store's build holds. */
  async catalog(): Promise<Catalog> {
    const file = await this.store.manifest();
    if (this.#catalog?.file !== file) this.#catalog = new Catalog(file, (reference) => this.store.object(reference));
    return this.#catalog;
  }

  async bundle(id: string, version?: string): Promise<BundleArtifact> {
    const versions = await (await this.catalog()).versions('bundles', id);
    if (versions === undefined) throw bundleNotFound(id);
    const found = selectVersion('bundle', id, versions, version);
    const { artifact: reference, hash } = found.entry;
    return readBundle(await this.store.object(reference), reference, { id, version: found.version, hash });
  }

  async template(slot: SlotArtifact): Promise<TemplateArtifact> {
    return readTemplate(await this.store.object(slot.artifact), slot.artifact, slot);
  }
}

function bundleNotFound(id: string): PromptcError {
  return new PromptcError('bundle_not_found', `There is no bundle "${id}".`);
}
