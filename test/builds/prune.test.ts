/** Pruning removes what only old builds need, and nothing else, whatever happens meanwhile. */
import { EventEmitter, once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planPrune, prune } from '../../src/builds/prune.js';
import { verifyBuild } from '../../src/builds/verify-build.js';
import { sha256 } from '../../src/base/digest.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import type { Build } from '../../src/compile/emit/emit.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import { objectPath } from '../../src/format/artifact.js';
import { recordPath, RECORDS_FOLDER, recordsAmong } from '../../src/format/build-record.js';
import { DistFolder, FileBundleSource } from '../../src/sources/file.js';
import { SMALL_PROJECT, temporaryFolder } from '../support/project.js';
import { runCommand } from '../support/terminal.js';

const ORIGIN = { commit: null, dirty: null };

/** Builds of one project, each with another text; the template `fixed` is the same in all of them. */
const BUILDS: readonly Build[] = await Promise.all(
  ['Bye.', 'Yours.', 'Cheers.', 'So long.'].map(async (text) => {
    const files = {
      ...SMALL_PROJECT,
      'prompts/partials/sign/off.md': `${text}\n`,
      'prompts/templates/fixed.md': '---\nid: fixed\nversion: 1.0.0\nrole: user\n---\nFixed.\n',
    };
    return (await compile(new MemoryDisk(files))).build!;
  }),
);
const LAST = BUILDS.at(-1)!;

/** A folder to which every build was written, one after the other. */
async function written<Disk extends MemoryDisk>(disk: Disk): Promise<Disk> {
  for (const build of BUILDS) await writeBuild(build, ORIGIN, disk);
  return disk;
}

function objectsIn({ files }: MemoryDisk): string[] {
  return [...files.keys()].filter((name) => name.startsWith('objects/')).toSorted();
}

/** What some builds need, their manifests included. */
function neededBy(...builds: readonly Build[]): string[] {
  return [...new Set(builds.flatMap(({ objects, manifestDigest }) => [...objects.keys(), objectPath(manifestDigest)]))].toSorted();
}

/** The builds that have a record, in their order. */
function recordedIn({ files }: MemoryDisk): Build[] {
  const names = [...files.keys()].filter((name) => name.startsWith(`${RECORDS_FOLDER}/`)).map((name) => name.slice('builds/'.length));
  return recordsAmong(names).map(({ manifest }) => BUILDS.find(({ manifestDigest }) => manifestDigest === manifest)!);
}

