import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/base/digest.js';
import { sha256 } from '../../src/base/digest.js';
import { call, CORPUS, json, problem, SMALL, startServer, startServerForTest, type TestServer, verdict } from './test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer(SMALL);
});
afterAll(() => server.close());

const BUNDLES = '/v1/prompts/bundles';

interface Page {
  readonly bundles: readonly { readonly bundle_id: string; readonly semver: string; readonly bundle_hash: Digest }[];
  readonly next: string | null;
}

async function list(query = ''): Promise<Page> {
  const answer = await call(server, `${BUNDLES}${query}`);
  expect(answer.status).toBe(200);
  return json(answer) as Page;
}

const idsOf = ({ bundles }: Page): string[] => bundles.map(({ bundle_id }) => bundle_id);

describe('GET /v1/prompts/bundles', () => {
  it('lists the default version of each bundle, by id; one without is left out', async () => {
    const { bundles } = server.build.index;
    expect(await list()).toEqual({
      bundles: [
        { bundle_id: '42', semver: '1.0.0', tags: ['model-b'], bundle_hash: bundles['42']!.versions['1.0.0']!.hash, description: null },
        { bundle_id: '7', semver: '1.0.0', tags: ['model-a'], bundle_hash: bundles['7']!.versions['1.0.0']!.hash, description: null },
        { bundle_id: 'any', semver: '1.0.0', tags: [], bundle_hash: bundles['any']!.versions['1.0.0']!.hash, description: null },
        {
          bundle_id: 'team/hello',
          semver: '2.0.0',
          tags: ['model-a', 'model-b'],
          bundle_hash: bundles['team/hello']!.versions['2.0.0']!.hash,
          description: 'Says hello.',
        },
      ],
      next: null,
    });
  });

  it.each([
    ['?model_type=model-a', ['7', 'any', 'team/hello']],
    ['?model_type=model-b', ['42', 'any', 'team/hello']],
    ['?model_type=model', ['any']],
    ['?prefix=team/', ['team/hello']],
    ['?prefix=team%2Fhe', ['team/hello']],
    ['?prefix=nothing', []],
    ['?prefix=', ['42', '7', 'any', 'team/hello']],
    ['?prefix', ['42', '7', 'any', 'team/hello']],
    ['?model_type=model-b&prefix=4', ['42']],
    ['?', ['42', '7', 'any', 'team/hello']],
    ['?&prefix=a&', ['any']],
  ])('filters by %s', async (query, ids) => {
    expect(idsOf(await list(query))).toEqual(ids);
  });

  it.each([1, 2, 3, 4, 1000])('gives everything once in pages of %i', async (limit) => {
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 10; pages++) {
      const page = await list(`?limit=${limit}${cursor}`);
      expect(page.bundles.length).toBeLessThanOrEqual(limit);
      seen.push(...idsOf(page));
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(seen).toEqual(['42', '7', 'any', 'team/hello']);
  });

  it('keeps a cursor good when its bundle is gone', async () => {
    const first = await list('?limit=3');
    const { 'prompts/bundles/any.md': _gone, ...fewer } = SMALL;
    const later = await startServerForTest(fewer);
    const answer = await call(later, `${BUNDLES}?cursor=${first.next}`);
    expect(idsOf(json(answer) as Page)).toEqual(['team/hello']);
  });

  it.each([
    ['?limit=0', ['?limit']],
    ['?limit=1001', ['?limit']],
    ['?limit=ten', ['?limit']],
    ['?limit=1.5', ['?limit']],
    ['?limit=', ['?limit']],
    ['?limit=5&limit=6', ['?limit']],
    ['?cursor=', ['?cursor']],
    ['?cursor=!!', ['?cursor']],
    ['?cursor=YW55=', ['?cursor']],
    [`?cursor=${Buffer.from('../x').toString('base64url')}`, ['?cursor']],
    [`?limit=0&cursor=x`, ['?limit', '?cursor']],
    ['?model=model-a&tag=x', ['?model', '?tag']],
    ['?pre%zzfix=a', ['?pre%zzfix=a']],
    ['?prefix=%ff', ['?prefix']],
    ['?__proto__=x', ['?__proto__']],
  ])('%s is refused for %j', async (query, paths) => {
    const answer = await call(server, `${BUNDLES}${query}`);
    expect(answer.status).toBe(400);
    const { code, errors } = problem(answer);
    expect(code).toBe('bad_query');
    expect(errors!.map(({ path }) => path)).toEqual(paths);
  });

  it('names the parameters that it knows', async () => {
    const { detail } = problem(await call(server, `${BUNDLES}?tag=x&y=`));
    expect(detail).toBe('The query parameter tag is not known here; known are model_type, prefix, limit, cursor (and 1 more).');
  });

  it('has an ETag, and 304 for whoever has it', async () => {
    const { headers, text } = await call(server, BUNDLES);
    expect(headers).toMatchObject({ etag: `"${sha256(text)}"`, 'cache-control': 'no-cache' });
    const again = await call(server, BUNDLES, { headers: { 'if-none-match': headers['etag']! } });
    expect([again.status, again.text, again.headers['x-promptc-build']]).toEqual([304, '', server.build.manifestDigest]);
  });
});

