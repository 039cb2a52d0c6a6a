/** Changing keys files: nothing is lost, and nothing half written. */
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseKeys } from '../../src/access/keys-format.js';
import { updateKeys } from '../../src/access/update-keys.js';
import { temporaryFolder } from '../support/project.js';
import { keysFile, keysText, testKey, unprivileged } from './keys.js';

const ONE = testKey('one');
const TWO = testKey('two');
const isPosix = process.platform !== 'win32';

function ids(file: string): string[] {
  return parseKeys(readFileSync(file, 'utf8')).map(({ id }) => id);
}

function add(file: string, { entry } = TWO, patience?: number): Promise<void> {
  return updateKeys(file, (keys) => [...keys, entry], { make: true, ...(patience !== undefined && { patience }) });
}

describe('a change', () => {
  it('makes a file that only its owner reads', async () => {
    const file = path.join(await temporaryFolder(), 'keys.json');
    await add(file);
    expect(readFileSync(file, 'utf8')).toBe(keysText(TWO));
    expect(!isPosix || (statSync(file).mode & 0o777) === 0o600).toBe(true);
  });

  it('loses nothing, however many there are at once', async () => {
    const file = await keysFile(ONE);
    const keys = Array.from({ length: 30 }, (_, i) => testKey(`k${i}`));
    await Promise.all(keys.map((key) => add(file, key)));
    expect(ids(file).toSorted()).toEqual(['one', ...keys.map(({ entry }) => entry.id)].toSorted());
    expect(readdirSync(path.dirname(file))).toEqual(['keys.json']);
  });

  it.runIf(isPosix)('keeps the mode of the file, so that a server of the same group still reads it', async () => {
    const file = await keysFile(ONE);
    chmodSync(file, 0o640);
    await add(file);
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it.runIf(isPosix && process.getuid!() === 0)('by root keeps the owner of the file, so that its server still reads it', async () => {
    const file = await keysFile(ONE);
    chownSync(file, 12_345, 23_456);
    await add(file);
    expect(statSync(file)).toMatchObject({ uid: 12_345, gid: 23_456 });
    expect(ids(file)).toEqual(['one', 'two']);
  });

  it.runIf(isPosix && process.getuid!() === 0)('takes no file from the user whose it is', async () => {
    const file = await keysFile(ONE);
    chmodSync(path.dirname(file), 0o777);
    chmodSync(file, 0o644);
    await unprivileged(() =>
      expect(add(file)).rejects.toThrow(
        `The keys file ${file} is another user's, whom it would be taken from. Run this as that user, or as root.`,
      ),
    );
    expect(readdirSync(path.dirname(file))).toEqual(['keys.json']);
    expect(ids(file)).toEqual(['one']);
  });

  it('goes through a link, which stays', async () => {
    const file = await keysFile(ONE);
    const link = path.join(await temporaryFolder(), 'link.json');
    symlinkSync(file, link);
    await add(link);
    expect(ids(file)).toEqual(['one', 'two']);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });
});

describe('left as it was', () => {
  it.each(['', '{}', `${keysText(ONE)}x`])('is a file that is no keys file: %j', async (text) => {
    const file = path.join(await temporaryFolder(), 'keys.json');
    writeFileSync(file, text);
    await expect(add(file)).rejects.toMatchObject({
      name: 'KeysError',
      message: expect.stringContaining(`The keys file ${file} `) as string,
    });
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(readdirSync(path.dirname(file))).toEqual(['keys.json']);
  });

  it('is a file whose change throws', async () => {
    const file = await keysFile(ONE);
    const change = (): never => {
      throw new Error('no');
    };
    await expect(updateKeys(file, change, { make: true })).rejects.toThrow('no');
    expect(ids(file)).toEqual(['one']);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('is nothing where a file should be there', async () => {
    const file = path.join(await temporaryFolder(), 'keys.json');
    await expect(updateKeys(file, (keys) => keys, { make: false })).rejects.toThrow(`There is no keys file ${file}.`);
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  it('is a file that another command is changing; what one left that was cut off is named', async () => {
    const file = await keysFile(ONE);
    writeFileSync(`${file}.lock`, '');
    await expect(add(file, TWO, 50)).rejects.toThrow(
      `Another command is changing ${file}. If none is running, one was cut off: delete ${file}.lock, and try again.`,
    );
    expect(ids(file)).toEqual(['one']);
    expect(existsSync(`${file}.lock`)).toBe(true);
  });

  it('is what cannot be written', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'none', 'keys.json');
    await expect(add(file)).rejects.toThrow(
      `The keys file ${file} cannot be written, since its folder is not there. Make the folder first.`,
    );
    mkdirSync(path.join(folder, 'folder'));
    await expect(add(path.join(folder, 'folder'))).rejects.toThrow('is no file.');
    writeFileSync(path.join(folder, 'file'), '');
    await expect(add(path.join(folder, 'file', 'keys.json'))).rejects.toThrow('cannot be written (ENOTDIR).');
    expect(readdirSync(folder).toSorted()).toEqual(['file', 'folder']);
  });
});
