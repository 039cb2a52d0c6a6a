/** What commits hold, and whether the disk holds the same. */
import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { blobId } from '../../src/versions/git/object-id.js';
import { repository, type TestRepository } from '../support/repository.js';

const TWO_LINES = 'one\ntwo\n';

/** Whether `prompts` is clean. */
async function isClean(made: TestRepository): Promise<boolean> {
  return (await made.open()).isClean(['prompts', 'promptc.config.json']);
}

describe('the id of a blob', () => {
  const contents: readonly (string | Uint8Array)[] = [
    '',
    'a',
    TWO_LINES,
    'é\u{1f600}',
    new Uint8Array([0, 255, 13, 10]),
    'x'.repeat(100_000),
  ];

  it.each(['sha1', 'sha256'] as const)('is the one that Git computes, in a repository of %s', async (format) => {
    const made = await repository({ a: '1' }, `--object-format=${format}`);
    expect((await made.open()).objectFormat).toBe(format);
    for (const content of contents) {
      const bytes = Buffer.from(content);
      expect(blobId(bytes, format)).toBe(made.run(['hash-object', '--stdin', '--no-filters'], { input: bytes }).trim());
    }
  });
});

describe('the files of a commit', () => {
  it('are named from the project’s folder, wherever it lies', async () => {
    const files = {
      'services/chat/prompts/a.md': '1',
      'services/chat/prompts/x/b.md': '2',
      'services/chat/promptc.config.json': '{}',
      'prompts/c.md': '3',
    };
    const made = await repository(files);
    const project = await made.open('services/chat');
    const head = await project.head();
    const names = async (...paths: string[]): Promise<string[]> => [...(await project.files(head, paths)).keys()];
    expect(await names('prompts', 'promptc.config.json')).toEqual(['promptc.config.json', 'prompts/a.md', 'prompts/x/b.md']);
    expect(await names('prompts/x')).toEqual(['prompts/x/b.md']);
    expect(await names('.')).toEqual(['promptc.config.json', 'prompts/a.md', 'prompts/x/b.md']);
    expect(await names('nowhere')).toEqual([]);
    expect([...(await (await made.open()).files(head, ['prompts'])).keys()]).toEqual(['prompts/c.md']);
  });

  it('have the ids and the kinds that Git gives them', async () => {
    const inner = await repository({ x: '1' });
    const made = await repository({ 'prompts/a.md': TWO_LINES, 'prompts/run.sh': 'x' });
    chmodSync(path.join(made.folder, 'prompts/run.sh'), 0o755);
    symlinkSync('a.md', path.join(made.folder, 'prompts/link.md'));
    made.git('submodule', '--quiet', 'add', `file://${inner.folder}`, 'prompts/sub');
    const head = made.commit();
    expect(Object.fromEntries(await (await made.open()).files(head, ['prompts']))).toEqual({
      'prompts/a.md': { id: blobId(Buffer.from(TWO_LINES), 'sha1'), kind: 'file' },
      'prompts/link.md': { id: blobId(Buffer.from('a.md'), 'sha1'), kind: 'link' },
      'prompts/run.sh': { id: blobId(Buffer.from('x'), 'sha1'), kind: 'file' },
      'prompts/sub': { id: inner.git('rev-parse', 'HEAD'), kind: 'submodule' },
    });
  });

  it('may have any name', async () => {
    const names = [
      ' a b ',
      '"quoted"',
      "it's",
      'new\nline',
      'tab\there',
      'é',
      '日本語',
      '\u{1f600}',
      '*',
      ':(top)x',
      '-x',
      '\\',
      '#',
      'a\u0301',
    ];
    const made = await repository();
    const input = names.map((name) => `100644 ${blobId(Buffer.from(name), 'sha1')} 0\tprompts/${name}\0`).join('');
    for (const name of names) made.run(['hash-object', '-w', '--stdin'], { input: name });
    made.run(['update-index', '-z', '--index-info'], { input });
    made.git('commit', '--quiet', '--message', 'x');
    const opened = await made.open();
    const found = await opened.files(await opened.head(), ['prompts']);
    expect(new Map([...found].map(([name, { id }]) => [name, id]))).toEqual(
      new Map(names.map((name) => [`prompts/${name}`, blobId(Buffer.from(name), 'sha1')])),
    );
    // A path that is asked for is no pattern.
    expect([...(await opened.files(await opened.head(), ['prompts/*'])).keys()]).toEqual(['prompts/*']);
    expect(await opened.log(await opened.head(), ['prompts/:(top)x'])).toHaveLength(1);
  });

  it('may have a name that is not UTF-8', async () => {
    const made = await repository();
    made.run(['hash-object', '-w', '--stdin'], { input: 'x' });
    const line = Buffer.from(`100644 ${blobId(Buffer.from('x'), 'sha1')} 0\tprompts/caf\xe9.md\0`, 'latin1');
    made.run(['update-index', '-z', '--index-info'], { input: line });
    made.git('commit', '--quiet', '--message', 'x');
    const opened = await made.open();
    expect([...(await opened.files(await opened.head(), ['prompts'])).keys()]).toEqual(['prompts/caf\ufffd.md']);
    expect(await opened.isClean(['prompts'])).toBe(false);
  });
});

