/** The document of the API: that it is right, that it is whole, and that the server does what it says. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Keyring } from '../../src/access/keyring.js';
import { openSink, type OpenSink } from '../../src/audit/open-sink.js';
import { sha256 } from '../../src/base/digest.js';
import type { JsonObject } from '../../src/base/json.js';
import { ENGINE_VERSION } from '../../src/base/version.js';
import { INIT_FILES } from '../../src/cli/init-files.js';
import { ADVICE } from '../../src/server/openapi/advice.js';
import { STATUS } from '../../src/server/problem.js';
import { bearer, testKey } from '../access/keys.js';
import { checkAnswer, DOCUMENT, type OperationObject, operationOf, problemsBy } from './conformance.js';
import {
  type Answer,
  type Call,
  call,
  json,
  problem,
  render,
  SMALL,
  startServer,
  startServerForTest,
  type TestServer,
  verdict,
} from './test-server.js';

type Specification = Record<string, unknown>;

/** Of the project that `promptc init` makes, which the examples come from. It keeps a log, in which is one render. */
let server: TestServer;
let audit: OpenSink;
const auditor = testKey('auditor', { scopes: ['audit', 'metrics'] });
const AUTHORIZED = { authorization: bearer(auditor) };
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'promptc-openapi-'));
  audit = await openSink(`jsonl:${join(folder, 'audit.jsonl')}`, { keep: 'payload' });
  const keyring = new Keyring([auditor.entry]);
  server = await startServer(INIT_FILES, { keys: { keyring }, isPublic: true, audit });
  await render(server, { bundle_id: 'welcome' });
  while (audit.counts.written < 1) await sleep(5);
  return () => rm(folder, { recursive: true, force: true });
});
afterAll(async () => {
  await server.close();
  await audit.close();
});

const OPERATIONS = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [operation.operationId, method.toUpperCase(), path, operation] as const),
);

/** A request that an operation answers with 200, from the examples of the document. */
function exampleOf(path: string, operation: OperationObject): { target: string; body: string | undefined } {
  const { hash, artifact } = server.build.index.bundles['welcome']!.versions['1.0.0']!;
  let target = path.replace('{hex}', artifact.digest.slice('sha256:'.length)).replace('{hash}', hash);
  const query = new URLSearchParams();
  for (const { name, in: place, example } of operation.parameters) {
    if (example === undefined) continue;
    if (place === 'path') target = target.replace(`{${name}}`, encodeURIComponent(example as string));
    else query.set(name, typeof example === 'string' ? example : JSON.stringify(example));
  }
  const body = operation.requestBody?.content['application/json']!.example;
  return {
    target: query.size === 0 ? target : `${target}?${query.toString()}`,
    body: body === undefined ? undefined : JSON.stringify(body),
  };
}

/** Asks for something as one who may. */
function ask(target: string, { headers, ...how }: Call = {}): Promise<Answer> {
  return call(server, target, { ...how, headers: { ...AUTHORIZED, ...headers } });
}

function send(method: string, path: string, operation: OperationObject): Promise<Answer> {
  const { target, body } = exampleOf(path, operation);
  return ask(target, { method, ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }) });
}

describe('GET /openapi.json', () => {
  it('gives the document, under its digest', async () => {
    const { status, headers, text } = await call(server, '/openapi.json');
    expect([status, JSON.parse(text)]).toEqual([200, JSON.parse(JSON.stringify(DOCUMENT))]);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-cache', etag: `"${sha256(text)}"` });
    expect(DOCUMENT.info.version).toBe(ENGINE_VERSION);
  });

  it('gives it before there is a build', async () => {
    const waiting = await startServerForTest(SMALL, { dir: '/nowhere', waitForBuild: true });
    expect((await call(waiting, '/openapi.json')).status).toBe(200);
    expect((await call(waiting, '/docs')).status).toBe(200);
  });

  it('says the limits of this server', async () => {
    const small = await startServerForTest(SMALL, { limits: { batchRequests: 7 } });
    expect(json(await call(small, '/openapi.json'))).toMatchObject({
      components: { schemas: { BatchRequest: { properties: { requests: { maxItems: 7 } } } } },
    });
  });
});

