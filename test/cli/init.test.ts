import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { INIT_FILES } from '../../src/cli/init-files.js';
import { projectFolder, temporaryFolder } from '../support/project.js';
import { runCommand } from '../support/terminal.js';

describe('init', () => {
  it('makes every file, says so, and says what comes next', async () => {
    const folder = await temporaryFolder();
    const { code, out, err } = await runCommand(folder, ['init']);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    for (const [name, content] of Object.entries(INIT_FILES)) {
      expect(err).toContain(`made  ${name}\n`);
      expect(await readFile(path.join(folder, name), 'utf8')).toBe(content);
    }
    expect(err).toContain('made  .gitignore (dist/)');
    expect(err).toMatch(/\nNext \(with npx .*\):\n {2}promptc build +# /);
    const checked = await runCommand(folder, ['check']);
    expect(checked).toMatchObject({ code: 0, err: 'Checked 2 templates, 1 bundle and 2 examples: no errors.\n' });
  });

  it('names the folder that it was given', async () => {
    const folder = await temporaryFolder();
    const { err } = await runCommand(folder, ['init', 'sub/project']);
    expect(err).toContain('\nNext, in sub/project (with npx');
    expect(await readdir(path.join(folder, 'sub/project'))).toContain('prompts');
  });

  it('keeps files and lines that are there', async () => {
    const workflow = '.github/workflows/prompts.yml';
    const folder = await projectFolder({ [workflow]: 'mine', '.gitignore': 'a\r\ndist/\r\n', '.gitattributes': '*.png binary' });
    const { code, err } = await runCommand(folder, ['init']);
    expect(code).toBe(0);
    expect(err).toContain(`kept  ${workflow}\n`);
    expect(err).toContain('kept  .gitignore');
    expect(await readFile(path.join(folder, workflow), 'utf8')).toBe('mine');
    expect(await readFile(path.join(folder, '.gitignore'), 'utf8')).toBe('a\r\ndist/\r\n');
    expect(await readFile(path.join(folder, '.gitattributes'), 'utf8')).toBe(
      '*.png binary\nprompts/** text eol=lf\nprompts/promptc.lock merge=union\n',
    );
  });

  it('touches no project that has prompts, and no file that is in the way', async () => {
    const taken = await projectFolder({ 'prompts/templates/a.md': 'mine' });
    expect(await runCommand(taken, ['init'])).toMatchObject({ code: 2, err: expect.stringContaining('holds prompts already') as string });
    expect(await readdir(taken)).toEqual(['prompts']);
    const file = await projectFolder({ here: 'a file' });
    expect(await runCommand(file, ['init', 'here'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('is a file; init needs a folder') as string,
    });
  });

  it('starts in a prompts/ folder with nothing in it', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, 'prompts'));
    await writeFile(path.join(folder, 'prompts/.gitkeep'), '');
    expect((await runCommand(folder, ['init'])).code).toBe(0);
  });

  it('does not hide what the system says', async () => {
    // A folder where a file belongs: neither kept nor replaced.
    const folder = await projectFolder({ '.gitignore/x': '' });
    await expect(runCommand(folder, ['init'])).rejects.toThrow('EISDIR');
    const other = await projectFolder({ '.github': 'a file' });
    await expect(runCommand(other, ['init'])).rejects.toThrow(/ENOTDIR|EEXIST/);
  });
});
