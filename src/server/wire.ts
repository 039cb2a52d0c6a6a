/** Names as the API has them ↔ names as TypeScript has them: the one place where they change. */
import semver from 'semver';
import type { Problem } from '../base/error.js';
import { isObject, type Json, type JsonObject } from '../base/json.js';
import {
  type BundleArtifact,
  type BundleEntry,
  type JsonSchema,
  SLOT_NAMES,
  type TemplateArtifact,
  type TemplateEntry,
} from '../format/artifact.js';
import { problemPath, problemText } from '../format/schema-problem.js';
import { compileValidator, type Validator } from '../format/validator.js';
import { invalid } from '../render/payload.js';
import type { DefaultBundle, Selected } from './served-build.js';
import { batchRequest, RENDER_REQUEST } from './request-schema.js';

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

/** A bundle in the list. */
export function bundleSummary({ id, version, entry }: DefaultBundle) {
  return {
    bundle_id: id,
    semver: version,
    tags: entry.tags ?? [],
    bundle_hash: entry.hash,
    description: entry.description ?? null,
  };
}

/** All about one version of a bundle, save for its templates' text. */
export function bundleDocument({ versions, entry, artifact }: Selected<BundleEntry, BundleArtifact>) {
  return {
    bundle_id: artifact.id,
    semver: artifact.version,
    default: versions.default ?? null,
    versions: newestFirst(versions.versions).map(([version, { hash, yanked = null }]) => ({ semver: version, bundle_hash: hash, yanked })),
    yanked: entry.yanked ?? null,
    bundle_hash: artifact.hash,
    adapter_version: artifact.adapter_version ?? null,
    description: entry.description ?? null,
    tags: artifact.tags ?? [],
    slots: Object.fromEntries(
      SLOT_NAMES.flatMap((slot) => {
        const template = artifact.slots[slot];
        return template === undefined
          ? []
          : [[slot, { template_id: template.id, semver: template.version, template_hash: template.hash }] as const];
      }),
    ),
    constraints: artifact.constraints,
    config: artifact.config ?? null,
    output: artifact.output ?? null,
    input_schema: artifact.payloadSchema,
    artifact: entry.artifact.digest,
  };
}

/** All about one version of a template, save for its text. */
export function templateDocument({ versions, entry, artifact }: Selected<TemplateEntry, TemplateArtifact>) {
  return {
    template_id: artifact.id,
    semver: artifact.version,
    default: versions.default ?? null,
    versions: newestFirst(versions.versions).map(([version, { hash, yanked = null }]) => ({
      semver: version,
      template_hash: hash,
      yanked,
    })),
    yanked: entry.yanked ?? null,
    template_hash: artifact.hash,
    role: artifact.role,
    adapter_version: artifact.adapter_version ?? null,
    description: entry.description ?? null,
    inputs: artifact.inputs ?? {},
    constraints: artifact.constraints ?? {},
    artifact: entry.artifact.digest,
  };
}

function newestFirst<Entry>(versions: { readonly [version: string]: Entry }): [string, Entry][] {
  return Object.entries(versions).toSorted(([a], [b]) => semver.rcompare(a, b));
}
