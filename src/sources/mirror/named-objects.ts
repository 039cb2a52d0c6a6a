/** A manifest → the objects of its build. */
import type { ObjectReference } from '../../format/artifact.js';
import { readManifest } from '../read-manifest.js';
import { readPage } from '../read-page.js';

/**
 * Every object that a manifest leads to but for those that it reads itself, in any order, any number of times.
 *
 * @param manifest - its bytes, which nothing vouches for
 * @param read - gives an object's bytes, checked; `undefined` if all that it names is known already
 * @throws PromptcError `artifact_corrupt`, `artifact_unsupported`, and what `read` throws
 */
export type NamedObjects = (
  manifest: Uint8Array,
  read: (reference: ObjectReference) => Promise<Uint8Array | undefined>,
) => AsyncGenerator<ObjectReference>;

/** As manifests of this version name them: they name pages, and pages all others. */
export const namedObjects: NamedObjects = async function* namedObjects(bytes, read) {
  const { manifest } = readManifest(bytes);
  for (const kind of ['bundles', 'templates'] as const) {
    const pages = manifest[kind];
    for (const [at, reference] of pages.entries()) {
      const page = await read(reference);
      if (page === undefined) continue;
      const { ids } = readPage(kind, page, reference, pages[at + 1]?.first);
      for (const { versions } of Object.values(ids)) for (const { artifact } of Object.values(versions)) yield artifact;
    }
  }
};
