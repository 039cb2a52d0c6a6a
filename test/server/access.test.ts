/** Who may ask a server for what: every route, under every policy, with every kind of key. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Keyring } from '../../src/access/keyring.js';
import { SCOPES, type Scope } from '../../src/access/scope.js';
import { openSink, type OpenSink } from '../../src/audit/open-sink.js';
import { OpenToAllError, serve } from '../../src/server/serve.js';
import { bearer, CREATED, keysFile, testKey } from '../access/keys.js';
import { projectFolder, SMALL_PROJECT, temporaryFolder } from '../support/project.js';
import { startServing } from '../support/serving.js';
import { runCommand } from '../support/terminal.js';
import {
  type Answer,
  buildInto,
  call,
  json,
  problem,
  render,
  RENDER,
  SMALL,
  startServer,
  startServerForTest,
  type TestServer,
} from './test-server.js';

/** With ids within `team/` and others, and two bundles of the same text. */
const PROJECT = {
  ...SMALL,
  'prompts/templates/team.md': '---\nid: team/note\nversion: 1.0.0\nrole: user\n---\nNote {{task}}.',
  'prompts/bundles/team.md': '---\nid: team/note\nversion: 1.0.0\nslots: { task: team/note }\n---\nFor tests.',
  'prompts/bundles/other.md': '---\nid: other\nversion: 1.0.0\nslots: { task: team/note }\n---\nFor tests.',
};
const BATCH = `${RENDER}/batch`;
const NO_HASH = `sha256:${'0'.repeat(64)}`;
const PAST = '2026-01-03T00:00:00Z';

/** A key for each scope alone, and those that open nothing. */
const OF_SCOPE = new Map(SCOPES.map((scope) => [scope, testKey(scope, { scopes: [scope] })]));
const EXPIRED = testKey('expired', { scopes: SCOPES, expires: PAST });
const REVOKED = testKey('revoked', { scopes: SCOPES, revoked: PAST });
const STRANGER = testKey('stranger', { scopes: SCOPES });
const TEAM = testKey('team', { scopes: SCOPES, prefix: 'team/' });
const ALL = testKey('all', { scopes: SCOPES });
const KEYRING = new Keyring([...OF_SCOPE.values(), EXPIRED, REVOKED, TEAM, ALL].map(({ entry }) => entry));

/** What nobody is let in with, and why. */
const USELESS: readonly (readonly [name: string, authorization: string, why: RegExp])[] = [
  ['an expired key', bearer(EXPIRED), /^The key expired expired at 2026-01-03T00:00:00Z\./],
  ['a revoked key', bearer(REVOKED), /^The key revoked was revoked at 2026-01-03T00:00:00Z\./],
  ['a key of elsewhere', bearer(STRANGER), /^The server does not know this key\./],
  ['half a key', bearer(ALL).slice(0, -1), /^This is no key, or not a whole one/],
  ['another scheme', `Basic ${ALL.key}`, /^This needs a key with the scope/],
];

/** What needs no key, as docs/access.md has it. */
const POLICIES = {
  loopback: { open: ['render', 'read', 'metrics'], hasKeys: false, options: {} },
  keys: { open: [], hasKeys: true, options: { keys: { keyring: KEYRING } } },
  public: { open: ['render', 'read'], hasKeys: true, options: { keys: { keyring: KEYRING }, isPublic: true } },
  'public, without keys': { open: ['render', 'read'], hasKeys: false, options: { isPublic: true } },
} as const;
type PolicyName = keyof typeof POLICIES;
const POLICY_NAMES = Object.keys(POLICIES) as PolicyName[];

const servers = new Map<PolicyName, TestServer>();
let audit: OpenSink;
beforeAll(async () => {
  const { dir } = await buildInto(PROJECT);
  audit = await openSink(`jsonl:${path.join(dir, 'audit.jsonl')}`);
  for (const name of POLICY_NAMES) servers.set(name, await startServer(PROJECT, { audit, ...POLICIES[name].options }));
});
afterAll(async () => {
  for (const server of servers.values()) await server.close();
  await audit.close();
});

type Route = readonly [name: string, scope: Scope | undefined, send: (server: TestServer, headers: object) => Promise<Answer>];

const get =
  (target: string): Route[2] =>
  (server, headers) =>
    call(server, target.replace('{hex}', server.build.bundles[0]!.reference.digest.slice('sha256:'.length)), { headers: { ...headers } });

