import type { BuildIndex, BundleEntry, Ids, TemplateEntry } from '../format/artifact.js';
import { nameOf } from '../versions/lock.js';

/** One version that a build holds. */
export type NamedVersion = Named<'bundle', BundleEntry> | Named<'template', TemplateEntry>;

interface Named<Kind, Entry> {
  readonly kind: Kind;
  readonly id: string;
  readonly version: string;
  readonly entry: Entry;
  /** Such as `bundle hello@1.0.0`. */
  readonly name: string;
}

/** Every version that a build holds, bundles first, in the index's order. */
export function versionsOf({ bundles, templates }: BuildIndex): NamedVersion[] {
  return [...versionsIn('bundle', bundles), ...versionsIn('template', templates)];
}

function versionsIn<Kind extends 'bundle' | 'template', Entry>(kind: Kind, index: Ids<Entry>): Named<Kind, Entry>[] {
  return Object.entries(index).flatMap(([id, { versions }]) =>
    Object.entries(versions).map(([version, entry]) => ({ kind, id, version, entry, name: nameOf({ kind, id, version }) })),
  );
}