describe('the document', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(JSON.stringify(DOCUMENT)) as Specification)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    // It does tell what is none.
    const broken = JSON.parse(JSON.stringify({ ...DOCUMENT, info: { title: 'promptc' } })) as Specification;
    expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
  });

  it('refers to nothing that it does not have, and has nothing that it does not refer to', () => {
    const text = JSON.stringify(DOCUMENT);
    const references = new Set([...text.matchAll(/"\$ref":"#\/components\/(\w+\/\w+)"/g)].map((match) => match[1]!));
    const components = Object.entries(DOCUMENT.components).flatMap(([kind, all]) => Object.keys(all).map((name) => `${kind}/${name}`));
    expect([...references].toSorted()).toEqual(components.filter((one) => !one.startsWith('securitySchemes/')).toSorted());
    expect(text.match(/"\$ref":"[^#]/)).toBeNull();
  });

  it('names each operation once, with what it is about', () => {
    expect(new Set(OPERATIONS.map(([id]) => id)).size).toBe(OPERATIONS.length);
    expect(OPERATIONS.length).toBeGreaterThanOrEqual(11);
    for (const [, , path, operation] of OPERATIONS) {
      const inBraces = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(operation.parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(inBraces);
    }
  });

  it('asks for keys where prompts are given out, and only there', () => {
    const needed = OPERATIONS.map(([id, , , { security }]) => [id, security] as const);
    const [renders, read, metrics] = ['render', 'read', 'metrics'].map((scope) => [{ key: [scope] }, {}]);
    expect(Object.fromEntries(needed)).toEqual({
      ...{ render: renders, renderBatch: renders, validate: renders },
      ...{ listBundles: read, showBundle: read, showTemplate: read, showManifest: read, showArtifact: read },
      // Nobody gets at it without one.
      showAudit: [{ key: ['audit'] }],
      showMetrics: metrics,
      ...{ showHealth: [], showReadiness: [], showOpenApi: [], showDocs: [] },
    });
  });

  it('has every code that can be met, with its status', () => {
    const seen = new Map<string, Set<string>>();
    for (const [, , , { responses }] of OPERATIONS) {
      for (const [status, { content }] of Object.entries(responses)) {
        const schema = content?.['application/problem+json']?.schema as { allOf: [unknown, { properties: { code: { enum: string[] } } }] };
        for (const code of schema?.allOf[1].properties.code.enum ?? []) seen.set(code, (seen.get(code) ?? new Set()).add(status));
      }
    }
    // No operation is answered that there is no such method, nor with what is of an item of a batch.
    const met = Object.keys(ADVICE).filter((code) => code !== 'method_not_allowed' && code !== 'batch_full') as (keyof typeof ADVICE)[];
    const byCode = Object.fromEntries([...seen].map(([code, statuses]) => [code, [...statuses]]));
    expect(byCode).toEqual(Object.fromEntries(met.map((code) => [code, [String(STATUS[code])]])));
  });
});

describe('the examples', () => {
  it.each(OPERATIONS)('%s: %s %s is answered as shown', async (_id, method, path, operation) => {
    const answer = await send(method, path, operation);
    expect(answer.status).toBe(200);
    const shown = operation.responses['200']!.content!['application/json']?.example;
    expect(shown === undefined ? undefined : json(answer)).toEqual(shown);
  });

  it.each(OPERATIONS)('%s: %s %s has what its schemas demand', (_id, _method, _path, { parameters, requestBody, responses }) => {
    const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)];
    const all = [...parameters, ...contents.flatMap((content) => Object.values(content ?? {}))].filter(
      ({ example }) => example !== undefined,
    );
    const wrong = all.map(({ schema, example }) => problemsBy(schema, JSON.parse(JSON.stringify(example)))).filter((one) => one !== '');
    expect(wrong).toEqual([]);
  });
});

