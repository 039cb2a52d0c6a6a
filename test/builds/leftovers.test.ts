/** What a build that was killed leaves behind is removed once nobody can be writing it, and nothing else is. */
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLeftovers } from '../../src/builds/leftovers.js';
import { TEMPORARY_NAME } from '../../src/compile/discover/disk.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { projectFolder, SMALL_PROJECT, temporaryFolder } from '../support/project.js';
import { runCommand } from '../support/terminal.js';

const HEX = `ab${'0'.repeat(62)}`;
const END = '123.0123456789ab.tmp';
const UNFINISHED = [
  `.build.json.${END}`,
  `.manifest.json.${END}`,
  `builds/.12-${HEX}.json.${END}`,
  `objects/sha256/ab/.${HEX}.json.${END}`,
];
const OTHERS = [
  `.other.json.${END}`,
  `.manifest.json.tmp`,
  `manifest.json.${END}`,
  `sub/.manifest.json.${END}`,
  `builds/.README.${END}`,
  `builds/sub/.12-${HEX}.json.${END}`,
  `objects/sha256/cd/.${HEX}.json.${END}`,
  `objects/.${HEX}.json.${END}`,
];

async function put(folder: string, names: readonly string[], minutes: number): Promise<void> {
  const then = new Date(Date.now() - minutes * 60_000);
  for (const name of names) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, '{');
    await utimes(file, then, then);
  }
}

describe('what a killed build did not finish', () => {
  it('is what a build was writing, an hour ago or more', async () => {
    const folder = await temporaryFolder();
    await put(folder, [...UNFINISHED, ...OTHERS], 61);
    expect(await findLeftovers(new NodeDisk(folder))).toEqual(UNFINISHED);
    await put(folder, UNFINISHED.slice(1), 59);
    expect(await findLeftovers(new NodeDisk(folder))).toEqual(UNFINISHED.slice(0, 1));
  });

  it('is nothing where there are no times', async () => {
    expect(await findLeftovers(new MemoryDisk({ [UNFINISHED[0]!]: '{' }))).toEqual([]);
  });

  it('has the name that files have while they are written', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, 'manifest.json/taken'), { recursive: true });
    // It cannot be renamed to a folder that is not empty: the name is in what the system says.
    const error = await new NodeDisk(folder)
      .write('manifest.json', Buffer.from('{}'))
      .catch((cause: unknown) => cause as NodeJS.ErrnoException);
    expect(TEMPORARY_NAME.exec(path.basename(error!.path!))?.groups?.['name']).toBe('manifest.json');
    expect(await readdir(folder)).toEqual(['manifest.json']);
  });

  it('is removed by prune, and listed by --dry-run', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    await runCommand(folder, ['build']);
    const dist = path.join(folder, 'dist');
    await put(dist, [...UNFINISHED, ...OTHERS], 61);
    const what = '0 objects that no build needs, and 4 files that a killed build did not finish.\n';
    expect(await runCommand(folder, ['prune', '--keep', '1', '--dry-run'])).toEqual({
      code: 0,
      out: UNFINISHED.map((name) => `${name}\n`).join(''),
      err: `Would remove ${what}`,
    });
    expect(await runCommand(folder, ['prune', '--keep', '1'])).toEqual({ code: 0, out: '', err: `Removed ${what}` });
    const left = (await new NodeDisk(dist).list('.')).map((entry) => entry.path);
    expect(left).toEqual(expect.arrayContaining(OTHERS));
    expect(left.filter((name) => UNFINISHED.includes(name))).toEqual([]);
    expect(await runCommand(folder, ['verify'])).toMatchObject({ code: 0 });
  });
});