describe('pruning', () => {
  it.each([1, 2, 3, 4, 5])('with --keep %i leaves what so many of the last builds need', async (keep) => {
    const disk = await written(new MemoryDisk());
    expect(objectsIn(disk)).toEqual(neededBy(...BUILDS));
    const { objects } = await planPrune(disk, keep);
    expect(objectsIn(disk)).toEqual(neededBy(...BUILDS));
    expect(await prune(disk, keep)).toBe(objects.length);
    expect(objectsIn(disk)).toEqual(neededBy(...BUILDS.slice(-keep)));
    expect(await prune(disk, keep)).toBe(0);
    expect(recordedIn(disk)).toEqual(BUILDS.slice(-keep));
  });

  it('leaves what the manifest in place needs, however old it is, and a build after it keeps it', async () => {
    const disk = await written(new MemoryDisk());
    const [first] = BUILDS;
    disk.files.set('manifest.json', first!.manifestBytes);
    await prune(disk, 1);
    expect(objectsIn(disk)).toEqual(neededBy(first!, LAST));
    await writeBuild(BUILDS[1]!, ORIGIN, disk);
    await prune(disk, 2);
    expect(objectsIn(disk)).toEqual(neededBy(first!, BUILDS[1]!));
  });

  it('keeps the present build alone where there are no records', async () => {
    const disk = await written(new MemoryDisk());
    for (const name of disk.files.keys()) if (name.startsWith('builds/')) disk.files.delete(name);
    await prune(disk, 3);
    expect(objectsIn(disk)).toEqual(neededBy(LAST));
  });

  it('counts a build that came twice once', async () => {
    const disk = await written(new MemoryDisk());
    for (const build of [BUILDS[0]!, LAST, BUILDS[0]!, LAST]) await writeBuild(build, ORIGIN, disk);
    await prune(disk, 3);
    expect(recordedIn(disk)).toEqual([BUILDS[2], BUILDS[0], LAST]);
    expect(objectsIn(disk)).toEqual(neededBy(BUILDS[2]!, BUILDS[0]!, LAST));
  });

  it('takes a build whose manifest is gone for one that somebody is removing', async () => {
    const disk = await written(new MemoryDisk());
    disk.files.delete(objectPath(BUILDS[2]!.manifestDigest));
    await prune(disk, 3);
    expect(recordedIn(disk)).toEqual([BUILDS[1], LAST]);
    expect(objectsIn(disk)).toEqual(neededBy(BUILDS[1]!, LAST));
  });

  it('leaves a page that a build which stays shares with one that goes', async () => {
    const of = async (...names: string[]): Promise<Build> => {
      const templates = names.map((name) => [`prompts/templates/${name}.md`, `---\nid: ${name}\nversion: 1.0.0\nrole: user\n---\nHi.\n`]);
      return (await compile(new MemoryDisk({ ...SMALL_PROJECT, ...Object.fromEntries(templates) }))).build!;
    };
    // A page ends behind `t183`: what comes behind it is on another one.
    const builds = [await of('t183', 'x'), await of('t183', 'y')];
    const disk = new MemoryDisk();
    for (const build of builds) await writeBuild(build, ORIGIN, disk);
    const [shared, old] = builds[0]!.manifest.templates;
    expect(builds[1]!.manifest.templates[0]).toEqual(shared);
    await prune(disk, 1);
    expect(objectsIn(disk)).toEqual(neededBy(builds[1]!));
    expect(disk.files.has(objectPath(shared!.digest))).toBe(true);
    expect(disk.files.has(objectPath(old!.digest))).toBe(false);
  });

  it('takes a build that lacks a page for one that somebody is removing', async () => {
    const disk = await written(new MemoryDisk());
    disk.files.delete(objectPath(BUILDS[2]!.manifest.templates[0]!.digest));
    await prune(disk, 3);
    expect(recordedIn(disk)).toEqual([BUILDS[1], LAST]);
    expect(objectsIn(disk)).toEqual(neededBy(BUILDS[1]!, LAST));
  });

  it('waits for a page of the build in place that somebody is about to put back', async () => {
    const page = objectPath(LAST.manifest.templates[0]!.digest);
    const disk = await written(
      new (class extends MemoryDisk {
        lacks = 0;

        override read(name: string) {
          return name === page && this.lacks-- > 0 ? Promise.resolve(undefined) : super.read(name);
        }
      })(),
    );
    disk.lacks = 2;
    await prune(disk, 1);
    expect(objectsIn(disk)).toEqual(neededBy(LAST));
  });

  it('removes nothing but objects and records', async () => {
    const strangers = [
      'builds/README',
      'objects/README',
      'objects/sha256/ab/x.json',
      `objects/sha256/ab/${'c'.repeat(64)}.json`,
      'other.json',
    ];
    const disk = await written(new MemoryDisk(Object.fromEntries(strangers.map((name) => [name, '{}']))));
    await prune(disk, 1);
    expect([...disk.files.keys()].toSorted()).toEqual(
      [...strangers, ...neededBy(LAST), 'manifest.json', 'build.json', recordPath(4, LAST.manifestDigest)].toSorted(),
    );
  });

  it.each<[string, (disk: MemoryDisk) => unknown, string]>([
    ['no build', (disk) => disk.files.delete('manifest.json'), 'artifact_missing'],
    ['a damaged manifest', (disk) => disk.files.set('manifest.json', Buffer.from('{')), 'artifact_corrupt'],
    [
      'a damaged manifest of another build',
      (disk) => disk.files.set(objectPath(BUILDS[2]!.manifestDigest), Buffer.from('{}')),
      'artifact_corrupt',
    ],
    [
      'a page missing that the build in place needs',
      (disk) => disk.files.delete(objectPath(LAST.manifest.bundles[0]!.digest)),
      'artifact_missing',
    ],
    [
      'a manifest in place that no build wrote',
      (disk) => disk.files.set('manifest.json', Buffer.from(JSON.stringify({ ...LAST.manifest, bundles: [] }))),
      'artifact_missing',
    ],
    ...[LAST, BUILDS[2]!].map((build, i): [string, (disk: MemoryDisk) => unknown, string] => [
      `a damaged page of ${i === 0 ? 'the build in place' : 'another build'}`,
      (disk) => disk.files.set(objectPath(build.manifest.bundles[0]!.digest), Buffer.from('{}')),
      'artifact_corrupt',
    ]),
  ])('removes nothing with %s', async (_what, damage, code) => {
    const disk = await written(new MemoryDisk());
    damage(disk);
    const before = objectsIn(disk);
    await expect(prune(disk, 2)).rejects.toMatchObject({ name: 'PromptcError', code });
    expect(objectsIn(disk)).toEqual(before);
  });

  it('stopped at any moment, leaves every build that has a record whole', async () => {
    class Stopping extends MemoryDisk {
      steps = Infinity;

      override remove(name: string) {
        return this.steps-- > 0 ? super.remove(name) : Promise.reject(new Error('stopped'));
      }
    }
    let stops = 0;
    for (let steps = 0; ; steps++) {
      const disk = await written(new Stopping());
      disk.steps = steps;
      const outcome = await prune(disk, 2).catch(() => undefined);
      expect(recordedIn(disk)).toEqual(BUILDS.slice(Math.min(steps, 2)));
      expect(neededBy(...recordedIn(disk)).filter((name) => !disk.files.has(name))).toEqual([]);
      disk.steps = Infinity;
      await prune(disk, 2);
      expect(objectsIn(disk)).toEqual(neededBy(...BUILDS.slice(-2)));
      if (outcome !== undefined) break;
      stops++;
    }
    expect(stops).toBeGreaterThan(5);
  });

  it('leaves what a build that is written meanwhile needs', async () => {
    const [first, second] = BUILDS;
    // Whatever pruning does next, before it somebody goes back to old builds, whose objects are about to go.
    let moments = 0;
    for (let moment = 0; moments === moment; moment++) {
      let steps = -Infinity;
      const disk = await written(
        new (class extends MemoryDisk {
          override async read(name: string) {
            await this.#step();
            return super.read(name);
          }

          override async list(folder: string) {
            await this.#step();
            return super.list(folder);
          }

          override async remove(name: string) {
            await this.#step();
            return super.remove(name);
          }

          async #step() {
            if (steps++ !== moment) return;
            moments++;
            for (const build of [first!, second!]) await writeBuild(build, ORIGIN, new Behind(this));
          }
        })(),
      );
      steps = 0;
      await prune(disk, 1);
      if (moments === moment) break;
      expect(await verifyBuild(disk), `moment ${moment}`).toMatchObject({ findings: [] });
      expect(objectsIn(disk)).toEqual(expect.arrayContaining(neededBy(second!)));
    }
    expect(moments).toBeGreaterThan(20);
  });

  it('killed at any moment, leaves a build whole whose manifest is not in place yet', async () => {
    let killed = 0;
    const broken: string[] = [];
    for (let moment = 0, isReached = true; isReached; moment++) {
      for (let step = 0, isBuilding = true; isBuilding; step++) {
        const outcome = await killedBeside(moment, step);
        ({ isReached, isBuilding } = outcome);
        if (!outcome.isKilled) continue;
        killed++;
        if (!outcome.isWhole) broken.push(`pruning at ${moment}, the build at ${step}`);
      }
    }
    expect(broken).toEqual([]);
    expect(killed).toBeGreaterThan(100);
  });
});