describe('query parameters', () => {
  const WITH_QUERY = OPERATIONS.filter(([, method]) => method === 'GET').filter(([id]) => id !== 'showHealth' && id !== 'showReadiness');

  it.each(WITH_QUERY)('of %s: those that are listed are known, others not', async (_id, method, path, operation) => {
    const { target } = exampleOf(path, { ...operation, parameters: operation.parameters.filter((one) => one.in === 'path') });
    const names = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    const known = names.length === 0 ? '' : `; known are ${names.join(', ')}`;
    const other = await ask(`${target}?other=1`, { method });
    expect(problem(other).errors).toEqual([{ path: '?other', message: `is not known here${known}` }]);
    // Given twice, so that none of them can be right.
    for (const name of names) {
      const { errors } = problem(await ask(`${target}?${name}=1&${name}=1`, { method }));
      expect(errors!.at(-1)).toEqual({ path: `?${name}`, message: 'is given twice' });
    }
  });

  it('are refused if, and only if, their schemas refuse them', async () => {
    const { parameters } = operationOf('GET', '/v1/prompts/bundles')!;
    const schemaOf = (name: string): JsonObject => parameters.find((one) => one.name === name)!.schema;
    const numbers = fc.oneof(fc.integer({ min: -2, max: 1100 }), fc.constantFrom(0, 1, 1000, 1001, 1.5, 1e15, 1e21));
    await fc.assert(
      fc.asyncProperty(numbers, async (limit) => {
        const { status } = await call(server, `/v1/prompts/bundles?limit=${limit}`);
        expect(status).toBe(problemsBy(schemaOf('limit'), limit) === '' ? 200 : 400);
      }),
      { numRuns: 60 },
    );
    // A cursor is one that the server gave out, which its schema cannot say; but whatever it refuses is refused.
    for (const cursor of ['', '=', 'YQ==', 'ü']) {
      expect(problemsBy(schemaOf('cursor'), cursor)).not.toBe('');
      expect((await call(server, `/v1/prompts/bundles?cursor=${encodeURIComponent(cursor)}`)).status).toBe(400);
    }
  });
});

describe('bodies', () => {
  it('are refused if, and only if, their schema refuses them', async () => {
    const { schema } = operationOf('POST', '/v1/prompts/render')!.requestBody!.content['application/json']!;
    const odd = fc.constantFrom<unknown>(0, 1, -1, 2, 0.5, '', 'text', true, null, [], {});
    const mostly = (...right: unknown[]): fc.Arbitrary<unknown> => fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...right) }, odd);
    const bodies = fc.oneof(
      odd,
      fc.record(
        {
          bundle_id: mostly('welcome'),
          semver: fc.constantFrom<unknown>('1.0.0', '^1.0.0', '1.x', '*', '1.0.0', 1),
          model_type: mostly('model'),
          semantic_traits: mostly({ calm: 1 }),
          activity_level: mostly(0.5),
          stress: mostly(1),
          task: mostly('text'),
          inputs: mostly({}),
        },
        { requiredKeys: ['bundle_id'] },
      ),
      fc.record({ bundle_id: fc.constant('welcome'), mood: odd }),
    );
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const answer = await render(server, JSON.stringify(body));
        // Whether there is a bundle of that id, for whose schema the rest is, is no matter of this one.
        const isRight = problemsBy(schema, body) === '';
        expect(isRight ? [200, 404] : [400, 404]).toContain(answer.status);
        if (answer.status === 200) accepted++;
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(10);
  });
});

describe('methods', () => {
  const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];

  it.each(Object.entries(DOCUMENT.paths))('%s answers its own, and names them for all others', async (path, operations) => {
    const own = Object.keys(operations).flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
    const { target } = exampleOf(path, Object.values(operations)[0]!);
    for (const method of METHODS) {
      const answer = await ask(target, { method });
      const isRefused = answer.status === 405;
      expect([isRefused, answer.headers['allow']], method).toEqual(own.includes(method) ? [false, undefined] : [true, own.join(', ')]);
    }
  });
});

