import { Batch } from './batch.js';
import type { Git } from './command.js';

/** A blob, as far as it could be read. */
export interface BlobContent {
  readonly id: string;
  /** In bytes; `undefined` if the clone does not have such a blob. */
  readonly size: number | undefined;
  /** `undefined` if the clone does not have it, or if it is larger than what was asked for. */
  readonly bytes: Uint8Array | undefined;
}

/** What is known of a blob that the clone does not have. */
export const MISSING = { size: undefined, bytes: undefined };

/**
 * Reads blobs through one process, in the order of their ids.
 *
 * @param asked - those of the ids that Git is asked for; the others are missing
 * @param limit - the bytes of a larger blob are passed over, and never held
 */
export async function* readBlobs(
  git: Git,
  ids: readonly string[],
  asked: ReadonlySet<string>,
  limit: number,
): AsyncGenerator<BlobContent, void> {
  // All ids are known, and the end of the input follows the last: Git need not flush after each answer.
  const batch = new Batch(
    git,
    ['cat-file', '--batch', '--buffer'],
    ids.filter((id) => asked.has(id)),
  );
  try {
    for (const id of ids) yield { id, ...(asked.has(id) ? await readBlob(batch, limit) : MISSING) };
  } finally {
    batch.stop();
  }
}

/** `<id> missing`, or `<id> <type> <size>`, the content and a line feed: git-cat-file(1), batch output. */
async function readBlob(batch: Batch, limit: number): Promise<Omit<BlobContent, 'id'>> {
  const header = await batch.line();
  if (header === undefined) throw await batch.failure();
  const [, type, digits] = header.split(' ');
  if (type === 'missing') return MISSING;
  const size = Number(digits);
  const wanted = type === 'blob' && size <= limit;
  const bytes = wanted ? await batch.take(size) : undefined;
  await batch.skip(wanted ? 1 : size + 1);
  return type === 'blob' ? { size, bytes } : MISSING;
}

/**
 * Those of some objects that a partial clone has. Asked for another, `cat-file` of many versions gives up if it may
 * not fetch it; `rev-list` can be told to pass over what is missing.
 */
export async function presentObjects(git: Git, ids: readonly string[]): Promise<Set<string>> {
  const batch = new Batch(git, ['rev-list', '--objects', '--no-walk', '--ignore-missing', '--missing=allow-any', '--stdin'], ids);
  try {
    const present = new Set<string>();
    for (let line = await batch.line(); line !== undefined; line = await batch.line()) {
      // `<id>` and, of trees and blobs, the path at which they were found
      present.add(line.split(' ', 1)[0]!);
    }
    if (!(await batch.succeeded())) throw await batch.failure();
    return present;
  } finally {
    batch.stop();
  }
}
