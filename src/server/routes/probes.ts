/** `GET /healthz` and `GET /readyz`, for whatever watches over the process. */
import { sendDocument, sendJson } from '../answer.js';
import type { CurrentBuild } from '../current-build.js';
import type { Exchange } from '../exchange.js';
import type { Route } from '../route.js';

export const HEALTH_PATH = '/healthz';
export const READINESS_PATH = '/readyz';

/** The process runs. */
export function showHealth(exchange: Exchange): void {
  sendDocument(exchange, { status: 'ok' }, 'no-store');
}

/**
 * Whether there is a build to answer from. One that cannot take its place is a problem to look at, and no reason to send
 * requests elsewhere.
 */
export function readinessRoute(builds: CurrentBuild): Route {
  return (exchange) => {
    const { build } = exchange;
    const { problem = null } = builds.state;
    if (build === undefined) sendJson(exchange, { status: 'waiting', build: null, commit: null, problem }, 503);
    else sendDocument(exchange, { status: 'ready', build: build.digest, commit: build.origin.commit, problem }, 'no-store');
  };
}
