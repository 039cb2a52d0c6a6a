/** Renders that a server answers, and what its audit log says of them. */
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { Agent, request as send } from 'node:http';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Keyring } from '../../src/access/keyring.js';
import { openAuditReader, openSink, type OpenSink, type SinkOptions } from '../../src/audit/open-sink.js';
import { type AuditRecord, seal } from '../../src/audit/record.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import { bearer, keysFile, testKey } from '../access/keys.js';
import { buildCommand, startCommand } from '../support/command.js';
import { temporaryFolder } from '../support/project.js';
import { startServing } from '../support/serving.js';
import { runCommand } from '../support/terminal.js';
import { series } from './series.js';
import {
  type Answer,
  buildInto,
  call,
  json,
  problem,
  render,
  RENDER,
  SMALL,
  startServerForTest,
  type TestServer,
  verdict,
} from './test-server.js';

buildCommand();

const HELLO = { bundle_id: 'team/hello', inputs: { name: 'Ada' } };
const WEB = testKey('web', { scopes: ['render', 'read'] });
const AUDITOR = testKey('auditor', { scopes: ['audit', 'metrics'] });
const KEYS = { keys: { keyring: new Keyring([WEB.entry, AUDITOR.entry]) }, isPublic: true };
const COMMIT = 'c'.repeat(40);

interface Hashes {
  readonly prompt_hash: string;
  readonly bundle_hash: string;
}

type Reachable = Pick<TestServer, 'address'>;

async function hashesOf(answer: Answer | Promise<Answer>): Promise<Hashes> {
  const { status, text } = await answer;
  expect(status).toBe(200);
  return JSON.parse(text) as Hashes;
}

function askFor(server: Reachable, hash: string): Promise<Answer> {
  return call(server, `/v1/audit/${hash}`, { headers: { authorization: bearer(AUDITOR) } });
}

/** Until the log has so many records of a hash: they are written behind the answers. */
async function recordsOf(server: Reachable, hash: string, count: number): Promise<AuditRecord[]> {
  let records: AuditRecord[] = [];
  await expect
    .poll(
      async () => {
        ({ records } = json(await askFor(server, hash)) as { records: AuditRecord[] });
        return records.length;
      },
      { timeout: 10_000 },
    )
    .toBe(count);
  return records;
}

async function audited(spec?: string, options: SinkOptions = {}): Promise<{ server: TestServer; sink: OpenSink }> {
  const sink = await openSink(spec ?? `jsonl:${path.join(await temporaryFolder(), 'audit.jsonl')}`, options);
  onTestFinished(() => sink.close());
  const server = await startServerForTest(SMALL, { audit: sink, ...KEYS });
  return { server, sink };
}

describe('a render', () => {
  it.each(['jsonl', 'sqlite'])('is recorded (%s), with where it came from and for whom', async (kind) => {
    const { dir, build } = await buildInto(SMALL);
    await writeBuild(build, { commit: COMMIT, dirty: false }, new NodeDisk(dir));
    const sink = await openSink(`${kind}:${path.join(await temporaryFolder(), 'audit')}`);
    onTestFinished(() => sink.close());
    const server = await startServerForTest(SMALL, { dir, audit: sink, ...KEYS });
    const answer = await hashesOf(render(server, HELLO, { authorization: bearer(WEB) }));
    const [record] = await recordsOf(server, answer.prompt_hash, 1);
    const { bundle_id, semver, bundle_hash, personality_hash, prompt_hash, engine_version, adapter_version } =
      answer as unknown as AuditRecord;
    expect(record).toMatchObject({
      ...{ bundle_id, semver, bundle_hash, personality_hash, prompt_hash, engine_version, adapter_version },
      ...{ sequence: 1, build: build.manifestDigest, commit: COMMIT, caller: 'web' },
    });
    expect(record!.latency_ms).toBeGreaterThan(0);
    expect(record!.latency_ms).toBeLessThan(10_000);
    expect(Math.abs(Date.parse(record!.time) - Date.now())).toBeLessThan(60_000);
    expect(record!.payload).toBeUndefined();
    expect(await recordsOf(server, answer.bundle_hash, 1)).toEqual([record]);
  });

  it('is recorded for each item of a batch that is answered, and for no failure', async () => {
    const { server, sink } = await audited();
    const requests = [HELLO, { bundle_id: 'missing' }, { ...HELLO, stress: 2 }, { bundle_id: 'any', task: 'x' }];
    const headers = { 'content-type': 'application/json' };
    const batch = await call(server, `${RENDER}/batch`, { method: 'POST', headers, body: JSON.stringify({ requests }) });
    const { results } = json(batch) as { results: { result?: Hashes }[] };
    expect(results.map(({ result }) => result !== undefined)).toEqual([true, false, false, true]);
    for (const request of requests.slice(1, 3)) expect((await render(server, request)).status).toBeGreaterThanOrEqual(400);
    expect((await render(server, '{')).status).toBe(400);
    // Records are in the order of the renders: what the failures left would be before this one.
    const last = await hashesOf(render(server, { bundle_id: 'any', task: 'last' }));
    expect(await recordsOf(server, last.prompt_hash, 1)).toMatchObject([{ sequence: 3, caller: null, commit: null }]);
    for (const [i, { result }] of [results[0]!, results[3]!].entries())
      expect(await recordsOf(server, result!.prompt_hash, 1)).toMatchObject([{ sequence: i + 1 }]);
    expect(sink.counts).toEqual({ written: 3, dropped: 0, failures: 0, queued: 0 });
  });

  it('is found the newest first, a hundred at a time', async () => {
    const { server } = await audited();
    const { bundle_hash } = await hashesOf(render(server, HELLO));
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ requests: Array.from({ length: 100 }, () => HELLO) });
    await call(server, `${RENDER}/batch`, { method: 'POST', headers, body });
    await expect.poll(async () => (json(await askFor(server, bundle_hash)) as { has_more: boolean }).has_more).toBe(true);
    const { hash, records } = json(await askFor(server, bundle_hash)) as { hash: string; records: AuditRecord[] };
    expect(hash).toBe(bundle_hash);
    expect(records.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 100 }, (_, i) => 101 - i));
  });
});

