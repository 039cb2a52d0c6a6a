/** docs/http-api.md says what the server does: each of its examples is run. `UPDATE=1` writes the answers into it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INIT_FILES } from '../../src/cli/init-files.js';
import { STATUS } from '../../src/server/problem.js';
import { type Answer, call, json, startServer, type TestServer } from './test-server.js';

const PAGE = new URL('../../docs/http-api.md', import.meta.url);
const EXAMPLE = /```http\n(\S+) (\S+)\n(?:(\S+): (\S+)\n\n([^`]*))?```\n\n```json (\d+)\n([^`]*)```/g;

const FENCE = '```';
const UPDATING = process.env['UPDATE'] === '1';

/** A server neither compiles nor reads Git. */
const NOT_MET = new Set(['content_invalid', 'compile_failed', 'output_failed', 'git_failed', 'base_unresolved', 'history_missing']);

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

  it('lists every code that can be met, with its status', () => {
    const listed = [...page.matchAll(/^\| `([a-z_0-9]+)` +\| (\d{3}) +\|/gm)].map(([, code, status]) => [code, Number(status)]);
    const met = Object.entries(STATUS).filter(([code]) => !NOT_MET.has(code));
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(met));
    expect(listed.length).toBe(met.length);
  });
});
