import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import express from 'express';
import { FileBundleSource, FileTemplateSource, type Payload, PromptGenerator } from '../../src/index.js';
import { compile } from '../../src/compile/compile.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { DEFAULT_SERVER_LIMITS } from '../../src/server/limits.js';
import { Caches } from '../../src/server/caches.js';
import { Counts } from '../../src/server/counts.js';
import { CurrentBuild } from '../../src/server/current-build.js';
import { Exchange } from '../../src/server/exchange.js';
import { Renders } from '../../src/server/renders.js';
import { renderRoute } from '../../src/server/routes/render.js';
import { forgeIndex, type Forgery } from '../support/forged-build.js';
import { temporaryFolder } from '../support/project.js';
import {
  call,
  CORPUS,
  json,
  problem,
  render,
  RENDER,
  SMALL,
  startServer,
  startServerForTest,
  type TestServer,
  verdict,
} from './test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer(SMALL);
});
afterAll(() => server.close());

const HELLO = { bundle_id: 'team/hello', inputs: { name: 'Ada' } };

it('says why a version is yanked, whatever the reason, as far as a header has room', async () => {
  const headerFor = async (reason: string): Promise<string | undefined> => {
    const files = forgeIndex(server.build, (index: Forgery) => {
      const { '1.0.0': entry } = index.bundles.any.versions;
      index.bundles.any = { versions: { '1.0.0': { ...entry, yanked: reason } } };
    });
    const dir = await temporaryFolder();
    const disk = new NodeDisk(dir);
    for (const [name, bytes] of files) await disk.write(name, bytes);
    const yanked = await startServerForTest(SMALL, { dir });
    const { status, headers } = await render(yanked, { bundle_id: 'any', semver: '1.0.0' });
    expect(status).toBe(200);
    return headers['x-promptc-yanked'];
  };
  expect(await headerFor('Wrong:\r\n50 % \u{1f600}')).toBe('Wrong%3A%0D%0A50%20%25%20%F0%9F%98%80');
  // Cut within a character.
  expect(await headerFor(`${'x'.repeat(499)}\u{1f600}${'y'.repeat(100_000)}`)).toBe(`${'x'.repeat(499)}%EF%BF%BD`);
});

