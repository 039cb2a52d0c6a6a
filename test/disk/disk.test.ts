/** What every disk must do, whatever it is made of. */
import { chmod, mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Disk } from '../../src/compile/discover/disk.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { temporaryFolder } from '../support/project.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const DISKS: { readonly [name: string]: () => Promise<Disk> } = {
  MemoryDisk: () => Promise.resolve(new MemoryDisk()),
  NodeDisk: async () => new NodeDisk(await temporaryFolder()),
};

describe.each(Object.entries(DISKS))('%s', (_name, create) => {
  it('reads what was written, and nothing else', async () => {
    const disk = await create();
    await disk.write('a/b/c.txt', bytes('é'), { sync: true });
    await disk.write('a/d.txt', bytes(''));
    expect(new TextDecoder().decode(await disk.read('a/b/c.txt'))).toBe('é');
    expect(await disk.size('a/b/c.txt')).toBe(2);
    expect(await disk.size('a/d.txt')).toBe(0);
    expect(await disk.read('a/x.txt')).toBeUndefined();
    expect(await disk.read('a/d.txt/x')).toBeUndefined();
    expect(await disk.size('a/x.txt')).toBeUndefined();
    expect(await disk.size('nowhere/x.txt')).toBeUndefined();
  });

  it('removes a file, there or not', async () => {
    const disk = await create();
    await disk.write('a/b', bytes('1'));
    await disk.write('a/c', bytes('2'));
    for (const file of ['a/b', 'a/b', 'x/y']) await disk.remove(file);
    expect(await disk.list('.')).toEqual([{ path: 'a/c', kind: 'file' }]);
  });

  it('replaces a file', async () => {
    const disk = await create();
    await disk.write('a', bytes('old'));
    await disk.write('a', bytes('newer'));
    expect(new TextDecoder().decode(await disk.read('a'))).toBe('newer');
    expect(await disk.list('.')).toEqual([{ path: 'a', kind: 'file' }]);
  });

  it('lists a folder at every depth, sorted; nothing for a folder that is not there', async () => {
    const disk = await create();
    for (const file of ['x/b', 'x/a/z', 'x/a/.hidden', 'y/c', 'x/B']) await disk.write(file, bytes('1'));
    expect(await disk.list('x')).toEqual(['B', 'a/.hidden', 'a/z', 'b'].map((name) => ({ path: name, kind: 'file' })));
    expect(await disk.list('nowhere')).toEqual([]);
  });
});

describe('the computer’s own disk', () => {
  it('knows when a file was written', async () => {
    const folder = await temporaryFolder();
    const disk = new NodeDisk(folder);
    await disk.write('a/b', bytes('1'));
    const then = new Date('2026-03-04T05:06:07Z');
    await utimes(path.join(folder, 'a/b'), then, then);
    expect(await disk.modified('a/b')).toEqual(then);
    for (const file of ['a/c', 'x/y', 'a/b/c']) expect(await disk.modified(file)).toBeUndefined();
  });

  it('tells links from files, and does not follow them', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, 'x/real'), { recursive: true });
    await writeFile(path.join(folder, 'x/real/file'), '1');
    await symlink('real/file', path.join(folder, 'x/link'));
    await symlink('real', path.join(folder, 'x/folder'));
    await symlink('nowhere', path.join(folder, 'x/dangling'));
    expect(await new NodeDisk(folder).list('x')).toEqual([
      { path: 'dangling', kind: 'link' },
      { path: 'folder', kind: 'link' },
      { path: 'link', kind: 'link' },
      { path: 'real/file', kind: 'file' },
    ]);
  });

  it('leaves nothing behind when a write fails', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, 'target/inside'), { recursive: true });
    await expect(new NodeDisk(folder).write('target', bytes('1'))).rejects.toThrow(/EISDIR|EEXIST|ENOTEMPTY|EPERM/);
    expect(await readdir(folder)).toEqual(['target']);
  });

  it('passes on what the system says', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, 'a'));
    await expect(new NodeDisk(folder).read('a')).rejects.toThrow('EISDIR');
    expect(await new NodeDisk(folder).size('a')).toBeUndefined();
    await chmod(folder, 0o755);
  });
});
