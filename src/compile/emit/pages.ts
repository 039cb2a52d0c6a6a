/**
 * The index of a build → pages.
 *
 * What always holds: where a page ends depends on the ids around it alone. So a project that gains an id or a version
 * gets one or two other pages, and keeps the rest: who follows its builds reads what changed, and not the whole.
 */
import { canonicalJson } from '../../base/canonical-json.js';
import { sha256 } from '../../base/digest.js';
import { type BuildIndex, FORMAT_VERSION, type IndexKind, type IndexPage, type PageReference } from '../../format/artifact.js';

export interface Page {
  readonly reference: PageReference;
  readonly bytes: Uint8Array;
}

/** A page ends behind one id of so many, on average: some twenty kilobytes, which are read in a fraction of a millisecond. */
const IDS_OF_A_PAGE = 64;
/** Chance may not end a page for long. */
const MOST_IDS = 4 * IDS_OF_A_PAGE;

export function pagesOf<Kind extends IndexKind>(kind: Kind, index: BuildIndex[Kind]): Page[] {
  const pages: Page[] = [];
  let ids: string[] = [];
  for (const id of Object.keys(index).toSorted()) {
    ids.push(id);
    if (!endsPage(id) && ids.length < MOST_IDS) continue;
    pages.push(pageOf(kind, index, ids));
    ids = [];
  }
  return ids.length === 0 ? pages : [...pages, pageOf(kind, index, ids)];
}

/** Whether an id is the last one of its page, as its digest decides. */
function endsPage(id: string): boolean {
  return Number.parseInt(sha256(id).slice('sha256:'.length, 'sha256:'.length + 4), 16) % IDS_OF_A_PAGE === 0;
}

export function pageOf<Kind extends IndexKind>(kind: Kind, index: BuildIndex[Kind], ids: readonly string[]): Page {
  const page: IndexPage = { formatVersion: FORMAT_VERSION, kind, ids: Object.fromEntries(ids.map((id) => [id, index[id]!])) };
  const bytes = new TextEncoder().encode(canonicalJson(page));
  return { reference: { first: ids[0]!, digest: sha256(bytes), size: bytes.length }, bytes };
}