describe('If-None-Match', () => {
  // Metrics are others each time.
  const GETS = OPERATIONS.filter(([id, method]) => method === 'GET' && id !== 'showMetrics');

  it.each(GETS)('%s: %s %s is 304 for whoever has it', async (_id, _method, path, operation) => {
    const { target } = exampleOf(path, operation);
    const full = await ask(target);
    const etag = full.headers['etag']!;
    expect(etag).toMatch(/^"sha256:[0-9a-f]{64}"$/);
    // Compared weakly (RFC 9110, section 13.1.2).
    for (const known of [etag, `W/${etag}`, `"other" ,W/"x",${etag}`, '*']) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await ask(target, { method, headers: { 'if-none-match': known } });
        expect([answer.status, answer.text], `${method} ${known}`).toEqual([304, '']);
        for (const name of ['etag', 'cache-control', 'x-promptc-build', 'content-security-policy']) {
          expect(answer.headers[name], name).toBe(full.headers[name]);
        }
        expect(answer.headers['content-type']).toBeUndefined();
      }
    }
    for (const other of ['"other"', etag.slice(1, -1), `w/${etag}`, `"${etag}`]) {
      const answer = await ask(target, { headers: { 'if-none-match': other } });
      expect([answer.status, answer.text], other).toEqual([200, full.text]);
    }
  });

  it('of metrics is known too, by whoever asks for no certain ones', async () => {
    const { headers } = await ask('/metrics');
    expect(headers).toMatchObject({ etag: expect.stringMatching(/^"sha256:[0-9a-f]{64}"$/), 'cache-control': 'no-store' });
    expect(await ask('/metrics', { headers: { 'if-none-match': '*' } })).toMatchObject({ status: 304, text: '' });
    expect((await ask('/metrics', { headers: { 'if-none-match': headers['etag']! } })).status).toBe(200);
  });

  it('means nothing for what is no 200', async () => {
    const any = { 'if-none-match': '*' };
    expect(verdict(await call(server, '/v1/prompts/bundles/nothing', { headers: any }))).toEqual([404, 'bundle_not_found']);
    expect((await render(server, { bundle_id: 'welcome' }, any)).status).toBe(200);
    const waiting = await startServerForTest(SMALL, { dir: '/nowhere', waitForBuild: true });
    expect((await call(waiting, '/readyz', { headers: any })).status).toBe(503);
  });

  it('does not let probes be kept', async () => {
    for (const target of ['/healthz', '/readyz']) expect((await call(server, target)).headers['cache-control']).toBe('no-store');
  });
});

describe('ids in paths', () => {
  it.each(['welcome/message', 'welcome%2Fmessage', 'welcome%2fmessage', '%77elcome/message'])('%s', async (id) => {
    expect(json(await call(server, `/v1/prompts/templates/${id}`))).toMatchObject({ template_id: 'welcome/message' });
    expect((await call(server, `/v1/prompts/templates/${id}`, { method: 'DELETE' })).headers['allow']).toBe('GET, HEAD');
  });

  it.each(['welcome%252Fmessage', 'welcome//message', 'welcome/message/', '/welcome/message', 'welcome%5Cmessage', 'welcome/./message'])(
    '%s is no id',
    async (id) => {
      expect(verdict(await call(server, `/v1/prompts/templates/${id}`))).toEqual([404, 'template_not_found']);
    },
  );
});

describe('holding answers to the document', () => {
  const get = async (target: string): Promise<Answer> => call(server, target);

  it('refuses what it does not foresee', async () => {
    const health = await get('/healthz');
    expect(() => checkAnswer('GET', '/healthz', health)).not.toThrow();
    expect(() => checkAnswer('GET', '/healthz', { ...health, status: 201 })).toThrow('does not foresee 201');
    expect(() => checkAnswer('GET', '/other', health)).toThrow('does not foresee 200');
    expect(() => checkAnswer('GET', '/healthz', { ...health, text: '{"status":"ok","more":1}' })).toThrow('additional properties');
    expect(() => checkAnswer('GET', '/healthz', { ...health, text: '{}' })).toThrow('required');
    expect(() => checkAnswer('GET', '/healthz', { ...health, headers: { ...health.headers, etag: undefined } })).toThrow('without etag');
    expect(() => checkAnswer('GET', '/healthz', { ...health, headers: { ...health.headers, 'content-type': 'text/plain' } })).toThrow(
      'with text/plain',
    );
    expect(() => checkAnswer('GET', '/healthz', { ...health, status: 304 })).toThrow('304 with a body');
    const yanked = { ...health, headers: { ...health.headers, 'x-promptc-yanked': 'x' } };
    expect(() => checkAnswer('GET', '/healthz', yanked)).toThrow('with x-promptc-yanked');
    const missing = await get('/v1/prompts/bundles/nothing');
    expect(() => checkAnswer('GET', '/v1/prompts/templates/nothing', missing)).toThrow('must be equal to one of the allowed values');
  });
});
