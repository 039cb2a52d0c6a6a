/** The routes: what they are called, and who answers them. */
import type { IncomingMessage } from 'node:http';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { EVERYTHING } from '../access/access.js';
import type { Scope } from '../access/scope.js';
import { admit } from './admit.js';
import { sendError } from './answer.js';
import type { AppOptions } from './app.js';
import type { Exchange } from './exchange.js';
import { HttpError } from './http-error.js';
import type { Renders } from './renders.js';
import type { Route } from './route.js';
import { AUDIT_PATH, auditRoute } from './routes/audit.js';
import { BATCH_PATH, batchRoute } from './routes/batch.js';
import { VALIDATE_PATH, validateRoute } from './routes/validate.js';
import { BUNDLES_PATH, listBundles, showBundle } from './routes/bundles.js';
import { ARTIFACTS_PATH, MANIFEST_PATH, showArtifact, showManifest } from './routes/files.js';
import { METRICS_PATH, metricsRoute } from './routes/metrics.js';
import { DOCS_PATH, OPENAPI_PATH, openApiRoutes } from './routes/openapi.js';
import { HEALTH_PATH, READINESS_PATH, readinessRoute, showHealth } from './routes/probes.js';
import { RENDER_PATH } from './routes/render.js';
import { showTemplate, TEMPLATES_PATH } from './routes/templates.js';

const READ_ONLY =
  'The registry is read-only, since a reviewed commit is what runs: to change a prompt, edit its file below prompts/ and open a pull request.';

export interface ExpressOptions extends AppOptions {
  /** The route that is also called ahead of Express. */
  readonly render: Route;
  readonly renders: Renders;
}

export function createExpressApp(options: ExpressOptions): Route {
  const { builds, limits, access, auditReader, render, renders, metrics, isStopping, log } = options;
  /** Express hands on requests; what belongs to each is found here. */
  const exchanges = new WeakMap<IncomingMessage, Exchange>();
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('strict routing').enable('case sensitive routing');

  app.route(RENDER_PATH).post(by(render, 'render')).all(only('POST'));
  app
    .route(BATCH_PATH)
    .post(by(batchRoute({ renders, limits, log }), 'render'))
    .all(only('POST'));
  app
    .route(VALIDATE_PATH)
    .post(by(validateRoute(limits), 'render'))
    .all(only('POST'));

  app.route(BUNDLES_PATH).get(by(listBundles, 'read')).all(readOnly);
  app.route(below(BUNDLES_PATH)).get(by(showBundle, 'read')).all(readOnly);
  app.route(below(TEMPLATES_PATH)).get(by(showTemplate, 'read')).all(readOnly);
  app
    .route(MANIFEST_PATH)
    .get(by(showManifest, 'read', EVERYTHING))
    .all(readOnly);
  app
    .route(below(ARTIFACTS_PATH))
    .get(by(showArtifact, 'read', EVERYTHING))
    .all(readOnly);

  app
    .route(below(AUDIT_PATH))
    .get(by(auditRoute({ reader: auditReader, builds }), 'audit'))
    .all(readOnly);

  const { showOpenApi, showDocs } = openApiRoutes(limits);
  app.route(OPENAPI_PATH).get(by(showOpenApi)).all(only('GET, HEAD'));
  app.route(DOCS_PATH).get(by(showDocs)).all(only('GET, HEAD'));

  app.route(HEALTH_PATH).get(by(showHealth)).all(only('GET, HEAD'));
  app
    .route(READINESS_PATH)
    .get(by(readinessRoute(builds, isStopping)))
    .all(only('GET, HEAD'));

  if (metrics !== undefined) {
    app
      .route(METRICS_PATH)
      .get(by(metricsRoute(metrics), 'metrics', EVERYTHING))
      .all(only('GET, HEAD'));
  }

  app.use(() => {
    throw new HttpError('not_found', 'There is no such route.');
  });
  app.use((error: unknown, req: Request, _res: Response, _next: NextFunction) => sendError(exchanges.get(req)!, error, log));

  return (exchange) => {
    exchanges.set(exchange.req, exchange);
    app(exchange.req, exchange.res);
  };

  /** @param subject - what a key with a prefix is too little for */
  function by(route: Route, scope?: Scope, subject?: typeof EVERYTHING): RequestHandler {
    return (req) => {
      const exchange = exchanges.get(req)!;
      if (scope !== undefined) admit(access, exchange, scope, subject);
      return route(exchange);
    };
  }
}

/** Any path below one; the route decodes the rest, since Express would answer broken escapes in its own way. */
function below(path: string): RegExp {
  return new RegExp(`^${path}/.`);
}

function only(allow: string): RequestHandler {
  return () => {
    throw new HttpError('method_not_allowed', `This route answers ${allow} only.`, [], { allow });
  };
}

function readOnly({ method }: Request): void {
  const allow = 'GET, HEAD';
  const detail = WRITING.has(method) ? READ_ONLY : `This route answers ${allow} only.`;
  throw new HttpError('method_not_allowed', detail, [], { allow });
}

const WRITING: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
