import type { BundleEntry, Manifest, TemplateEntry, Versions } from '../format/artifact.js';
import { nameOf } from '../versions/lock.js';

/** One version that a manifest names. */
export type NamedVersion = Named<'bundle', BundleEntry> | Named<'template', TemplateEntry>;

interface Named<Kind, Entry> {
  readonly kind: Kind;
  readonly id: string;
  readonly version: string;
  readonly entry: Entry;
  /** Such as `bundle hello@1.0.0`. */
  readonly name: string;
}

/** Every version that a manifest names, bundles first, in the manifest's order. */
export function versionsOf({ bundles, templates }: Manifest): NamedVersion[] {
  return [...versionsIn('bundle', bundles), ...versionsIn('template', templates)];
}

function versionsIn<Kind extends 'bundle' | 'template', Entry>(
  kind: Kind,
  index: { readonly [id: string]: Versions<Entry> },
): Named<Kind, Entry>[] {
  return Object.entries(index).flatMap(([id, { versions }]) =>
    Object.entries(versions).map(([version, entry]) => ({ kind, id, version, entry, name: nameOf({ kind, id, version }) })),
  );
}
