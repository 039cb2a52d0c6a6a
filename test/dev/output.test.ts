import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { generatedProject } from '../../bench/support/generated-project.js';
import { sha256 } from '../../src/base/digest.js';
import { DevPrinter } from '../../src/cli/dev/printer.js';
import { EXIT } from '../../src/cli/io.js';
import { type Compiled, compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import type { Build } from '../../src/compile/emit/emit.js';
import { Output, type OutputReport } from '../../src/dev/output.js';
import { PatientDisk } from '../../src/dev/patient-disk.js';
import { Caches } from '../../src/server/caches.js';
import { HandedBuilds } from '../../src/server/handed-builds.js';
import { BuildStore } from '../../src/sources/inline.js';
import { temporaryFolder } from '../support/project.js';
import { runOn } from '../support/terminal.js';
import { DEADLINE } from './watching.js';

interface Made {
  readonly build: Build;
  readonly compiled: Compiled;
}

async function made(files: { readonly [path: string]: string }): Promise<Made> {
  const compiled = await compile(new MemoryDisk(files));
  return { build: compiled.build!, compiled };
}

/** Two builds, of which nothing is the same. */
let first: Made;
let second: Made;

beforeAll(async () => {
  const files = generatedProject(400);
  first = await made(files);
  second = await made(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll('You write', 'You answer')])));
});

async function output(): Promise<{ folder: string; output: Output; reports: OutputReport[] }> {
  const root = await temporaryFolder();
  const reports: OutputReport[] = [];
  const folder = path.join(root, 'dist');
  return { folder, reports, output: new Output({ root, folder, report: (one) => void reports.push(one) }) };
}

function objectsIn(folder: string): number {
  return readdirSync(path.join(folder, 'objects'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

describe('the output folder', () => {
  it('gets the last of the builds that are offered', async () => {
    const { folder, output: one, reports } = await output();
    one.offer(first.build, first.compiled);
    one.offer(second.build, second.compiled);
    await vi.waitFor(() => expect(reports).toHaveLength(1), DEADLINE);
    expect(sha256(readFileSync(path.join(folder, 'manifest.json')))).toBe(second.build.manifestDigest);
    // All of the second and nothing of the first: its objects, and the manifest beside them.
    expect(objectsIn(folder)).toBe(second.build.objects.size + 1);
    one.offer(second.build, second.compiled);
    await one.close();
    expect(reports).toHaveLength(1);
  });

  it('gets another one in place of what is being written', async () => {
    const { folder, output: one, reports } = await output();
    one.offer(first.build, first.compiled);
    await vi.waitFor(() => expect(objectsIn(folder)).toBeGreaterThan(0), { ...DEADLINE, interval: 1 });
    one.offer(second.build, second.compiled);
    await vi.waitFor(() => expect(reports.at(-1)).toMatchObject({ build: { manifestDigest: second.build.manifestDigest } }), DEADLINE);
    expect(sha256(readFileSync(path.join(folder, 'manifest.json')))).toBe(second.build.manifestDigest);
  });
});

describe('a patient disk', () => {
  it('is the disk that it is made of, until it is told to stop', async () => {
    const stop = new AbortController();
    const disk = new PatientDisk(new NodeDisk(await temporaryFolder()), stop.signal);
    await disk.write('a/b', new Uint8Array(3));
    expect([await disk.size('a/b'), await disk.read('a/b'), await disk.list('a')]).toEqual([
      3,
      Buffer.from([0, 0, 0]),
      [{ path: 'b', kind: 'file' }],
    ]);
    expect(await disk.modified('a/b')).toBeInstanceOf(Date);
    await disk.remove('a/b');
    expect(await disk.size('a/b')).toBeUndefined();
    stop.abort();
    for (const call of [
      disk.write('c', new Uint8Array(1)),
      disk.read('c'),
      disk.size('c'),
      disk.list('.'),
      disk.modified('c'),
      disk.remove('c'),
    ]) {
      await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    }
  });

  it('lets others have their turn', async () => {
    const disk = new PatientDisk(new MemoryDisk(), new AbortController().signal);
    let turns = 0;
    const counting = setInterval(() => turns++, 1);
    const end = performance.now() + 200;
    while (performance.now() < end) await disk.size('nothing');
    clearInterval(counting);
    expect(turns).toBeGreaterThan(20);
  });
});

describe('builds that are handed over', () => {
  it('are kept one at a time', async () => {
    const builds = new HandedBuilds({ caches: new Caches({}), events: {} });
    const take = ({ build }: Made): void => {
      const store = new BuildStore(build);
      const { manifest, manifestBytes: bytes, manifestDigest: digest } = build;
      builds.take({ manifest, bytes, digest }, (reference) => store.object(reference), 1);
    };
    take(first);
    const { served } = builds;
    take(first);
    expect(builds.served).toBe(served);
    expect(await builds.kept(first.build.manifestDigest)).toBe(served);
    builds.lack('for a reason');
    const { since } = builds.state.problem!;
    builds.lack('for another reason');
    expect(builds.state.problem).toEqual({ message: 'for another reason', since });
    const { lookedAt } = builds;
    expect(builds.lookedAt).toBe(lookedAt);
    take(second);
    expect([builds.state, builds.served!.digest]).toEqual([{}, second.build.manifestDigest]);
    expect(builds.lookedAt).toBeGreaterThan(lookedAt);
    await expect(builds.kept(first.build.manifestDigest)).rejects.toMatchObject({ code: 'artifact_missing' });
  });
});

describe('what is said', () => {
  it('of files that nobody tells of', async () => {
    const { err } = await runOn('.', {}, async (terminal) => {
      new DevPrinter(terminal, { folder: '', out: 'dist' }).print({ kind: 'polling', reason: 'nobody does' }, undefined);
      return EXIT.fine;
    });
    expect(err).toMatch(/^\d\d:\d\d:\d\d {2}Not every change is told of: nobody does\. Files are looked at twice a second instead\.\n$/);
  });
});
