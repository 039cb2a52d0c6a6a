/** Many renders in one call. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectPath } from '../../src/format/artifact.js';
import { replaceBuild } from './replace-build.js';
import {
  type Answer,
  buildInto,
  call,
  connection,
  json,
  type LogLine,
  problem,
  render,
  type SeenProblem,
  SMALL,
  startServer,
  startServerForTest,
  type TestServer,
  verdict,
} from './test-server.js';

const BATCH = '/v1/prompts/render/batch';
const HELLO = { bundle_id: 'team/hello', inputs: { name: 'Ada' } };
const MIB = 1024 * 1024;

let server: TestServer;
beforeAll(async () => {
  server = await startServer(SMALL);
});
afterAll(() => server.close());

interface Item {
  readonly status: number;
  readonly result?: { readonly rendered_prompt: string };
  readonly problem?: SeenProblem;
}

function batch(to: Pick<TestServer, 'address'>, body: unknown): Promise<Answer> {
  return call(to, BATCH, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

function itemsOf(answer: Answer): Item[] {
  expect(answer.status).toBe(200);
  return (json(answer) as { results: Item[] }).results;
}

/** What the log says of requests that failed; that the folder is not whole, it says too. */
function faults({ log }: TestServer): LogLine[] {
  return log.filter(({ level }) => level === 'error');
}

/** What became of each request: its prompt, or the code of its problem. */
function outcomes(answer: Answer): string[] {
  return itemsOf(answer).map(({ result, problem: found }) => result?.rendered_prompt ?? found!.code);
}

describe('POST /v1/prompts/render/batch', () => {
  it('answers each request as if it had been made alone, in order', async () => {
    const requests = [
      HELLO,
      { bundle_id: 'nothing' },
      { bundle_id: 'team/hello', semver: '1.x', inputs: { name: 'Bob' } },
      { bundle_id: 'team/hello', semver: '1.x', stress: 2, mood: 'fine' },
      { bundle_id: 'team/hello', model_type: 'model-z', inputs: { name: 'Ada' } },
      {},
      'text',
      null,
      { bundle_id: 'any', task: 'x' },
    ];
    const answer = await batch(server, { requests });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-promptc-build': server.build.manifestDigest,
    });
    const items = itemsOf(answer);
    expect(items).toHaveLength(requests.length);
    for (const [i, request] of requests.entries()) {
      const alone = await render(server, JSON.stringify(request));
      const expected = alone.status === 200 ? { yanked: null, result: json(alone) } : { problem: json(alone) };
      expect(items[i]).toEqual({ status: alone.status, ...expected });
    }
    expect(items.map(({ status }) => status)).toEqual([200, 404, 200, 400, 400, 400, 400, 400, 200]);
  });

  it('takes none, and up to 100', async () => {
    expect(itemsOf(await batch(server, { requests: [] }))).toEqual([]);
    const names = Array.from({ length: 100 }, (_, i) => `n${i}`);
    const requests = names.map((name) => ({ bundle_id: 'team/hello', inputs: { name } }));
    expect(outcomes(await batch(server, { requests }))).toEqual(names.map((name) => `Hello ${name}!`));
  });

  it.each([
    ['101 requests', { requests: Array.from({ length: 101 }, () => HELLO) }, ['/requests must have at most 100 items']],
    ['no list', { requests: HELLO }, ['/requests must be a list']],
    ['nothing', {}, ['/requests is required']],
    ['a request alone', HELLO, ['/requests is required', '/bundle_id is not known here', '/inputs is not known here']],
    ['a list', [HELLO], [' must be an object']],
    ['null', null, [' must be an object']],
  ])('refuses %s', async (_name, body, expected) => {
    const answer = await batch(server, body);
    expect(verdict(answer)).toEqual([400, 'payload_invalid']);
    expect(problem(answer).errors!.map(({ path: where, message }) => `${where} ${message}`)).toEqual(expected);
  });

  it('is held to what every body is held to', async () => {
    expect(verdict(await batch(server, { requests: ['x'.repeat(MIB)] }))).toEqual([413, 'body_too_large']);
    expect(verdict(await call(server, BATCH, { method: 'POST', body: '{}' }))).toEqual([415, 'unsupported_media_type']);
    expect(verdict(await call(server, `${BATCH}?x=1`, { method: 'POST' }))).toEqual([400, 'bad_query']);
  });

  it('a fault of the server in one of them is in the log, and leaves the others alone', async () => {
    const damaged = await startServerForTest(SMALL);
    const { reference } = damaged.build.bundles.find(({ prompt }) => prompt.id === 'any')!;
    await rm(path.join(damaged.dir, objectPath(reference.digest)));
    const items = itemsOf(await batch(damaged, { requests: [HELLO, { bundle_id: 'any' }, HELLO] }));
    expect(items.map(({ status }) => status)).toEqual([200, 500, 200]);
    expect(items[1]!.problem).toMatchObject({ code: 'artifact_missing', detail: 'The server is at fault; its log says more.' });
    expect(faults(damaged)).toHaveLength(1);
  });

  it('is 503 as a whole before the first build', async () => {
    const waiting = await startServerForTest(SMALL, { dir: '/nowhere', waitForBuild: true });
    const answer = await batch(waiting, { requests: [HELLO] });
    expect([answer.status, answer.headers['retry-after'], (json(answer) as SeenProblem).code]).toEqual([503, '5', 'no_build']);
  });
});

