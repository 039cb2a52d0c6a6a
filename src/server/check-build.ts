/**
 * Everything that a new build holds → whether it can be served.
 *
 * In: its manifest. Out: nothing, or the error. What always holds: every object was read and found to be what its name
 * and the index say, before a request can reach it; a page that was checked once, and so all that it names, is not
 * checked again, so that following a project costs what changed in it.
 */
import type { Digest } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import type { BundleArtifact, IndexKind, PageReference, TemplateArtifact } from '../format/artifact.js';
import { verifyOperations } from '../render/verify-operations.js';
import { Catalog, keepPages } from '../sources/catalog.js';
import { readBundle, readTemplate } from '../sources/read-artifact.js';
import type { ManifestFile } from '../sources/read-manifest.js';
import { readPage } from '../sources/read-page.js';
import type { ReadObject } from './served-build.js';
import { Slices } from './slices.js';

export interface CheckOptions {
  readonly read: ReadObject;
  /** The pages that were checked already; gets those of this build. */
  readonly checked: Set<Digest>;
  /** Ends the check. */
  readonly signal: AbortSignal;
}

/** What is kept of the templates' index meanwhile: bundles that follow on each other mostly use templates that do. */
const PAGE_BYTES = 256 * 1024;

/** How long requests may have to wait for the check at a time. */
const SLICE_MILLISECONDS = 1;

/** @throws PromptcError `artifact_missing`, `artifact_corrupt`, `artifact_unsupported`; an `AbortError` */
export async function checkBuild(file: ManifestFile, { read, checked, signal }: CheckOptions): Promise<void> {
  const templates = new Catalog(file, read, keepPages(PAGE_BYTES));
  const slices = new Slices(SLICE_MILLISECONDS);
  for (const kind of ['templates', 'bundles'] as const) {
    for (const [at, reference] of file.manifest[kind].entries()) {
      if (checked.has(reference.digest)) continue;
      await checkPage(kind, reference, file.manifest[kind][at + 1]);
      checked.add(reference.digest);
    }
  }
  // What only earlier builds had need not be remembered.
  const present = new Set([...file.manifest.templates, ...file.manifest.bundles].map(({ digest }) => digest));
  for (const digest of checked) if (!present.has(digest)) checked.delete(digest);

  async function checkPage(kind: IndexKind, reference: PageReference, next: PageReference | undefined): Promise<void> {
    const page = readPage(kind, await read(reference), reference, next?.first);
    for (const [id, { versions }] of Object.entries(page.ids)) {
      for (const [version, { artifact, hash }] of Object.entries(versions)) {
        const bytes = await read(artifact);
        if (kind === 'templates') checkTemplate(readTemplate(bytes, artifact, { id, version, hash }));
        else await checkBundle(readBundle(bytes, artifact, { id, version, hash }));
        if (slices.isOver) {
          await slices.next();
          signal.throwIfAborted();
        }
      }
    }
  }

  /** A bundle's templates are found by digest; that they are checked is what their being in the index says. */
  async function checkBundle({ id, version, slots }: BundleArtifact): Promise<void> {
    for (const slot of Object.values(slots)) {
      const entry = (await templates.versions('templates', slot.id))?.versions[slot.version];
      if (entry?.artifact.digest === slot.artifact.digest) continue;
      const message = `The build does not hold the template ${slot.id}@${slot.version} that the bundle ${id}@${version} is made of. Build again.`;
      throw new PromptcError('artifact_missing', message);
    }
  }
}

function checkTemplate({ operations, slots }: TemplateArtifact): void {
  verifyOperations(operations, slots);
}
