/** Where a generator gets bundles and templates from. */
import type { BundleArtifact, SlotArtifact, TemplateArtifact } from '../format/artifact.js';

export interface BundleSource {
  /**
   * The bundle version that a request means.
   *
   * @param version - exact, a range, or absent for the default: the highest stable version that is not yanked
   * @throws PromptcError `bundle_not_found`, `version_not_found`, `version_invalid`, `no_default_version`,
   *   `artifact_missing`, `artifact_corrupt`, `artifact_unsupported`
   */
  bundle(id: string, version?: string): Promise<BundleArtifact>;
}

export interface TemplateSource {
  /**
   * The template version that a bundle's slot names, by its digest.
   *
   * @throws PromptcError `artifact_missing`, `artifact_corrupt`, `artifact_unsupported`
   */
  template(slot: SlotArtifact): Promise<TemplateArtifact>;
}
