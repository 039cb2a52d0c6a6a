/** `GET /v1/manifest` and `GET /v1/artifacts/sha256/{hex}`: the output folder's own bytes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasAlready, sendTagged } from '../answer.js';
import { HttpError } from '../http-error.js';
import { pathOf } from '../path-id.js';
import { readQuery } from '../query.js';
import type { Registry } from '../registry.js';

export const MANIFEST_PATH = '/v1/manifest';
export const ARTIFACTS_PATH = '/v1/artifacts/sha256';

/** An artifact's name is its digest, so what it names never changes. */
const FOREVER = 'public, max-age=31536000, immutable';

export function showManifest(registry: Registry, req: IncomingMessage, res: ServerResponse): void {
  readQuery(req.url!, []);
  const { digest, bytes } = registry.manifest;
  sendTagged(req, res, digest, 'no-cache', bytes);
}

export async function showArtifact(registry: Registry, req: IncomingMessage, res: ServerResponse): Promise<void> {
  readQuery(req.url!, []);
  const reference = registry.reference(`sha256:${pathOf(req.url!).slice(ARTIFACTS_PATH.length + 1)}`);
  if (reference === undefined) throw new HttpError('not_found', 'The manifest of this build names no such artifact.');
  const { digest } = reference;
  const bytes = hasAlready(req, digest) ? '' : await registry.object(reference);
  sendTagged(req, res, digest, FOREVER, bytes);
}
