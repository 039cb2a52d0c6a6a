/**
 * What "published means published" costs, in a generated project whose templates and bundles have three published versions
 * each, the last of which is in the tree. Time is the clock's, since Git works in processes of its own.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LockedBundle, LockedTemplate, LockEntry } from '../../src/format/lock.js';
import { defineBench, grouped, type Scale, type Series } from '../suite/bench.js';
import { buildSource } from '../support/library.js';
import { publishedProject, VERSIONS } from '../support/published-project.js';

type Parts = typeof import('../support/lock-parts.js');

interface State {
  readonly parts: Parts;
  readonly folder: string;
  readonly dist: InstanceType<Parts['NodeDisk']>;
  readonly repository: InstanceType<Parts['Repository']>;
  readonly lines: InstanceType<Parts['LockLines']>;
  readonly older: readonly LockEntry[];
  /** Blobs of older versions, in Git. */
  readonly blobs: readonly string[];
}

const WITHOUT = 'promptc, a build without the lock';
const COMPARED = 'promptc, with the lock and the base';
const CHECKED = 'reading older artifacts, digests checked';
const BLOBS = 'promptc, reading blobs from Git';

export const lock = defineBench<State>({
  name: 'lock',
  measures: `what published versions cost: ${VERSIONS} of each template and bundle, the last of which is in the tree`,
  kind: 'process',
  onlyByName: true,
  series: () => [
    series(WITHOUT, undefined, buildWithout),
    series(COMPARED, WITHOUT, ({ parts, folder }) => buildWithLock(parts, folder, { base: 'HEAD', currentOnly: true })),
    series('promptc, with older versions at hand besides', WITHOUT, ({ parts, folder }) => buildWithLock(parts, folder, { base: 'HEAD' })),
    series('reading older artifacts', CHECKED, readFiles),
    series(CHECKED, undefined, readChecked),
    series('promptc, taking older versions from artifacts', CHECKED, (state) => compileOlder(state, state.dist)),
    series('promptc, compiling older versions from Git', CHECKED, (state) => compileOlder(state, undefined)),
    {
      name: BLOBS,
      async sample(state) {
        const { ms } = await timed(readBlobs)(state);
        return { 'blobs/s': (state.blobs.length / ms) * 1000 };
      },
    },
  ],
  goals: (scale) => [
    {
      what: `the lock and the base of ${grouped(sizeOf(scale))} templates, next to a build without`,
      series: COMPARED,
      to: WITHOUT,
      most: 1.3,
    },
    { what: 'blobs a second', series: BLOBS, least: 5000 },
  ],
  charts: () => [],
  profiled: () => COMPARED,
  async prepare({ scale, folder }) {
    const parts = (await buildSource('bench/support/lock-parts.ts')) as Parts;
    const dist = new parts.NodeDisk(path.join(folder, 'dist'));
    await publishedProject(folder, sizeOf(scale), (base) => buildWithLock(parts, folder, { base }));
    const repository = await parts.openRepository(folder);
    if (!(repository instanceof parts.Repository)) throw new Error(repository.message);
    const source = new parts.SourceText(parts.LOCK_FILE, await readFile(path.join(folder, parts.LOCK_FILE), 'utf8'));
    const known = new Map<string, LockEntry>();
    const { entries } = parts.parseLock(source, new parts.Diagnostics(), known)!;
    const older = entries.filter(({ version }) => !version.endsWith(`.${VERSIONS - 1}`));
    const blobs = [...new Set(older.flatMap(({ files }) => Object.values(files)))];
    return { parts, folder, dist, repository, lines: new parts.LockLines(source, known), older, blobs };
  },
});

function sizeOf({ sizes }: Scale): number {
  return Math.min(2000, sizes.at(-1)!);
}

function series(name: string, to: string | undefined, work: (state: State) => Promise<unknown>): Series<State> {
  return { name, ...(to === undefined ? {} : { to }), sample: timed(work) };
}

function timed(work: (state: State) => Promise<unknown>) {
  return async (state: State): Promise<{ ms: number }> => {
    const start = performance.now();
    await work(state);
    return { ms: performance.now() - start };
  };
}

/** All that a build does; of older versions nothing, with `currentOnly`. */
async function buildWithLock(parts: Parts, folder: string, options: { base?: string | undefined; currentOnly?: boolean }): Promise<void> {
  const { compiled, written } = await parts.buildProject(folder, 'dist', options);
  if (written === undefined) throw new Error(`the project does not build: ${compiled.diagnostics[0]?.message}`);
}

async function buildWithout({ parts, folder, dist }: State): Promise<void> {
  const { build, diagnostics } = await parts.compile(new parts.NodeDisk(folder));
  if (build === undefined) throw new Error(`the project does not compile: ${diagnostics[0]?.message}`);
  await parts.writeBuild(build, await parts.originOf(await parts.openRepository(folder), parts.PROJECT_PATHS), dist);
}

async function readFiles({ parts, dist, older }: State): Promise<void> {
  for (const entry of older) await readFileOf(parts, dist, entry);
}

/** Holds what it read until all is there, as a build does. */
async function readChecked({ parts, dist, older }: State): Promise<void> {
  const read: unknown[] = [];
  for (const entry of older) {
    const bytes = await readFileOf(parts, dist, entry);
    read.push({ bytes, artifact: parts.readArtifact(entry.kind, bytes, { digest: entry.artifact.digest, size: bytes.length }) });
  }
  if (read.length !== older.length) throw new Error('some artifacts were lost');
}

async function readFileOf(parts: Parts, dist: State['dist'], { artifact: { digest } }: LockEntry): Promise<Uint8Array> {
  const bytes = await dist.read(parts.objectPath(digest));
  if (bytes === undefined) throw new Error(`${digest} is not there`);
  return bytes;
}

/** @param output - where artifacts are at hand */
async function compileOlder({ parts, repository, lines, older }: State, output: State['dist'] | undefined): Promise<void> {
  const history = new parts.History({ repository, output }, lines, new parts.Diagnostics());
  const linked = await history.templates(older.filter((entry): entry is LockedTemplate => entry.kind === 'template'));
  const names = new Map(linked.map((template) => [`template ${template.artifact.id}@${template.artifact.version}`, template]));
  const bundles = await history.bundles(
    older.filter((entry): entry is LockedBundle => entry.kind === 'bundle'),
    names,
  );
  if (linked.length + bundles.length !== older.length) throw new Error('some older versions were lost');
}

async function readBlobs({ repository, blobs }: State): Promise<void> {
  let count = 0;
  for await (const { bytes } of repository.blobs(blobs, 1024 * 1024)) if (bytes !== undefined) count++;
  if (count !== blobs.length) throw new Error(`${blobs.length - count} blobs are missing`);
}
