import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openAuditReader } from '../audit/open-sink.js';
import { type AuditHead, headText, parseHead } from '../audit/record.js';
import type { AuditReader } from '../audit/storage.js';
import { verifyAuditLog } from '../audit/verify-audit-log.js';
import { readable, visible } from './diagnostics/visible.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';

export interface AuditVerifyOptions {
  readonly head?: string;
  readonly after?: string;
}

/** `promptc audit head`: the place in the chain that is to be kept where the log cannot be written from. */
export async function auditHead(terminal: Terminal, sink: string): Promise<ExitCode> {
  const head = await withReader(terminal, sink, (reader) => reader.head());
  terminal.out(`${headText(head)}\n`);
  return EXIT.fine;
}

/** `promptc audit verify`: the chain of a log, and that it leads to the heads that were kept. */
export async function auditVerify(terminal: Terminal, sink: string, options: AuditVerifyOptions): Promise<ExitCode> {
  const heads = options.head === undefined ? [] : await readHeads(terminal, options.head);
  const after = options.after === undefined ? undefined : parseHead(options.after);
  if (options.after !== undefined && after === undefined) throw new UsageError(`${JSON.stringify(options.after)} is no head: ${FORM}.`);
  const { findings, hasMore, records, head, dropped, unfinished } = await withReader(terminal, sink, (reader) =>
    verifyAuditLog(reader.lines(), { heads, ...(after === undefined ? {} : { after }) }),
  );
  for (const { place, message } of findings) terminal.out(`${visible(place)}: ${readable(message)}\n`);
  if (hasMore) terminal.out('There is more than is listed here.\n');
  if (unfinished !== undefined)
    terminal.err(`${unfinished}: The last line is not whole yet: it is being written, or a crash cut it off.\n`);
  if (dropped > 0) terminal.err(`By its own account the log lacks ${counted(dropped, 'render')} that could not be recorded.\n`);
  const known = heads.length === 0 ? 'No head was given, so that whoever can write the log could have made it anew.' : '';
  const result = findings.length === 0 ? `nothing is wrong up to ${headText(head)}` : 'it is not what was written';
  terminal.err(`Verified ${counted(records, 'record')} and ${counted(heads.length, 'head')}: ${result}. ${known}`.trimEnd() + '\n');
  return findings.length === 0 ? EXIT.fine : EXIT.promptErrors;
}

const FORM = 'it looks like 42:sha256:…, as `promptc audit head` prints it';

/** Heads are kept by adding each to a file; a line may have a comment behind its head, such as a date. */
async function readHeads(terminal: Terminal, given: string): Promise<AuditHead[]> {
  const one = parseHead(given);
  if (one !== undefined) return [one];
  const text = await readFile(path.resolve(terminal.cwd, given), 'utf8').catch(() => {
    throw new UsageError(`${JSON.stringify(given)} is no head, and no file that can be read. A head: ${FORM}.`);
  });
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const heads = lines.flatMap((line, i) => {
    if (line === '') return [];
    const head = parseHead(line.split(/\s/)[0]!);
    if (head === undefined) throw new UsageError(`Line ${i + 1} of ${given} begins with no head: ${FORM}.`);
    return [head];
  });
  if (heads.length === 0) throw new UsageError(`${given} holds no head: ${FORM}.`);
  return heads;
}

/** Paths are taken from where the command runs. */
export async function withReader<Result>(terminal: Terminal, sink: string, use: (reader: AuditReader) => Promise<Result>): Promise<Result> {
  const colon = sink.indexOf(':');
  const spec = colon === -1 ? sink : `${sink.slice(0, colon)}:${path.resolve(terminal.cwd, sink.slice(colon + 1))}`;
  const reader = await openAuditReader(spec);
  try {
    return await use(reader);
  } finally {
    await reader.close();
  }
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
