/** The versions of the working tree as the lock records them. */
import type { SourceText } from '../base/span.js';
import { SPEC } from '../base/version.js';
import type { LinkedBundleFile, LinkedPrompts, LinkedTemplate } from '../compile/link/link.js';
import type { Sources } from '../compile/model.js';
import type { LockedBundle, LockedTemplate, LockEntry } from '../format/lock.js';
import { FORMAT_VERSION, SLOT_NAMES } from '../format/artifact.js';
import { blobId, type ObjectFormat } from './git/object-id.js';

/** What an entry was made from. */
export interface TreeVersion {
  readonly linked: LinkedTemplate | LinkedBundleFile;
  /** Its own file first, then those of its partials. */
  readonly files: readonly SourceText[];
}

/** The id of the blob that holds a file's text, computed once for each. */
export type BlobIds = (source: SourceText) => string;

export function blobIds(format: ObjectFormat): BlobIds {
  const ids = new Map<SourceText, string>();
  return (source) => {
    const id = ids.get(source) ?? blobId(new TextEncoder().encode(source.text), format);
    ids.set(source, id);
    return id;
  };
}

/** The entries of versions, made once for each that stays as it is. */
export type KnownEntries = WeakMap<LinkedTemplate | LinkedBundleFile, LockEntry>;

export function entriesOf(
  { templates, bundles }: LinkedPrompts,
  sources: Sources,
  idOf: BlobIds,
  known: KnownEntries = new WeakMap(),
): Map<LockEntry, TreeVersion> {
  const inTree = new Set(sources.templates);
  const entries = new Map<LockEntry, TreeVersion>();
  const add = (linked: LinkedTemplate | LinkedBundleFile, files: readonly SourceText[], make: () => LockEntry): void => {
    let entry = known.get(linked);
    if (entry === undefined) known.set(linked, (entry = make()));
    entries.set(entry, { linked, files });
  };
  for (const linked of templates.values()) {
    // A published version that the tree does not hold has an entry already.
    if (!inTree.has(linked.prompt.source)) continue;
    const files = [linked.prompt.source, ...linked.partials.map(({ source }) => source)];
    add(linked, files, (): LockedTemplate => ({ kind: 'template', ...identity(linked), files: filesOf(files, idOf) }));
  }
  for (const linked of bundles) {
    const files = [linked.prompt.source];
    add(linked, files, (): LockedBundle => ({
      kind: 'bundle',
      ...identity(linked),
      files: filesOf(files, idOf),
      slots: slotsOf(linked),
    }));
  }
  return entries;
}

function filesOf(files: readonly SourceText[], idOf: BlobIds): LockEntry['files'] {
  return Object.fromEntries(files.map((file) => [file.path, idOf(file)]));
}

function slotsOf({ prompt }: LinkedBundleFile): LockedBundle['slots'] {
  const slots = SLOT_NAMES.flatMap((slot) => {
    const template = prompt.slots[slot];
    return template === undefined ? [] : [[slot, `${template.id}@${template.version}`]];
  });
  return Object.fromEntries(slots) as LockedBundle['slots'];
}

/** What the lock says of an artifact. */
export function artifactOf({
  artifact: { formatVersion },
  reference: { digest },
}: LinkedTemplate | LinkedBundleFile): LockEntry['artifact'] {
  return { digest, formatVersion };
}

/** What the tree holds is compiled by this version. */
function identity({ prompt: { id, version }, hash, reference: { digest } }: LinkedTemplate | LinkedBundleFile) {
  return { id, version, spec: SPEC, hash, artifact: { digest, formatVersion: FORMAT_VERSION } };
}
