/** Holds answers to the document of the API: whatever a test gets from a server has to be foreseen there. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isObject, type Json, type JsonObject } from '../../src/base/json.js';
import { DEFAULT_SERVER_LIMITS } from '../../src/server/limits.js';
import { openApiDocument } from '../../src/server/openapi/document.js';
import type { Answer } from './test-server.js';

export interface OperationObject {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: JsonObject; readonly example?: Json }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly [status: string]: ResponseObject };
  readonly security: readonly JsonObject[];
}

interface ResponseObject {
  readonly description: string;
  readonly headers: { readonly [name: string]: { readonly $ref: string } };
  readonly content?: Content;
}

interface Content {
  readonly [type: string]: { readonly schema: JsonObject; readonly example?: Json };
}

export interface OpenApi {
  readonly info: { readonly version: string };
  readonly paths: { readonly [path: string]: { readonly [method: string]: OperationObject } };
  readonly components: {
    readonly schemas: { readonly [name: string]: JsonObject };
    readonly headers: { readonly [name: string]: JsonObject };
  };
}

export const DOCUMENT = openApiDocument(DEFAULT_SERVER_LIMITS) as unknown as OpenApi;

/** Answers may gain fields one day, and clients must bear that; here each has to be in the document. */
const CLOSED = { ...DOCUMENT.components.schemas };
for (const [name, schema] of Object.entries(CLOSED)) CLOSED[name] = close(schema);

const ajv = new Ajv2020({
  strict: false,
  validateSchema: false,
  allErrors: true,
  schemas: [{ $id: 'api', components: { schemas: CLOSED } }],
});

/** Throws if the document does not foresee an answer to a request. */
export function checkAnswer(method: string, target: string, { status, headers, text }: Answer): void {
  const name = `${method} ${target}`;
  const operation = operationOf(method, target);
  // What is no operation can only be a problem.
  const response = operation === undefined ? problemOf(status) : operation.responses[status];
  if (response === undefined) throw new Error(`${name}: the document does not foresee ${status}: ${text.slice(0, 500)}`);
  for (const [header, { $ref }] of Object.entries(response.headers)) {
    const { required } = DOCUMENT.components.headers[$ref.slice('#/components/headers/'.length)]!;
    if (required === true && headers[header] === undefined) throw new Error(`${name}: ${status} without ${header}`);
  }
  for (const header of Object.keys(headers)) {
    if (header.startsWith('x-promptc-') && !(header in response.headers)) throw new Error(`${name}: ${status} with ${header}`);
  }
  if (response.content === undefined && text !== '') throw new Error(`${name}: ${status} with a body`);
  if (response.content === undefined || method === 'HEAD') return;
  const type = headers['content-type']!.replace(/;.*/, '');
  const content = response.content[type];
  if (content === undefined) throw new Error(`${name}: ${status} with ${type}`);
  const errors = problemsBy(content.schema, type.startsWith('text/') ? text : JSON.parse(text));
  if (errors !== '') throw new Error(`${name}: ${status} is not as the document says: ${errors}: ${text.slice(0, 500)}`);
}

/** The operation that a request is for, if there is one. */
export function operationOf(method: string, target: string): OperationObject | undefined {
  const path = target.replace(/^https?:\/\/[^/?]*/i, '').replace(/\?.*/s, '');
  const known = Object.keys(DOCUMENT.paths);
  const found = known.find((one) => one === path) ?? known.find((one) => new RegExp(`^${one.replace(/\{\w+\}/, '.+')}$`).test(path));
  return found === undefined ? undefined : DOCUMENT.paths[found]![(method === 'HEAD' ? 'GET' : method).toLowerCase()];
}

/** What is wrong with a value by a schema of the document, or nothing. */
export function problemsBy(schema: JsonObject, value: unknown): string {
  let validate = validators.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(JSON.parse(JSON.stringify(close(schema)).replaceAll('"#/components/', '"api#/components/')) as JsonObject);
    validators.set(schema, validate);
  }
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}

const validators = new WeakMap<JsonObject, ReturnType<Ajv2020['compile']>>();

/** Of every answer. */
const COMMON_HEADERS = DOCUMENT.paths['/healthz']!['get']!.responses['400']!.headers;

function problemOf(status: number): ResponseObject | undefined {
  if (status < 400) return undefined;
  return {
    description: '',
    headers: COMMON_HEADERS,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

function close(schema: JsonObject): JsonObject {
  const closed = { ...schema };
  const { properties, items, anyOf } = schema;
  if (isObject(properties)) {
    closed['properties'] = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, close(one as JsonObject)]));
    closed['additionalProperties'] ??= false;
  }
  if (isObject(items)) closed['items'] = close(items);
  if (Array.isArray(anyOf)) closed['anyOf'] = anyOf.map((one) => close(one as JsonObject));
  return closed;
}