describe('asking for records', () => {
  it('of a hash that nothing has gives none; of what is no hash, a problem', async () => {
    const { server } = await audited();
    const nothing = `sha256:${'0'.repeat(64)}`;
    expect(json(await askFor(server, nothing))).toEqual({ hash: nothing, records: [], has_more: false });
    for (const hash of ['x', nothing.toUpperCase(), nothing.slice(0, -1), `${nothing}/x`, '..%2f..'])
      expect(verdict(await askFor(server, hash)), hash).toEqual([400, 'bad_path']);
    expect(verdict(await askFor(server, `${nothing}?limit=1`))).toEqual([400, 'bad_query']);
  });

  it('finds no log where none can be read', async () => {
    const hash = `sha256:${'0'.repeat(64)}`;
    const without = await startServerForTest(SMALL, KEYS);
    const { server: streaming } = await audited('stdout', { stdout: new PassThrough().resume() });
    const { server: none } = await audited('null');
    for (const server of [without, streaming, none]) {
      const answer = await askFor(server, hash);
      expect(verdict(answer)).toEqual([404, 'not_found']);
      expect(problem(answer).detail).toContain('needs --audit');
    }
  });

  it('of a log that cannot be read is a fault of the server, which goes on rendering', async () => {
    const file = path.join(await temporaryFolder(), 'audit.jsonl');
    const { server } = await audited(`jsonl:${file}`);
    const { prompt_hash } = await hashesOf(render(server, HELLO));
    await recordsOf(server, prompt_hash, 1);
    await rm(file);
    await mkdir(file);
    const answer = await askFor(server, prompt_hash);
    expect([...verdict(answer), problem(answer).detail]).toEqual([500, 'audit_failed', 'The server is at fault; its log says more.']);
    expect(server.log.filter(({ level }) => level === 'error')).toMatchObject([{ message: expect.stringContaining(file) }]);
    await rm(file, { recursive: true });
    expect((await render(server, HELLO)).status).toBe(200);
  });
});

