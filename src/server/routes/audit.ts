/** `GET /v1/audit/{hash}`: what was rendered with a prompt hash, or from a bundle hash. */
import { isWithin } from '../../access/prefix.js';
import { auditAnswer } from '../../audit/answer.js';
import type { AuditReader } from '../../audit/storage.js';
import { isDigest } from '../../base/digest.js';
import { sendDocument } from '../answer.js';
import { HttpError } from '../http-error.js';
import { idFromPath } from '../path-id.js';
import { readQuery } from '../query.js';
import type { Route } from '../route.js';

export const AUDIT_PATH = '/v1/audit';

/** @param reader - absent if nothing is recorded, or where it cannot be read back */
export function auditRoute(reader: AuditReader | undefined): Route {
  return async (exchange) => {
    const url = exchange.req.url!;
    readQuery(url, {});
    const hash = idFromPath(url, `${AUDIT_PATH}/`);
    if (!isDigest(hash)) throw new HttpError('bad_path', 'A hash is `sha256:` and 64 hexadecimal digits in lower case.');
    if (reader === undefined)
      throw new HttpError('not_found', 'This server keeps no audit log that can be read: it needs --audit jsonl:<path> or sqlite:<path>.');
    const { prefix } = exchange.admission;
    const answer = await auditAnswer(reader, hash, ({ bundle_id }) => isWithin(prefix, bundle_id));
    sendDocument(exchange, answer, 'no-store');
  };
}
