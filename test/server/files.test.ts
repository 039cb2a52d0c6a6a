/** The manifest and the artifacts, as they lie in the output folder. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexOf, sha256 } from '../../src/base/digest.js';
import { objectPath } from '../../src/format/artifact.js';
import { PromptcError } from '../../src/index.js';
import { serve } from '../../src/server/serve.js';
import { buildInto, call, problem, render, SMALL, startServer, startServerForTest, type TestServer, verdict } from './test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer(SMALL);
});
afterAll(() => server.close());

const IMMUTABLE = 'public, max-age=31536000, immutable';

describe('GET /v1/manifest', () => {
  it('gives the exact bytes under their digest', async () => {
    const { status, headers, text } = await call(server, '/v1/manifest');
    expect(status).toBe(200);
    expect(text).toBe(new TextDecoder().decode(server.build.manifestBytes));
    expect(sha256(text)).toBe(headers['x-promptc-build']);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      etag: `"${server.build.manifestDigest}"`,
      'cache-control': 'no-cache',
      'content-length': String(server.build.manifestBytes.length),
    });
  });

  it.each([
    ['"DIGEST"', 304],
    ['W/"DIGEST"', 304],
    ['"other", "DIGEST"', 304],
    ['*', 304],
    ['"other"', 200],
    ['DIGEST', 200],
    ['', 200],
  ])('If-None-Match: %s gives %i', async (header, status) => {
    const known = header.replace('DIGEST', server.build.manifestDigest);
    const answer = await call(server, '/v1/manifest', { headers: { 'if-none-match': known } });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ etag: `"${server.build.manifestDigest}"`, 'cache-control': 'no-cache' });
    expect(answer.text === '').toBe(status === 304);
  });

  it('takes no query', async () => {
    expect(problem(await call(server, '/v1/manifest?v=1')).code).toBe('bad_query');
  });
});

describe('GET /v1/artifacts/sha256/{hex}', () => {
  it('gives every object that the manifest names, byte for byte, for ever', async () => {
    const { templates, bundles } = server.build;
    expect(templates.length + bundles.length).toBe(10);
    for (const { reference, bytes } of [...templates, ...bundles]) {
      const { status, headers, text } = await call(server, `/v1/artifacts/sha256/${hexOf(reference.digest)}`);
      expect([status, text]).toEqual([200, new TextDecoder().decode(bytes)]);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        etag: `"${reference.digest}"`,
        'cache-control': IMMUTABLE,
        'content-length': String(reference.size),
      });
    }
  });

  it('gives 304 to whoever has it', async () => {
    const { digest } = server.build.bundles[0]!.reference;
    const answer = await call(server, `/v1/artifacts/sha256/${hexOf(digest)}`, { headers: { 'if-none-match': `"${digest}"` } });
    expect([answer.status, answer.text, answer.headers['cache-control']]).toEqual([304, '', IMMUTABLE]);
  });

  it('serves the objects of earlier builds, and nothing that is not what its name says', async () => {
    const put = async (bytes: string, digest = sha256(bytes)): Promise<string> => {
      const file = path.join(server.dir, objectPath(digest));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, bytes);
      return `/v1/artifacts/sha256/${hexOf(digest)}`;
    };
    const earlier = await call(server, await put('{"left":"over"}'));
    expect([earlier.status, earlier.text]).toEqual([200, '{"left":"over"}']);
    expect(verdict(await call(server, await put('{"forged":1}', sha256('other'))))).toEqual([500, 'artifact_corrupt']);
  });

  it.each(['0', 'x'.repeat(64), '../manifest.json', '%2e%2e%2fmanifest.json', '', '%00', '%zz'])('"%s" is 404', async (hex) => {
    const answer = await call(server, `/v1/artifacts/sha256/${hex}`);
    expect(verdict(answer)).toEqual([404, 'not_found']);
  });

  it('is 404 under another case or algorithm', async () => {
    const hex = hexOf(server.build.bundles[0]!.reference.digest);
    for (const target of [`sha256/${hex.toUpperCase()}`, `sha512/${hex}`, hex, `sha256/${hex}/`, `sha256/${hex}.json`]) {
      expect((await call(server, `/v1/artifacts/${target}`)).status).toBe(404);
    }
  });
});

describe('a damaged folder', () => {
  it.each(['changed', 'cut off', 'missing'] as const)('an artifact that is %s is 500, and says nothing of the inside', async (damage) => {
    const damaged = await startServerForTest(SMALL);
    const { reference, bytes } = damaged.build.bundles.find(({ prompt }) => prompt.id === 'any')!;
    const file = path.join(damaged.dir, objectPath(reference.digest));
    if (damage === 'missing') await rm(file);
    else await writeFile(file, damage === 'changed' ? bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte)) : bytes.subarray(0, 50));

    const targets = [`/v1/artifacts/sha256/${hexOf(reference.digest)}`, '/v1/prompts/bundles/any'];
    const answers = [...(await Promise.all(targets.map((target) => call(damaged, target)))), await render(damaged, { bundle_id: 'any' })];
    const code = damage === 'missing' ? 'artifact_missing' : 'artifact_corrupt';
    // Nothing tells a missing object from one that never was.
    const fetched = damage === 'missing' ? [404, 'not_found'] : [500, code];
    expect(answers.map(verdict)).toEqual([fetched, [500, code], [500, code]]);
    for (const answer of answers.slice(1)) {
      const { detail } = problem(answer);
      expect(detail).toBe('The server is at fault; its log says more.');
      expect(answer.text).not.toContain(damaged.dir);
    }
    const faults = damaged.log.filter(({ level }) => level === 'error');
    expect(faults).toHaveLength(damage === 'missing' ? 2 : 3);
    expect(faults[0]!.message).toContain(reference.digest);

    // What is whole is still served.
    expect((await render(damaged, { bundle_id: 'team/hello', inputs: { name: 'Ada' } })).status).toBe(200);
  });

  it('without a manifest, or with a broken one, the server does not start', async () => {
    const { dir } = await buildInto(SMALL);
    const manifest = path.join(dir, 'manifest.json');
    await writeFile(manifest, '{"formatVersion":1,"bundles":{}');
    await expect(serve({ dir, host: '127.0.0.1', port: 0 })).rejects.toMatchObject({ code: 'artifact_corrupt' });
    await writeFile(manifest, '{"formatVersion":99,"bundles":{},"templates":{}}');
    await expect(serve({ dir, host: '127.0.0.1', port: 0 })).rejects.toMatchObject({ code: 'artifact_unsupported' });
    await rm(manifest);
    const missing = serve({ dir, host: '127.0.0.1', port: 0 });
    await expect(missing).rejects.toMatchObject({ code: 'artifact_missing' });
    await expect(missing).rejects.toBeInstanceOf(PromptcError);
  });

  it('a manifest that no build wrote does not start', async () => {
    const { dir, build } = await buildInto(SMALL);
    const file = path.join(dir, 'manifest.json');
    for (const bundles of [[], [{ ...build.manifest.bundles[0]!, first: '../any' }], {}, [null]]) {
      await writeFile(file, JSON.stringify({ ...build.manifest, bundles }));
      await expect(serve({ dir, host: '127.0.0.1', port: 0 })).rejects.toMatchObject({ code: 'artifact_corrupt' });
    }
  });
});
