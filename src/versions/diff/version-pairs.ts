/**
 * Which versions of an id are compared.
 *
 * A tree holds one version of an id as a rule, and then the old one is compared with the new one. Of several, equal
 * versions belong together, and the highest with the highest; any other is compared with the highest old one below
 * it. Old versions that no new one is compared with have left the tree, and say nothing.
 */
import semver from 'semver';

interface Versioned {
  readonly artifact: { readonly id: string; readonly version: string };
}

/** Two versions of an id; only one of them if the id is new or gone. */
export type VersionPair<One> =
  | { readonly before: One; readonly after: One }
  | { readonly before: One; readonly after?: undefined }
  | { readonly before?: undefined; readonly after: One };

/** Pairs by id and version. */
export function versionPairs<One extends Versioned>(before: readonly One[], after: readonly One[]): VersionPair<One>[] {
  const [old, fresh] = [byId(before), byId(after)];
  const ids = [...new Set([...old.keys(), ...fresh.keys()])].toSorted();
  return ids.flatMap((id): VersionPair<One>[] => {
    const [were, are] = [old.get(id), fresh.get(id)];
    if (are === undefined) return were!.map((one) => ({ before: one }));
    if (were === undefined) return are.map((one) => ({ after: one }));
    return are.map((one, i) => ({ before: partnerOf(one, were, i === are.length - 1), after: one }));
  });
}

/** The versions of each id, the lowest first. */
function byId<One extends Versioned>(all: readonly One[]): Map<string, One[]> {
  const found = new Map<string, One[]>();
  for (const one of all.toSorted((a, b) => semver.compare(a.artifact.version, b.artifact.version))) {
    found.set(one.artifact.id, [...(found.get(one.artifact.id) ?? []), one]);
  }
  return found;
}

function partnerOf<One extends Versioned>({ artifact: { version } }: One, were: readonly One[], isHighest: boolean): One {
  const equal = were.find((one) => one.artifact.version === version);
  const below = isHighest ? undefined : were.findLast((one) => semver.lt(one.artifact.version, version));
  return equal ?? below ?? were.at(-1)!;
}
