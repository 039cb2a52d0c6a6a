/** `GET /v1/prompts/templates/{id}`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendDocument } from '../answer.js';
import { idFromPath } from '../path-id.js';
import { readQuery } from '../query.js';
import type { Registry } from '../registry.js';
import { templateDocument } from '../wire.js';

export const TEMPLATES_PATH = '/v1/prompts/templates';

export async function showTemplate(registry: Registry, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { semver } = readQuery(req.url!, ['semver']);
  const id = idFromPath(req.url!, `${TEMPLATES_PATH}/`);
  sendDocument(req, res, templateDocument(await registry.template(id, semver)));
}
