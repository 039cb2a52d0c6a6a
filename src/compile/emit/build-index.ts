/** Linked prompts → what the index of a build says of each. */
import semver from 'semver';
import type { BuildIndex, BundleEntry, Ids, TemplateEntry } from '../../format/artifact.js';
import type { LinkedBundleFile, LinkedTemplate } from '../link/link.js';

/** What a manifest says of versions beyond what they are. */
export interface Marks {
  /** Why a version is not to be used any more, if it is yanked. */
  yanked(kind: 'template' | 'bundle', id: string, version: string): string | undefined;
  /** Whether published versions are left out. */
  readonly isPartial: boolean;
}

export const NO_MARKS: Marks = { yanked: () => undefined, isPartial: false };

export function indexOf(templates: readonly LinkedTemplate[], bundles: readonly LinkedBundleFile[], marks: Marks): BuildIndex {
  return {
    ...(marks.isPartial && { partial: true }),
    bundles: idsOf(bundles, (one) => bundleEntry(one, marks)),
    templates: idsOf(templates, (one) => templateEntry(one, marks)),
  };
}

export function templateEntry({ prompt, hash, reference }: LinkedTemplate, marks: Marks): TemplateEntry {
  return { hash, artifact: reference, ...described(prompt.description), ...marksOf('template', prompt, marks) };
}

export function bundleEntry({ prompt, hash, reference }: LinkedBundleFile, marks: Marks): BundleEntry {
  const { description, tags } = prompt;
  return { hash, artifact: reference, ...described(description), ...(tags !== undefined && { tags }), ...marksOf('bundle', prompt, marks) };
}

function idsOf<Linked extends LinkedTemplate | LinkedBundleFile, Entry extends { readonly yanked?: string }>(
  all: readonly Linked[],
  toEntry: (linked: Linked) => Entry,
): Ids<Entry> {
  const entries = new Map<string, { [version: string]: Entry }>();
  for (const linked of all) {
    const { id, version } = linked.prompt;
    const versions = entries.get(id);
    if (versions === undefined) entries.set(id, { [version]: toEntry(linked) });
    else versions[version] = toEntry(linked);
  }
  return Object.fromEntries([...entries].map(([id, versions]) => [id, { ...defaultVersion(versions), versions }]));
}

/** The highest stable version that is not yanked, if there is one. */
function defaultVersion(versions: { readonly [version: string]: { readonly yanked?: string } }): { default?: string } {
  const stable = Object.keys(versions).filter((version) => versions[version]!.yanked === undefined && !version.includes('-'));
  const [best] = stable.length > 1 ? stable.toSorted(semver.rcompare) : stable;
  return best === undefined ? {} : { default: best };
}

function described(description: string | undefined): { description?: string } {
  return description === undefined ? {} : { description };
}

function marksOf(kind: 'template' | 'bundle', { id, version }: { id: string; version: string }, marks: Marks): { yanked?: string } {
  const yanked = marks.yanked(kind, id, version);
  return yanked === undefined ? {} : { yanked };
}
