/** Builds that no compiler wrote, each file under the name that its bytes have: what a digest does not tell apart. */
import { canonicalJson } from '../../src/base/canonical-json.js';
import { type Digest, sha256 } from '../../src/base/digest.js';
import type { Build } from '../../src/compile/emit/emit.js';
import { pagesOf } from '../../src/compile/emit/pages.js';
import { BUILD_FILE, MANIFEST_FILE, objectPath, type ObjectReference } from '../../src/format/artifact.js';

/** By path below the output folder. */
export type ForgedFiles = Map<string, Uint8Array>;

/** Parsed JSON that a test changes as it likes. */
export type Forgery = any;

/** What somebody makes of a value: the value changed in place, or a text to write in its stead. */
export type Change = (value: Forgery, files: ForgedFiles) => unknown;

/** A build as it was written. */
export function filesOf(build: Build): ForgedFiles {
  return forgeManifest(build, () => undefined);
}

/** A build whose manifest says something else. */
export function forgeManifest(build: Build, change: Change): ForgedFiles {
  const files: ForgedFiles = new Map([...build.objects].map(([path, { bytes }]) => [path, bytes]));
  const { digest } = putObject(files, build.manifestBytes, change);
  files.set(MANIFEST_FILE, files.get(objectPath(digest))!);
  files.set(BUILD_FILE, encode(`${canonicalJson({ manifest: digest, commit: null, dirty: null })}\n`));
  return files;
}

/** A build whose index says something else, on pages as a compiler makes them. */
export function forgeIndex(build: Build, change: Change): ForgedFiles {
  return forgeManifest(build, (manifest: Forgery, files) => {
    const index: Forgery = structuredClone(build.index);
    change(index, files);
    for (const kind of ['bundles', 'templates'] as const) {
      const pages = pagesOf(kind, index[kind]);
      for (const { reference, bytes } of pages) files.set(objectPath(reference.digest), bytes);
      manifest[kind] = pages.map(({ reference }) => reference);
    }
  });
}

/** A build whose first page of a kind says something else; the manifest names it as it is. */
export function forgePage(build: Build, kind: 'bundles' | 'templates', change: Change): ForgedFiles {
  return forgeManifest(build, (manifest: Forgery, files) => {
    const [page] = manifest[kind];
    Object.assign(page, putObject(files, files.get(objectPath(page.digest as Digest))!, change));
  });
}

/** A build with another artifact for a version, which the index names as it is. */
export function forgeArtifact(build: Build, kind: 'bundles' | 'templates', id: string, version: string, change: Change): ForgedFiles {
  return forgeIndex(build, (index: Forgery, files) => {
    const entry = index[kind][id].versions[version];
    entry.artifact = putObject(files, files.get(objectPath(entry.artifact.digest as Digest))!, change);
  });
}

/** Puts what is made of an object's value among the files. */
function putObject(files: ForgedFiles, original: Uint8Array, change: Change): ObjectReference {
  const value: Forgery = JSON.parse(new TextDecoder().decode(original));
  const changed = change(value, files);
  const bytes = encode(typeof changed === 'string' ? changed : canonicalJson(value));
  const digest = sha256(bytes);
  files.set(objectPath(digest), bytes);
  return { digest, size: bytes.length };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
