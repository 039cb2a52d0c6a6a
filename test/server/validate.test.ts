/** Answers of models, held to constraints over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, json, problem, startServer, type TestServer } from './test-server.js';

const VALIDATE = '/v1/prompts/validate';

const FILES = {
  'prompts/templates/reply.md':
    '---\nid: reply\nversion: 1.0.0\nrole: system\nconstraints: { NO_EMOJI: true }\n---\nReply.\n{{constraints}}\n',
  'prompts/bundles/reply.md':
    '---\nid: reply\nversion: 1.2.0\nslots: { system: reply }\nlocale: zh\noutput: { schema: { type: object, required: [total] } }\nconstraints: { MAX_WORDS: { value: 3, severity: warn }, OUTPUT_SCHEMA: false }\n---\n',
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer(FILES);
});
afterAll(() => server.close());

function validate(body: unknown): Promise<Answer> {
  return call(server, VALIDATE, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

describe('POST /v1/prompts/validate', () => {
  it('says that an answer keeps them', async () => {
    const answer = await validate({ bundle_id: 'reply', text: '好' });
    expect(answer.status).toBe(200);
    expect(json(answer)).toMatchObject({ ok: true, bundle_id: 'reply', semver: '1.2.0', violations: [] });
  });

  it('says where it breaks them, in the language of the bundle', async () => {
    const answer = await validate({ bundle_id: 'reply', semver: '^1.0.0', text: '我们今天去北京 🎉' });
    expect(json(answer)).toMatchObject({
      ok: false,
      violations: [
        { constraint: 'NO_EMOJI', severity: 'error', span: { start: 8, end: 10 }, actual: '🎉', limit: 0 },
        { constraint: 'MAX_WORDS', severity: 'warn', actual: 4, limit: 3 },
      ],
    });
  });

  it('is fine with warnings', async () => {
    expect(json(await validate({ bundle_id: 'reply', text: 'one two three four' }))).toMatchObject({
      ok: true,
      violations: [{ severity: 'warn' }],
    });
  });

  it.each([
    [{ bundle_id: 'gone', text: 'a' }, 404, 'bundle_not_found'],
    [{ bundle_id: 'reply', semver: '9.0.0', text: 'a' }, 404, 'version_not_found'],
    [{ bundle_id: 'reply', semver: 'x y', text: 'a' }, 400, 'version_invalid'],
    [{ bundle_id: 'reply' }, 400, 'payload_invalid'],
    [{ bundle_id: 'reply', text: 1 }, 400, 'payload_invalid'],
    [{ bundle_id: 'reply', text: 'a', inputs: {} }, 400, 'payload_invalid'],
    [{ bundle_id: 'reply', text: 'a'.repeat(262_145) }, 400, 'payload_invalid'],
    [[], 400, 'payload_invalid'],
  ])('%#', async (body, status, code) => {
    expect(problem(await validate(body))).toMatchObject({ status, code });
  });

  it('takes no more than a body may have', async () => {
    expect(problem(await validate({ bundle_id: 'reply', text: 'a'.repeat(2 * 1024 * 1024) }))).toMatchObject({ status: 413 });
  });

  it('only takes POST', async () => {
    expect((await call(server, VALIDATE)).status).toBe(405);
  });

  it('gives the locale with a render', async () => {
    const body = JSON.stringify({ bundle_id: 'reply' });
    const rendered = await call(server, '/v1/prompts/render', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(json(rendered)).toMatchObject({ locale: 'zh', rendered_prompt: 'Reply.\n- Use no emoji.\n- Write at most 3 words.' });
  });
});
