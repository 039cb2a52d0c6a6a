/** `GET /v1/manifest` and `GET /v1/artifacts/sha256/{hex}`: the output folder's own bytes. */
import type { Digest } from '../../base/digest.js';
import { PromptcError } from '../../base/error.js';
import { sendTagged } from '../answer.js';
import type { Exchange } from '../exchange.js';
import { HttpError } from '../http-error.js';
import { pathOf } from '../path-id.js';
import { readQuery } from '../query.js';
import { buildOf } from '../route.js';

export const MANIFEST_PATH = '/v1/manifest';
export const ARTIFACTS_PATH = '/v1/artifacts/sha256';

/** An artifact's name is its digest, so what it names never changes. */
const FOREVER = 'public, max-age=31536000, immutable';

export function showManifest(exchange: Exchange): void {
  readQuery(exchange.req.url!, {});
  const { digest, bytes } = buildOf(exchange).manifest;
  sendTagged(exchange, digest, 'no-cache', bytes);
}

/**
 * Any object of the folder, whichever build it belongs to: who began with one build goes on with it, also if another has
 * taken its place.
 */
export function showArtifact(exchange: Exchange): void | Promise<void> {
  const url = exchange.req.url!;
  if (url.includes('?')) readQuery(url, {});
  const named = `sha256:${pathOf(url).slice(ARTIFACTS_PATH.length + 1)}`;
  const found = buildOf(exchange).object(named);
  if (found === undefined) throw notFound();
  const digest = named as Digest;
  if (!(found instanceof Promise)) return sendTagged(exchange, digest, FOREVER, found);
  return found.then(
    (bytes) => sendTagged(exchange, digest, FOREVER, bytes),
    (error: unknown) => {
      throw error instanceof PromptcError && error.code === 'artifact_missing' ? notFound() : error;
    },
  );
}

function notFound(): HttpError {
  return new HttpError('not_found', 'There is no such artifact.');
}
