/**
 * Prompt files whose text Git holds otherwise: with CRLF line ends, or as a filter made it.
 *
 * The lock names the blobs of the texts that are compiled. What Git holds of such a file is another blob, so that what is
 * published of it could never be found again.
 */
import type { Diagnostics } from '../base/diagnostic.js';
import type { SourceText, Span } from '../base/span.js';
import { PROMPTS_FOLDER } from '../compile/discover/discover.js';
import type { Sources } from '../compile/model.js';
import type { Repository } from './git/repository.js';
import type { BlobIds } from './lock-entries.js';

/** Looks into the index, which is what the next commit holds: once the file is mended there, all is well. */
export async function reportCommittedTexts(
  repository: Repository,
  { templates, bundles, partials }: Sources,
  idOf: BlobIds,
  diagnostics: Diagnostics,
): Promise<void> {
  const staged = await repository.staged([PROMPTS_FOLDER]);
  const differing = [...templates, ...bundles, ...partials.map((partial) => partial.source)].filter((source) => {
    const id = staged.get(source.path);
    return id !== undefined && id !== idOf(source);
  });
  if (differing.length === 0) return;
  const withCrlf = await blobsWithCrlf(repository, new Set(differing.map((source) => staged.get(source.path)!)));
  const converted = await repository.converted(differing.map(({ path }) => path));
  for (const source of differing) {
    const attribute = converted.get(source.path);
    if (attribute !== undefined) diagnostics.report('versions/converted', firstLine(source), { attribute });
    else if (withCrlf.has(staged.get(source.path)!)) diagnostics.report('versions/committed-crlf', firstLine(source), undefined);
  }
}

async function blobsWithCrlf(repository: Repository, ids: ReadonlySet<string>): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const { id, bytes } of repository.blobs([...ids], MOST_BYTES)) {
    if (bytes !== undefined && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('\r\n')) found.add(id);
  }
  return found;
}

/** A larger blob is no prompt, whatever the project's settings. */
const MOST_BYTES = 64 * 1024 * 1024;

function firstLine(source: SourceText): Span {
  return { source, start: 0, end: Math.max(1, source.line(1).length) };
}