describe('the size of the answer', () => {
  /** 22,000 bytes of prompt, twice in each result. */
  const long = (name: string): object => ({ bundle_id: 'team/hello', inputs: { name: name.repeat(22_000) } });

  it('is bounded: what does not fit any more, and all behind it, is to be asked for again', async () => {
    const bounded = await startServerForTest(SMALL, { limits: { batchBytes: 100_000 } });
    const answer = await batch(bounded, { requests: [long('a'), HELLO, long('b'), long('c'), HELLO] });
    expect(answer.text.length).toBeLessThan(101_000);
    expect(itemsOf(answer).map(({ status, problem: found }) => [status, found?.code])).toEqual([
      [200, undefined],
      [200, undefined],
      [200, undefined],
      [422, 'batch_full'],
      [422, 'batch_full'],
    ]);
  });

  it('counts bytes, and problems as well', async () => {
    const bounded = await startServerForTest(SMALL, { limits: { batchBytes: 100_000 } });
    // 19,000 characters in 57,000 bytes.
    expect(outcomes(await batch(bounded, { requests: [HELLO, long('€'), HELLO] })).slice(1)).toEqual(['batch_full', 'batch_full']);
    const wrong = { bundle_id: 'any', ['k'.repeat(40_000)]: 1 };
    expect(outcomes(await batch(bounded, { requests: [wrong, wrong] }))).toEqual(['payload_invalid', 'batch_full']);
  });

  it('does not keep the first result from being given, so that asking for the rest gets on', async () => {
    const tight = await startServerForTest(SMALL, { limits: { batchBytes: 10 } });
    let requests = [long('a'), HELLO, long('b')];
    const prompts: string[] = [];
    while (requests.length > 0) {
      const done = outcomes(await batch(tight, { requests })).filter((outcome) => outcome !== 'batch_full');
      expect(done).toHaveLength(1);
      prompts.push(done[0]!.slice(0, 7));
      requests = requests.slice(1);
    }
    expect(prompts).toEqual(['Hello a', 'Hello A', 'Hello b']);
  });

  it('keeps a problem that repeats what was sent from growing beyond it', async () => {
    const input = '{ type: object, additionalProperties: { type: array, items: { type: string } } }';
    const typed = await startServerForTest({
      'prompts/templates/map.md': `---\nid: map\nversion: 1.0.0\nrole: user\ninputs: { map: ${input} }\n---\n{{json map}}`,
      'prompts/bundles/map.md': '---\nid: map\nversion: 1.0.0\nslots: { task: map }\n---\nFor tests.',
    });
    // Each of the 900 problems has the long key in its path.
    const map = { ['k'.repeat(500_000)]: Array.from({ length: 900 }, () => 1) };
    const answer = await render(typed, { bundle_id: 'map', inputs: { map } });
    expect(verdict(answer)).toEqual([400, 'payload_invalid']);
    expect(answer.text.length).toBeLessThan(2 * MIB);
    expect(problem(answer).detail).toMatch(/ \(and 899 more\)\.$/);
  });
});

