/** `POST /v1/prompts/render`: needs nothing but Node's own request and response, so that it can go ahead of Express. */
import type { Json } from '../../base/json.js';
import { sendJsonText } from '../answer.js';
import { readJson } from '../body.js';
import type { Exchange } from '../exchange.js';
import { readQuery } from '../query.js';
import type { Renders } from '../renders.js';
import { buildOf, type Route } from '../route.js';

export const RENDER_PATH = '/v1/prompts/render';

/** As much of a reason as a header says: there is no room for any length of it. */
const REASON_CHARACTERS = 500;

export interface RenderRouteOptions {
  readonly renders: Renders;
  /** The largest body of a request, in bytes. */
  readonly bodyBytes: number;
}

export function renderRoute({ renders, bodyBytes }: RenderRouteOptions): Route {
  return async (exchange) => {
    const found = renders.one(exchange, await readRequest(exchange));
    // What is ready needs no turn of its own.
    const { text, yanked } = found instanceof Promise ? await found : found;
    if (yanked !== undefined) exchange.headers.push('x-promptc-yanked', headerText(yanked));
    sendJsonText(exchange, text);
  };

  async function readRequest(exchange: Exchange): Promise<Json> {
    try {
      if (exchange.req.url !== RENDER_PATH) readQuery(exchange.req.url!, {});
      buildOf(exchange);
      return await readJson(exchange.req, bodyBytes);
    } catch (error) {
      return renders.failed(error);
    }
  }
}

/** Any text can be a reason, and few can stand in a header. */
function headerText(reason: string): string {
  return encodeURIComponent(reason.slice(0, REASON_CHARACTERS).toWellFormed());
}