describe('promptc serve --audit', () => {
  it('keeps payloads if told to, masked where told to, and they are rendered again', async () => {
    const { dir } = await buildInto(SMALL);
    const keys = await keysFile(WEB, AUDITOR);
    const options = { dir, keys, public: true, audit: 'jsonl:audit.jsonl', auditPayload: true };
    const serving = await startServing(dir, { ...options, auditMask: ['inputs.name', 'semantic_traits.*'] });
    const request = { ...HELLO, task: 'kept', semantic_traits: { calm: 1 } };
    const masked = await hashesOf(render(serving, request, { authorization: bearer(WEB) }));
    // In which nothing is that is masked.
    const whole = await hashesOf(render(serving, { bundle_id: 'any', task: 'whole' }));
    const [record] = await recordsOf(serving, masked.prompt_hash, 1);
    expect(record).toMatchObject({
      caller: 'web',
      payload: { task: 'kept', inputs: { name: { $masked: true } }, semantic_traits: { calm: { $masked: true } } },
      masked: ['inputs.name', 'semantic_traits.*'],
    });
    const [other] = await recordsOf(serving, whole.prompt_hash, 1);
    expect([other!.payload, other!.masked]).toEqual([expect.objectContaining({ task: 'whole' }), undefined]);
    expect((await serving.stop()).code).toBe(0);
    expect(await readFile(path.join(dir, 'audit.jsonl'), 'utf8')).not.toContain('Ada');

    const replay = (hash: string, ...more: string[]) =>
      runCommand(dir, ['replay', hash, '--audit', 'jsonl:audit.jsonl', '--dir', '.', ...more]);
    expect(await replay(whole.prompt_hash)).toMatchObject({
      code: 0,
      out: `identical: record 2, any@1.0.0, prompt ${whole.prompt_hash}\n`,
    });
    expect((await replay(masked.prompt_hash)).code).toBe(2);
    const stdin = JSON.stringify({ inputs: HELLO.inputs, task: 'kept', semantic_traits: { calm: 1 } });
    const again = await runCommand(dir, ['replay', masked.prompt_hash, '--audit', 'jsonl:audit.jsonl', '--dir', '.', '--input', '-'], {
      stdin,
    });
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('identical: record 1, team/hello@2.0.0') });
  });

  it.each([
    [['--audit', 'nonsense'], 'names no audit log'],
    [['--audit', 'jsonl:audit.jsonl', '--audit-mask', 'inputs.name'], 'Masks are for payloads'],
    [['--audit', 'jsonl:audit.jsonl', '--audit-payload', '--audit-mask', 'name'], '"name" is no mask.'],
    [['--audit', 'jsonl:missing/audit.jsonl'], 'missing for the audit log. Make it first.'],
    [['--audit-payload'], 'there is none'],
    [['--audit-mask', 'inputs.name'], 'there is none'],
  ])('%j does not start, and says why', async (args, message) => {
    const { dir } = await buildInto(SMALL);
    const { code, err } = await runCommand(dir, ['serve', '--dir', '.', '--port', '0', ...args]);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('renders on while the disk is full, counts it, and loses nothing when there is room again', async () => {
    const { dir } = await buildInto(SMALL);
    const file = path.join(dir, 'audit.jsonl');
    await symlink('/dev/full', file);
    const serving = await startServing(dir, { dir, audit: 'jsonl:audit.jsonl' });
    const metric = async (name: string): Promise<number> => series((await call(serving, '/metrics')).text).get(`promptc_audit_${name}`)!;
    for (let i = 0; i < 10; i++) expect((await render(serving, { bundle_id: 'any', task: `${i}` })).status).toBe(200);
    await expect.poll(() => metric('failures_total'), { timeout: 10_000 }).toBeGreaterThan(0);
    expect([await metric('records_total'), await metric('queued'), await metric('dropped_total')]).toEqual([0, 10, 0]);
    expect(serving.said()).toContain('Audit records cannot be stored, and will be tried again: ENOSPC');
    expect(json(await call(serving, '/readyz'))).toMatchObject({ status: 'ready', problem: null });
    await rm(file);
    expect((await render(serving, HELLO)).status).toBe(200);
    await expect.poll(() => metric('records_total'), { timeout: 10_000 }).toBe(11);
    expect((await serving.stop()).code).toBe(0);
    expect(await runCommand(dir, ['audit', 'verify', 'jsonl:audit.jsonl'])).toMatchObject({
      code: 0,
      err: expect.stringContaining('Verified 11 records'),
    });
  });

  it('loses no record of an answered request when it is told to stop', async () => {
    const { dir } = await buildInto(SMALL);
    const running = startCommand(dir, ['serve', '--dir', '.', '--port', '0', '--audit', 'jsonl:audit.jsonl']);
    const [, port] = await running.says(/http:\/\/127\.0\.0\.1:(\d+)/);
    const agent = new Agent({ keepAlive: true, maxSockets: 24 });
    onTestFinished(() => agent.destroy());
    const answered = new Set<string>();
    let isStopped = false;
    const clients = Array.from({ length: 24 }, async (_, client) => {
      for (let i = 0; ; i++) {
        const hash = await renderOnce(agent, Number(port), `${client} ${i}`);
        if (hash === undefined) return;
        answered.add(hash);
        // The signal comes while these clients wait for answers.
        if (answered.size >= 1500 && !isStopped) {
          isStopped = true;
          running.process.kill('SIGTERM');
        }
      }
    });
    await Promise.all(clients);
    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(answered.size).toBeGreaterThanOrEqual(1500);
    expect(await readdir(dir)).not.toContain('audit.jsonl.lock');
    const reader = await openAuditReader(`jsonl:${path.join(dir, 'audit.jsonl')}`);
    onTestFinished(() => reader.close());
    const recorded = new Set<string>();
    for await (const { text } of reader.lines()) recorded.add((JSON.parse(text) as AuditRecord).prompt_hash);
    expect([...answered].filter((hash) => !recorded.has(hash))).toEqual([]);
    expect(await runCommand(dir, ['audit', 'verify', 'jsonl:audit.jsonl'])).toMatchObject({
      code: 0,
      err: expect.stringMatching(new RegExp(`^Verified ${recorded.size} records`)),
    });
  });
});

