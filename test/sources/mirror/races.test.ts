/** What others do in the folder at the worst moment: between two steps of a mirror. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Digest, sha256 } from '../../../src/base/digest.js';
import type { Build } from '../../../src/compile/emit/emit.js';
import { objectPath } from '../../../src/format/artifact.js';
import { recordPath } from '../../../src/format/build-record.js';
import { namedObjects, type NamedObjects } from '../../../src/sources/mirror/named-objects.js';
import { temporaryFolder } from '../../support/project.js';
import { BUILDS, filesIn, mirrorOf, newIn, wholeBuild } from './mirrored.js';
import { hostOf } from './static-host.js';

const [FIRST, SECOND, THIRD] = BUILDS as [Build, Build, Build];

/** Does something right before the objects of a build are named for the nth time: 1 and 2 while it is taken, 3 when old ones are discarded. */
function before(build: Build, nth: number, act: () => void): NamedObjects {
  let calls = 0;
  return async function* named(manifest, read) {
    if (sha256(manifest) === build.manifestDigest && ++calls === nth) act();
    yield* namedObjects(manifest, read);
  };
}

/** A mirror that has taken some builds, one after the other. */
async function mirrored(builds: readonly [Build, ...Build[]], folder: string, named: NamedObjects): Promise<void> {
  const [first, ...later] = builds;
  const host = await hostOf(first);
  const { mirror, taken } = await mirrorOf({ url: host.url, folder, named });
  for (const build of later) {
    const then = taken(build);
    await host.put(build);
    await then;
  }
  await mirror.close();
}

function addRecord(folder: string, number: number, manifest: Digest): void {
  writeFileSync(path.join(folder, recordPath(number, manifest)), '{}');
}

it('an object that goes before its build has a record comes back', async () => {
  const folder = await temporaryFolder();
  const [object] = newIn(SECOND, FIRST);
  const act = (): void => rmSync(path.join(folder, object!));
  await mirrored([FIRST, SECOND], folder, before(SECOND, 2, act));
  expect(await wholeBuild(folder)).toBe(SECOND.manifestDigest);
});

it('a record that goes before its manifest comes is written again, and all objects are looked for', async () => {
  const folder = await temporaryFolder();
  const object = [...SECOND.objects.keys()].find((name) => FIRST.objects.has(name));
  let acts = 0;
  const act = (): void => {
    acts++;
    for (const name of readdirSync(path.join(folder, 'builds'))) rmSync(path.join(folder, 'builds', name));
    rmSync(path.join(folder, object!));
  };
  await mirrored([FIRST, SECOND], folder, before(SECOND, 2, act));
  expect(acts).toBe(1);
  expect(await wholeBuild(folder)).toBe(SECOND.manifestDigest);
  expect(await filesIn(folder)).toContain(recordPath(1, SECOND.manifestDigest));
});

it('a build that comes while old ones are discarded stays whole', async () => {
  const folder = await temporaryFolder();
  const act = (): void => addRecord(folder, 9, FIRST.manifestDigest);
  await mirrored([FIRST, SECOND, THIRD], folder, before(THIRD, 3, act));
  const files = await filesIn(folder);
  expect(files).toEqual(expect.arrayContaining([...FIRST.objects.keys(), ...THIRD.objects.keys()]));
  expect(files).not.toContain(newIn(SECOND, FIRST)[0]);
  expect(await wholeBuild(folder)).toBe(THIRD.manifestDigest);
});

it('so does one that is put in place meanwhile', async () => {
  const folder = await temporaryFolder();
  const act = (): void => writeFileSync(path.join(folder, 'manifest.json'), FIRST.manifestBytes);
  await mirrored([FIRST, SECOND, THIRD], folder, before(THIRD, 3, act));
  const files = await filesIn(folder);
  for (const { objects } of [FIRST, SECOND, THIRD]) expect(files).toEqual(expect.arrayContaining([...objects.keys()]));
});

it('nothing is discarded of a folder whose manifest somebody took away', async () => {
  const folder = await temporaryFolder();
  const host = await hostOf(FIRST);
  const inUse = (): Digest[] => {
    rmSync(path.join(folder, 'manifest.json'));
    return [];
  };
  const { mirror } = await mirrorOf({ url: host.url, folder, inUse, limits: { pollMilliseconds: 60_000 } });
  await mirror.close();
  expect(await filesIn(folder)).toEqual(expect.arrayContaining([...FIRST.objects.keys(), objectPath(FIRST.manifestDigest)]));
});

it('a build that somebody went back to counts as the one before', async () => {
  const folder = await temporaryFolder();
  const host = await hostOf(FIRST);
  await mirrored([FIRST, SECOND], folder, namedObjects);
  writeFileSync(path.join(folder, 'manifest.json'), FIRST.manifestBytes);
  await host.put(THIRD);
  const { mirror } = await mirrorOf({ url: host.url, folder });
  await mirror.close();
  const files = await filesIn(folder);
  expect(files).toEqual(expect.arrayContaining([...FIRST.objects.keys(), ...THIRD.objects.keys()]));
  expect(files).not.toContain(newIn(SECOND, FIRST)[0]);
  expect(files.filter((file) => file.startsWith('builds/'))).toEqual([
    recordPath(3, FIRST.manifestDigest),
    recordPath(4, THIRD.manifestDigest),
  ]);
});

it('a folder that somebody empties is filled again', async () => {
  const host = await hostOf(FIRST);
  const { folder } = await mirrorOf({ url: host.url });
  rmSync(folder, { recursive: true });
  while (!existsSync(path.join(folder, 'manifest.json'))) await sleep(5);
  expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
});
