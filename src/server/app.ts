/** A request → the route that answers it. */
import { type Access, EVERYTHING } from '../access/access.js';
import type { AuditSink } from '../audit/sink.js';
import type { AuditReader } from '../audit/storage.js';
import { admit } from './admit.js';
import { sendError } from './answer.js';
import type { Counts } from './counts.js';
import type { Builds } from './builds.js';
import type { Exchange } from './exchange.js';
import { checkTarget } from './guard.js';
import type { ServerLimits } from './limits.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import { pathOf } from './path-id.js';
import { Renders } from './renders.js';
import type { Route } from './route.js';
import { ARTIFACTS_PATH, showArtifact } from './routes/files.js';
import { RENDER_PATH, renderRoute } from './routes/render.js';

export interface AppOptions {
  readonly builds: Builds;
  readonly limits: ServerLimits;
  /** Whether the server is bound to a loopback address, and so answers to loopback names only. */
  readonly onLoopback: boolean;
  readonly counts: Counts;
  readonly access: Access;
  /** Is told of each render; absent if nobody is. */
  readonly audit?: AuditSink | undefined;
  /** What was recorded, where it can be read back. */
  readonly auditReader?: AuditReader | undefined;
  /** What `/metrics` tells; without them there is no such route. */
  readonly metrics?: Metrics | undefined;
  /** Whether the server is about to end. */
  readonly isStopping: () => boolean;
  readonly log: Log;
  /** Routes that are not of the API, by path. They tell of everything. */
  readonly more?: ReadonlyMap<string, Route> | undefined;
}

const ARTIFACTS_PREFIX = `${ARTIFACTS_PATH}/`;

/** Answers an exchange, whoever accepted it. */
export function createApp(options: AppOptions): (exchange: Exchange) => void {
  const { limits, onLoopback, counts, access, audit, log, more } = options;
  const { bodyBytes, targetBytes } = limits;
  const renders = new Renders({ counts, audit });
  const render = renderRoute({ renders, bodyBytes });
  let others: Promise<Route> | undefined;
  return (exchange) => {
    const { req } = exchange;
    try {
      checkTarget(req, { onLoopback, targetBytes });
      // Express costs more than rendering does, so the busy routes go past it.
      if (req.method === 'POST' && req.url === RENDER_PATH) {
        admit(access, exchange, 'render');
        answer(render, exchange);
      } else if (req.method === 'GET' && req.url!.startsWith(ARTIFACTS_PREFIX)) {
        admit(access, exchange, 'read', EVERYTHING);
        answer(showArtifact, exchange);
      } else if (more?.has(pathOf(req.url!)) === true) {
        admit(access, exchange, 'read', EVERYTHING);
        answer(more.get(pathOf(req.url!))!, exchange);
      } else {
        // Express takes longer to load than a server to start.
        others ??= import('./express-app.js').then(({ createExpressApp }) => createExpressApp({ ...options, renders, render }));
        answer(async () => (await others!)(exchange), exchange);
      }
    } catch (error) {
      sendError(exchange, error, log);
    }
  };

  /** Has a route answer, and answers itself what the route throws. */
  function answer(route: Route, exchange: Exchange): void {
    route(exchange)?.catch((error: unknown) => sendError(exchange, error, log));
  }
}
