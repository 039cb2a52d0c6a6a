import { expect, it } from 'vitest';
import { auditAnswer } from '../../src/audit/answer.js';
import { sha256 } from '../../src/base/digest.js';
import { recordAll, testLog } from './logs.js';
import { recording } from './recording.js';

const HASH = sha256('bundle');

it.each(['jsonl', 'sqlite'] as const)('an answer from %s holds the newest records, and says whether there are more', async (kind) => {
  const log = await testLog(kind);
  await log.write(1, 100);
  const sink = await log.open();
  const all = await auditAnswer(sink.reader!, HASH);
  expect(all).toMatchObject({ hash: HASH, has_more: false });
  expect(all.records.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 100 }, (_, i) => 100 - i));
  recordAll(sink, 101, 101);
  while (sink.counts.queued > 0) await new Promise((resolve) => setImmediate(resolve));
  const more = await auditAnswer(sink.reader!, HASH);
  expect([more.records.length, more.records[0]!.sequence, more.has_more]).toEqual([100, 101, true]);
  expect(await auditAnswer(sink.reader!, sha256('Prompt 7.'))).toMatchObject({ records: [{ sequence: 7 }], has_more: false });
  expect(await auditAnswer(sink.reader!, sha256('none'))).toEqual({ hash: sha256('none'), records: [], has_more: false });
});

it('an answer is not larger than a client can take', async () => {
  const log = await testLog('jsonl', { keep: 'payload' });
  const sink = await log.open();
  for (let number = 1; number <= 12; number++) sink.record(recording(number, { inputs: { text: 'x'.repeat(1_000_000) } }));
  await sink.close();
  const reopened = await log.open();
  const { records, has_more } = await auditAnswer(reopened.reader!, HASH);
  expect([records.length, records[0]!.sequence, has_more]).toEqual([8, 12, true]);
});
