import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, CORPUS, json, SMALL, startServer, startServerForTest, type TestServer, verdict } from './test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer(SMALL);
});
afterAll(() => server.close());

const TEMPLATES = '/v1/prompts/templates';

describe('GET /v1/prompts/templates/{id}', () => {
  it('shows a template, but not its text', async () => {
    const { versions } = server.build.index.templates['greet']!;
    expect(json(await call(server, `${TEMPLATES}/greet`))).toEqual({
      template_id: 'greet',
      semver: '2.0.0',
      default: '2.0.0',
      versions: ['2.0.0', '1.0.0'].map((semver) => ({ semver, template_hash: versions[semver]!.hash, yanked: null })),
      yanked: null,
      template_hash: versions['2.0.0']!.hash,
      role: 'user',
      adapter_version: null,
      description: 'Greets.',
      inputs: { name: { type: 'string' }, 'list?': { type: 'array', items: { type: 'string' } } },
      constraints: { NO_EMOJI: true },
      artifact: versions['2.0.0']!.artifact.digest,
    });
  });

  it('shows what a template leaves out as empty', async () => {
    expect(json(await call(server, `${TEMPLATES}/plain?semver=1.0.0-rc.1`))).toMatchObject({
      default: null,
      description: null,
      inputs: {},
      constraints: {},
    });
  });

  it('takes the slashes of an id raw or escaped', async () => {
    const corpus = await startServerForTest(CORPUS);
    const raw = await call(corpus, `${TEMPLATES}/finance/invoice`);
    expect(json(raw)).toMatchObject({ template_id: 'finance/invoice', adapter_version: 'json-output-2' });
    expect((await call(corpus, `${TEMPLATES}/finance%2Finvoice`)).text).toBe(raw.text);
  });

  it.each([
    ['nothing', 404, 'template_not_found'],
    ['team/hello', 404, 'template_not_found'],
    ['constructor', 404, 'template_not_found'],
    ['plain', 404, 'no_default_version'],
    ['greet?semver=5.0.0', 404, 'version_not_found'],
    ['greet?semver=-', 400, 'version_invalid'],
    ['greet?limit=1', 400, 'bad_query'],
  ])('%s is %i %s', async (target, status, code) => {
    const answer = await call(server, `${TEMPLATES}/${target}`);
    expect(verdict(answer)).toEqual([status, code]);
  });
});
