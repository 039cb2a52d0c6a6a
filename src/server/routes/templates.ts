/** `GET /v1/prompts/templates/{id}`. */
import { admitTo } from '../admit.js';
import { sendDocument } from '../answer.js';
import type { Exchange } from '../exchange.js';
import { idFromPath } from '../path-id.js';
import { readQuery, VERSION_QUERY } from '../query.js';
import { buildOf } from '../route.js';
import { templateDocument } from '../documents.js';

export const TEMPLATES_PATH = '/v1/prompts/templates';

export async function showTemplate(exchange: Exchange): Promise<void> {
  const url = exchange.req.url!;
  const { semver } = readQuery(url, VERSION_QUERY);
  const id = idFromPath(url, `${TEMPLATES_PATH}/`);
  admitTo(exchange, id);
  sendDocument(exchange, templateDocument(await buildOf(exchange).template(id, semver)));
}
