/**
 * A log → what is wrong with it.
 *
 * In: its lines in order, and heads that were kept elsewhere. Out: findings. What always holds: if nothing is found, every record up to
 * each head is what it was, at its place, when that head was taken. Nobody vouches for what comes behind the last head.
 */
import { EMPTY_HEAD, type AuditHead, headText, unseal } from './record.js';
import type { AuditLine } from './storage.js';

export interface AuditFinding {
  /** Where: a line of a file, a row, or the log. */
  readonly place: string;
  /** What, as a sentence. */
  readonly message: string;
}

export interface VerifiedAuditLog {
  readonly findings: readonly AuditFinding[];
  /** Whether there are more than are listed. */
  readonly hasMore: boolean;
  readonly records: number;
  /** The last record's place in the chain. */
  readonly head: AuditHead;
  /** How many renders the records say were not recorded. */
  readonly dropped: number;
  /** Set if the last line is not whole: it is being written, or a crash cut it off. */
  readonly unfinished?: string;
}

export interface VerifyOptions {
  /** Places that were kept elsewhere. */
  readonly heads?: readonly AuditHead[];
  /** Where the log begins, if its oldest records were removed on purpose: the head that the last of them was. */
  readonly after?: AuditHead;
}

const MAX_FINDINGS = 100;

export async function verifyAuditLog(
  lines: AsyncIterable<AuditLine>,
  { heads = [], after = EMPTY_HEAD }: VerifyOptions = {},
): Promise<VerifiedAuditLog> {
  const findings: AuditFinding[] = [];
  let found = 0;
  const report = (place: string, message: string): void => {
    if (++found <= MAX_FINDINGS) findings.push({ place, message });
  };
  const wanted = new Map<number, Set<AuditHead['hash']>>();
  for (const { sequence: at, hash } of heads) {
    // Of what was removed on purpose nothing is left to compare.
    if (at >= after.sequence) wanted.set(at, (wanted.get(at) ?? new Set()).add(hash));
  }
  const checkHead = (place: string, { sequence: at, hash }: AuditHead): void => {
    for (const kept of wanted.get(at) ?? []) {
      if (kept === hash) continue;
      const head = headText({ sequence: at, hash: kept });
      report(place, `Record ${at} is another one than when the head ${head} was taken: it, or one before it, was changed.`);
    }
    wanted.delete(at);
  };

  let { sequence }: AuditHead = after;
  /** Of the record before; unknown behind a line that is none. */
  let previous: AuditHead['hash'] | undefined = after.hash;
  let last: AuditHead = after;
  let records = 0;
  let dropped = 0;
  let unfinished: string | undefined;
  checkHead('the log', after);
  for await (const { place, text, isUnfinished = false } of lines) {
    if (unfinished !== undefined) report(unfinished, 'The line has no end, and others follow it.');
    unfinished = isUnfinished ? place : undefined;
    if (isUnfinished) continue;
    records++;
    const record = unseal(text);
    if (typeof record === 'string') {
      report(place, `The line ${record}.`);
      // One message for one mistake: what follows is held to have followed what was here.
      [sequence, previous] = [sequence + 1, undefined];
      continue;
    }
    const expected = sequence + 1;
    if (record.sequence > expected) report(place, missing(expected, record.sequence - 1));
    else if (record.sequence < expected) {
      report(place, `Record ${record.sequence} follows record ${sequence}: it was moved or copied, or another log begins here.`);
    } else if (previous !== undefined && record.previous !== previous) {
      report(place, `Record ${record.sequence} was not written behind the one before it, whose hash it does not name.`);
    }
    checkHead(place, record);
    [sequence, previous] = [record.sequence, record.hash];
    last = { sequence, hash: record.hash };
    dropped += record.dropped ?? 0;
  }
  for (const [lost, hashes] of [...wanted].toSorted(([a], [b]) => a - b)) {
    const taken = [...hashes].map((hash) => headText({ sequence: lost, hash })).join(', ');
    const why = lost > sequence ? `It ends with record ${sequence}: records at its end are missing.` : `It has no record ${lost}.`;
    report('the log', `${why} The head ${taken} was taken of it.`);
  }
  return { findings, hasMore: found > MAX_FINDINGS, records, head: last, dropped, ...(unfinished === undefined ? {} : { unfinished }) };
}

function missing(from: number, to: number): string {
  return from === to ? `Record ${from} is missing before this one.` : `Records ${from} to ${to} are missing before record ${to + 1}.`;
}
