/** `GET /healthz` and `GET /readyz`, for whatever watches over the process. */
import { sendDocument, sendJson } from '../answer.js';
import type { Builds } from '../builds.js';
import type { Exchange } from '../exchange.js';
import type { Route } from '../route.js';

export const HEALTH_PATH = '/healthz';
export const READINESS_PATH = '/readyz';

/** The process runs. */
export function showHealth(exchange: Exchange): void {
  sendDocument(exchange, { status: 'ok' }, 'no-store');
}

/**
 * Whether there is a build to answer from, for a while yet. One that cannot take its place is a problem to look at, and no reason to send
 * requests elsewhere.
 */
export function readinessRoute(builds: Builds, isStopping: () => boolean): Route {
  return (exchange) => {
    const { build } = exchange;
    const { problem = null } = builds.state;
    const status = isStopping() ? 'stopping' : build === undefined ? 'waiting' : 'ready';
    const answer = { status, build: build?.digest ?? null, commit: build?.origin.commit ?? null, problem };
    if (status === 'ready') sendDocument(exchange, answer, 'no-store');
    else sendJson(exchange, answer, 503);
  };
}
