/** docs/http-api.md says what the server does: each of its examples is run. `UPDATE=1` writes the answers into it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INIT_FILES } from '../../src/cli/init-files.js';
import { ADVICE } from '../../src/server/openapi/advice.js';
import { STATUS } from '../../src/server/problem.js';
import { DOCUMENT } from './conformance.js';
import { type Answer, call, json, startServer, type TestServer } from './test-server.js';

const PAGE = new URL('../../docs/http-api.md', import.meta.url);
const EXAMPLE = /```http\n(\S+) (\S+)\n(?:(\S+): (\S+)\n\n([^`]*))?```\n\n```json (\d+)\n([^`]*)```/g;

const FENCE = '```';
const UPDATING = process.env['UPDATE'] === '1';

let server: TestServer;
let page = readFileSync(PAGE, 'utf8');
const examples = [...page.matchAll(EXAMPLE)];

beforeAll(async () => {
  server = await startServer(INIT_FILES);
});
afterAll(async () => {
  await server.close();
  if (UPDATING) writeFileSync(PAGE, page);
});

describe('docs/http-api.md', () => {
  it('has all its examples in the form that this test reads', () => {
    expect(examples.length).toBeGreaterThanOrEqual(8);
    expect(page.match(/```(?:http|json)/g)).toHaveLength(examples.length * 2);
  });

  it.each(examples.map((example) => [example[1]!, example[2]!, example] as const))('%s %s', async (method, target, example) => {
    const [text, , , header, value, body, status, shown] = example;
    const answer: Answer = await call(server, target, {
      method,
      ...(header === undefined ? {} : { headers: { [header]: value! } }),
      ...(body === undefined ? {} : { body }),
    });
    if (UPDATING) {
      const before = text.slice(0, text.lastIndexOf(shown!));
      page = page.replace(text, () => `${before}${JSON.stringify(json(answer), null, 2)}\n${FENCE}`);
    }
    const expected: unknown = UPDATING ? json(answer) : JSON.parse(shown!);
    expect([answer.status, json(answer)]).toEqual([Number(status), expected]);
  });

  it('lists every code that can be met, with its status and what to do', () => {
    const rows = [...page.matchAll(/^\| `([a-z_0-9]+)` +\| (\d{3}) +\| (.+?) +\|$/gm)];
    const listed = rows.map(([, code, status, advice]) => [code!, { status: Number(status), advice: withoutLinks(advice!) }] as const);
    const met = Object.entries(ADVICE).map(([code, advice]) => [code, { status: STATUS[code as keyof typeof ADVICE], advice }] as const);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(met));
    expect(listed.length).toBe(met.length);
  });

  it('lists every operation that the document of the API has', () => {
    const listed = [...page.matchAll(/^\| \[`(GET|POST) (\S+)`\]/gm)].map(([, method, path]) => `${method} ${path}`);
    const operations = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listed.toSorted()).toEqual(operations.toSorted());
  });
});

function withoutLinks(text: string): string {
  return text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}
