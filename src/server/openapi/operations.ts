/**
 * What the server can be asked for. A route that is added is added here; the tests refuse answers that this does not
 * foresee.
 */
import { DIGEST_PATTERN } from '../../base/digest.js';
import type { Json, JsonObject } from '../../base/json.js';
import type { JsonSchema } from '../../format/artifact.js';
import { ID_SCHEMA } from '../../format/frontmatter-schema.js';
import type { Scope } from '../../access/scope.js';
import type { ANSWER_SCHEMAS } from '../answer-schema.js';
import type { ServerCode } from '../problem.js';
import { type Parameter, VERSION_QUERY } from '../query.js';
import { AUDIT_PATH, AUDIT_QUERY } from '../routes/audit.js';
import { BATCH_PATH } from '../routes/batch.js';
import { BUNDLES_PATH, LIST_QUERY } from '../routes/bundles.js';
import { ARTIFACTS_PATH, MANIFEST_PATH } from '../routes/files.js';
import { DOCS_PATH, OPENAPI_PATH } from '../routes/openapi.js';
import { METRICS_PATH } from '../routes/metrics.js';
import { HEALTH_PATH, READINESS_PATH } from '../routes/probes.js';
import { RENDER_PATH } from '../routes/render.js';
import { TEMPLATES_PATH } from '../routes/templates.js';
import { VALIDATE_PATH } from '../routes/validate.js';
import {
  BATCH_REQUEST_EXAMPLE,
  BATCH_RESULT_EXAMPLE,
  BUNDLE_EXAMPLE,
  LIST_EXAMPLE,
  RENDER_REQUEST_EXAMPLE,
  RENDER_RESULT_EXAMPLE,
  TEMPLATE_EXAMPLE,
  VALIDATE_REQUEST_EXAMPLE,
  VALIDATION_EXAMPLE,
} from './examples.js';

type AnswerName = keyof typeof ANSWER_SCHEMAS;

/** One route and one method of it. */
export interface Operation {
  readonly id: string;
  readonly group: GroupName;
  /** `post` for what takes a body; `HEAD` goes with `get`. */
  readonly method: 'get' | 'post';
  /** With a name in braces for what a request fills in. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** What a key must allow, where keys are asked for; nobody is asked for one if absent. */
  readonly scope?: Scope;
  /** What stands in braces in the path. */
  readonly inPath?: PathParameter;
  readonly query?: { readonly [name: string]: Parameter<unknown> };
  readonly body?: { readonly name: string; readonly example: Json };
  /** What comes with 200: the name of a schema, a page of HTML, or plain text. */
  readonly answer: AnswerName | 'html' | 'text';
  readonly example?: Json;
  /** Whether a header of the answer says that the version is yanked. */
  readonly saysYanked?: boolean;
  /** Examples of query parameters, for the same request. */
  readonly queryExamples?: JsonObject;
  /** Statuses of which the answer has the same schema and is no problem document. */
  readonly alsoWith?: readonly number[];
  /** The problems that are this operation's own; those of HTTP itself go without saying. */
  readonly codes: readonly ServerCode[];
}

export interface PathParameter {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly example?: string;
}

export const GROUPS = {
  Renders: 'Prompts, rendered.',
  Registry: 'Which bundles and templates there are, and what they take.',
  Build: 'The files of the build that is served, for whoever wants to serve or to check it elsewhere.',
  Audit: 'What was rendered.',
  Server: 'The server itself.',
} as const;

type GroupName = keyof typeof GROUPS;

const NO_BUILD = ['no_build'] as const;
const OF_OBJECTS = ['artifact_missing', 'artifact_corrupt', 'artifact_unsupported', ...NO_BUILD] as const;
const OF_VERSIONS = ['version_invalid', 'version_not_found', 'no_default_version'] as const;
const OF_BODIES = [
  ...(['bad_query', 'empty_body', 'invalid_utf8', 'malformed_json', 'payload_invalid'] as const),
  ...(['body_too_large', 'unsupported_media_type', 'unsupported_content_encoding'] as const),
];

function idInPath(of: 'bundle' | 'template', example: string): PathParameter {
  const description = `The id of a ${of}. Its slashes may stay as they are or be written as \`%2F\`.`;
  return { name: 'id', description, schema: ID_SCHEMA, example };
}

