/**
 * What "published means published" costs: `npm run bench:lock -- [--templates N] [--rounds N] [--json FILE]`.
 *
 * In a generated project whose templates and bundles have three published versions each, the last of which is in the
 * tree: a build that reads the lock and compares with the base, against one that knows of neither; older versions
 * whose artifacts are at hand, against reading those files; and reading older texts from Git. Everything is done
 * in turn, and what counts is the median of the rounds. Time is the clock's, since Git works in processes of its own.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { LockedBundle, LockedTemplate, LockEntry } from '../src/format/lock.js';
import { buildSource } from './support/library.js';
import { publishedProject, VERSIONS } from './support/published-project.js';
import { median } from './support/rounds.js';
import { formatTable } from './support/table.js';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { templates: { type: 'string', default: '2000' }, rounds: { type: 'string', default: '7' }, json: { type: 'string' } },
});
const templates = Number(values.templates);
const rounds = Number(values.rounds);
const MOST = 1.3;
const LEAST_BLOBS = 5000;

const parts = (await buildSource('bench/support/lock-parts.ts')) as typeof import('./support/lock-parts.js');

const folder = await mkdtemp(path.join(tmpdir(), 'promptc-bench-'));
const dist = new parts.NodeDisk(path.join(folder, 'dist'));
try {
  await publishedProject(folder, templates, (base) => buildWithLock({ base }));
  await run();
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** All that a build does; of older versions nothing, with `currentOnly`. */
async function buildWithLock(options: { base?: string | undefined; currentOnly?: boolean }): Promise<void> {
  const { compiled, written } = await parts.buildProject(folder, 'dist', options);
  if (written === undefined) throw new Error(`the project does not build: ${compiled.diagnostics[0]?.message}`);
}

async function buildWithout(): Promise<void> {
  const { build, diagnostics } = await parts.compile(new parts.NodeDisk(folder));
  if (build === undefined) throw new Error(`the project does not compile: ${diagnostics[0]?.message}`);
  await parts.writeBuild(build, await parts.originOf(await parts.openRepository(folder), parts.PROJECT_PATHS), dist);
}

async function run(): Promise<void> {
  const repository = await parts.openRepository(folder);
  if (!(repository instanceof parts.Repository)) throw new Error(repository.message);
  const source = new parts.SourceText(parts.LOCK_FILE, await readFile(path.join(folder, parts.LOCK_FILE), 'utf8'));
  const known = new Map<string, LockEntry>();
  const { entries } = parts.parseLock(source, new parts.Diagnostics(), known)!;
  const older = entries.filter(({ version }) => !version.endsWith(`.${VERSIONS - 1}`));
  const blobs = [...new Set(older.flatMap(({ files }) => Object.values(files)))];

  const works: { readonly [name: string]: () => Promise<unknown> } = {
    without: buildWithout,
    compared: () => buildWithLock({ base: 'HEAD', currentOnly: true }),
    whole: () => buildWithLock({ base: 'HEAD' }),
    files: () => readFiles(older),
    checked: () => readChecked(older),
    'at hand': () =>
      compileOlder(older, new parts.History({ repository, output: dist }, new parts.LockLines(source, known), new parts.Diagnostics())),
    'from Git': () =>
      compileOlder(
        older,
        new parts.History({ repository, output: undefined }, new parts.LockLines(source, known), new parts.Diagnostics()),
      ),
    blobs: () => readBlobs(repository, blobs),
  };
  const times = new Map(Object.keys(works).map((name) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    const names = Object.keys(works);
    // Each round begins with another one, so that a machine that grows slow is slow for all.
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + 1) % names.length]!;
      const start = performance.now();
      await works[name]!();
      if (round >= 0) times.get(name)!.push(performance.now() - start);
    }
  }
  const ms = (name: string): number => median(times.get(name)!);
  const ratio = (name: string, base: string): number => median(times.get(name)!.map((time, round) => time / times.get(base)![round]!));
  const perSecond = (blobs.length / ms('blobs')) * 1000;
  const row = (name: string, what: string, base: string): string[] => [what, ms(name).toFixed(0), ratio(name, base).toFixed(2)];
  console.log(
    formatTable(
      [`${templates} templates, ${entries.length} entries of the lock`, 'ms', 'ratio'],
      [
        row('without', 'a build without the lock', 'without'),
        row('compared', 'with the lock and the base, current versions alone', 'without'),
        row('whole', `with ${older.length} older versions, artifacts at hand`, 'without'),
        row('files', `reading the files of ${older.length} artifacts`, 'checked'),
        row('checked', 'reading them as every reader does, digests checked', 'checked'),
        row('at hand', 'taking older versions from them', 'checked'),
        row('from Git', 'compiling older versions from Git', 'checked'),
        [`reading ${blobs.length} blobs from Git`, ms('blobs').toFixed(0), `${perSecond.toFixed(0)} a second`],
      ],
    ),
  );
  const compared = ratio('compared', 'without');
  console.log(
    `\n${compared <= MOST ? 'Reached' : 'NOT reached'}: at most ${MOST} times a build without the lock (${compared.toFixed(2)}).`,
  );
  console.log(`${perSecond >= LEAST_BLOBS ? 'Reached' : 'NOT reached'}: at least ${LEAST_BLOBS} blobs a second (${perSecond.toFixed(0)}).`);
  const result = {
    bench: 'lock',
    templates,
    rounds,
    compared,
    atHand: ratio('at hand', 'checked'),
    perSecond,
    times: Object.fromEntries(times),
  };
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(result, null, 2)}\n`);
}

async function readFiles(entries: readonly LockEntry[]): Promise<void> {
  for (const entry of entries) await readFileOf(entry);
}

/** Holds what it read until all is there, as a build does. */
async function readChecked(entries: readonly LockEntry[]): Promise<void> {
  const read: unknown[] = [];
  for (const entry of entries) {
    const bytes = await readFileOf(entry);
    read.push({ bytes, artifact: parts.readArtifact(entry.kind, bytes, { digest: entry.artifact.digest, size: bytes.length }) });
  }
  if (read.length !== entries.length) throw new Error('some artifacts were lost');
}

async function readFileOf({ artifact: { digest } }: LockEntry): Promise<Uint8Array> {
  const bytes = await dist.read(parts.objectPath(digest));
  if (bytes === undefined) throw new Error(`${digest} is not there`);
  return bytes;
}

async function compileOlder(entries: readonly LockEntry[], history: InstanceType<typeof parts.History>): Promise<void> {
  const linked = await history.templates(entries.filter((entry): entry is LockedTemplate => entry.kind === 'template'));
  const names = new Map(linked.map((template) => [`template ${template.artifact.id}@${template.artifact.version}`, template]));
  const bundles = await history.bundles(
    entries.filter((entry): entry is LockedBundle => entry.kind === 'bundle'),
    names,
  );
  if (linked.length + bundles.length !== entries.length) throw new Error('some older versions were lost');
}

async function readBlobs(repository: InstanceType<typeof parts.Repository>, ids: readonly string[]): Promise<void> {
  let count = 0;
  for await (const { bytes } of repository.blobs(ids, 1024 * 1024)) if (bytes !== undefined) count++;
  if (count !== ids.length) throw new Error(`${ids.length - count} blobs are missing`);
}
