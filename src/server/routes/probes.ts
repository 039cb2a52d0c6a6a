/** `GET /healthz` and `GET /readyz`, for whatever watches over the process. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '../answer.js';
import type { Registry } from '../registry.js';

/** The process runs. */
export function showHealth(_registry: Registry, _req: IncomingMessage, res: ServerResponse): void {
  sendJson(res, { status: 'ok' });
}

/** There is a build to answer from: without one the server does not start. */
export function showReadiness({ build }: Registry, _req: IncomingMessage, res: ServerResponse): void {
  sendJson(res, { status: 'ready', build });
}
