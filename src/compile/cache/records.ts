/**
 * What a cache holds of a file: what it came to, and what that depends on.
 *
 * What always holds: a file has a record only if nothing was wrong with it or with what it is made of, and a record counts
 * only as long as all that it depends on is what it was. Nothing depends on the time of anything.
 */
import type { Digest } from '../../base/digest.js';
import type { ObjectReference, SlotName } from '../../format/artifact.js';
import type { StoredDiagnostic } from './stored-diagnostic.js';

export interface Recorded {
  /** The digest of the file's text. */
  readonly text: Digest;
  readonly id: string;
  readonly version: string;
  readonly description?: string;
  /** The version's hash, and its artifact. */
  readonly hash: Digest;
  readonly artifact: ObjectReference;
  /** What was found in looking at it: warnings. */
  readonly diagnostics?: readonly StoredDiagnostic[];
}

export interface TemplateRecord extends Recorded {
  /** Every partial that it includes, directly or not: the digest of its text by name. */
  readonly partials?: { readonly [name: string]: Digest };
}

export interface BundleRecord extends Recorded {
  readonly tags?: readonly string[];
  /** The reference in each slot, as it is written. */
  readonly slots: { readonly [slot in SlotName]?: string };
  /** What stands for the text of the template that filled each slot, its partials included. */
  readonly templates: { readonly [slot in SlotName]?: Digest };
  /** How many examples were rendered. */
  readonly examples?: number;
}

/** Records by path. */
export interface Records {
  readonly templates: { readonly [path: string]: TemplateRecord };
  readonly bundles: { readonly [path: string]: BundleRecord };
}
