/** What differs between two builds. */
import type { Build } from '../compile/emit/emit.js';
import { type IndexKind, type IndexPage, objectPath, type PageReference } from '../format/artifact.js';

/** Templates and bundles, as `id@version`, sorted. */
export interface ChangedPrompts {
  readonly templates: readonly string[];
  readonly bundles: readonly string[];
}

/** The versions that one of two builds has and the other has not, or has otherwise. */
export function changedPrompts(before: Build, after: Build): ChangedPrompts {
  return { templates: changedAmong('templates', before, after), bundles: changedAmong('bundles', before, after) };
}

/** Two builds share the pages of the index that are the same in both: of ten thousand versions a hundred are looked at. */
function changedAmong(kind: IndexKind, before: Build, after: Build): string[] {
  const old = versionsOf(before, without(before.manifest[kind], after.manifest[kind]));
  const changed: string[] = [];
  for (const [name, digest] of versionsOf(after, without(after.manifest[kind], before.manifest[kind]))) {
    if (old.get(name) !== digest) changed.push(name);
    old.delete(name);
  }
  return [...changed, ...old.keys()].toSorted();
}

function without(pages: readonly PageReference[], others: readonly PageReference[]): PageReference[] {
  const known = new Set(others.map(({ digest }) => digest));
  return pages.filter(({ digest }) => !known.has(digest));
}

/** The artifact of each version on some pages. */
function versionsOf({ objects }: Build, pages: readonly PageReference[]): Map<string, string> {
  const decoder = new TextDecoder();
  return new Map(
    pages.flatMap(({ digest }) => {
      const { ids } = JSON.parse(decoder.decode(objects.get(objectPath(digest))!.bytes)) as IndexPage;
      return Object.entries(ids).flatMap(([id, { versions }]) =>
        Object.entries(versions).map(([version, { artifact }]) => [`${id}@${version}`, artifact.digest] as const),
      );
    }),
  );
}