export const OPERATIONS: readonly Operation[] = [
  {
    id: 'render',
    group: 'Renders',
    method: 'post',
    path: RENDER_PATH,
    summary: 'Render a prompt',
    description:
      'The same request to the same build gives the same bytes. Of a version that is yanked, which only its exact name still gets, ' +
      'the header `x-promptc-yanked` says why.',
    scope: 'render',
    body: { name: 'RenderRequest', example: RENDER_REQUEST_EXAMPLE },
    answer: 'RenderResult',
    example: RENDER_RESULT_EXAMPLE,
    saysYanked: true,
    codes: [
      ...OF_BODIES,
      ...OF_VERSIONS,
      ...OF_OBJECTS,
      ...(['bundle_not_found', 'bundle_unsupported_model', 'payload_too_large', 'prompt_too_large', 'render_too_long'] as const),
    ],
  },
  {
    id: 'renderBatch',
    group: 'Renders',
    method: 'post',
    path: BATCH_PATH,
    summary: 'Render many prompts',
    description:
      'All come from one build. Each request has its own result, or the problem that it would have been answered with alone; ' +
      'the status of the answer is 200 if the list as such could be read. What the results come to is limited: the first one that ' +
      'does not fit and all behind it have the problem `batch_full`, and can be asked for again.',
    scope: 'render',
    body: { name: 'BatchRequest', example: BATCH_REQUEST_EXAMPLE },
    answer: 'BatchResult',
    example: BATCH_RESULT_EXAMPLE,
    codes: [...OF_BODIES, ...NO_BUILD],
  },
  {
    id: 'validate',
    group: 'Renders',
    method: 'post',
    path: VALIDATE_PATH,
    summary: 'Check an answer',
    description: "Holds what a model answered to the bundle's constraints, those of its templates included. The answer is kept nowhere.",
    scope: 'render',
    body: { name: 'ValidateRequest', example: VALIDATE_REQUEST_EXAMPLE },
    answer: 'Validation',
    example: VALIDATION_EXAMPLE,
    codes: [...OF_BODIES, ...OF_VERSIONS, ...OF_OBJECTS, 'bundle_not_found'],
  },
  {
    id: 'listBundles',
    group: 'Registry',
    method: 'get',
    path: BUNDLES_PATH,
    summary: 'List bundles',
    description: 'The default version of each bundle, by id. A bundle that has only prereleases and yanked versions is left out.',
    scope: 'read',
    query: LIST_QUERY,
    queryExamples: { prefix: 'wel', limit: 10 },
    answer: 'BundleList',
    example: LIST_EXAMPLE,
    codes: ['bad_query', ...OF_OBJECTS],
  },
  {
    id: 'showBundle',
    group: 'Registry',
    method: 'get',
    path: `${BUNDLES_PATH}/{id}`,
    summary: 'Show a bundle',
    description: 'One version of a bundle: its templates, what it takes, its hashes.',
    scope: 'read',
    inPath: idInPath('bundle', 'welcome'),
    query: VERSION_QUERY,
    queryExamples: { semver: '1.x' },
    answer: 'Bundle',
    example: BUNDLE_EXAMPLE,
    codes: ['bad_query', 'bundle_not_found', ...OF_VERSIONS, ...OF_OBJECTS],
  },
  {
    id: 'showTemplate',
    group: 'Registry',
    method: 'get',
    path: `${TEMPLATES_PATH}/{id}`,
    summary: 'Show a template',
    description: 'One version of a template: what it takes, its hash. Its text is in its artifact.',
    scope: 'read',
    inPath: idInPath('template', 'welcome/message'),
    query: VERSION_QUERY,
    answer: 'Template',
    example: TEMPLATE_EXAMPLE,
    codes: ['bad_query', 'template_not_found', ...OF_VERSIONS, ...OF_OBJECTS],
  },
  {
    id: 'showManifest',
    group: 'Build',
    method: 'get',
    path: MANIFEST_PATH,
    summary: 'The manifest',
    description: 'The bytes of `manifest.json`. Their digest is the build, as `x-promptc-build` names it.',
    scope: 'read',
    answer: 'Manifest',
    codes: ['bad_query', ...NO_BUILD],
  },
  {
    id: 'showArtifact',
    group: 'Build',
    method: 'get',
    path: `${ARTIFACTS_PATH}/{hex}`,
    summary: 'An artifact',
    description:
      'The bytes of any file that the manifest leads to, checked before they are sent. Those of earlier builds are there as long as the folder has them.',
    scope: 'read',
    inPath: {
      name: 'hex',
      description: 'The digest of the bytes, without `sha256:`.',
      schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    },
    answer: 'Artifact',
    codes: ['bad_query', 'not_found', 'artifact_corrupt', ...NO_BUILD],
  },
  {
    id: 'showAudit',
    group: 'Audit',
    method: 'get',
    path: `${AUDIT_PATH}/{hash}`,
    summary: 'What was rendered',
    description:
      'The records of a prompt hash or of a bundle hash, the newest first. It needs a key wherever the server runs, and a server that keeps a log which can be read back.',
    scope: 'audit',
    inPath: {
      name: 'hash',
      description: 'A `prompt_hash` or a `bundle_hash`.',
      schema: { type: 'string', pattern: DIGEST_PATTERN },
    },
    query: AUDIT_QUERY,
    answer: 'AuditAnswer',
    codes: ['bad_query', 'not_found', 'audit_failed'],
  },
  {
    id: 'showMetrics',
    group: 'Server',
    method: 'get',
    path: METRICS_PATH,
    summary: 'Metrics',
    description: "In Prometheus' text format. A server can be started without them.",
    scope: 'metrics',
    answer: 'text',
    codes: ['bad_query', 'not_found'],
  },
  {
    id: 'showHealth',
    group: 'Server',
    method: 'get',
    path: HEALTH_PATH,
    summary: 'Whether the process runs',
    description: 'It is 200 as long as anything is answered.',
    answer: 'Health',
    example: { status: 'ok' },
    codes: [],
  },
  {
    id: 'showReadiness',
    group: 'Server',
    method: 'get',
    path: READINESS_PATH,
    summary: 'Whether there is a build to answer from',
    description: 'It is 200 if there is, and says which; it is 503 until there is, and once the server is about to end.',
    answer: 'Readiness',
    alsoWith: [503],
    codes: [],
  },
  {
    id: 'showOpenApi',
    group: 'Server',
    method: 'get',
    path: OPENAPI_PATH,
    summary: 'This API, for programs',
    description: 'This document.',
    answer: 'OpenApi',
    codes: ['bad_query'],
  },
  {
    id: 'showDocs',
    group: 'Server',
    method: 'get',
    path: DOCS_PATH,
    summary: 'This API, for people',
    description: 'A page that shows this document. It runs no scripts and loads nothing.',
    answer: 'html',
    codes: ['bad_query'],
  },
];
