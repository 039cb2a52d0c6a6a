/** A manifest → the objects of its build. */
import type { ObjectReference } from '../../format/artifact.js';
import { readManifest } from '../store.js';

/**
 * Every object that a manifest names, in any order, any number of times.
 *
 * @param manifest - its bytes, which nothing vouches for
 * @param read - gives an object's bytes, checked; what is read counts as named
 * @throws PromptcError `artifact_corrupt`, `artifact_unsupported`, and what `read` throws
 */
export type NamedObjects = (
  manifest: Uint8Array,
  read: (reference: ObjectReference) => Promise<Uint8Array>,
) => AsyncGenerator<ObjectReference>;

// oxlint-disable-next-line require-await -- this manifest names all objects itself
export async function* namedObjects(manifest: Uint8Array): AsyncGenerator<ObjectReference> {
  const { bundles, templates } = readManifest(manifest).manifest;
  for (const index of [bundles, templates]) {
    for (const { versions } of Object.values(index)) for (const { artifact } of Object.values(versions)) yield artifact;
  }
}
