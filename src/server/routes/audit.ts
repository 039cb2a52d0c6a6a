/** `GET /v1/audit/{hash}`: what was rendered with a prompt hash, or from a bundle hash; again, if asked to. */
import { isWithin } from '../../access/prefix.js';
import { auditAnswer } from '../../audit/answer.js';
import type { AuditRecord } from '../../audit/record.js';
import { compareRender, type Difference } from '../../audit/replay.js';
import type { AuditReader } from '../../audit/storage.js';
import { isDigest } from '../../base/digest.js';
import { PromptcError } from '../../base/error.js';
import { sendDocument } from '../answer.js';
import type { Builds } from '../builds.js';
import { HttpError } from '../http-error.js';
import { idFromPath } from '../path-id.js';
import { flag, readQuery } from '../query.js';
import type { Route } from '../route.js';
import { Slices } from '../slices.js';

export const AUDIT_PATH = '/v1/audit';

export const AUDIT_QUERY = {
  replay: flag('Render each record again, from the payload and the build that it names, and say whether it is the same.'),
};

/** What a render from a record's payload and build is, next to the record. */
type Replay =
  | { readonly identical: boolean; readonly differences: readonly Difference[]; readonly reason: null }
  /** It cannot be rendered again; a sentence says why. */
  | { readonly identical: null; readonly differences: readonly Difference[]; readonly reason: string };

/** How long other requests may have to wait for renders of records at a time. */
const SLICE_MILLISECONDS = 2;

export interface AuditRouteOptions {
  /** Absent if nothing is recorded, or where it cannot be read back. */
  readonly reader: AuditReader | undefined;
  readonly builds: Builds;
}

export function auditRoute({ reader, builds }: AuditRouteOptions): Route {
  return async (exchange) => {
    const url = exchange.req.url!;
    const { replay } = readQuery(url, AUDIT_QUERY);
    const hash = idFromPath(url, `${AUDIT_PATH}/`);
    if (!isDigest(hash)) throw new HttpError('bad_path', 'A hash is `sha256:` and 64 hexadecimal digits in lower case.');
    if (reader === undefined)
      throw new HttpError('not_found', 'This server keeps no audit log that can be read: it needs --audit jsonl:<path> or sqlite:<path>.');
    const { prefix } = exchange.admission;
    const answer = await auditAnswer(reader, hash, ({ bundle_id }) => isWithin(prefix, bundle_id));
    sendDocument(exchange, replay ? { ...answer, replays: await replayAll(answer.records) } : answer, 'no-store');
  };

  async function replayAll(records: readonly AuditRecord[]): Promise<Replay[]> {
    const replays: Replay[] = [];
    const slices = new Slices(SLICE_MILLISECONDS);
    for (const record of records) {
      replays.push(await replayOne(record));
      if (slices.isOver) await slices.next();
    }
    return replays;
  }

  async function replayOne(record: AuditRecord): Promise<Replay> {
    const { payload, masked = [], build, bundle_id, semver } = record;
    const impossible = (reason: string): Replay => ({ identical: null, differences: [], reason });
    if (payload === undefined) return impossible('The record holds no payload, only its hash.');
    if (masked.length > 0) return impossible(`The payload is masked: ${masked.join(', ')}.`);
    if (build === null) return impossible('The record names no build.');
    try {
      const { ready } = await (await builds.kept(build)).choose(bundle_id, semver);
      const differences = compareRender(record, ready.linked.render(payload).result);
      return { identical: differences.length === 0, differences, reason: null };
    } catch (error) {
      if (!(error instanceof PromptcError)) throw error;
      if (error.code === 'artifact_missing') return impossible(`The build ${build} is not kept here any more.`);
      return impossible(`The recorded build does not render the payload: ${error.code}.`);
    }
  }
}
