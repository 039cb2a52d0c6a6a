/** `POST /v1/prompts/validate`: whether a model's answer keeps what a bundle demands of it. */
import { admitTo } from '../admit.js';
import { sendJsonText } from '../answer.js';
import { readJson } from '../body.js';
import { readQuery } from '../query.js';
import { readValidateRequest } from '../read-request.js';
import { buildOf, type Route } from '../route.js';

export const VALIDATE_PATH = '/v1/prompts/validate';

/** @param bodyBytes - the largest body of a request: what bounds the time that a check takes */
export function validateRoute({ bodyBytes }: { readonly bodyBytes: number }): Route {
  return async (exchange) => {
    readQuery(exchange.req.url!, {});
    const build = buildOf(exchange);
    const { bundleId, version, text } = readValidateRequest(await readJson(exchange.req, bodyBytes));
    admitTo(exchange, bundleId);
    const { ready } = await build.choose(bundleId, version);
    const { id, version: semver, hash, constraints, locale, output } = ready.linked.artifact;
    // Checks of all constraints are not what a server needs for its first render.
    const { checkOutput } = await import('../../answers/check-output.js');
    const { ok, violations } = await checkOutput(constraints, text, { locale, output });
    sendJsonText(exchange, JSON.stringify({ ok, bundle_id: id, semver, bundle_hash: hash, violations }));
  };
}
