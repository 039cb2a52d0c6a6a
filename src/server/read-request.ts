/** The bodies of requests → what they ask for, in the names of TypeScript. */
import type { Problem } from '../base/error.js';
import { isObject, type Json, type JsonObject } from '../base/json.js';
import type { JsonSchema } from '../format/artifact.js';
import { problemPath, problemText } from '../format/schema-problem.js';
import { compileValidator, type Validator } from '../format/validator.js';
import { invalid } from '../render/payload.js';
import { batchRequest, RENDER_REQUEST, VALIDATE_REQUEST } from './request-schema.js';

/** What `POST /v1/prompts/render` asks for. */
export interface RenderRequest {
  readonly bundleId: string;
  readonly version: string | undefined;
  /** Everything else: the bundle's own schema checks it, unknown fields included. */
  readonly payload: JsonObject;
}

const renderRequestProblems = problemsBy(RENDER_REQUEST);

/** @throws PromptcError `payload_invalid`, with each problem */
export function readRenderRequest(body: Json): RenderRequest {
  if (isObject(body)) {
    const { bundle_id: bundleId, semver: version, ...payload } = body;
    if (typeof bundleId === 'string' && (version === undefined || typeof version === 'string')) return { bundleId, version, payload };
  }
  // Without a bundle there is no schema of its own to ask, so this says at least what is wrong for every bundle.
  throw invalid(renderRequestProblems(body));
}

/** What `POST /v1/prompts/validate` asks for. */
export interface ValidateRequest {
  readonly bundleId: string;
  readonly version: string | undefined;
  /** What a model answered. */
  readonly text: string;
}

const validateRequestProblems = problemsBy(VALIDATE_REQUEST);

/** @throws PromptcError `payload_invalid`, with each problem */
export function readValidateRequest(body: Json): ValidateRequest {
  const found = validateRequestProblems(body);
  if (found.length > 0) throw invalid(found);
  const { bundle_id: bundleId, semver: version, text } = body as { bundle_id: string; semver?: string; text: string };
  return { bundleId, version, text };
}

/** Reads what `POST /v1/prompts/render/batch` asks for, up to so many requests; throws as above, for the list as such. */
export function batchReader(maxRequests: number): (body: Json) => readonly Json[] {
  const problems = problemsBy(batchRequest(maxRequests, {}));
  return (body) => {
    const found = problems(body);
    if (found.length > 0) throw invalid(found);
    return (body as { requests: Json[] }).requests;
  };
}

/** What is wrong with a body by a schema, which is compiled when it is first needed. */
function problemsBy(schema: JsonSchema): (body: Json) => Problem[] {
  let validate: Validator | undefined;
  return (body) => {
    validate ??= compileValidator(schema, { allErrors: true, maxCost: Infinity });
    return validate(body).map((error) => ({ path: problemPath(error), message: problemText(error) }));
  };
}
