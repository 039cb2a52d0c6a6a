/** What verifying finds: one thing each that is not as it has to be. */
import type { ErrorCode } from '../base/error.js';

/** What can be found; the codes of errors mean what they mean to whoever reads the build. */
export type FindingCode =
  | Extract<ErrorCode, 'artifact_missing' | 'artifact_corrupt' | 'artifact_unsupported'>
  /** manifest.json, build.json, a page of the index or an artifact is read by its schema, and not what the schema says. */
  | 'invalid'
  /** The JSON is right, and not in its canonical form. */
  | 'not_canonical'
  /** build.json is of another manifest. */
  | 'manifest_mismatch'
  | 'wrong_default'
  /** The index says something of a version, and its artifact another. */
  | 'wrong_entry'
  /** A slot's template is not the one that the index names. */
  | 'wrong_slot'
  | 'lock_invalid'
  /** A version is in the build, and not in the lock. */
  | 'not_locked'
  /** A version is in the lock, and not in the build. */
  | 'not_built'
  /** A version is in both, and they differ. */
  | 'lock_mismatch'
  | 'commit_missing'
  /** The lock is not the one of the commit that the build names. */
  | 'lock_uncommitted'
  | 'blob_missing';

export interface Finding {
  readonly code: FindingCode;
  /** A file, a page of the index, a version such as `bundle hello@1.0.0`, or a place in the lock. */
  readonly subject: string;
  /** Sentences for people. */
  readonly message: string;
  /** What mends it, in a shell. */
  readonly commands?: readonly string[];
}
