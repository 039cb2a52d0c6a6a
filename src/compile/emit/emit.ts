/**
 * Artifacts → a build: the manifest and the objects that it leads to.
 *
 * In: linked prompts. Out: bytes by path. What always holds: every object is in it once, under its digest;
 * the manifest and the pages of the index are canonical JSON, so that the manifest's digest stands for the whole build.
 */
import { canonicalJson } from '../../base/canonical-json.js';
import { type Digest, sha256 } from '../../base/digest.js';
import {
  type BuildIndex,
  type BundleEntry,
  FORMAT_VERSION,
  type Manifest,
  objectPath,
  type ObjectReference,
  type TemplateEntry,
} from '../../format/artifact.js';
import type { LinkedBundleFile, LinkedTemplate } from '../link/link.js';
import { EmitMemory } from './emit-memory.js';
import { type Page, pagesOf } from './pages.js';

/** Everything that a build writes, save for where it came from. */
export interface Build {
  readonly index: BuildIndex;
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  readonly manifestDigest: Digest;
  /** Every object, by its path below the output folder. */
  readonly objects: ReadonlyMap<string, BuildObject>;
  readonly templates: readonly LinkedTemplate[];
  readonly bundles: readonly LinkedBundleFile[];
}

export interface BuildObject {
  readonly reference: ObjectReference;
  /** May be made when it is asked for: what has not changed is there already, as a rule. */
  readonly bytes: Uint8Array;
}

/** What a manifest says of versions beyond what they are. */
export interface Marks {
  /** Why a version is not to be used any more, if it is yanked. */
  yanked(kind: 'template' | 'bundle', id: string, version: string): string | undefined;
  /** Whether published versions are left out. */
  readonly isPartial: boolean;
}

const NO_MARKS: Marks = { yanked: () => undefined, isPartial: false };

/** @param memory - of earlier builds in this process */
export function emit(
  templates: readonly LinkedTemplate[],
  bundles: readonly LinkedBundleFile[],
  marks = NO_MARKS,
  memory = new EmitMemory(),
): Build {
  const marksOf = (kind: 'template' | 'bundle', { id, version }: { id: string; version: string }): { yanked?: string } => {
    const yanked = marks.yanked(kind, id, version);
    return yanked === undefined ? {} : { yanked };
  };
  const index: BuildIndex = {
    ...(marks.isPartial && { partial: true }),
    bundles: memory.index('bundles', bundles, marks, ({ prompt, hash, reference }): BundleEntry => ({
      hash,
      artifact: reference,
      ...described(prompt.description),
      ...(prompt.tags === undefined ? {} : { tags: prompt.tags }),
      ...marksOf('bundle', prompt),
    })),
    templates: memory.index('templates', templates, marks, ({ prompt, hash, reference }): TemplateEntry => ({
      hash,
      artifact: reference,
      ...described(prompt.description),
      ...marksOf('template', prompt),
    })),
  };
  const pages = { bundles: pagesOf('bundles', index.bundles, memory), templates: pagesOf('templates', index.templates, memory) };
  const manifest: Manifest = {
    formatVersion: FORMAT_VERSION,
    ...(marks.isPartial && { partial: true }),
    bundles: referencesOf(pages.bundles),
    templates: referencesOf(pages.templates),
  };
  const manifestBytes = new TextEncoder().encode(canonicalJson(manifest));
  const objects = new Map<string, BuildObject>();
  for (const object of [...templates, ...bundles, ...pages.templates, ...pages.bundles]) {
    objects.set(objectPath(object.reference.digest), object);
  }
  return { index, manifest, manifestBytes, manifestDigest: sha256(manifestBytes), objects, templates, bundles };
}

function referencesOf(pages: readonly Page[]): Manifest['bundles'] {
  return pages.map(({ reference }) => reference);
}

function described(description: string | undefined): { description?: string } {
  return description === undefined ? {} : { description };
}
