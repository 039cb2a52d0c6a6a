/**
 * The API → its OpenAPI document (3.1).
 *
 * In: the table of operations, and the schemas and parameters that requests are checked with. What always holds: what is
 * not said anywhere else is said in none of them here, so that the document cannot differ from what the server does.
 */
import { OPEN } from '../../access/access.js';
import type { Scope } from '../../access/scope.js';
import { ENGINE_VERSION } from '../../base/version.js';
import type { Json, JsonObject } from '../../base/json.js';
import type { JsonSchema } from '../../format/artifact.js';
import { DIGEST_PATTERN } from '../../base/digest.js';
import { record } from '../../format/schema-parts.js';
import { ANSWER_SCHEMAS } from '../answer-schema.js';
import type { ServerLimits } from '../limits.js';
import { PROBLEM_TYPE, type ServerCode, STATUS } from '../problem.js';
import { batchRequest, RENDER_REQUEST, VALIDATE_REQUEST } from '../request-schema.js';
import { ADVICE } from './advice.js';
import { GROUPS, type Operation, OPERATIONS } from './operations.js';

const DESCRIPTION = `Prompts from one build, rendered. The server is read-only: prompts change in Git, by pull request.

Wherever \`GET\` works, \`HEAD\` does too; other methods are answered 405, with \`allow\`. Query parameters that a route does not know are refused. Every answer to a \`GET\` has an \`etag\`, and is 304 with no body for whoever sends it as \`if-none-match\`.

Every error is a problem document (RFC 9457). Its \`code\` is stable and made for programs, its \`detail\` for people. An answer with a status below 500 other than 408 will be the same next time.`;

const KEY = `Asked for where the operator has set up keys, with the scope that is named at each operation. The audit log is closed to whoever has none.`;

/** Problems that no operation is answered with: that of a method that there is not, and that of an item of a batch. */
const NO_OPERATION: ReadonlySet<ServerCode> = new Set(['method_not_allowed', 'batch_full']);

/** Problems of whoever has no key for an operation that asks for one. */
const KEY_CODES: readonly ServerCode[] = ['unauthorized', 'forbidden'];

/** What some server gives to whoever asks. */
const MAY_BE_OPEN: ReadonlySet<Scope> = new Set(Object.values(OPEN).flatMap((scopes) => [...scopes]));

/** What any request can be answered with, whatever it asks for. */
const COMMON_CODES = (Object.keys(ADVICE) as ServerCode[]).filter(
  (code) => !NO_OPERATION.has(code) && !KEY_CODES.includes(code) && !OPERATIONS.some(({ codes }) => codes.includes(code)),
);

const PROBLEM: JsonSchema = {
  description: 'What is wrong with a request (RFC 9457).',
  ...record(
    {
      type: { const: 'about:blank', description: '`code` says what this would.' },
      title: { type: 'string', description: "The status's name." },
      status: { type: 'integer', minimum: 400, maximum: 599, description: 'The status.' },
      detail: { type: 'string', description: 'What is wrong, for people. Its wording may change.' },
      code: { enum: Object.keys(ADVICE), description: 'What is wrong, for programs. It is stable.' },
      errors: {
        type: 'array',
        minItems: 1,
        maxItems: 1000,
        description: 'Each thing that is wrong, if it has a place.',
        items: record({
          path: {
            type: 'string',
            description:
              'A JSON Pointer (RFC 6901) into the body, or the name of a query parameter behind a question mark. In a batch, into the one request.',
          },
          message: { type: 'string', description: 'What is wrong with it.' },
        }),
      },
    },
    ['errors'],
  ),
};

const HEADERS = {
  build: {
    description: 'The digest of the manifest of the build that the answer comes from.',
    schema: { type: 'string', pattern: DIGEST_PATTERN },
  },
  request: { description: "The request's `x-request-id`, or one that the server gave it.", schema: { type: 'string' }, required: true },
  etag: { description: 'What the body is known by, in quotes.', schema: { type: 'string' }, required: true },
  yanked: {
    description:
      'Why the version is not to be used any more, up to 500 characters of it, percent-encoded as UTF-8. It is there only if the version is yanked.',
    schema: { type: 'string' },
  },
  challenge: { description: 'How to send a key.', schema: { type: 'string' } },
  retry: { description: 'In how many seconds to try again.', schema: { type: 'integer' } },
} satisfies { [name: string]: JsonObject };

const COMMON_HEADERS = { 'x-promptc-build': ref('headers', 'build'), 'x-request-id': ref('headers', 'request') };

/** What comes with some statuses besides. */
const HEADERS_OF: { readonly [status: number]: JsonObject } = {
  401: { 'www-authenticate': ref('headers', 'challenge') },
  503: { 'retry-after': ref('headers', 'retry') },
};

