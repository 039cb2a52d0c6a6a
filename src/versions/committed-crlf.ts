/**
 * Prompt files that Git holds with CRLF line ends.
 *
 * The lock names the blobs of texts with LF. A file that was committed with CRLF is another blob, so that what is
 * published of it could never be found again.
 */
import type { Diagnostics } from '../base/diagnostic.js';
import type { SourceText } from '../base/span.js';
import { PROMPTS_FOLDER } from '../compile/discover/discover.js';
import type { Sources } from '../compile/model.js';
import type { Repository } from './git/repository.js';
import type { BlobIds } from './lock-entries.js';

/** Looks into the index, which is what the next commit holds: once the file is mended there, all is well. */
export async function reportCommittedCrlf(
  repository: Repository,
  { templates, bundles, partials }: Sources,
  idOf: BlobIds,
  diagnostics: Diagnostics,
): Promise<void> {
  const staged = await repository.staged([PROMPTS_FOLDER]);
  const differing = new Map<string, SourceText[]>();
  for (const source of [...templates, ...bundles, ...partials.map((partial) => partial.source)]) {
    const id = staged.get(source.path);
    if (id !== undefined && id !== idOf(source)) differing.set(id, [...(differing.get(id) ?? []), source]);
  }
  for await (const { id, bytes } of repository.blobs([...differing.keys()], MOST_BYTES)) {
    if (bytes === undefined || !Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('\r\n')) continue;
    for (const source of differing.get(id)!) {
      diagnostics.report('versions/committed-crlf', { source, start: 0, end: Math.max(1, source.line(1).length) }, undefined);
    }
  }
}

/** A larger blob is no prompt, whatever the project's settings. */
const MOST_BYTES = 64 * 1024 * 1024;
