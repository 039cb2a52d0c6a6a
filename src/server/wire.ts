/** Names as the API has them ↔ names as TypeScript has them: the one place where they change. */
import semver from 'semver';
import type { Problem } from '../base/error.js';
import { isObject, type Json, type JsonObject } from '../base/json.js';
import { pointerToken } from '../base/plain-json.js';
import { type BundleArtifact, type BundleEntry, SLOT_NAMES, type TemplateArtifact, type TemplateEntry } from '../format/artifact.js';
import { PERSONA_NAMES } from '../format/persona.js';
import { invalid } from '../render/payload.js';
import type { DefaultBundle, Selected } from './served-build.js';

/** What `POST /v1/prompts/render` asks for. */
export interface RenderRequest {
  readonly bundleId: string;
  readonly version: string | undefined;
  /** Everything else: the bundle's own schema checks it, unknown fields included. */
  readonly payload: JsonObject;
}

const RENDER_FIELDS: ReadonlySet<string> = new Set(['bundle_id', 'semver', 'model_type', 'inputs', ...PERSONA_NAMES]);

/** @throws PromptcError `payload_invalid`, with each problem */
export function readRenderRequest(body: Json): RenderRequest {
  if (!isObject(body)) throw invalid([{ path: '', message: 'must be an object' }]);
  const { bundle_id: bundleId, semver: version, ...payload } = body;
  const isVersion = version === undefined || typeof version === 'string';
  if (typeof bundleId === 'string' && isVersion) return { bundleId, version, payload };

  // Without a bundle there is no schema to ask, so this says at least which fields no bundle has.
  const problems: Problem[] = [];
  if (typeof bundleId !== 'string')
    problems.push({ path: '/bundle_id', message: bundleId === undefined ? 'is required' : 'must be a text' });
  if (!isVersion) problems.push({ path: '/semver', message: 'must be a text' });
  for (const name of Object.keys(payload)) {
    if (!RENDER_FIELDS.has(name)) problems.push({ path: `/${pointerToken(name)}`, message: 'is not known here' });
  }
  throw invalid(problems);
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