describe('other requests', () => {
  /** Loops for some hundred thousand operations, and prints next to nothing. */
  const BUSY = {
    ...SMALL,
    'prompts/templates/busy.md':
      '---\nid: busy\nversion: 1.0.0\nrole: user\ninputs: { list: "integer[]" }\n---\n{{#each list}}{{#if (eq this 1)}}x{{/if}}{{/each}}.',
    'prompts/bundles/busy.md': '---\nid: busy\nversion: 1.0.0\nslots: { task: busy }\n---\nFor tests.',
  };
  const busy = { bundle_id: 'busy', inputs: { list: Array.from({ length: 4000 }, () => 0) } };

  it('are answered while a large batch is rendered', async () => {
    const loaded = await startServerForTest(BUSY);
    const order: string[] = [];
    const large = batch(loaded, { requests: Array.from({ length: 100 }, () => busy) }).then((answer) =>
      order.push(`batch ${answer.status}`),
    );
    const small = async (): Promise<void> => {
      const { status } = await render(loaded, HELLO);
      order.push(`render ${status}`);
    };
    // The first loads what later ones need.
    for (let i = 0; i < 3; i++) await small();
    await large;
    expect(order.slice(0, 3)).toEqual(['render 200', 'render 200', 'render 200']);
  });

  it('need not wait for the rest of a batch whose client is gone', async () => {
    const loaded = await startServerForTest(BUSY);
    const { reference } = loaded.build.bundles.find(({ prompt }) => prompt.id === 'any')!;
    await rm(path.join(loaded.dir, objectPath(reference.digest)));
    // Whether it comes to the last request can be seen in the log.
    const body = JSON.stringify({ requests: [...Array.from({ length: 99 }, () => busy), { bundle_id: 'any' }] });
    const socket = await connection(loaded);
    socket.write(`POST ${BATCH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`);
    await new Promise<void>((resolve) => socket.write(body, () => resolve()));
    expect((await render(loaded, HELLO)).status).toBe(200);
    socket.destroy();
    // They take turns, so this one ends behind the other.
    itemsOf(await batch(loaded, { requests: Array.from({ length: 100 }, () => busy) }));
    expect(faults(loaded)).toEqual([]);
    itemsOf(await batch(loaded, JSON.parse(body)));
    expect(faults(loaded)).toHaveLength(1);
  });

  it('may see another build; the batch sees one', async () => {
    const moving = await startServerForTest(BUSY, { pollMilliseconds: 20 });
    const before = moving.build.manifestDigest;
    const next = await buildInto({ ...BUSY, 'prompts/bundles/new.md': '---\nid: new\nversion: 1.0.0\nslots: { task: plain }\n---\nNew.' });
    expect(next.build.manifestDigest).not.toBe(before);
    const requests = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? busy : { bundle_id: 'new' }));
    const [answer] = await Promise.all([batch(moving, { requests }), replaceBuild(next.dir, moving.dir)]);
    const seen = new Set(outcomes(answer).filter((_, i) => i % 2 === 1));
    expect(seen).toEqual(new Set([answer.headers['x-promptc-build'] === before ? 'bundle_not_found' : 'Plain .']));
  });
});
