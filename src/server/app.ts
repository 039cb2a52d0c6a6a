/** The routes: what they are called, and who answers them. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { type Log, sendError } from './answer.js';
import { checkTarget, setCommonHeaders } from './guard.js';
import { HttpError } from './http-error.js';
import type { Registry } from './registry.js';
import { BUNDLES_PATH, listBundles, showBundle } from './routes/bundles.js';
import { ARTIFACTS_PATH, MANIFEST_PATH, showArtifact, showManifest } from './routes/files.js';
import { showHealth, showReadiness } from './routes/probes.js';
import { RENDER_PATH, renderRoute } from './routes/render.js';
import { showTemplate, TEMPLATES_PATH } from './routes/templates.js';

export interface AppOptions {
  readonly registry: Registry;
  /** The largest body of a request, in bytes. */
  readonly bodyBytes: number;
  /** Whether the server is bound to a loopback address, and so answers to loopback names only. */
  readonly onLoopback: boolean;
  readonly log: Log;
}

type Route = (registry: Registry, req: IncomingMessage, res: ServerResponse) => void | Promise<void>;

const READ_ONLY =
  'The registry is read-only, since a reviewed commit is what runs: to change a prompt, edit its file below prompts/ and open a pull request.';

/** Answers requests; what comes in is a request of `node:http`, whoever accepted it. */
export function createApp({ registry, bodyBytes, onLoopback, log }: AppOptions): RequestListener {
  const render = renderRoute(registry, bodyBytes, log);
  const app = createExpress(registry, render, log);
  return (req, res) => {
    setCommonHeaders(res, registry.build);
    try {
      checkTarget(req, onLoopback);
    } catch (error) {
      sendError(res, error, log);
      return;
    }
    // Express costs more than rendering does, so the one busy route goes past it.
    if (req.method === 'POST' && req.url === RENDER_PATH) render(req, res);
    else app(req, res);
  };
}

function createExpress(registry: Registry, render: RequestListener, log: Log): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('strict routing').enable('case sensitive routing');

  app.route(RENDER_PATH).post(render).all(only('POST'));

  app.route(BUNDLES_PATH).get(reading(listBundles)).all(readOnly);
  app.route(below(BUNDLES_PATH)).get(reading(showBundle)).all(readOnly);
  app.route(below(TEMPLATES_PATH)).get(reading(showTemplate)).all(readOnly);
  app.route(MANIFEST_PATH).get(reading(showManifest)).all(readOnly);
  app.route(below(ARTIFACTS_PATH)).get(reading(showArtifact)).all(readOnly);

  app.route('/healthz').get(reading(showHealth)).all(only('GET, HEAD'));
  app.route('/readyz').get(reading(showReadiness)).all(only('GET, HEAD'));

  app.use(() => {
    throw new HttpError('not_found', 'There is no such route.');
  });
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => sendError(res, error, log));
  return app;

  function reading(route: Route): RequestHandler {
    return (req, res) => route(registry, req, res);
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
