import type { Digest } from '../base/digest.js';
import type { Json, JsonObject } from '../base/json.js';
import type { Operation } from './operation.js';

/** The format of artifacts and of the manifest that this version writes; readers refuse any other. */
export const FORMAT_VERSION = 1;

/** The slots of a bundle, in the order in which they are assembled. */
export const SLOT_NAMES = ['system', 'personality', 'activity', 'task'] as const;
export type SlotName = (typeof SLOT_NAMES)[number];

/** Who a part of a prompt speaks as. */
export const ROLES = ['system', 'developer', 'user'] as const;
export type Role = (typeof ROLES)[number];

/** A JSON Schema (2020-12), as an object. */
export type JsonSchema = JsonObject;

/** Constraints by name; docs/constraints.md has the table of them. */
export type Constraints = { readonly [name: string]: Json };

/** One template version, compiled. Keys that its author did not write are absent. */
export interface TemplateArtifact {
  readonly formatVersion: number;
  readonly kind: 'template';
  readonly spec: number;
  readonly id: string;
  readonly version: string;
  readonly role: Role;
  readonly adapter_version?: string;
  /** The `template_hash`. */
  readonly hash: Digest;
  /** The declared inputs, by name (with its `?` if optional), as JSON Schemas. */
  readonly inputs?: { readonly [name: string]: JsonSchema };
  readonly constraints?: Constraints;
  /** How many slots a machine needs to run the operations. */
  readonly slots: number;
  readonly operations: readonly Operation[];
}

/** One bundle version, compiled and linked to its templates. */
export interface BundleArtifact {
  readonly formatVersion: number;
  readonly kind: 'bundle';
  readonly spec: number;
  readonly id: string;
  readonly version: string;
  /** The `bundle_hash`. */
  readonly hash: Digest;
  readonly adapter_version?: string;
  readonly slots: { readonly [slot in SlotName]?: SlotArtifact };
  /** Merged over the slots present and the bundle. */
  readonly constraints: Constraints;
  /** Whether the directives stand behind the text of the slot `system`, or of the first slot that is filled. */
  readonly constraints_in_prompt?: 'append';
  /** The language of answers, as a BCP 47 tag. */
  readonly locale?: string;
  /** What a payload must be, its defaults included. */
  readonly payloadSchema: JsonSchema;
  readonly tags?: readonly string[];
  readonly config?: JsonObject;
  readonly output?: JsonObject;
}

/** Which template version fills a slot, and the artifact that holds it. */
export interface SlotArtifact {
  readonly id: string;
  readonly version: string;
  readonly hash: Digest;
  readonly artifact: ObjectReference;
}

/** An immutable file: its digest names it, its size is checked before its bytes are. */
export interface ObjectReference {
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}

/** One published or current version of a template, as the index lists it. */
export interface TemplateEntry {
  readonly hash: Digest;
  readonly artifact: ObjectReference;
  readonly description?: string;
  /** Why the version is not to be used any more: defaults and ranges pass over it. */
  readonly yanked?: string;
}

/** One version of a bundle, as the index lists it. */
export interface BundleEntry extends TemplateEntry {
  readonly tags?: readonly string[];
}

/** All versions of one id. */
export interface Versions<Entry> {
  /** The version that a request without one gets: the highest stable one that is not yanked; absent if there is none. */
  readonly default?: string;
  readonly versions: { readonly [version: string]: Entry };
}

/** All ids of one kind. */
export interface Ids<Entry> {
  readonly [id: string]: Versions<Entry>;
}

/** Everything that a build holds, by id and version. It is written as pages. */
export interface BuildIndex {
  /** Whether published versions are missing that the build could not get at. */
  readonly partial?: true;
  readonly bundles: Ids<BundleEntry>;
  readonly templates: Ids<TemplateEntry>;
}

/** What the index of a build is divided by. */
export type IndexKind = 'bundles' | 'templates';

/** A part of an index: an object like any other. Of ids that follow on each other, all versions. */
export interface IndexPage<Kind extends IndexKind = IndexKind> {
  readonly formatVersion: number;
  readonly kind: Kind;
  readonly ids: BuildIndex[Kind];
}

export interface PageReference extends ObjectReference {
  /** The first id on the page. The page has all ids from this one to the first of the next page. */
  readonly first: string;
}

/**
 * The one file that leads to every artifact of a build; its digest is the build's identity. Whoever wants one bundle of
 * ten thousand reads one page, and whoever follows a project reads the pages that changed.
 */
export interface Manifest {
  readonly formatVersion: number;
  readonly partial?: true;
  /** Sorted by their first ids. */
  readonly bundles: readonly PageReference[];
  readonly templates: readonly PageReference[];
}

/** Where a build came from; in no hash. */
export interface BuildOrigin {
  readonly manifest: Digest;
  /** The commit that was checked out, or `null` without a Git repository or before its first commit. */
  readonly commit: string | null;
  /** Whether the prompts differ from that commit; `null` without one. */
  readonly dirty: boolean | null;
}

export const MANIFEST_FILE = 'manifest.json';
export const BUILD_FILE = 'build.json';

/** Where an object lies below the output folder. */
export function objectPath(digest: Digest): string {
  const hex = digest.slice('sha256:'.length);
  return `objects/sha256/${hex.slice(0, 2)}/${hex}.json`;
}

const OBJECT_PATH = /^objects\/sha256\/(?<folder>[0-9a-f]{2})\/\k<folder>[0-9a-f]{62}\.json$/;

/** Whether a path below the output folder is one where an object lies. */
export function isObjectPath(path: string): boolean {
  return OBJECT_PATH.test(path);
}
