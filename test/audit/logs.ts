/** Logs on the disk, written and read. */
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { openSink, type OpenSink, type SinkOptions } from '../../src/audit/open-sink.js';
import type { AuditRecord } from '../../src/audit/record.js';
import type { AuditReader } from '../../src/audit/storage.js';
import { temporaryFolder } from '../support/project.js';
import { recording } from './recording.js';

/** Records the renders of these numbers. */
export function recordAll(sink: OpenSink, from: number, to: number): void {
  for (let number = from; number <= to; number++) sink.record(recording(number));
}

/** A log on the disk: where it is, and a way to open it that closes it when the test is over. */
export async function testLog(kind: 'jsonl' | 'sqlite', options: SinkOptions = {}) {
  const file = path.join(await temporaryFolder(), kind === 'jsonl' ? 'audit.jsonl' : 'audit.db');
  const spec = `${kind}:${file}`;
  const messages: string[] = [];
  const log = (message: string): void => void messages.push(message);
  const open = async (more: SinkOptions = {}): Promise<OpenSink> => {
    const sink = await openSink(spec, { log, ...options, ...more });
    onTestFinished(() => sink.close());
    return sink;
  };
  /** Opens it, records, and closes it. */
  const write = async (from: number, to: number, more: SinkOptions = {}): Promise<void> => {
    const sink = await open(more);
    recordAll(sink, from, to);
    await sink.close();
  };
  return { file, spec, messages, open, write };
}

export async function found(reader: AuditReader, hash: AuditRecord['hash']): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const record of reader.find(hash)) records.push(record);
  return records;
}

export async function linesOf(reader: AuditReader): Promise<string[]> {
  const lines: string[] = [];
  for await (const { text } of reader.lines()) lines.push(text);
  return lines;
}
