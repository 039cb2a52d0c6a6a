/** `POST /v1/prompts/render`: needs nothing but Node's own request and response, so that it can go ahead of Express. */
import type { Json } from '../../base/json.js';
import { sendJsonText } from '../answer.js';
import { readJson } from '../body.js';
import type { Exchange } from '../exchange.js';
import { readQuery } from '../query.js';
import { buildOf, type Route } from '../route.js';
import { readRenderRequest } from '../wire.js';

export const RENDER_PATH = '/v1/prompts/render';

export function renderRoute(bodyBytes: number): Route {
  return async (exchange) => {
    if (exchange.req.url !== RENDER_PATH) readQuery(exchange.req.url!, {});
    buildOf(exchange);
    sendJsonText(exchange, await renderOne(exchange, await readJson(exchange.req, bodyBytes)));
  };
}

/**
 * What one request of an exchange asks for, rendered from its build: the JSON of a RenderResult. Every render that the
 * server does comes by here, asked for alone or with others.
 *
 * @throws PromptcError
 */
export async function renderOne(exchange: Exchange, request: Json): Promise<string> {
  const { bundleId, version, payload } = readRenderRequest(request);
  const found = buildOf(exchange).ready(bundleId, version);
  // A bundle that is ready needs no turn of its own.
  const ready = found instanceof Promise ? await found : found;
  return ready.answer(ready.linked.render(payload).result);
}
