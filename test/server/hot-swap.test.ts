/** A build that takes another's place while requests run, and one that must not. */
import { cp, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import type { Build } from '../../src/compile/emit/emit.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import { objectPath } from '../../src/format/artifact.js';
import type { BuildEvents } from '../../src/server/builds.js';
import { serve } from '../../src/server/serve.js';
import { forgeIndex } from '../support/forged-build.js';
import { temporaryFolder } from '../support/project.js';
import { swapUnderLoad } from './swap-load.js';
import { call, json, problem, render, startServerForTest, type TestServer } from './test-server.js';

/** A project whose prompt says which build it is. */
function project(number: number, more: { readonly [path: string]: string } = {}): { readonly [path: string]: string } {
  const others = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [
      `prompts/templates/other-${i}.md`,
      `---\nid: other-${i}\nversion: 1.0.0\nrole: user\n---\nOther ${i}.`,
    ]),
  );
  return {
    ...others,
    'prompts/templates/one.md': `---\nid: one\nversion: 1.0.0\nrole: system\n---\nBuild ${number}, {{task}}.`,
    'prompts/templates/two.md': `---\nid: two\nversion: 1.0.0\nrole: user\n---\nAgain ${number}.`,
    'prompts/bundles/both.md': '---\nid: both\nversion: 1.0.0\nslots: { system: one, task: two }\n---\n',
    'prompts/bundles/other.md': '---\nid: other\nversion: 1.0.0\nslots: { task: other-0 }\n---\n',
    ...more,
  };
}

