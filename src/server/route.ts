import type { Exchange } from './exchange.js';
import { HttpError } from './http-error.js';
import type { ServedBuild } from './served-build.js';

/** Answers one kind of request; what it throws becomes a problem document. */
export type Route = (exchange: Exchange) => void | Promise<void>;

/** @throws HttpError `no_build` */
export function buildOf({ build }: Exchange): ServedBuild {
  if (build !== undefined) return build;
  throw new HttpError('no_build', 'There is no build to answer from yet. Try again in a moment.', [], { 'retry-after': '5' });
}
