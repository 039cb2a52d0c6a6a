/** `GET /healthz` and `GET /readyz`, for whatever watches over the process. */
import { sendJson } from '../answer.js';
import type { CurrentBuild } from '../current-build.js';
import type { Exchange } from '../exchange.js';
import type { Route } from '../route.js';

/** The process runs. */
export function showHealth(exchange: Exchange): void {
  sendJson(exchange, { status: 'ok' });
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
    else sendJson(exchange, { status: 'ready', build: build.digest, commit: build.origin.commit, problem });
  };
}
