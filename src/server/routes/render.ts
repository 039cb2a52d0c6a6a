/** `POST /v1/prompts/render`: needs nothing but Node's own request and response, so that it can go ahead of Express. */
import { sendJsonText } from '../answer.js';
import { readJson } from '../body.js';
import { addTo, type Counts } from '../counts.js';
import { problemOf } from '../problem.js';
import { readQuery } from '../query.js';
import { buildOf, type Route } from '../route.js';
import { readRenderRequest } from '../wire.js';

export const RENDER_PATH = '/v1/prompts/render';

export interface RenderRouteOptions {
  /** The largest body of a request, in bytes. */
  readonly bodyBytes: number;
  readonly counts: Counts;
}

export function renderRoute({ bodyBytes, counts }: RenderRouteOptions): Route {
  return async (exchange) => {
    try {
      if (exchange.req.url !== RENDER_PATH) readQuery(exchange.req.url!, []);
      const build = buildOf(exchange);
      const { bundleId, version, payload } = readRenderRequest(await readJson(exchange, bodyBytes));
      const found = build.ready(bundleId, version);
      // A bundle that is ready needs no turn of its own.
      const ready = found instanceof Promise ? await found : found;
      sendJsonText(exchange, ready.answer(ready.linked.render(payload)));
      counts.renders.add(performance.now() - exchange.arrived);
    } catch (error) {
      addTo(counts.renderErrors, problemOf(error).code);
      throw error;
    }
  };
}
