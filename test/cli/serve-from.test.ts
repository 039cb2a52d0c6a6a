/** `promptc serve --from`: a server of builds that lie on a static host, which comes and goes. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import { series } from '../server/series.js';
import { call, json, render } from '../server/test-server.js';
import { BUILDS, wholeBuild } from '../sources/mirror/mirrored.js';
import { QUICK } from '../sources/mirror/quick.js';
import { hostOf, stop } from '../sources/mirror/static-host.js';
import { temporaryFolder } from '../support/project.js';
import { type Serving, startServing } from '../support/serving.js';
import { runCommand } from '../support/terminal.js';

const [FIRST, SECOND] = BUILDS as [(typeof BUILDS)[0], (typeof BUILDS)[0]];
const PROMPTS = {
  [FIRST.manifestDigest]: 'Hello Ada!\nNothing is open.\nBye.',
  [SECOND.manifestDigest]: 'Hello Ada!\nNothing is open.\nYours.',
};

interface Readiness {
  readonly status: string;
  readonly build: string;
  readonly problem: { readonly message: string; readonly since: string } | null;
}

async function readiness(serving: Serving): Promise<Readiness> {
  return json(await call(serving, '/readyz')) as Readiness;
}

async function problemMetric(serving: Serving): Promise<number | undefined> {
  return series((await call(serving, '/metrics')).text).get('promptc_build_problem');
}

/** Until a server answers from a build, as it says and as it renders. */
async function answersFrom(serving: Serving, build: string): Promise<void> {
  await expect.poll(async () => (await readiness(serving)).build, { timeout: 10_000 }).toBe(build);
  const answer = await render(serving, { bundle_id: 'hello', inputs: { name: 'Ada' } });
  expect([answer.headers['x-promptc-build'], json(answer)]).toEqual([build, expect.objectContaining({ rendered_prompt: PROMPTS[build] })]);
}

/** With a mirror that is quick; real ones ask every half a minute. */
function follow(url: string, dir: string): Promise<Serving> {
  return startServing(path.dirname(dir), { from: url, dir, mirrorLimits: QUICK });
}

/** Runs the command, which is told to stop as soon as it serves. */
function run(cwd: string, ...args: string[]): ReturnType<typeof runCommand> {
  return runCommand(cwd, ['serve', '--port', '0', ...args]);
}

describe('promptc serve --from', () => {
  it('serves what the host has, follows it, and goes on without it', async () => {
    const host = await hostOf(FIRST);
    const { url } = host;
    const { port } = new URL(url);
    const dir = path.join(await temporaryFolder(), 'kept');
    const serving = await follow(url, dir);
    await answersFrom(serving, FIRST.manifestDigest);
    expect([(await readiness(serving)).problem, await problemMetric(serving)]).toEqual([null, 0]);

    await host.put(SECOND);
    await answersFrom(serving, SECOND.manifestDigest);
    expect(await wholeBuild(dir)).toBe(SECOND.manifestDigest);

    const gone = Date.now();
    await stop(host);
    await expect.poll(async () => (await readiness(serving)).problem?.message, { timeout: 10_000 }).toContain(`127.0.0.1:${port}`);
    const { status, problem } = await readiness(serving);
    expect(status).toBe('ready');
    expect(Math.abs(Date.parse(problem!.since) - gone)).toBeLessThan(10_000);
    expect(await problemMetric(serving)).toBe(1);
    expect(serving.said()).toContain(`The build of ${url} cannot be taken: `);
    await answersFrom(serving, SECOND.manifestDigest);

    await hostOf(FIRST, undefined, Number(port));
    await answersFrom(serving, FIRST.manifestDigest);
    expect([(await readiness(serving)).problem, await problemMetric(serving)]).toEqual([null, 0]);
    expect((await serving.stop()).code).toBe(0);
  });

  it('keeps what is broken on the host from being served, and says so', async () => {
    const host = await hostOf(FIRST);
    const { url } = host;
    const dir = path.join(await temporaryFolder(), 'kept');
    const serving = await follow(url, dir);
    await host.put(SECOND);
    for (const name of host.files.keys()) if (name.startsWith('objects/')) host.files.set(name, Buffer.from('{}'));
    await expect.poll(async () => (await readiness(serving)).problem?.message, { timeout: 10_000 }).toContain(url);
    await answersFrom(serving, FIRST.manifestDigest);
    await host.put(SECOND);
    await answersFrom(serving, SECOND.manifestDigest);
    expect((await readiness(serving)).problem).toBe(null);
  });

  it('starts again from its folder, whether or not the host is there', async () => {
    const host = await hostOf(FIRST);
    const { url } = host;
    const dir = path.join(await temporaryFolder(), 'kept');
    await (await follow(url, dir)).stop();
    await stop(host);
    const asked = host.seen.length;
    const again = await follow(url, dir);
    await answersFrom(again, FIRST.manifestDigest);
    expect((await readiness(again)).problem?.message).toContain('127.0.0.1');
    expect(host.seen.length).toBe(asked);
    await again.stop();
    const { code, err } = await run(dir, '--from', url, '--dir', '.');
    expect([code, err]).toEqual([0, expect.stringContaining('Serving . on http://127.0.0.1:')]);
  });

  it('does not start without a build, and says why', async () => {
    const host = await hostOf();
    const { url } = host;
    const folder = await temporaryFolder();
    const empty = await run(folder, '--from', url, '--dir', 'kept');
    expect([empty.code, empty.err]).toEqual([2, expect.stringContaining(`none came from ${url}/: `)]);
    await stop(host);
    expect((await run(folder, '--from', url, '--dir', 'kept')).code).toBe(2);
  });
});