describe('POST /v1/prompts/render', () => {
  it('answers what the library renders, for every example of the corpus', async () => {
    const corpus = await startServerForTest(CORPUS);
    const { examples } = await compile(CORPUS);
    const generator = new PromptGenerator({ bundles: new FileBundleSource(corpus.dir), templates: new FileTemplateSource(corpus.dir) });
    expect(examples.length).toBeGreaterThanOrEqual(12);
    for (const { bundle, example } of examples) {
      const payload = example.input as Payload;
      const answer = await render(corpus, { bundle_id: bundle.id, ...payload });
      expect(answer.status).toBe(200);
      expect(answer.text).toBe(JSON.stringify(await generator.renderFromBundle(bundle.id, undefined, payload)));
    }
  });

  it('is not to be kept, and names its build', async () => {
    const { status, headers } = await render(server, HELLO);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-promptc-build': server.build.manifestDigest,
    });
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['etag']).toBeUndefined();
  });

  it.each([
    [undefined, '2.0.0', 'Hello Ada!'],
    ['1.0.0', '1.0.0', 'Hi Ada.'],
    ['^1.0.0', '1.0.0', 'Hi Ada.'],
    ['>=1', '2.0.0', 'Hello Ada!'],
    ['3.0.0-rc.1', '3.0.0-rc.1', 'Hello Ada!'],
    ['^3.0.0-rc.0', '3.0.0-rc.1', 'Hello Ada!'],
  ])('takes version %s for %s', async (semver, used, rendered_prompt) => {
    expect(json(await render(server, { ...HELLO, semver }))).toMatchObject({ semver: used, rendered_prompt });
  });

  it('checks model_type against the tags of the version that is used, and never chooses by it', async () => {
    const modelB = { ...HELLO, model_type: 'model-b' };
    expect(json(await render(server, modelB))).toMatchObject({ semver: '2.0.0' });
    const refused = await render(server, { ...modelB, semver: '1.0.0' });
    expect(refused.status).toBe(400);
    expect(problem(refused)).toMatchObject({ code: 'bundle_unsupported_model' });
    expect((await render(server, { bundle_id: 'any', model_type: 'whatever' })).status).toBe(200);
  });

  it.each([
    ['bundle_not_found', 404, { bundle_id: 'team/nothing' }],
    ['bundle_not_found', 404, { bundle_id: '../../etc/passwd' }],
    ['bundle_not_found', 404, { bundle_id: '__proto__' }],
    ['bundle_not_found', 404, { bundle_id: 'toString' }],
    ['bundle_not_found', 404, { bundle_id: 'team/hello\n2.0.0' }],
    ['version_not_found', 404, { ...HELLO, semver: '9.9.9' }],
    ['version_not_found', 404, { ...HELLO, semver: '^9' }],
    ['version_invalid', 400, { ...HELLO, semver: 'newest' }],
    ['version_invalid', 400, { ...HELLO, semver: '' }],
    ['version_invalid', 400, { ...HELLO, semver: '1.0.0 || '.repeat(1000) + '1.0.0' }],
    ['no_default_version', 404, { bundle_id: 'draft' }],
  ])('answers %s with %i to %j', async (code, status, body) => {
    const answer = await render(server, body);
    expect(answer.status).toBe(status);
    expect(problem(answer).code).toBe(code);
  });

  it('repeats only the beginning of an id that no bundle could have', async () => {
    const { detail } = problem(await render(server, { bundle_id: 'a'.repeat(100_000) }));
    expect(detail).toBe(`There is no bundle "${'a'.repeat(256)}…".`);
  });

  it('keeps one bundle for each version, whatever ranges ask for it', async () => {
    const cached = await startServerForTest(SMALL, { cache: 1 });
    for (const semver of ['2.0.0', '^2.0.0', '>=2', undefined]) {
      expect(json(await render(cached, { ...HELLO, semver }))).toMatchObject({ semver: '2.0.0' });
    }
  });

  it('renders the same with the cache off', async () => {
    const uncached = await startServerForTest(SMALL, { cache: false });
    expect((await render(uncached, HELLO)).text).toBe((await render(server, HELLO)).text);
  });

  it('refuses query parameters, which it would not read', async () => {
    const answer = await call(server, `${RENDER}?semver=1.0.0`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(HELLO),
    });
    expect(answer.status).toBe(400);
    expect(problem(answer).errors).toEqual([{ path: '?semver', message: 'is not known here' }]);
  });

  it('answers 422 to a prompt over its limit, and to one that takes too long', async () => {
    const small = await startServerForTest(SMALL, { limits: { promptBytes: 100, steps: 50 } });
    const large = await render(small, { bundle_id: 'team/hello', inputs: { name: 'x'.repeat(200) } });
    expect(verdict(large)).toEqual([422, 'prompt_too_large']);
    const long = await render(small, { bundle_id: 'team/hello', inputs: { name: 'x', list: Array.from({ length: 40 }, () => '') } });
    expect(verdict(long)).toEqual([422, 'render_too_long']);
  });

  it('answers 413 to a payload over its limit', async () => {
    const small = await startServerForTest(SMALL, { limits: { payloadBytes: 100 } });
    const answer = await render(small, { bundle_id: 'team/hello', inputs: { name: 'x'.repeat(200) } });
    expect(verdict(answer)).toEqual([413, 'payload_too_large']);
  });

  it('works mounted in Express', async () => {
    const builds = new CurrentBuild({ dir: server.dir, caches: new Caches({}) });
    await builds.open();
    const route = renderRoute({ ...DEFAULT_SERVER_LIMITS, renders: new Renders({ counts: new Counts() }) });
    const app = express();
    app.post('/here', (req, res) => route(new Exchange(req, res, builds.served)));
    const mounted = createServer(app).listen(0, '127.0.0.1');
    onTestFinished(() => void mounted.close());
    await once(mounted, 'listening');
    const address = mounted.address() as AddressInfo;
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(HELLO) };
    const res = await fetch(`http://127.0.0.1:${address.port}/here`, options);
    expect(await res.text()).toBe((await render(server, HELLO)).text);
  });

  it('is reached by way of Express too: a target with a host', async () => {
    const answer = await call(server, `http://localhost${RENDER}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(HELLO),
    });
    expect(answer.text).toBe((await render(server, HELLO)).text);
    const throughExpress = await call(server, `http://localhost${RENDER}?`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(HELLO),
    });
    expect(throughExpress.text).toBe(answer.text);
  });
});
