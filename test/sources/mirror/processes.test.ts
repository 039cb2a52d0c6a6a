/** Mirrors in processes of their own: several on one folder, killed, and closed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'vite';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { sha256 } from '../../../src/base/digest.js';
import type { Build } from '../../../src/compile/emit/emit.js';
import { REPOSITORY, temporaryFolder } from '../../support/project.js';
import { BUILDS, filesIn, mirrorOf, wholeBuild } from './mirrored.js';
import { hostOf } from './static-host.js';

/** The other process, bundled: nothing but the mirror runs in it. */
const SCRIPT = await bundled('test/sources/mirror/mirror-process.ts');

async function bundled(file: string): Promise<string> {
  const outDir = await mkdtemp(path.join(tmpdir(), 'promptc-test-'));
  afterAll(() => rm(outDir, { recursive: true }));
  await build({
    configFile: false,
    root: REPOSITORY,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { ssr: file, outDir, target: 'node20', rolldownOptions: { output: { entryFileNames: 'script.mjs' } } },
  });
  return path.join(outDir, 'script.mjs');
}

interface Told {
  readonly state: string;
  readonly reason?: string;
  readonly build?: string;
  readonly resources?: readonly string[];
}

interface MirrorProcess {
  readonly child: ChildProcess;
  /** The next message that is meant. */
  readonly until: (meant: (told: Told) => boolean) => Promise<Told>;
}

/** A process that mirrors; it is gone when the test is over. */
function startMirror(url: string, folder: string): MirrorProcess {
  const child = spawn(process.execPath, [SCRIPT, url, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout);
  return {
    child,
    until: (meant) =>
      new Promise((resolve, reject) => {
        const take = (line: string): void => {
          const told = JSON.parse(line) as Told;
          if (!meant(told)) return;
          lines.off('line', take);
          resolve(told);
        };
        lines.on('line', take);
        lines.on('close', () => reject(new Error('The process ended.')));
      }),
  };
}

/** Ends its input: then it has to come to its end by itself. */
async function close({ child, until }: MirrorProcess): Promise<Told> {
  const exited = once(child, 'exit');
  const closed = until(({ state }) => state === 'closed');
  child.stdin!.end();
  const told = await closed;
  expect(await exited).toEqual([0, null]);
  return told;
}

function someBuild(but: Build): Build {
  const others = BUILDS.filter((one) => one !== but);
  return others[Math.floor(Math.random() * others.length)]!;
}

describe('mirrors in processes of their own', () => {
  it('share a folder, whatever the host has when; one is killed, and one closed', async () => {
    const host = await hostOf(BUILDS[0]);
    const folder = await temporaryFolder();
    const mirrors = [startMirror(host.url, folder), startMirror(host.url, folder), startMirror(host.url, folder)] as const;
    await Promise.all(mirrors.map(({ until }) => until(({ state }) => state === 'opened')));
    expect(await wholeBuild(folder)).toBe(BUILDS[0]!.manifestDigest);

    let present = BUILDS[0]!;
    const swap = async (): Promise<void> => {
      present = someBuild(present);
      await host.put(present);
    };
    for (let round = 0; round < 30; round++) {
      if (round === 15) mirrors[0].child.kill('SIGKILL');
      await swap();
      // From one that nobody notices to one that all have taken.
      await sleep(Math.random() * 60);
    }
    for (let round = 0; round < 5; round++) {
      await swap();
      while (sha256(await readFile(path.join(folder, 'manifest.json'))) !== present.manifestDigest) await sleep(5);
      // Nobody puts an older one in its place, or takes an object away from it.
      await sleep(50);
      expect(await wholeBuild(folder)).toBe(present.manifestDigest);
    }
    await close(mirrors[1]);
    await swap();
    while (sha256(await readFile(path.join(folder, 'manifest.json'))) !== present.manifestDigest) await sleep(5);
    expect(await wholeBuild(folder)).toBe(present.manifestDigest);
    await close(mirrors[2]);
  });

  it('leave nothing open when they are closed: neither between two looks, nor in the middle of one, nor after a failed one', async () => {
    const host = await hostOf(BUILDS[0]);
    const folder = await temporaryFolder();
    const open = (told: Told): string[] => told.resources!.filter((name) => /Timeout|TCP|TLS|FS/.test(name));

    const waiting = startMirror(host.url, folder);
    await waiting.until(({ state }) => state === 'opened');
    expect(open(await close(waiting))).toEqual([]);

    const asking = startMirror(host.url, folder);
    await asking.until(({ state }) => state === 'opened');
    const asked = new Promise<void>((resolve) => {
      host.instead = () => {
        resolve();
        return true;
      };
    });
    await asked;
    expect(open(await close(asking))).toEqual([]);

    host.instead = (_file, response) => response.destroy() !== undefined;
    const failing = startMirror(host.url, folder);
    await failing.until(({ state }) => state === 'opened');
    expect(open(await close(failing))).toEqual([]);
    expect(host.sockets.size).toBe(0);
  });
});

describe('a mirror that is closed', () => {
  it('asks nothing more, reports nothing more, and lets its connections go, whatever it was doing', async () => {
    const host = await hostOf(BUILDS[0]);
    const { mirror, folder, reports } = await mirrorOf({ url: host.url });
    await host.put(BUILDS[1]!);
    const asked = new Promise<void>((resolve) => {
      host.instead = (name) => {
        if (!name.startsWith('objects/')) return false;
        resolve();
        return true;
      };
    });
    await asked;
    await mirror.close();
    await mirror.close();
    while (host.sockets.size > 0) await sleep(1);
    const before = { reports: reports.length, requests: host.seen.length, files: await filesIn(folder) };
    await sleep(60);
    expect({ reports: reports.length, requests: host.seen.length, files: await filesIn(folder) }).toEqual(before);
    expect(await wholeBuild(folder)).toBe(BUILDS[0]!.manifestDigest);
  });
});