const PARAMETERS = {
  requestId: {
    name: 'x-request-id',
    in: 'header',
    description: 'What the caller calls this request, in logs and in the answer. Anything else than this pattern is ignored.',
    schema: { type: 'string', pattern: '^[\\w.:/+=-]{1,128}$' },
  },
  ifNoneMatch: {
    name: 'if-none-match',
    in: 'header',
    description: 'ETags of answers that the caller has: 304 if one is still right.',
    schema: { type: 'string' },
  },
} satisfies { [name: string]: JsonObject };

/** @param limits - what requests are held to */
export function openApiDocument({ batchRequests }: Pick<ServerLimits, 'batchRequests'>): JsonObject {
  const paths: { [path: string]: JsonObject } = {};
  for (const operation of OPERATIONS) (paths[operation.path] ??= {})[operation.method] = describe(operation);
  return {
    openapi: '3.1.0',
    info: { title: 'promptc', version: ENGINE_VERSION, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/', description: 'This server.' }],
    tags: Object.entries(GROUPS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: {
        RenderRequest: RENDER_REQUEST,
        BatchRequest: batchRequest(batchRequests, ref('schemas', 'RenderRequest')),
        ValidateRequest: VALIDATE_REQUEST,
        ...ANSWER_SCHEMAS,
        Problem: PROBLEM,
      },
      headers: HEADERS,
      parameters: PARAMETERS,
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: KEY } },
    },
  };
}

function describe(operation: Operation): JsonObject {
  const { id, group, summary, description, scope, method, body, saysYanked = false } = operation;
  return {
    operationId: id,
    tags: [group],
    summary,
    description,
    security: securityOf(scope),
    parameters: parametersOf(operation),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: ref('schemas', body.name), example: body.example } },
      },
    }),
    responses: {
      200: {
        description: 'What was asked for.',
        headers: {
          ...COMMON_HEADERS,
          ...(method === 'get' && { etag: ref('headers', 'etag') }),
          ...(saysYanked && { 'x-promptc-yanked': ref('headers', 'yanked') }),
        },
        content: contentOf(operation),
      },
      ...(method === 'get' && {
        304: { description: 'The caller has it already.', headers: { ...COMMON_HEADERS, etag: ref('headers', 'etag') } },
      }),
      ...problemsOf(operation),
    },
  };
}

/** The empty one means that a server may ask for no key at all. */
function securityOf(scope: Scope | undefined): Json[] {
  if (scope === undefined) return [];
  return MAY_BE_OPEN.has(scope) ? [{ key: [scope] }, {}] : [{ key: [scope] }];
}

function parametersOf({ inPath, query = {}, queryExamples, method }: Operation): Json[] {
  return [
    ...(inPath === undefined ? [] : [{ ...inPath, in: 'path', required: true }]),
    ...Object.entries(query).map(([name, { description, schema }]) => {
      const example = queryExamples?.[name];
      return { name, in: 'query', description, schema, ...(example !== undefined && { example }) };
    }),
    ...(method === 'get' ? [ref('parameters', 'ifNoneMatch')] : []),
    ref('parameters', 'requestId'),
  ];
}

function contentOf({ answer, example }: Operation): JsonObject {
  if (answer === 'text') return { 'text/plain': { schema: { type: 'string' } } };
  if (answer === 'html') return { 'text/html': { schema: { type: 'string' } } };
  return { 'application/json': { schema: ref('schemas', answer), ...(example !== undefined && { example }) } };
}

/** A response for each status that the operation's problems have. */
function problemsOf(operation: Operation): JsonObject {
  const codes = [...operation.codes, ...(operation.scope === undefined ? [] : KEY_CODES), ...COMMON_CODES];
  const statuses = new Set([...codes.map((code) => STATUS[code]), ...(operation.alsoWith ?? [])]);
  return Object.fromEntries([...statuses].toSorted((a, b) => a - b).map((status) => [status, problemResponse(operation, status, codes)]));
}

function problemResponse(operation: Operation, status: number, all: readonly ServerCode[]): JsonObject {
  const codes = all.filter((code) => STATUS[code] === status);
  const schema = { allOf: [ref('schemas', 'Problem'), { properties: { status: { const: status }, code: { enum: codes } } }] };
  const isAnswer = operation.alsoWith?.includes(status) === true;
  return {
    description: [
      ...(isAnswer ? ['What was asked for, with another status.'] : []),
      codes.map((code) => `- \`${code}\`: ${ADVICE[code]}`).join('\n'),
    ].join('\n\n'),
    headers: { ...COMMON_HEADERS, ...HEADERS_OF[status] },
    content: {
      ...(isAnswer && contentOf(operation)),
      ...(codes.length > 0 && { [PROBLEM_TYPE]: { schema } }),
    },
  };
}

function ref(kind: 'schemas' | 'headers' | 'parameters', name: string): { $ref: string } {
  return { $ref: `#/components/${kind}/${name}` };
}
