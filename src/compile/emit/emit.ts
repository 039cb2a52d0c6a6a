/**
 * Artifacts → a build: the manifest and the objects that it leads to.
 *
 * In: linked prompts. Out: bytes by path. What always holds: every object is in it once, under its digest;
 * the manifest and the pages of the index are canonical JSON, so that the manifest's digest stands for the whole build.
 */
import { canonicalJson } from '../../base/canonical-json.js';
import { type Digest, sha256 } from '../../base/digest.js';
import {
  type BuildIndex,
  FORMAT_VERSION,
  type IndexKind,
  type IndexPage,
  type Manifest,
  objectPath,
  type ObjectReference,
  type TemplateEntry,
} from '../../format/artifact.js';
import type { LinkedBundleFile, LinkedTemplate } from '../link/link.js';
import { bundleEntry, indexOf, type Marks, NO_MARKS, templateEntry } from './build-index.js';
import { type Page, pageOf, pagesOf } from './pages.js';

/** Everything that a build writes, save for where it came from. */
export interface Build {
  readonly index: BuildIndex;
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  readonly manifestDigest: Digest;
  /** Every object, by its path below the output folder. */
  readonly objects: ReadonlyMap<string, BuildObject>;
  readonly templates: readonly LinkedTemplate[];
  readonly bundles: readonly LinkedBundleFile[];
}

export interface BuildObject {
  readonly reference: ObjectReference;
  /** May be made when it is asked for: what has not changed is there already, as a rule. */
  readonly bytes: Uint8Array;
}

/**
 * @param before - an earlier build with the same marks: what is the same in both is taken over from it
 */
export function emit(
  templates: readonly LinkedTemplate[],
  bundles: readonly LinkedBundleFile[],
  marks: Marks = NO_MARKS,
  before?: Build,
): Build {
  if (before !== undefined && (before.manifest.partial ?? false) === marks.isPartial) {
    const [replacedTemplates, replacedBundles] = [replacedAmong(before.templates, templates), replacedAmong(before.bundles, bundles)];
    if (replacedTemplates && replacedBundles) return emitAgain(before, replacedTemplates, replacedBundles, marks);
  }
  const index = indexOf(templates, bundles, marks);
  const pages = { bundles: pagesOf('bundles', index.bundles), templates: pagesOf('templates', index.templates) };
  const manifest: Manifest = {
    formatVersion: FORMAT_VERSION,
    ...(marks.isPartial && { partial: true }),
    bundles: pages.bundles.map(({ reference }) => reference),
    templates: pages.templates.map(({ reference }) => reference),
  };
  const objects = new Map<string, BuildObject>();
  for (const object of [...templates, ...bundles, ...pages.templates, ...pages.bundles]) put(object, objects);
  return { index, ...written(manifest), objects, templates, bundles };
}

/** Versions that came to something else. */
export interface Replaced<Linked> {
  /** All of the new build, in the order of the one before. */
  readonly all: readonly Linked[];
  readonly changed: readonly { readonly before: Linked; readonly after: Linked }[];
}

/** With more of them, to make all pages takes no longer. */
const MOST_REPLACED = 256;

/** `undefined` if names came or went, or if too many came to something else. */
function replacedAmong<Linked extends LinkedTemplate | LinkedBundleFile>(
  before: readonly Linked[],
  all: readonly Linked[],
): Replaced<Linked> | undefined {
  if (all.length !== before.length) return undefined;
  const changed: { readonly before: Linked; readonly after: Linked }[] = [];
  for (const [i, after] of all.entries()) {
    const one = before[i]!;
    if (one === after) continue;
    if (one.prompt.id !== after.prompt.id || one.prompt.version !== after.prompt.version) return undefined;
    if (changed.push({ before: one, after }) > MOST_REPLACED) return undefined;
  }
  return { all, changed };
}

/**
 * A build with other artifacts under the names that it has: of ten thousand versions, whoever edits one has one page of the
 * index made anew.
 *
 * @param marks - as the build before had them
 */
export function emitAgain(
  build: Build,
  templates: Replaced<LinkedTemplate>,
  bundles: Replaced<LinkedBundleFile>,
  marks: Marks = NO_MARKS,
): Build {
  const objects = new Map(build.objects);
  const manifest: Manifest = {
    ...build.manifest,
    bundles: replaceAmong('bundles', build, bundles.changed, (one) => bundleEntry(one, marks), objects),
    templates: replaceAmong('templates', build, templates.changed, (one) => templateEntry(one, marks), objects),
  };
  let index: BuildIndex | undefined;
  return {
    get index() {
      return (index ??= readIndex(manifest, objects));
    },
    ...written(manifest),
    ...{ objects, templates: templates.all, bundles: bundles.all },
  };
}

function replaceAmong<Kind extends IndexKind, Linked extends LinkedTemplate | LinkedBundleFile>(
  kind: Kind,
  build: Build,
  changed: Replaced<Linked>['changed'],
  toEntry: (linked: Linked) => TemplateEntry,
  objects: Map<string, BuildObject>,
): Manifest[Kind] {
  const references = [...build.manifest[kind]];
  const pages = new Map<number, BuildIndex[Kind]>();
  for (const { before, after } of changed) {
    objects.delete(objectPath(before.reference.digest));
    const { id, version } = after.prompt;
    const at = references.findLastIndex(({ first }) => first <= id);
    const ids = pages.get(at) ?? readPage<Kind>(references[at]!.digest, build.objects).ids;
    const { versions, ...rest } = ids[id]!;
    const edited = { [id]: { ...rest, versions: { ...versions, [version]: toEntry(after) } } };
    pages.set(at, { ...ids, ...edited });
  }
  for (const { after } of changed) put(after, objects);
  for (const [at, ids] of pages) {
    objects.delete(objectPath(references[at]!.digest));
    const page = pageOf(kind, ids, Object.keys(ids).toSorted());
    references[at] = page.reference;
    put(page, objects);
  }
  return references;
}

function readPage<Kind extends IndexKind>(digest: Digest, objects: Build['objects']): IndexPage<Kind> {
  return JSON.parse(new TextDecoder().decode(objects.get(objectPath(digest))!.bytes)) as IndexPage<Kind>;
}

function readIndex({ partial, bundles, templates }: Manifest, objects: Build['objects']): BuildIndex {
  const idsOf = <Kind extends IndexKind>(pages: Manifest[Kind]): BuildIndex[Kind] =>
    Object.assign({}, ...pages.map(({ digest }) => readPage<Kind>(digest, objects).ids)) as BuildIndex[Kind];
  return { ...(partial && { partial }), bundles: idsOf<'bundles'>(bundles), templates: idsOf<'templates'>(templates) };
}

function written(manifest: Manifest): Pick<Build, 'manifest' | 'manifestBytes' | 'manifestDigest'> {
  const manifestBytes = new TextEncoder().encode(canonicalJson(manifest));
  return { manifest, manifestBytes, manifestDigest: sha256(manifestBytes) };
}

function put(object: LinkedTemplate | LinkedBundleFile | Page, objects: Map<string, BuildObject>): void {
  objects.set(objectPath(object.reference.digest), object);
}
