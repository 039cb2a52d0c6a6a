/**
 * `POST /v1/prompts/render/batch`: many renders in one call.
 *
 * What always holds: all come from the exchange's one build; each has its own result or problem, in the order asked; what
 * the answer takes is bounded, and so is the time for which others wait.
 */
import type { Json } from '../../base/json.js';
import { explain, sendJsonText } from '../answer.js';
import { readJson } from '../body.js';
import type { Exchange } from '../exchange.js';
import { HttpError } from '../http-error.js';
import type { ServerLimits } from '../limits.js';
import type { Log } from '../log.js';
import { readQuery } from '../query.js';
import type { Renders } from '../renders.js';
import { buildOf, type Route } from '../route.js';
import { Slices } from '../slices.js';
import { batchReader } from '../read-request.js';
import { RENDER_PATH } from './render.js';

export const BATCH_PATH = `${RENDER_PATH}/batch`;

/** How long other requests may have to wait for a batch at a time, save for the time of one render. */
const SLICE_MILLISECONDS = 2;

export interface BatchRouteOptions {
  readonly renders: Renders;
  readonly limits: ServerLimits;
  readonly log: Log;
}

export function batchRoute({ renders, limits: { bodyBytes, batchRequests, batchBytes }, log }: BatchRouteOptions): Route {
  const readBatch = batchReader(batchRequests);

  return async (exchange) => {
    readQuery(exchange.req.url!, {});
    buildOf(exchange);
    const items: string[] = [];
    let bytes = 0;
    let isFull = false;
    const slices = new Slices(SLICE_MILLISECONDS);
    for (const request of readBatch(await readJson(exchange.req, bodyBytes))) {
      let item = isFull ? '' : await renderItem(exchange, request);
      bytes += Buffer.byteLength(item);
      // The first one is always given, so that whoever asks again for what is left gets on.
      isFull ||= bytes > batchBytes && items.length > 0;
      if (isFull) item = problemItem(exchange, full(batchBytes));
      items.push(item);
      if (!slices.isOver) continue;
      await slices.next();
      // Nobody waits for the rest.
      if (exchange.res.destroyed) return;
    }
    sendJsonText(exchange, `{"results":[${items.join(',')}]}`);
  };

  async function renderItem(exchange: Exchange, request: Json): Promise<string> {
    try {
      const { text, yanked } = await renders.one(exchange, request);
      return `{"status":200,"yanked":${JSON.stringify(yanked ?? null)},"result":${text}}`;
    } catch (error) {
      return problemItem(exchange, error);
    }
  }

  function problemItem(exchange: Exchange, error: unknown): string {
    const problem = explain(exchange, error, log);
    return JSON.stringify({ status: problem.status, problem });
  }
}

function full(bytes: number): HttpError {
  return new HttpError('batch_full', `The results before this one come to almost ${bytes} bytes. Ask for the rest in another call.`);
}