/**
 * Pruning that stands still at a moment while a build is written up to some step, goes on to its next removal, and is
 * killed there; then the build goes on.
 */
async function killedBeside(moment: number, step: number) {
  const build = BUILDS[0]!;
  const disk = await written(new MemoryDisk());
  const signals = new EventEmitter();
  const [isFar, isDead] = [once(signals, 'far'), once(signals, 'dead')];
  const building = new Stepping(disk, (at) => {
    if (at !== step) return Promise.resolve();
    signals.emit('far');
    return isDead;
  });
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    await writeBuild(build, ORIGIN, building);
    signals.emit('far');
  };
  let isOver = false;
  let isKilled = false;
  const pruning = new Stepping(
    disk,
    (at) => {
      if (isOver) return Promise.reject(new Error('killed'));
      if (at !== moment) return Promise.resolve();
      writing = write();
      return isFar;
    },
    () => {
      isOver = writing !== undefined;
      // What pruning has left of it to break is told in prune.ts.
      isKilled = isOver && sha256(disk.files.get('manifest.json')!) !== build.manifestDigest;
    },
  );
  await prune(pruning, 1).catch(() => undefined);
  signals.emit('dead');
  await writing;
  const isWhole = (await verifyBuild(disk))!.findings.length === 0;
  return { isReached: writing !== undefined, isBuilding: writing !== undefined && building.steps > step, isKilled, isWhole };
}

