/**
 * Artifacts → a build: the manifest and the objects that it names.
 *
 * In: linked prompts. Out: bytes by path. What always holds: every object is in it once, under its digest;
 * the manifest is canonical JSON, so that its own digest stands for the whole build.
 */
import semver from 'semver';
import { canonicalJson } from '../../base/canonical-json.js';
import { type Digest, sha256 } from '../../base/digest.js';
import { type BundleEntry, FORMAT_VERSION, type Manifest, objectPath, type TemplateEntry, type Versions } from '../../format/artifact.js';
import type { LinkedBundleFile, LinkedTemplate } from '../link/link.js';

/** Everything that a build writes, save for where it came from. */
export interface Build {
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  readonly manifestDigest: Digest;
  /** The bytes of every object, by its path below the output folder. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
  readonly templates: readonly LinkedTemplate[];
  readonly bundles: readonly LinkedBundleFile[];
}

export function emit(templates: readonly LinkedTemplate[], bundles: readonly LinkedBundleFile[]): Build {
  const manifest: Manifest = {
    formatVersion: FORMAT_VERSION,
    bundles: byId(bundles, ({ prompt, artifact, reference }): BundleEntry => ({
      hash: artifact.hash,
      artifact: reference,
      ...described(prompt.description),
      ...(prompt.tags === undefined ? {} : { tags: prompt.tags }),
    })),
    templates: byId(templates, ({ prompt, artifact, reference }): TemplateEntry => ({
      hash: artifact.hash,
      artifact: reference,
      ...described(prompt.description),
    })),
  };
  const manifestBytes = new TextEncoder().encode(canonicalJson(manifest));
  const objects = new Map<string, Uint8Array>();
  for (const { reference, bytes } of [...templates, ...bundles]) objects.set(objectPath(reference.digest), bytes);
  return { manifest, manifestBytes, manifestDigest: sha256(manifestBytes), objects, templates, bundles };
}

function byId<Linked extends { prompt: { id: string; version: string } }, Entry>(
  all: readonly Linked[],
  toEntry: (linked: Linked) => Entry,
): { [id: string]: Versions<Entry> } {
  const entries = new Map<string, { [version: string]: Entry }>();
  for (const linked of all) {
    const { id, version } = linked.prompt;
    entries.set(id, { ...entries.get(id), [version]: toEntry(linked) });
  }
  return Object.fromEntries([...entries].map(([id, versions]) => [id, { ...defaultVersion(Object.keys(versions)), versions }]));
}

/** The highest stable version, if there is one. */
function defaultVersion(versions: readonly string[]): { default?: string } {
  const best = semver.maxSatisfying(versions, '*');
  return best === null ? {} : { default: best };
}

function described(description: string | undefined): { description?: string } {
  return description === undefined ? {} : { description };
}