/** @returns the hash of the prompt; nothing once the server takes no more */
function renderOnce(agent: Agent, port: number, task: string): Promise<string | undefined> {
  const body = JSON.stringify({ bundle_id: 'any', task });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const sent = send({ host: '127.0.0.1', port, path: RENDER, method: 'POST', agent, headers }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      res.on('error', () => resolve(undefined));
      res.on('end', () => resolve(res.statusCode === 200 ? (JSON.parse(text) as Hashes).prompt_hash : undefined));
    });
    sent.on('error', () => resolve(undefined));
    sent.end(body);
  });
}

describe('?replay=true', () => {
  const replaysOf = async (server: Reachable, hash: string): Promise<unknown> => {
    const answer = await call(server, `/v1/audit/${hash}?replay=true`, { headers: { authorization: bearer(AUDITOR) } });
    expect(answer.status).toBe(200);
    return (json(answer) as { replays: unknown }).replays;
  };

  it('renders records again from the builds that they name', async () => {
    const { server } = await audited(undefined, { keep: 'payload' });
    const before = server.build.manifestDigest;
    const { prompt_hash } = await hashesOf(render(server, HELLO));
    await recordsOf(server, prompt_hash, 1);
    expect(await replaysOf(server, prompt_hash)).toEqual([{ identical: true, differences: [], reason: null }]);

    // From a build that is served no more, too, until the folder has it no more.
    const changed = SMALL['prompts/templates/greet-2.md']!.replace('Hello', 'Good day');
    const next = await buildInto({ ...SMALL, 'prompts/templates/greet-2.md': changed });
    await writeBuild(next.build, { commit: null, dirty: null }, new NodeDisk(server.dir));
    await expect.poll(() => server.builds.served?.digest, { timeout: 10_000 }).toBe(next.build.manifestDigest);
    expect(await replaysOf(server, prompt_hash)).toEqual([{ identical: true, differences: [], reason: null }]);
    await rm(path.join(server.dir, 'objects/sha256', before.slice(7, 9), `${before.slice(7)}.json`));
    expect(await replaysOf(server, prompt_hash)).toEqual([
      { identical: null, differences: [], reason: `The build ${before} is not kept here any more.` },
    ]);
  });

  it('says what differs, if a record is not of that render', async () => {
    const file = path.join(await temporaryFolder(), 'audit.jsonl');
    const first = await audited(`jsonl:${file}`, { keep: 'payload' });
    const { bundle_hash } = await hashesOf(render(first.server, HELLO));
    for (let i = 0; i < 2; i++) await hashesOf(render(first.server, HELLO));
    await recordsOf(first.server, bundle_hash, 3);
    await first.server.close();
    await first.sink.close();
    // Forged with a hash of its own. The first and the last record are looked at when a log is opened.
    const [one, two, ...rest] = (await readFile(file, 'utf8')).split('\n');
    const { hash: _, ...content } = JSON.parse(two!.replace('"name":"Ada"', '"name":"Eve"')) as AuditRecord;
    await writeFile(file, [one, seal(content).line, ...rest].join('\n'));
    const second = await audited(`jsonl:${file}`);
    expect(await replaysOf(second.server, bundle_hash)).toEqual([
      { identical: true, differences: [], reason: null },
      {
        identical: false,
        differences: ['personality_hash', 'prompt_hash'].map((field) => ({
          field,
          recorded: expect.stringMatching(/^sha256:/) as string,
          now: expect.stringMatching(/^sha256:/) as string,
        })),
        reason: null,
      },
      { identical: true, differences: [], reason: null },
    ]);
  });

  it('says why a record cannot be rendered again', async () => {
    const bare = await audited();
    const { prompt_hash } = await hashesOf(render(bare.server, HELLO));
    await recordsOf(bare.server, prompt_hash, 1);
    expect(await replaysOf(bare.server, prompt_hash)).toMatchObject([
      { identical: null, reason: 'The record holds no payload, only its hash.' },
    ]);

    const masked = await audited(undefined, { keep: 'payload', masks: ['inputs.name'] });
    await hashesOf(render(masked.server, HELLO));
    await recordsOf(masked.server, prompt_hash, 1);
    expect(await replaysOf(masked.server, prompt_hash)).toMatchObject([{ identical: null, reason: 'The payload is masked: inputs.name.' }]);
  });
});