/** The same files, with something to wait for before each step, and something to do behind each removal. */
class Stepping extends MemoryDisk {
  override readonly files: Map<string, Uint8Array>;
  steps = 0;

  constructor(
    { files }: MemoryDisk,
    private readonly before: (step: number) => Promise<unknown>,
    private readonly removed: () => void = () => undefined,
  ) {
    super();
    this.files = files;
  }

  override async read(name: string) {
    await this.before(this.steps++);
    return super.read(name);
  }

  override async list(folder: string) {
    await this.before(this.steps++);
    return super.list(folder);
  }

  override async size(name: string) {
    await this.before(this.steps++);
    return super.size(name);
  }

  override async write(name: string, bytes: Uint8Array) {
    await this.before(this.steps++);
    return super.write(name, bytes);
  }

  override async remove(name: string) {
    await this.before(this.steps++);
    await super.remove(name);
    this.removed();
  }
}

/** The same files, without what a test adds to the disk. */
class Behind extends MemoryDisk {
  override readonly files: Map<string, Uint8Array>;

  constructor({ files }: MemoryDisk) {
    super();
    this.files = files;
  }
}

describe('promptc prune', () => {
  async function folder(): Promise<{ root: string; dist: string }> {
    const root = await temporaryFolder();
    const dist = path.join(root, 'dist');
    for (const build of BUILDS) await writeBuild(build, ORIGIN, new NodeDisk(dist));
    return { root, dist };
  }

  const objectsOf = async (dist: string): Promise<string[]> =>
    (await new NodeDisk(dist).list('objects')).map(({ path: name }) => `objects/${name}`);

  it('lists with --dry-run, then removes what it listed', async () => {
    const { root, dist } = await folder();
    const before = await objectsOf(dist);
    const planned = await runCommand(root, ['prune', '--keep', '1', '--dry-run']);
    expect(planned).toMatchObject({ code: 0, err: 'Would remove 15 objects that no build needs.\n' });
    expect(await objectsOf(dist)).toEqual(before);
    expect(await runCommand(root, ['prune', '--keep', '1'])).toEqual({
      code: 0,
      out: '',
      err: 'Removed 15 objects that no build needs.\n',
    });
    expect(before.filter((name) => !planned.out.split('\n').includes(name))).toEqual(await objectsOf(dist));
    expect(await runCommand(root, ['verify'])).toMatchObject({ code: 0, err: expect.stringContaining('nothing is wrong') as string });
  });

  it('leaves a reader of the build before its artifacts, and the way back to it', async () => {
    const { dist } = await folder();
    const before = BUILDS.at(-2)!;
    await writeFile(path.join(dist, 'manifest.json'), before.manifestBytes);
    const reader = new DistFolder(dist);
    await reader.manifest();
    await writeFile(path.join(dist, 'manifest.json'), LAST.manifestBytes);
    await prune(new NodeDisk(dist), 2);
    const { hash } = before.bundles[0]!.artifact;
    expect((await new FileBundleSource(reader).bundle('hello')).hash).toBe(hash);
    await writeFile(path.join(dist, 'manifest.json'), await readFile(path.join(dist, objectPath(before.manifestDigest))));
    expect((await new FileBundleSource(dist).bundle('hello')).hash).toBe(hash);
  });

  it('ends well if several run at once, beside builds', async () => {
    const { dist } = await folder();
    for (let round = 0; round < 5; round++) {
      const work = [1, 3, 1, 2].map((keep) => prune(new NodeDisk(dist), keep));
      const builds = BUILDS.slice(0, 3).map((build) => writeBuild(build, ORIGIN, new NodeDisk(dist)));
      await Promise.all([...work, ...builds]);
      // Of two builds at once, each may be the one that wrote build.json last.
      const about = (await verifyBuild(new NodeDisk(dist)))!.findings
        .map(({ code }) => code)
        .filter((code) => code !== 'manifest_mismatch');
      expect(about).toEqual([]);
    }
  });
});
