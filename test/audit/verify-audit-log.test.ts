/** What verifying finds: every edit, deletion and reorder before a head that was kept elsewhere. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditHead, type AuditRecord, EMPTY_HEAD, headText, NO_RECORD, parseHead, seal, unseal } from '../../src/audit/record.js';
import type { AuditLine } from '../../src/audit/storage.js';
import { type VerifyOptions, verifyAuditLog } from '../../src/audit/verify-audit-log.js';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { sha256 } from '../../src/base/digest.js';

type Content = Omit<AuditRecord, 'hash'>;

/** A chain of so many records. */
function chain(length: number, change: (content: Content) => Content = (content) => content, after: AuditHead = EMPTY_HEAD): string[] {
  let head = after;
  return Array.from({ length }, (_, i) => {
    const number = after.sequence + i + 1;
    const content = {
      sequence: number,
      time: new Date(1_700_000_000_000 + number).toISOString(),
      bundle_id: 'hello',
      semver: '1.0.0',
      bundle_hash: sha256('bundle'),
      personality_hash: sha256(`payload ${number}`),
      prompt_hash: sha256(`prompt ${number}`),
      engine_version: '0.1.0',
      adapter_version: null,
      build: null,
      commit: null,
      caller: null,
      latency_ms: 0.5,
      previous: head.hash,
    };
    const record = seal(change(content));
    head = record;
    return record.line;
  });
}

function headOf(lines: readonly string[], number = lines.length): AuditHead {
  const record = unseal(lines[number - 1]!);
  if (typeof record === 'string') throw new Error(record);
  return { sequence: record.sequence, hash: record.hash };
}

async function* found(lines: readonly string[]): AsyncGenerator<AuditLine> {
  for (const [i, text] of lines.entries()) yield await Promise.resolve({ place: String(i + 1), text });
}

/** Each finding in one line. */
async function findings(lines: readonly string[], options?: VerifyOptions): Promise<string[]> {
  const verified = await verifyAuditLog(found(lines), options);
  return verified.findings.map(({ place, message }) => `${place}: ${message}`);
}

const LOG = chain(10);
const HEAD = headOf(LOG);
const EDITED = 'The line is not what was written: its hash is not that of its content.';

describe('a log that is what was written', () => {
  it('has nothing to be found', async () => {
    expect(await verifyAuditLog(found(LOG), { heads: [EMPTY_HEAD, headOf(LOG, 4), HEAD] })).toEqual({
      findings: [],
      hasMore: false,
      records: 10,
      head: HEAD,
      dropped: 0,
    });
    expect(await verifyAuditLog(found([]))).toMatchObject({ findings: [], records: 0, head: EMPTY_HEAD });
  });

  it('may begin behind a head, if its oldest records were removed on purpose', async () => {
    const rest = LOG.slice(4);
    expect(await findings(rest)).toEqual(['1: Records 1 to 4 are missing before record 5.']);
    expect(await findings(rest, { after: headOf(LOG, 4), heads: [headOf(LOG, 2), headOf(LOG, 4), HEAD] })).toEqual([]);
    expect(await findings(rest, { after: headOf(LOG, 3) })).toEqual(['1: Record 4 is missing before this one.']);
    expect(await findings(rest, { after: { sequence: 4, hash: sha256('x') } })).toEqual([
      '1: Record 5 was not written behind the one before it, whose hash it does not name.',
    ]);
  });

  it('may end with a line that is not whole', async () => {
    const lines = async function* (): AsyncGenerator<AuditLine> {
      yield* found(LOG);
      yield { place: '11', text: '{"ha', isUnfinished: true };
    };
    expect(await verifyAuditLog(lines())).toMatchObject({ findings: [], unfinished: '11' });
    const notLast = async function* (): AsyncGenerator<AuditLine> {
      yield* lines();
      yield* found(chain(1, undefined, HEAD));
    };
    expect((await verifyAuditLog(notLast())).findings).toEqual([{ place: '11', message: 'The line has no end, and others follow it.' }]);
  });
});

