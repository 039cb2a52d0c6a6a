/** Keys that change under a running server: real files, real events. */
import { appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { KeyFile, type KeysReport } from '../../src/access/key-file.js';
import { readKeys } from '../../src/access/read-keys.js';
import { temporaryFolder } from '../support/project.js';
import { keysFile, keysText, type TestKey, testKey, unprivileged } from './keys.js';

const NEVER = 60 * 60 * 1000;
const ONE = testKey('one');
const TWO = testKey('two');

interface Opened {
  readonly keys: KeyFile;
  readonly reports: KeysReport[];
  /** Settles with the next report that is not yet taken. */
  readonly next: () => Promise<KeysReport>;
  readonly knows: (key: TestKey) => boolean;
}

async function open(file: string, every = NEVER): Promise<Opened> {
  const reports: KeysReport[] = [];
  let taken = 0;
  let wake = (): void => {};
  const keys = await KeyFile.open(file, {
    every,
    report: (report) => {
      reports.push(report);
      wake();
    },
  });
  onTestFinished(() => keys.close());
  return {
    keys,
    reports,
    async next() {
      if (taken === reports.length) await new Promise<void>((resolve) => (wake = resolve));
      return reports[taken++]!;
    },
    knows: ({ key }) => !('why' in keys.keyring.find(key, Date.now())),
  };
}

/** As editors and `promptc keys` save. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

describe('a keys file', () => {
  it('that is replaced is in force soon, without a restart', async () => {
    const file = await keysFile(ONE);
    const { next, knows, reports } = await open(file);
    expect([knows(ONE), knows(TWO)]).toEqual([true, false]);
    replace(file, keysText(ONE, TWO));
    expect(await next()).toEqual({ kind: 'loaded', message: `The keys file ${file} was read again: 2 keys.` });
    expect([knows(ONE), knows(TWO)]).toEqual([true, true]);
    replace(file, keysText(TWO));
    expect(await next()).toEqual({ kind: 'loaded', message: `The keys file ${file} was read again: 1 key.` });
    expect([knows(ONE), knows(TWO)]).toEqual([false, true]);
    expect(reports).toHaveLength(2);
  });

  it('that is written in place, too', async () => {
    const file = await keysFile(ONE);
    const { next, knows } = await open(file);
    writeFileSync(file, keysText(TWO));
    expect(await next()).toMatchObject({ kind: 'loaded' });
    expect([knows(ONE), knows(TWO)]).toEqual([false, true]);
  });

  it('whose changes make no event is looked at all the same', async () => {
    const file = await keysFile(ONE);
    // Events come from the folder of the link, and the file changes in another.
    const link = path.join(await temporaryFolder(), 'keys.json');
    symlinkSync(file, link);
    const { next, knows } = await open(link, 20);
    replace(file, keysText(TWO));
    expect(await next()).toMatchObject({ kind: 'loaded' });
    expect(knows(TWO)).toBe(true);
  });

  it('that changes within one step of the clock after it was read, and keeps its size, is seen to', async () => {
    // Whether both changes bear one time is up to the file system, so it gets several chances.
    for (let round = 0; round < 5; round++) {
      const file = await keysFile(ONE);
      // Events come from the folder of the link only.
      const link = path.join(await temporaryFolder(), 'keys.json');
      symlinkSync(file, link);
      const { next, knows } = await open(link, 20);
      writeFileSync(file, keysText(TWO));
      expect(await next()).toMatchObject({ kind: 'loaded' });
      expect(knows(TWO)).toBe(true);
    }
  });

  it('that breaks leaves the keys of before in force, and says so once', async () => {
    const file = await keysFile(ONE);
    const { next, knows, reports } = await open(file, 20);
    appendFileSync(file, 'x');
    const broken = await next();
    expect(broken.kind).toBe('broken');
    expect(broken.message).toMatch(/^The keys file .*keys\.json is no JSON: .*, in line \d+, column 1\. Until then .* in force: 1 key\.$/);
    expect(knows(ONE)).toBe(true);
    replace(file, '{}');
    expect((await next()).message).toContain('does not say its format');
    // Good again, though nothing has changed since it was good.
    replace(file, keysText(ONE));
    expect(await next()).toMatchObject({ kind: 'loaded' });
    expect(knows(ONE)).toBe(true);
    expect(reports.map(({ kind }) => kind)).toEqual(['broken', 'broken', 'loaded']);
  });

  it('that vanishes, or becomes a folder, too', async () => {
    const file = await keysFile(ONE);
    const { next, knows } = await open(file, 20);
    rmSync(file);
    expect(await next()).toEqual({
      kind: 'missing',
      message:
        `There is no keys file ${file}. \`promptc keys add --keys ${file}\` makes one. ` +
        'Until then what was read of it before stays in force: 1 key.',
    });
    mkdirSync(file);
    expect(await next()).toMatchObject({ kind: 'broken', message: expect.stringContaining(`The keys file ${file} is no file.`) as string });
    expect(knows(ONE)).toBe(true);
    rmSync(path.dirname(file), { recursive: true });
    expect(await next()).toMatchObject({ kind: 'missing' });
    mkdirSync(path.dirname(file));
    replace(file, keysText(TWO));
    expect(await next()).toMatchObject({ kind: 'loaded' });
    expect([knows(ONE), knows(TWO)]).toEqual([false, true]);
  });

  it('that is closed is looked at no more', async () => {
    const file = await keysFile(ONE);
    const closed = await open(file, 5);
    const still = await open(file, 5);
    closed.keys.close();
    replace(file, keysText(TWO));
    await still.next();
    await vi.waitUntil(() => still.knows(TWO));
    expect(closed.knows(TWO)).toBe(false);
    expect(closed.reports).toEqual([]);
  });
});

describe('opening', () => {
  it.each([
    ['{', 'is no JSON: a "}" is missing, in line 1, column 2.'],
    [new Uint8Array([0x22, 0xff, 0x22]), 'is not written in UTF-8.'],
    [new Uint8Array(1024 * 1024 + 1), 'is larger than 1 MiB.'],
  ])('fails for a file that is broken', async (content, message) => {
    const file = path.join(await temporaryFolder(), 'keys.json');
    writeFileSync(file, content);
    await expect(open(file)).rejects.toThrow(`The keys file ${file} ${message}`);
  });

  it('fails for what is no file', async () => {
    const folder = await temporaryFolder();
    await expect(open(path.join(folder, 'none.json'))).rejects.toMatchObject({ name: 'KeysError', isMissing: true });
    await expect(open(folder)).rejects.toThrow(`The keys file ${folder} is no file.`);
    writeFileSync(path.join(folder, 'file'), '');
    await expect(open(path.join(folder, 'file', 'keys.json'))).rejects.toThrow('cannot be read (ENOTDIR)');
  });

  it.skipIf(process.platform === 'win32')('fails for a file that it may not read', async () => {
    const file = await keysFile(ONE);
    chmodSync(path.dirname(file), 0o755);
    chmodSync(file, 0);
    await unprivileged(() =>
      expect(open(file)).rejects.toThrow('cannot be read (EACCES). Let the user that this process runs as read it.'),
    );
  });
});

describe.skipIf(process.platform === 'win32')('a keys file that others may', () => {
  it.each([
    [0o600, undefined],
    [0o640, undefined],
    [0o644, 'can be read by every user of this machine, who learn from it who has keys.'],
    [0o660, 'can be written by others than its owner, who can give themselves keys.'],
    [0o606, 'can be written by others than its owner, who can give themselves keys.'],
  ])('touch by its mode %o is told of', async (mode, harm) => {
    const file = await keysFile(ONE);
    chmodSync(file, mode);
    const { exposure } = await readKeys(file);
    expect(exposure).toBe(harm === undefined ? undefined : `The keys file ${file} ${harm} \`chmod 600 ${file}\` ends that.`);
  });

  it('read is told of when a server starts, and when it becomes so', async () => {
    const file = await keysFile(ONE);
    chmodSync(file, 0o644);
    const started = await open(file, 20);
    expect(await started.next()).toMatchObject({ kind: 'exposed' });
    chmodSync(file, 0o600);
    replace(file, keysText(TWO));
    expect(await started.next()).toMatchObject({ kind: 'loaded' });
    chmodSync(file, 0o666);
    expect(await started.next()).toMatchObject({ kind: 'exposed', message: expect.stringContaining('can be written') as string });
  });
});
