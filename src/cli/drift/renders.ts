/** An audit log → the renders that answers were given to. */
import { unseal } from '../../audit/record.js';
import type { AuditReader } from '../../audit/storage.js';
import type { AnswerLine } from '../../drift/reading/answer.js';
import { promptHashOf } from '../../drift/reading/read-answers.js';
import { RenderLog } from '../../drift/reading/render-log.js';
import { parseTime } from '../../drift/reading/time.js';

/** Reads the log once, and keeps what the prompts of these answers are in. Lines that are no records are passed over. */
export async function rendersOf(lines: AsyncIterable<AnswerLine>, reader: AuditReader): Promise<RenderLog> {
  const hashes = new Set<string>();
  for await (const line of lines) {
    const hash = promptHashOf(line);
    if (hash !== undefined) hashes.add(hash);
  }
  const renders = new RenderLog(hashes);
  for await (const { text } of reader.lines()) {
    const record = unseal(text);
    if (typeof record === 'string') continue;
    const { prompt_hash: hash, bundle_id: bundle, semver: version } = record;
    const time = typeof record.time === 'string' ? parseTime(record.time) : undefined;
    if (time !== undefined && typeof bundle === 'string' && typeof version === 'string') renders.add(hash, { time, bundle, version });
  }
  return renders;
}