describe('GET /v1/prompts/bundles/{id}', () => {
  it('shows a bundle, with its versions from the newest', async () => {
    const { versions } = server.build.index.bundles['team/hello']!;
    const greet = server.build.index.templates['greet']!.versions['2.0.0']!;
    expect(json(await call(server, `${BUNDLES}/team/hello`))).toEqual({
      bundle_id: 'team/hello',
      semver: '2.0.0',
      default: '2.0.0',
      versions: ['3.0.0-rc.1', '2.0.0', '1.0.0'].map((semver) => ({ semver, bundle_hash: versions[semver]!.hash, yanked: null })),
      yanked: null,
      bundle_hash: versions['2.0.0']!.hash,
      adapter_version: null,
      description: 'Says hello.',
      tags: ['model-a', 'model-b'],
      slots: { task: { template_id: 'greet', semver: '2.0.0', template_hash: greet.hash } },
      constraints: { NO_EMOJI: true },
      constraints_in_prompt: null,
      locale: null,
      config: null,
      output: null,
      input_schema: server.build.bundles.find(({ artifact }) => artifact.hash === versions['2.0.0']!.hash)!.artifact.payloadSchema,
      artifact: versions['2.0.0']!.artifact.digest,
    });
  });

  it('shows all that a bundle of the corpus has, its slots in their order', async () => {
    const corpus = await startServerForTest(CORPUS);
    const invoice = json(await call(corpus, `${BUNDLES}/finance/invoice-extractor`));
    expect(invoice).toMatchObject({ adapter_version: 'json-output-2', config: expect.any(Object), output: { schema: expect.any(Object) } });
    const support = json(await call(corpus, `${BUNDLES}/support-agent`)) as { slots: object };
    expect(Object.keys(support.slots)).toEqual(['system', 'personality', 'activity', 'task']);
  });

  it('shows how constraints reach the model, and the language of answers', async () => {
    const german = `---\nid: german\nversion: 1.0.0\nslots: { task: tone }\nlocale: de\nconstraints_in_prompt: append\nconstraints: { MAX_WORDS: 9 }\n---\n`;
    const files = {
      'prompts/templates/tone.md': '---\nid: tone\nversion: 1.0.0\nrole: user\n---\nRuhig.\n',
      'prompts/bundles/german.md': german,
    };
    const shown = json(await call(await startServerForTest(files), `${BUNDLES}/german`));
    expect(shown).toMatchObject({ constraints: { MAX_WORDS: 9 }, constraints_in_prompt: 'append', locale: 'de' });
  });

  it.each([
    ['team%2Fhello', '2.0.0'],
    ['team%2fhello', '2.0.0'],
    ['te%61m/hello', '2.0.0'],
    ['team/hello?semver=1.0.0', '1.0.0'],
    ['team/hello?semver=%5E1.0.0', '1.0.0'],
    ['team/hello?semver=>=1+<3', '2.0.0'],
    ['team/hello?semver=3.0.0-rc.1', '3.0.0-rc.1'],
  ])('finds %s', async (target, semver) => {
    expect(json(await call(server, `${BUNDLES}/${target}`))).toMatchObject({ bundle_id: 'team/hello', semver });
  });

  it('says that a bundle has no default, but shows the version that is named', async () => {
    const answer = await call(server, `${BUNDLES}/draft`);
    expect(verdict(answer)).toEqual([404, 'no_default_version']);
    expect(json(await call(server, `${BUNDLES}/draft?semver=0.1.0-beta.1`))).toMatchObject({ default: null, tags: [], description: null });
  });

  it.each([
    ['nothing', 404, 'bundle_not_found'],
    ['team', 404, 'bundle_not_found'],
    ['team/hello/versions', 404, 'bundle_not_found'],
    ['team/hello/', 404, 'bundle_not_found'],
    ['Team/Hello', 404, 'bundle_not_found'],
    ['__proto__', 404, 'bundle_not_found'],
    ['team/hello?semver=9.0.0', 404, 'version_not_found'],
    ['team/hello?semver=x.y', 400, 'version_invalid'],
    ['team/hello?version=1.0.0', 400, 'bad_query'],
  ])('%s is %i %s', async (target, status, code) => {
    const answer = await call(server, `${BUNDLES}/${target}`);
    expect(verdict(answer)).toEqual([status, code]);
  });
});
