/** Mirrors for tests: quick ones, whose reports can be waited for, and what their folders hold. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type Digest, sha256 } from '../../../src/base/digest.js';
import { verifyBuild } from '../../../src/builds/verify-build.js';
import { compile } from '../../../src/compile/compile.js';
import { MemoryDisk } from '../../../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../../../src/compile/discover/node-disk.js';
import type { Build } from '../../../src/compile/emit/emit.js';
import type { MirrorLimits } from '../../../src/sources/mirror/limits.js';
import { Mirror, type MirrorOptions, type MirrorStatus } from '../../../src/sources/mirror/mirror.js';
import { SMALL_PROJECT, temporaryFolder } from '../../support/project.js';
import { QUICK } from './quick.js';

/** Builds of one project, each with another text; the template `fixed` is the same in all of them. */
export const BUILDS: readonly Build[] = await Promise.all(
  ['Bye.', 'Yours.', 'Cheers.', 'So long.'].map(async (text) => {
    const files = {
      ...SMALL_PROJECT,
      'prompts/partials/sign/off.md': `${text}\n`,
      'prompts/templates/fixed.md': '---\nid: fixed\nversion: 1.0.0\nrole: user\n---\nFixed.\n',
    };
    return (await compile(new MemoryDisk(files))).build!;
  }),
);

/** The paths of the objects that only a later build has. */
export function newIn(later: Build, earlier: Build): string[] {
  return [...later.objects.keys()].filter((object) => !earlier.objects.has(object));
}

export interface TestMirror {
  readonly mirror: Mirror;
  readonly folder: string;
  readonly reports: readonly MirrorStatus[];
  /** The first report from now on that is meant. */
  readonly until: (meant: (status: MirrorStatus) => boolean) => Promise<MirrorStatus>;
  /** Until a build is in place. */
  readonly taken: (build: Build) => Promise<MirrorStatus>;
  /** The reason of the next try that fails. */
  readonly failure: () => Promise<string>;
}

export type TestMirrorOptions = Partial<Omit<MirrorOptions, 'limits'>> & { readonly url: string; readonly limits?: Partial<MirrorLimits> };

/** A mirror that is closed when the test is over. */
export async function mirrorOf({ limits, ...options }: TestMirrorOptions): Promise<TestMirror> {
  const folder = options.folder ?? (await temporaryFolder());
  const reports: MirrorStatus[] = [];
  const waiting = new Set<(status: MirrorStatus) => void>();
  const mirror = await Mirror.open({
    ...options,
    folder,
    limits: { ...QUICK, ...limits },
    report: (status) => {
      reports.push(status);
      for (const one of waiting) one(status);
    },
  });
  onTestFinished(() => mirror.close());
  const until: TestMirror['until'] = (meant) =>
    new Promise((resolve) => {
      const one = (status: MirrorStatus): void => {
        if (!meant(status)) return;
        waiting.delete(one);
        resolve(status);
      };
      waiting.add(one);
    });
  return {
    mirror,
    folder,
    reports,
    until,
    taken: ({ manifestDigest }) => until(({ state, build }) => state === 'current' && build === manifestDigest),
    failure: async () => (await until(({ state }) => state === 'failing')).reason!,
  };
}

/** The build in a folder, which has to be whole. */
export async function wholeBuild(folder: string): Promise<Digest> {
  const verified = await verifyBuild(new NodeDisk(folder));
  if (verified === undefined) throw new Error('There is no build.');
  if (verified.findings.length > 0) throw new Error(JSON.stringify(verified.findings));
  const digest = sha256(await readFile(path.join(folder, 'manifest.json')));
  if (verified.origin?.manifest !== digest) throw new Error('build.json belongs to another build');
  return digest;
}

/** The paths of all files in a folder. */
export async function filesIn(folder: string): Promise<string[]> {
  return (await new NodeDisk(folder).list('.')).map((entry) => entry.path);
}
