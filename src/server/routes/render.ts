/** `POST /v1/prompts/render`: needs nothing but Node's own request and response, so that it can go ahead of Express. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type Log, sendError, sendJson } from '../answer.js';
import { readJson } from '../body.js';
import { readQuery } from '../query.js';
import type { Registry } from '../registry.js';
import { readRenderRequest } from '../wire.js';

export const RENDER_PATH = '/v1/prompts/render';

export function renderRoute(registry: Registry, bodyBytes: number, log: Log): RequestListener {
  return (req, res) => {
    render(req, res).catch((error: unknown) => sendError(res, error, log));
  };

  async function render(req: IncomingMessage, res: ServerResponse): Promise<void> {
    readQuery(req.url!, []);
    const { bundleId, version, payload } = readRenderRequest(await readJson(req, bodyBytes));
    sendJson(res, await registry.render(bundleId, version, payload));
  }
}