const ROUTES: readonly Route[] = [
  [RENDER, 'render', (server, headers) => render(server, { bundle_id: 'any' }, { ...headers })],
  [BATCH, 'render', (server, headers) => batch(server, ['any'], { ...headers })],
  ['/v1/prompts/bundles', 'read', get('/v1/prompts/bundles')],
  ['a bundle', 'read', get('/v1/prompts/bundles/any')],
  ['a template', 'read', get('/v1/prompts/templates/greet')],
  ['/v1/manifest', 'read', get('/v1/manifest')],
  ['an artifact', 'read', get('/v1/artifacts/sha256/{hex}')],
  ['/v1/audit', 'audit', get(`/v1/audit/${NO_HASH}`)],
  ['/metrics', 'metrics', get('/metrics')],
  ['/healthz', undefined, get('/healthz')],
  ['/readyz', undefined, get('/readyz')],
  ['/openapi.json', undefined, get('/openapi.json')],
  ['/docs', undefined, get('/docs')],
];

function batch(server: TestServer, ids: readonly string[], headers: { [name: string]: string } = {}): Promise<Answer> {
  const body = JSON.stringify({ requests: ids.map((id) => ({ bundle_id: id })) });
  return call(server, BATCH, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}

/** Every route under every policy. */
const CASES = POLICY_NAMES.flatMap((policy) =>
  ROUTES.map(([name, scope, send]) => {
    const { open, hasKeys } = POLICIES[policy];
    const isOpen = scope === undefined || (open as readonly Scope[]).includes(scope);
    const ask = (authorization?: string): Promise<Answer> =>
      send(servers.get(policy)!, authorization === undefined ? {} : { authorization });
    return { policy, name, scope, isOpen, hasKeys, ask };
  }),
);

describe('what each policy', () => {
  it.each(CASES.filter(({ isOpen }) => isOpen))('leaves open ($policy): $name is answered whoever asks', async ({ ask }) => {
    expect((await ask()).status).toBe(200);
    for (const key of OF_SCOPE.values()) expect((await ask(bearer(key))).status).toBe(200);
    for (const [name, authorization] of USELESS) expect((await ask(authorization)).status, name).toBe(200);
    expect((await ask(bearer(TEAM))).status).toBe(200);
  });

  const keyed = CASES.filter(({ isOpen, hasKeys }) => !isOpen && hasKeys);
  it.each(keyed)('asks a key for ($policy): $name is answered for its scope, and no other', async ({ scope, ask }) => {
    const without = await ask();
    expect([without.status, without.headers['www-authenticate']]).toEqual([401, 'Bearer realm="promptc"']);
    expect(problem(without)).toMatchObject({ code: 'unauthorized', detail: expect.stringContaining(`a key with the scope ${scope}`) });
    for (const [of, key] of OF_SCOPE) {
      const answer = await ask(bearer(key));
      const refused = [403, `Bearer realm="promptc", error="insufficient_scope", scope="${scope}"`];
      expect([answer.status, answer.headers['www-authenticate']], of).toEqual(of === scope ? [200, undefined] : refused);
    }
    for (const [name, authorization, why] of USELESS) {
      const answer = await ask(authorization);
      expect([answer.status, problem(answer).code], name).toEqual([401, 'unauthorized']);
      expect(problem(answer).detail).toMatch(why);
      const isBearer = authorization.startsWith('Bearer');
      expect(answer.headers['www-authenticate']).toBe(`Bearer realm="promptc"${isBearer ? ', error="invalid_token"' : ''}`);
    }
  });

  const closed = CASES.filter(({ isOpen, hasKeys }) => !isOpen && !hasKeys);
  it.each(closed)('keeps closed without keys ($policy): $name, and says how to get one', async ({ scope, ask }) => {
    for (const authorization of [undefined, bearer(ALL)]) {
      const answer = await ask(authorization);
      expect([answer.status, problem(answer).code, answer.headers['www-authenticate']]).toEqual([403, 'forbidden', undefined]);
      expect(problem(answer).detail).toContain(`\`promptc keys add --keys keys.json --scope ${scope}\``);
    }
  });
});

it('says which policy is in force', () => {
  expect(POLICY_NAMES.map((name) => servers.get(name)!.policy)).toEqual(['loopback', 'keys', 'public', 'public']);
});

it('names the caller in the log, and never the key', async () => {
  const server = await startServerForTest(PROJECT, { keys: { keyring: KEYRING }, logsRequests: true });
  const ask = async (authorization: string): Promise<number> => (await render(server, { bundle_id: 'any' }, { authorization })).status;
  expect([await ask(bearer(ALL)), await ask(bearer(EXPIRED)), await ask(bearer(STRANGER))]).toEqual([200, 401, 401]);
  await expect.poll(() => server.log.length).toBe(3);
  expect(server.log.map(({ fields }) => (fields as { caller: unknown }).caller)).toEqual(['all', 'expired', null]);
  for (const { key } of [ALL, EXPIRED, STRANGER]) expect(JSON.stringify(server.log)).not.toContain(key.slice(-72));
});

it('answers to any name of the host where keys decide', async () => {
  const headers = { host: 'prompts.example', authorization: bearer(ALL) };
  expect((await render(servers.get('keys')!, { bundle_id: 'any' }, headers)).status).toBe(200);
  expect((await render(servers.get('loopback')!, { bundle_id: 'any' }, headers)).status).toBe(403);
});

describe('a key with a prefix', () => {
  const headers = { authorization: bearer(TEAM) };
  const ask = (target: string): Promise<Answer> => call(servers.get('keys')!, target, { headers });
  const verdicts = async (targets: readonly string[]): Promise<unknown[]> =>
    Promise.all(targets.map(async (target) => [target, (await ask(target)).status]));

  it('renders what is within it, and learns nothing of what is not', async () => {
    const rendered = async (id: string): Promise<unknown[]> => {
      const answer = await render(servers.get('keys')!, { bundle_id: id }, headers);
      return [answer.status, answer.status === 200 ? undefined : problem(answer).detail];
    };
    expect(await rendered('team/note')).toEqual([200, undefined]);
    expect(await rendered('team/missing')).toEqual([404, 'There is no bundle "team/missing".']);
    const outside = [403, 'The key team is for team/ only. Use another key, or an id within it.'];
    for (const id of ['any', 'missing', 'team', 'teamwork/x', 'TEAM/note']) expect(await rendered(id), id).toEqual(outside);
    expect((await rendered('team/../any'))[0]).toBe(404);
  });

  it('holds for each item of a batch', async () => {
    const answer = await batch(servers.get('keys')!, ['team/note', 'any', 'team/missing', 'missing', 'team/note'], headers);
    expect(answer.status).toBe(200);
    const { results } = json(answer) as { results: { status: number; problem?: { code: string } }[] };
    expect(results.map((item) => [item.status, item.problem?.code])).toEqual([
      [200, undefined],
      [403, 'forbidden'],
      [404, 'bundle_not_found'],
      [403, 'forbidden'],
      [200, undefined],
    ]);
  });

  it('lists what is within it, page by page', async () => {
    const list = async (query: string): Promise<{ ids: string[]; next: string | null }> => {
      const { bundles, next } = json(await ask(`/v1/prompts/bundles${query}`)) as { bundles: { bundle_id: string }[]; next: string | null };
      return { ids: bundles.map((bundle) => bundle.bundle_id), next };
    };
    expect(await list('')).toEqual({ ids: ['team/hello', 'team/note'], next: null });
    const first = await list('?limit=1');
    expect(first).toEqual({ ids: ['team/hello'], next: expect.any(String) });
    expect(await list(`?limit=1&cursor=${first.next}`)).toEqual({ ids: ['team/note'], next: null });
    expect(await list('?prefix=a')).toEqual({ ids: [], next: null });
  });

  it('shows bundles and templates within it', async () => {
    const expected = [
      ['/v1/prompts/bundles/team/note', 200],
      ['/v1/prompts/bundles/team%2Fnote', 200],
      ['/v1/prompts/bundles/team/missing', 404],
      ['/v1/prompts/bundles/any', 403],
      ['/v1/prompts/bundles/missing', 403],
      ['/v1/prompts/bundles/any?semver=9.9.9', 403],
      ['/v1/prompts/templates/team/note', 200],
      ['/v1/prompts/templates/greet', 403],
      ['/v1/prompts/templates/missing', 403],
    ] as const;
    expect(await verdicts(expected.map(([target]) => target))).toEqual(expected);
  });

  it('is too little for what is about everything', async () => {
    const { digest } = servers.get('keys')!.build.bundles.find(({ prompt }) => prompt.id === 'team/note')!.reference;
    for (const target of ['/v1/manifest', `/v1/artifacts/${digest.replace(':', '/')}`, '/metrics']) {
      const answer = await ask(target);
      expect([answer.status, problem(answer).detail], target).toEqual([
        403,
        'The key team is for team/ only, and this is about everything. Use a key without a prefix.',
      ]);
    }
  });

  it('is shown the audit records of what is within it', async () => {
    const server = servers.get('keys')!;
    const before = audit.counts.written + audit.counts.queued;
    const hashes = await Promise.all(
      ['team/note', 'other'].map(async (id) => {
        const answer = await render(server, { bundle_id: id, task: 'of both' }, { authorization: bearer(ALL) });
        return json(answer) as { prompt_hash: string; bundle_hash: string };
      }),
    );
    const [{ prompt_hash: prompt }, { bundle_hash: other }] = hashes as [(typeof hashes)[0], (typeof hashes)[0]];
    await expect.poll(() => audit.counts.written).toBe(before + 2);
    const bundles = async (hash: string, key: typeof ALL): Promise<unknown[]> => {
      const answer = await call(server, `/v1/audit/${hash}`, { headers: { authorization: bearer(key) } });
      const { records, has_more } = json(answer) as { records: { bundle_id: string }[]; has_more: boolean };
      return [records.map((record) => record.bundle_id).toSorted(), has_more];
    };
    expect(hashes[1]!.prompt_hash).toBe(prompt);
    expect(await bundles(prompt, ALL)).toEqual([['other', 'team/note'], false]);
    expect(await bundles(prompt, TEAM)).toEqual([['team/note'], false]);
    expect(await bundles(other, ALL)).toEqual([['other'], false]);
    expect(await bundles(other, TEAM)).toEqual([[], false]);
  });
});

it('lets keys in and out while it runs', async () => {
  const first = testKey('first', { created: CREATED });
  const file = await keysFile(first);
  const { dir } = await buildInto(PROJECT);
  const server = await startServing(dir, { dir, keys: file });
  const status = async (key: string): Promise<number> =>
    (await render(server, { bundle_id: 'any' }, { authorization: `Bearer ${key}` })).status;
  const command = async (...args: string[]): Promise<string> => {
    const { code, out } = await runCommand(path.dirname(file), ['keys', ...args, '--keys', file]);
    expect(code).toBe(0);
    return out.trim();
  };
  expect(await status(first.key)).toBe(200);
  const second = await command('add', '--id', 'second');
  await expect.poll(() => status(second), { timeout: 10_000 }).toBe(200);
  await command('revoke', 'first');
  await expect.poll(() => status(first.key), { timeout: 10_000 }).toBe(401);
  expect(server.said()).toContain(`The keys file ${file} was read again: 2 keys.`);
  expect(await status(second)).toBe(200);
});

describe('starting where other machines reach it', () => {
  // Of no machine: a server that got so far as to listen would say that.
  const ELSEWHERE = ['--host', '203.0.113.7', '--port', '0'];

  it('is refused unless somebody said who may come in', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    await runCommand(folder, ['build']);
    const open = await runCommand(folder, ['serve', ...ELSEWHERE]);
    expect(open.code).toBe(2);
    expect(open.err).toContain(
      'Other machines reach 203.0.113.7, and nothing says who may come in. Make a key with `promptc keys add --keys keys.json` ' +
        'and start with --keys keys.json, or let anybody render and read with --public.',
    );
    for (const host of ['0.0.0.0', '::']) {
      const { code, err } = await runCommand(folder, ['serve', '--host', host, '--port', '0']);
      expect([code, err]).toEqual([2, expect.stringContaining(`Other machines reach ${host}, `)]);
    }
    await runCommand(folder, ['keys', 'add', '--keys', 'keys.json']);
    for (const more of [['--public'], ['--keys', 'keys.json'], ['--keys', 'keys.json', '--public']]) {
      const { code, err } = await runCommand(folder, ['serve', ...ELSEWHERE, ...more]);
      expect([code, err], more.join(' ')).toEqual([2, expect.stringContaining('This machine has no address 203.0.113.7.')]);
    }
  });

  it('is refused with keys that cannot be used, which are not taken for none', async () => {
    const folder = await projectFolder({ ...SMALL_PROJECT, 'broken.json': '{"keysVersion": 1, "keys": [{}]}' });
    await runCommand(folder, ['build']);
    for (const [file, message] of [
      ['missing.json', 'missing.json'],
      ['broken.json', 'broken.json'],
    ] as const) {
      for (const more of [[], ['--public'], ELSEWHERE]) {
        const { code, err } = await runCommand(folder, ['serve', '--port', '0', '--keys', file, ...more]);
        expect([code, err]).toEqual([2, expect.stringContaining(message)]);
      }
    }
  });

  it('is refused to programs too', async () => {
    const dir = await temporaryFolder();
    await expect(serve({ dir, host: '203.0.113.7', port: 0 })).rejects.toThrow(OpenToAllError);
  });
});