it('starts without a build if it is to wait for one, and serves it when it comes', async () => {
  const host = await hostOf();
  const dir = path.join(await temporaryFolder(), 'kept');
  const serving = await startServing('.', { from: host.url, dir, wait: true, mirrorLimits: QUICK });
  const { status, problem } = await readiness(serving);
  expect([status, problem?.message]).toEqual(['waiting', expect.any(String)]);
  expect((await render(serving, { bundle_id: 'hello' })).status).toBe(503);
  await host.put(FIRST);
  await answersFrom(serving, FIRST.manifestDigest);
});

describe('promptc serve --from --expect', () => {
  it('takes the build that is expected, and asks for no other then', async () => {
    const host = await hostOf(FIRST);
    const dir = path.join(await temporaryFolder(), 'kept');
    const serving = await startServing('.', { from: host.url, dir, expect: FIRST.manifestDigest, mirrorLimits: QUICK });
    await answersFrom(serving, FIRST.manifestDigest);
    await host.put(SECOND);
    const asked = host.seen.length;
    // For as long as a mirror would take to ask some five times.
    await sleep(5 * QUICK.pollMilliseconds);
    expect(host.seen.length).toBe(asked);
    await answersFrom(serving, FIRST.manifestDigest);
    expect((await readiness(serving)).problem).toBe(null);
  });

  it('takes no other', async () => {
    const host = await hostOf(SECOND);
    const folder = await temporaryFolder();
    const args = ['--from', host.url, '--expect', FIRST.manifestDigest, '--dir', 'kept'];
    const { code, err } = await run(folder, ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(`only ${FIRST.manifestDigest} is expected`)]);

    const dir = path.join(folder, 'other');
    await writeBuild(BUILDS[2]!, { commit: null, dirty: null }, new NodeDisk(dir));
    const serving = await startServing(folder, { from: host.url, dir, expect: FIRST.manifestDigest, mirrorLimits: QUICK });
    const { build, problem } = await readiness(serving);
    expect([build, problem?.message]).toEqual([
      BUILDS[2]!.manifestDigest,
      expect.stringContaining(`only ${FIRST.manifestDigest} is expected`),
    ]);
    await host.put(FIRST);
    await answersFrom(serving, FIRST.manifestDigest);
    expect((await readiness(serving)).problem).toBe(null);
  });
});

it.each([
  [['--from', 'http://127.0.0.1:1/dist'], 'Say with --dir which folder'],
  [['--expect', FIRST.manifestDigest], '--expect is about the address in --from'],
  [['--expect', 'latest', '--from', 'http://127.0.0.1:1/dist', '--dir', 'kept'], 'sha256:'],
  [['--from', 'ftp://127.0.0.1/dist', '--dir', 'kept'], 'ftp:'],
  [['--from', 'http://prompts.example/dist', '--dir', 'kept'], 'https:'],
])('%j is wrong usage', async (args, message) => {
  const { code, err } = await run(await temporaryFolder(), ...args);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});