describe('what was changed is found', () => {
  const without = (...numbers: number[]): string[] => LOG.filter((_, i) => !numbers.includes(i + 1));
  const edited = LOG.with(4, LOG[4]!.replace('"latency_ms":0.5', '"latency_ms":0.6'));

  it.each<[string, string[], string[]]>([
    ['an edit', edited, [`5: ${EDITED}`]],
    ['an edit of a hash', LOG.with(4, LOG[4]!.replace(/.{10}",/, '0000000000",')), [`5: ${EDITED}`]],
    ['a line that is none', LOG.with(4, 'nonsense'), ['5: The line is no audit record.']],
    ['a record removed', without(5), ['5: Record 5 is missing before this one.']],
    ['records removed', without(5, 6, 7), ['5: Records 5 to 7 are missing before record 8.']],
    ['the first removed', without(1), ['1: Record 1 is missing before this one.']],
    [
      'two changed places',
      LOG.with(4, LOG[5]!).with(5, LOG[4]!),
      [
        '5: Record 5 is missing before this one.',
        '6: Record 5 follows record 6: it was moved or copied, or another log begins here.',
        '7: Record 6 is missing before this one.',
      ],
    ],
    ['a copy', LOG.toSpliced(5, 0, LOG[4]!), ['6: Record 5 follows record 5: it was moved or copied, or another log begins here.']],
    [
      'another log behind it',
      [...LOG, ...chain(2)],
      ['11: Record 1 follows record 10: it was moved or copied, or another log begins here.'],
    ],
    [
      'a record of another log in its place',
      LOG.with(4, chain(5, (content) => ({ ...content, caller: 'x' }))[4]!),
      [
        '5: Record 5 was not written behind the one before it, whose hash it does not name.',
        '6: Record 6 was not written behind the one before it, whose hash it does not name.',
      ],
    ],
  ])('%s', async (_, lines, expected) => {
    expect(await findings(lines)).toEqual(expected);
  });

  it('the end removed, by the head', async () => {
    expect(await findings(LOG.slice(0, 7))).toEqual([]);
    expect(await findings(LOG.slice(0, 7), { heads: [HEAD] })).toEqual([
      `the log: It ends with record 7: records at its end are missing. The head ${headText(HEAD)} was taken of it.`,
    ]);
    expect(await findings([], { heads: [HEAD] })).toHaveLength(1);
  });

  it('a record that a head was taken of removed', async () => {
    expect(await findings(without(5), { heads: [headOf(LOG, 5)] })).toEqual([
      '5: Record 5 is missing before this one.',
      `the log: It has no record 5. The head ${headText(headOf(LOG, 5))} was taken of it.`,
    ]);
  });

  it('a chain made anew, by the head', async () => {
    const forged = chain(10, (content) => (content.sequence === 3 ? { ...content, caller: 'somebody else' } : content));
    expect(await findings(forged)).toEqual([]);
    expect(await findings(forged, { heads: [headOf(LOG, 2), HEAD] })).toEqual([
      `10: Record 10 is another one than when the head ${headText(HEAD)} was taken: it, or one before it, was changed.`,
    ]);
  });

  it('in a list that has an end', async () => {
    const verified = await verifyAuditLog(found(Array<string>(1000).fill('x')));
    expect([verified.findings.length, verified.hasMore, verified.records]).toEqual([100, true, 1000]);
  });

  it('whatever one changes in the text before the head', async () => {
    const text = LOG.join('\n');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length),
        fc.nat(400),
        fc.oneof(fc.string(), fc.constantFrom(...LOG), fc.constant('')),
        async (from, length, inserted) => {
          const changed = `${text.slice(0, from)}${inserted}${text.slice(from + length)}`;
          fc.pre(changed !== text);
          const lines = changed.split('\n');
          // What is added behind the head is nobody's to vouch for.
          fc.pre(lines.slice(0, 10).join('\n') !== text);
          expect(await findings(lines, { heads: [HEAD] })).not.toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a line', () => {
  const record = unseal(LOG[0]!) as AuditRecord;
  const forged = (content: object): string => seal(content as Content).line;
  const { hash: _, ...content } = record;

  it('is its content, canonical, with its hash in front', () => {
    expect(LOG[0]).toBe(`{"hash":"${record.hash}",${canonicalJson({ ...record, hash: undefined }).slice(1)}`);
    expect(sha256(LOG[0]!.replace(/"hash":"[^"]*",/, ''))).toBe(record.hash);
    expect(record.previous).toBe(NO_RECORD);
  });

  it.each([
    ['no object', '[]'],
    ['nothing', ''],
    ['no more than a hash', `{"hash":"${sha256('{}')}"}`],
    ['empty', forged({})],
    ['a record without a place', forged({ ...content, sequence: '1' })],
    ['a record without one before', forged({ ...content, previous: null })],
    ['a record that counts in halves', forged({ ...content, dropped: 0.5 })],
    ['a record with two hashes', forged({ ...content, hash: record.hash })],
    ['JSON that is not canonical', sealText(canonicalJson(content).replace('{', '{ '))],
    ['a key that is there twice', sealText(canonicalJson(content).replace('}', ',"time":"now"}'))],
    ['no JSON', sealText('{nonsense')],
    ['half of a surrogate pair', sealText('{"a":"\\ud800"}')],
    ['very deep', sealText(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`)],
  ])('is no record if it is %s', (__, line) => {
    expect(unseal(line)).toMatch(/^is no audit record$|^is not what was written/);
  });

  /** With a hash that is right. */
  function sealText(text: string): string {
    return `{"hash":"${sha256(text)}",${text.slice(1)}`;
  }
});

describe('a head', () => {
  it('is printed and read', () => {
    expect(parseHead(headText(HEAD))).toEqual(HEAD);
    expect(parseHead(headText(EMPTY_HEAD))).toEqual(EMPTY_HEAD);
  });

  it.each([
    '',
    '1',
    `01:${NO_RECORD}`,
    `-1:${NO_RECORD}`,
    `1:${NO_RECORD} `,
    `1:${NO_RECORD.toUpperCase()}`,
    `9999999999999999:${NO_RECORD}`,
  ])('%j is none', (text) => expect(parseHead(text)).toBeUndefined());
});