describe('the working tree', () => {
  it('is clean as long as it holds what the commit does', async () => {
    const made = await repository({ 'prompts/a.md': TWO_LINES, 'prompts/x/b.md': '', 'promptc.config.json': '{}', 'other.md': '1' });
    expect(await isClean(made)).toBe(true);
    made.write({ 'other.md': '2', 'dist/prompts/a.md': 'new' });
    expect(await isClean(made)).toBe(true);
    // The time of a file is not its content, and what the index says is not what is compiled.
    made.write({ 'prompts/a.md': TWO_LINES });
    made.git('rm', '--quiet', '--cached', 'prompts/a.md');
    expect(await isClean(made)).toBe(true);
  });

  it.each<[string, (made: TestRepository) => void]>([
    ['a change', (made) => made.write({ 'prompts/a.md': 'three\n' })],
    ['a change of the configuration', (made) => made.write({ 'promptc.config.json': '{ }' })],
    ['a deletion', (made) => rmSync(path.join(made.folder, 'prompts/a.md'))],
    ['a new file', (made) => made.write({ 'prompts/new.md': '' })],
    [
      'a new file that is staged',
      (made) => {
        made.write({ 'prompts/new.md': '' });
        made.git('add', '.');
      },
    ],
    [
      'a change that is staged',
      (made) => {
        made.write({ 'prompts/a.md': 'three\n' });
        made.git('add', '.');
      },
    ],
    [
      'a change that the index is told to overlook',
      (made) => {
        made.git('update-index', '--assume-unchanged', 'prompts/a.md');
        made.write({ 'prompts/a.md': 'three\n' });
      },
    ],
    ['a move', (made) => made.git('mv', 'prompts/a.md', 'prompts/b.md')],
    [
      'a repository of its own',
      (made) => {
        made.write({ 'prompts/inner/x.md': '1' });
        made.git('init', '--quiet', 'prompts/inner');
        made.git('-C', 'prompts/inner', 'commit', '--quiet', '--allow-empty', '-m', 'x');
      },
    ],
    [
      'a link in place of a file',
      (made) => {
        rmSync(path.join(made.folder, 'prompts/a.md'));
        made.write({ 'a.md': TWO_LINES });
        symlinkSync('../a.md', path.join(made.folder, 'prompts/a.md'));
      },
    ],
    [
      'a pipe in place of a file',
      (made) => {
        rmSync(path.join(made.folder, 'prompts/a.md'));
        execFileSync('sh', ['-c', 'mkfifo "$0"', path.join(made.folder, 'prompts/a.md')]);
      },
    ],
    [
      'a folder in place of a file',
      (made) => {
        rmSync(path.join(made.folder, 'prompts/a.md'));
        made.write({ 'prompts/a.md/x': '1' });
      },
    ],
    ['a checkout without it', (made) => made.git('sparse-checkout', 'set', '--no-cone', '/*', '!/prompts/a.md')],
  ])('is not after %s', async (_name, change) => {
    const made = await repository({ 'prompts/a.md': TWO_LINES, 'promptc.config.json': '{}' });
    expect(await isClean(made)).toBe(true);
    change(made);
    expect(await isClean(made)).toBe(false);
  });

  it('may have CRLF, but not in place of another text', async () => {
    const origin = await repository({ 'prompts/a.md': TWO_LINES });
    const made = await origin.clone('--config', 'core.autocrlf=true');
    expect(execFileSync('cat', [path.join(made.folder, 'prompts/a.md')]).toString()).toBe('one\r\ntwo\r\n');
    expect(await isClean(made)).toBe(true);
    made.write({ 'prompts/a.md': 'one\r\ntwo\r\nthree\r\n' });
    expect(await isClean(made)).toBe(false);
  });

  it('may have CRLF as it was committed', async () => {
    const made = await repository({ 'prompts/a.md': 'one\r\ntwo\r\n' });
    expect(await isClean(made)).toBe(true);
    made.write({ 'prompts/a.md': TWO_LINES });
    expect(await isClean(made)).toBe(false);
  });

  it('may have files that are ignored', async () => {
    const made = await repository({ 'prompts/a.md': '1', '.gitignore': '*.swp\n' });
    made.write({ 'prompts/.a.md.swp': 'x', '.git/info/exclude': '.DS_Store\n', 'prompts/.DS_Store': 'x' });
    expect(await isClean(made)).toBe(true);
    made.write({ 'prompts/b.swp.md': 'x' });
    expect(await isClean(made)).toBe(false);
  });

  it('is never clean with links and submodules, whose texts the commit does not hold', async () => {
    const made = await repository({ 'prompts/a.md': '1' });
    symlinkSync('a.md', path.join(made.folder, 'prompts/link.md'));
    made.commit();
    expect(made.git('status', '--porcelain')).toBe('');
    expect(await isClean(made)).toBe(false);
  });

  it('differs where Git puts something else into files than the commit holds', async () => {
    const made = await repository({ '.gitattributes': '*.md ident\n', 'prompts/a.md': '$Id$\n' });
    expect(await isClean(made)).toBe(true);
    rmSync(path.join(made.folder, 'prompts/a.md'));
    made.git('checkout', 'prompts/a.md');
    expect(made.git('status', '--porcelain')).toBe('');
    expect(await isClean(made)).toBe(false);
  });

  it('is an error if the index cannot be read', async () => {
    const made = await repository({ 'prompts/a.md': '1' });
    writeFileSync(path.join(made.folder, '.git/index'), 'broken');
    await expect(isClean(made)).rejects.toMatchObject({ code: 'git_failed', message: expect.stringContaining('git ls-files') });
  });
});
