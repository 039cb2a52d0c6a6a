/**
 * Audit records, and the chain that they form.
 *
 * A log is a list of lines. A line is the canonical JSON (RFC 8785) of a record without its `hash`, with that
 * `hash` put in front: `{"hash":"sha256:…",` and then the rest. The hash is the SHA-256 of the text that is left
 * when it is taken out again, so that any tool can check it. `previous` is the hash of the record before.
 */
import { canonicalJson } from '../base/canonical-json.js';
import { type Digest, DIGEST_PATTERN, sha256 } from '../base/digest.js';
import { isObject, type Json, type JsonObject } from '../base/json.js';
import type { RenderResult } from '../render/render-bundle.js';

/** What a record takes over from a render. */
type Kept = 'bundle_id' | 'semver' | 'bundle_hash' | 'personality_hash' | 'prompt_hash' | 'engine_version' | 'adapter_version';

/** What is kept of a render. */
export interface AuditRecord extends Pick<RenderResult, Kept> {
  /** 1 for the first record of a log; every further one is one more. */
  readonly sequence: number;
  /** When it was rendered: ISO 8601, in UTC. The computer's clock says so, which may go back. */
  readonly time: string;
  /** The digest of the build's manifest; `null` where it was not known. */
  readonly build: Digest | null;
  /** The commit that the build was made from; `null` where it was not known. */
  readonly commit: string | null;
  /** The id of the caller's key; `null` without one. */
  readonly caller: string | null;
  /** What the render took, in milliseconds. */
  readonly latency_ms: number;
  /** The payload with its defaults, if the log keeps payloads. Masked values are `{"$masked": true}`. */
  readonly payload?: JsonObject;
  /** The masks that covered something in this payload. Only at places that one of them names is `{"$masked": true}` a mask. */
  readonly masked?: readonly string[];
  /** How many renders were not recorded between the record before and this one. */
  readonly dropped?: number;
  /** The hash of the record before; `NO_RECORD` in the first. */
  readonly previous: Digest;
  /** The SHA-256 of this record without its hash, as canonical JSON. */
  readonly hash: Digest;
}

/** A place in a log: everything up to it is what it was when the hash was taken. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: Digest;
}

/** The `previous` of the first record. */
export const NO_RECORD: Digest = `sha256:${'0'.repeat(64)}`;

/** Of a log without records. */
export const EMPTY_HEAD: AuditHead = { sequence: 0, hash: NO_RECORD };

/** A record that has no hash yet. What is `undefined` is left out. */
export type UnsealedRecord = { readonly [field in keyof Omit<AuditRecord, 'hash'>]: AuditRecord[field] | undefined } & Pick<
  AuditRecord,
  'sequence'
>;

/** A record as it is stored. */
export interface SealedRecord extends AuditHead {
  /** Without a line end. */
  readonly line: string;
}

const DIGEST = new RegExp(DIGEST_PATTERN);
const HASH_LENGTH = NO_RECORD.length;
const START = '{"hash":"';

/** The line of a record, and its place in the chain. */
export function seal(record: UnsealedRecord): SealedRecord {
  const text = canonicalJson(record);
  const hash = sha256(text);
  return { sequence: record.sequence, hash, line: `${START}${hash}",${text.slice(1)}` };
}

/**
 * Reads a line that `seal` wrote.
 *
 * @returns what is wrong with it, in a clause, if it is not what was written
 */
export function unseal(line: string): AuditRecord | string {
  const hash = line.slice(START.length, START.length + HASH_LENGTH) as Digest;
  const text = `{${line.slice(START.length + HASH_LENGTH + 2)}`;
  if (!DIGEST.test(hash) || line !== `${START}${hash}",${text.slice(1)}`) return 'is no audit record';
  if (sha256(text) !== hash) return 'is not what was written: its hash is not that of its content';
  // With a hash that is right, promptc wrote it, or somebody who wants to be taken for it.
  const value = parse(text);
  if (!isObject(value) || canonicalForm(value) !== text || 'hash' in value) return 'is no audit record';
  const { sequence, previous, dropped = 0 } = value;
  if (![sequence, dropped].every(Number.isSafeInteger) || typeof previous !== 'string') return 'is no audit record';
  return { ...value, hash } as unknown as AuditRecord;
}

/** A head as it is printed and kept: `42:sha256:…`. */
export function headText({ sequence, hash }: AuditHead): string {
  return `${sequence}:${hash}`;
}

/** @returns `undefined` for what is no head */
export function parseHead(text: string): AuditHead | undefined {
  const [, sequence, hash] = /^(0|[1-9][0-9]{0,14}):(sha256:[0-9a-f]{64})$/.exec(text) ?? [];
  return sequence === undefined ? undefined : { sequence: Number(sequence), hash: hash as Digest };
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Nothing for what has none: half of a surrogate pair. */
function canonicalForm(value: Json): string | undefined {
  try {
    return canonicalJson(value);
  } catch {
    return undefined;
  }
}
