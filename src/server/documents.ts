/** What a build says of bundles and templates → the documents of the API, in its names. */
import semver from 'semver';
import { type BundleArtifact, type BundleEntry, SLOT_NAMES, type TemplateArtifact, type TemplateEntry } from '../format/artifact.js';
import type { DefaultBundle, Selected } from './served-build.js';

/** A bundle in the list. */
export function bundleSummary({ id, version, entry }: DefaultBundle) {
  return {
    bundle_id: id,
    semver: version,
    tags: entry.tags ?? [],
    bundle_hash: entry.hash,
    description: entry.description ?? null,
  };
}

/** All about one version of a bundle, save for its templates' text. */
export function bundleDocument({ versions, entry, artifact }: Selected<BundleEntry, BundleArtifact>) {
  return {
    bundle_id: artifact.id,
    semver: artifact.version,
    default: versions.default ?? null,
    versions: newestFirst(versions.versions).map(([version, { hash, yanked = null }]) => ({ semver: version, bundle_hash: hash, yanked })),
    yanked: entry.yanked ?? null,
    bundle_hash: artifact.hash,
    adapter_version: artifact.adapter_version ?? null,
    description: entry.description ?? null,
    tags: artifact.tags ?? [],
    slots: Object.fromEntries(
      SLOT_NAMES.flatMap((slot) => {
        const template = artifact.slots[slot];
        return template === undefined
          ? []
          : [[slot, { template_id: template.id, semver: template.version, template_hash: template.hash }] as const];
      }),
    ),
    constraints: artifact.constraints,
    constraints_in_prompt: artifact.constraints_in_prompt ?? null,
    locale: artifact.locale ?? null,
    config: artifact.config ?? null,
    output: artifact.output ?? null,
    input_schema: artifact.payloadSchema,
    artifact: entry.artifact.digest,
  };
}

/** All about one version of a template, save for its text. */
export function templateDocument({ versions, entry, artifact }: Selected<TemplateEntry, TemplateArtifact>) {
  return {
    template_id: artifact.id,
    semver: artifact.version,
    default: versions.default ?? null,
    versions: newestFirst(versions.versions).map(([version, { hash, yanked = null }]) => ({
      semver: version,
      template_hash: hash,
      yanked,
    })),
    yanked: entry.yanked ?? null,
    template_hash: artifact.hash,
    role: artifact.role,
    adapter_version: artifact.adapter_version ?? null,
    description: entry.description ?? null,
    inputs: artifact.inputs ?? {},
    constraints: artifact.constraints ?? {},
    artifact: entry.artifact.digest,
  };
}

function newestFirst<Entry>(versions: { readonly [version: string]: Entry }): [string, Entry][] {
  return Object.entries(versions).toSorted(([a], [b]) => semver.rcompare(a, b));
}