async function built(number: number, more: { readonly [path: string]: string } = {}): Promise<Build> {
  const { build, diagnostics } = await compile(new MemoryDisk(project(number, more)));
  if (build === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return build;
}

async function put(build: Build, dir: string): Promise<void> {
  await writeBuild(build, { commit: null, dirty: null }, new NodeDisk(dir));
}

/** What a server says of its builds, as it happens. */
class Events implements BuildEvents {
  readonly swaps: string[] = [];
  readonly failures: string[] = [];
  readonly #waiting = new Set<() => void>();

  swapped = ({ digest }: { digest: string }): void => {
    this.swaps.push(digest);
    this.#tell();
  };

  failed = ({ message }: Error): void => {
    this.failures.push(message);
    this.#tell();
  };

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #tell(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

async function servedWith(pollMilliseconds = 100): Promise<TestServer & { events: Events }> {
  const events = new Events();
  return { ...(await startServerForTest(project(0), { events, pollMilliseconds })), events };
}

const promptOf = async (server: TestServer): Promise<string> =>
  (json(await render(server, { bundle_id: 'both', task: 'go' })) as { rendered_prompt: string }).rendered_prompt;

describe('a new build', () => {
  it('43: is served without a failed request, and each answer is wholly from one build', async () => {
    const server = await servedWith();
    const builds = await Promise.all([1, 2, 3].map((number) => built(number)));
    const all = [server.build, ...builds];
    const report = await swapUnderLoad({
      url: server.url,
      dir: server.dir,
      builds,
      swaps: 12,
      connections: 8,
      body: JSON.stringify({ bundle_id: 'both', task: 'go' }),
      expected: new Map(all.map(({ manifestDigest }, number) => [manifestDigest, `Build ${number}, go.\n\nAgain ${number}.`])),
    });
    expect(report.failures).toEqual([]);
    expect(new Set(report.byBuild.keys())).toEqual(new Set(all.map(({ manifestDigest }) => manifestDigest)));
    expect(report.answers).toBeGreaterThan(100);
    expect(server.log.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('is found without a word from the system', async () => {
    const server = await servedWith(30);
    // A folder that was moved away and one that came in its place: whoever watches the old one hears nothing of it.
    const next = await temporaryFolder();
    await put(await built(1), path.join(next, 'dist'));
    await rename(server.dir, path.join(next, 'old'));
    await rename(path.join(next, 'dist'), server.dir);
    await server.events.until(() => server.events.swaps.length === 1);
    expect(await promptOf(server)).toBe('Build 1, go.\n\nAgain 1.');
  });

  it('is served by a server that began without one', async () => {
    const dir = path.join(await temporaryFolder(), 'dist');
    const events = new Events();
    const server = await serve({ dir, host: '127.0.0.1', port: 0, waitForBuild: true, pollMilliseconds: 30, events });
    onTestFinished(() => server.close());
    await events.until(() => events.failures.length > 0);
    const waiting = await call(server, '/readyz');
    expect([waiting.status, json(waiting)]).toMatchObject([
      503,
      { status: 'waiting', build: null, problem: { message: expect.stringContaining('There is no build in') } },
    ]);
    const early = await render(server, { bundle_id: 'both' });
    expect([early.status, early.headers['retry-after'], early.headers['x-promptc-build']]).toEqual([503, '5', undefined]);
    expect(json(early)).toMatchObject({ code: 'no_build' });
    expect((await call(server, '/healthz')).status).toBe(200);

    const build = await built(1);
    await put(build, dir);
    await events.until(() => events.swaps.length === 1);
    const ready = await call(server, '/readyz');
    expect([ready.status, json(ready)]).toEqual([200, { status: 'ready', build: build.manifestDigest, commit: null, problem: null }]);
    expect((await render(server, { bundle_id: 'both' })).status).toBe(200);
  });

  it('leaves the objects of the one before readable', async () => {
    const server = await servedWith();
    const { digest } = server.build.bundles[0]!.reference;
    await put(await built(1), server.dir);
    await server.events.until(() => server.events.swaps.length === 1);
    expect((await call(server, `/v1/artifacts/${digest.replace(':', '/')}`)).status).toBe(200);
  });

  it('says which commit it comes from', async () => {
    const server = await servedWith();
    const commit = 'c'.repeat(40);
    await writeBuild(await built(1), { commit, dirty: false }, new NodeDisk(server.dir));
    await server.events.until(() => server.events.swaps.length === 1);
    expect(json(await call(server, '/readyz'))).toMatchObject({ commit });
  });
});

describe('33: a build that is not whole does not take the place of one that is', () => {
  const damages: [string, (dir: string, next: Build) => Promise<void>, string][] = [
    [
      'with an artifact cut off',
      async (dir, next) => {
        const { reference, bytes } = next.templates.find(({ prompt }) => prompt.id === 'one')!;
        await writeFile(path.join(dir, objectPath(reference.digest)), bytes.subarray(0, 40));
      },
      'it was changed or cut off',
    ],
    [
      'with an artifact that is empty',
      async (dir, next) => writeFile(path.join(dir, objectPath(next.bundles[0]!.reference.digest)), ''),
      'it was changed or cut off',
    ],
    [
      'with an artifact that is missing',
      async (dir, next) => rm(path.join(dir, objectPath(next.templates.find(({ prompt }) => prompt.id === 'two')!.reference.digest))),
      'is missing below',
    ],
    [
      'with a page that is missing',
      async (dir, next) => rm(path.join(dir, objectPath(next.manifest.bundles[0]!.digest))),
      'is missing below',
    ],
    [
      'with one bit of a page changed',
      async (dir, next) => {
        const file = path.join(dir, objectPath(next.manifest.templates[0]!.digest));
        const bytes = await readFile(file);
        bytes[30]! ^= 4;
        await writeFile(file, bytes);
      },
      'it was changed or cut off',
    ],
  ];

  it.each(damages)('%s', async (_name, damage, message) => {
    const server = await servedWith(50);
    const next = await built(1);
    // Written elsewhere first, so that it comes with its damage at once.
    const other = path.join(await temporaryFolder(), 'dist');
    await put(next, other);
    await damage(other, next);
    // Without force: it would take away, for a moment, what both builds have.
    await cp(path.join(other, 'objects'), path.join(server.dir, 'objects'), { recursive: true, force: false });
    await writeFile(path.join(server.dir, 'manifest.json.new'), next.manifestBytes);
    await rename(path.join(server.dir, 'manifest.json.new'), path.join(server.dir, 'manifest.json'));
    await server.events.until(() => server.events.failures.length >= 2);
    expect(server.events.failures[0]).toContain(message);
    expect(await promptOf(server)).toBe('Build 0, go.\n\nAgain 0.');
    const ready = await call(server, '/readyz');
    expect([ready.status, json(ready)]).toMatchObject([
      200,
      { status: 'ready', build: server.build.manifestDigest, problem: { message: expect.stringContaining(message) } },
    ]);

    // Mended, it is taken.
    for (const name of next.objects.keys()) await rm(path.join(server.dir, name), { force: true });
    await put(next, server.dir);
    await server.events.until(() => server.events.swaps.length === 1);
    expect(await promptOf(server)).toBe('Build 1, go.\n\nAgain 1.');
    expect(json(await call(server, '/readyz'))).toMatchObject({ problem: null });
  });

  it.each([
    ['truncated', (bytes: Uint8Array) => bytes.subarray(0, 50)],
    ['empty', () => new Uint8Array()],
    ['changed in one bit', (bytes: Uint8Array) => bytes.map((byte, i) => (i === 60 ? byte ^ 1 : byte))],
    ["another program's", () => Buffer.from('{"formatVersion":1,"bundles":[{"first":"../x","digest":"x","size":1}],"templates":[]}')],
  ])('32: a manifest that is %s', async (_name, change) => {
    const server = await servedWith(50);
    await writeFile(path.join(server.dir, 'manifest.json'), change((await built(1)).manifestBytes));
    await server.events.until(() => server.events.failures.length >= 1);
    expect(await promptOf(server)).toBe('Build 0, go.\n\nAgain 0.');
  });

  it('without a template that one of its bundles is made of', async () => {
    const server = await servedWith(50);
    const files = forgeIndex(await built(1), (index) => {
      delete index.templates.two;
    });
    for (const [name, bytes] of [...files].toSorted(([a], [b]) => Number(a === 'manifest.json') - Number(b === 'manifest.json'))) {
      await new NodeDisk(server.dir).write(name, bytes);
    }
    await server.events.until(() => server.events.failures.length >= 1);
    expect(server.events.failures[0]).toBe(
      'The build does not hold the template two@1.0.0 that the bundle both@1.0.0 is made of. Build again.',
    );
    expect(await promptOf(server)).toBe('Build 0, go.\n\nAgain 0.');
  });

  it('a folder that is gone: what was used is still served, and nothing else is put in its place', async () => {
    const server = await servedWith(50);
    expect(await promptOf(server)).toBe('Build 0, go.\n\nAgain 0.');
    await rm(server.dir, { recursive: true });
    await server.events.until(() => server.events.failures.length >= 1);
    expect(await promptOf(server)).toBe('Build 0, go.\n\nAgain 0.');
    const answer = await render(server, { bundle_id: 'other' });
    expect([answer.status, problem(answer).code]).toEqual([500, 'artifact_missing']);
    await mkdir(server.dir);
    await put(await built(2), server.dir);
    await server.events.until(() => server.events.swaps.length === 1);
    expect(await promptOf(server)).toBe('Build 2, go.\n\nAgain 2.');
  });
});

it('goes over the objects of the build that it began with', async () => {
  const events = new Events();
  const first = await startServerForTest(project(0));
  const { reference, bytes } = first.build.templates.find(({ prompt }) => prompt.id === 'other-7')!;
  await writeFile(
    path.join(first.dir, objectPath(reference.digest)),
    bytes.map((byte, i) => (i === 9 ? byte ^ 2 : byte)),
  );
  const server = await serve({ dir: first.dir, host: '127.0.0.1', port: 0, pollMilliseconds: 50, events });
  onTestFinished(() => server.close());
  await events.until(() => events.failures.length > 0);
  expect(events.failures[0]).toContain(reference.digest);
  // Nothing better is there, and what is whole can be served.
  expect(await promptOf({ ...first, ...server })).toBe('Build 0, go.\n\nAgain 0.');
});

it('a manifest that is only touched is no new build', async () => {
  const server = await servedWith(20);
  const file = path.join(server.dir, 'manifest.json');
  await utimes(file, new Date(0), new Date(0));
  await sleep(150);
  expect([server.events.swaps, server.events.failures]).toEqual([[], []]);
});
