/** `--format` of `build` and `check`: what goes to which stream, and how files are named. */
import { execFile } from 'node:child_process';
import { mkdir, rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Terminal } from '../../src/cli/io.js';
import { sarifProblems } from '../diagnostics/sarif-schema.js';
import { commandsOf } from '../diagnostics/workflow-commands.js';
import { projectFolder, SMALL_PROJECT } from '../support/project.js';
import { template } from '../support/rejection.js';
import { runCommand } from '../support/terminal.js';

const run = promisify(execFile);

const BROKEN = { ...SMALL_PROJECT, 'prompts/templates/a b.md': template('{{nmae}}') };
/** A warning, and no error. */
const DOUBTFUL = { ...SMALL_PROJECT, 'prompts/templates/a.md': template('Hi.\u200b') };

function below(folder: string, files: { readonly [name: string]: string | Uint8Array }) {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));
}

async function git(cwd: string, ...args: readonly string[]): Promise<void> {
  await run('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...args], { cwd });
}

describe('--format github', () => {
  it('prints workflow commands, and talks like text', async () => {
    const folder = await projectFolder(BROKEN);
    const checked = await runCommand(folder, ['check', '--format', 'github']);
    expect(checked).toMatchObject({ code: 1, err: '1 error\n' });
    expect(commandsOf(checked.out)).toEqual([
      {
        name: 'error',
        properties: {
          file: 'prompts/templates/a b.md',
          line: '6',
          endLine: '6',
          col: '3',
          endColumn: '7',
          title: 'check/unknown-name',
        },
        data: 'Nothing is named "nmae" here.\nhint: Declare it under `inputs:` of the template: nmae: string\nat prompts/templates/a b.md:6:3',
      },
    ]);
    const built = await runCommand(folder, ['build', '--format', 'github']);
    expect(built).toEqual({ ...checked, err: '1 error\nNothing was written to dist.\n' });
  });

  it('prints nothing to stdout if all is well, so that a step without annotations has none', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    expect(await runCommand(folder, ['check', '--format', 'github'])).toEqual({
      code: 0,
      out: '',
      err: 'Checked 1 template, 1 bundle and 1 example: no errors.\n',
    });
    expect(await runCommand(folder, ['build', '--format', 'github'])).toMatchObject({
      code: 0,
      out: '',
      err: 'Compiled 1 template, 1 bundle and 1 example into dist (4 objects, 4 new).\nWrote prompts/promptc.lock: commit it with the prompts.\n',
    });
  });

  it('passes with warnings', async () => {
    const { code, out, err } = await runCommand(await projectFolder(DOUBTFUL), ['check', '--format', 'github']);
    expect(code).toBe(0);
    expect(commandsOf(out).map(({ name }) => name)).toEqual(['warning']);
    expect(err).toBe('1 warning\nChecked 2 templates, 1 bundle and 1 example: no errors.\n');
  });
});

describe('--format sarif', () => {
  it.each([
    ['build', BROKEN, 1, ['error']],
    ['check', BROKEN, 1, ['error']],
    ['build', DOUBTFUL, 0, ['warning']],
    ['check', SMALL_PROJECT, 0, []],
  ] as const)('%s prints a log and nothing else', async (command, files, expected, levels) => {
    const { code, out, err } = await runCommand(await projectFolder(files), [command, '--format', 'sarif']);
    expect({ code, err }).toEqual({ code: expected, err: '' });
    const log = JSON.parse(out) as { runs: [{ results: { level: string }[] }] };
    expect(sarifProblems(log)).toEqual([]);
    expect(log.runs[0].results.map(({ level }) => level)).toEqual(levels);
  });
});

describe('wrong usage', () => {
  it.each(['github', 'sarif'])('is told in words, whatever the format: %s', async (format) => {
    const folder = await projectFolder(SMALL_PROJECT);
    const { code, out, err } = await runCommand(folder, ['check', '--root', 'nowhere', '--format', format]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error: There is no folder /);
  });
});

describe('the path of a file', () => {
  /** How the two formats that name files from the repository's root name the one that is wrong; they agree. */
  async function named(cwd: string, root: string, env: Terminal['env'] = {}): Promise<string> {
    const github = await runCommand(cwd, ['check', '--root', root, '--format', 'github'], { env });
    const sarif = await runCommand(cwd, ['check', '--root', root, '--format', 'sarif'], { env });
    const [command] = commandsOf(github.out);
    const { file } = command!.properties;
    const log = JSON.parse(sarif.out) as {
      runs: [{ results: [{ locations: [{ physicalLocation: { artifactLocation: { uri: string } } }] }] }];
    };
    expect(decodeURIComponent(log.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri)).toBe(file);
    expect(command!.data).toMatch(new RegExp(`\\nat ${file}:6:3$`));
    return file!;
  }

  it('begins at the root of the repository, wherever the command runs', async () => {
    const repository = await projectFolder(below('services/chat', BROKEN));
    await git(repository, 'init', '--quiet');
    expect(await named(repository, 'services/chat')).toBe('services/chat/prompts/templates/a b.md');
    expect(await named(path.join(repository, 'services'), 'chat')).toBe('services/chat/prompts/templates/a b.md');
    expect(await named(path.join(repository, 'services/chat'), '.')).toBe('services/chat/prompts/templates/a b.md');
    expect(await named('/', path.join(repository, 'services/chat'))).toBe('services/chat/prompts/templates/a b.md');
    await symlink(path.join(repository, 'services/chat'), path.join(repository, 'link'));
    expect(await named(repository, 'link')).toBe('services/chat/prompts/templates/a b.md');
  });

  it('is the plain one where the project is the repository', async () => {
    const repository = await projectFolder(BROKEN);
    await git(repository, 'init', '--quiet');
    expect(await named(repository, '.')).toBe('prompts/templates/a b.md');
  });

  it('begins at the repository and not at the workspace, which may hold several', async () => {
    const workspace = await projectFolder(below('checkout/chat', BROKEN));
    await git(path.join(workspace, 'checkout'), 'init', '--quiet');
    expect(await named(workspace, 'checkout/chat', { GITHUB_WORKSPACE: workspace })).toBe('chat/prompts/templates/a b.md');
  });

  it('begins at the root of a second working tree, where .git is a file', async () => {
    const folder = await projectFolder(below('first/chat', BROKEN));
    const first = path.join(folder, 'first');
    await git(first, 'init', '--quiet');
    await git(first, 'add', '.');
    await git(first, 'commit', '--quiet', '--message', 'a');
    await git(first, 'worktree', 'add', '--quiet', '../second');
    expect(await named(folder, 'second/chat')).toBe('chat/prompts/templates/a b.md');
  });

  it('begins at the workspace where there is no repository, if the project is in it', async () => {
    const folder = await projectFolder(below('work/chat', BROKEN));
    const GITHUB_WORKSPACE = path.join(folder, 'work');
    await mkdir(path.join(folder, 'other'));
    expect(await named(folder, 'work/chat', { GITHUB_WORKSPACE })).toBe('chat/prompts/templates/a b.md');
    for (const elsewhere of [path.join(folder, 'other'), path.join(folder, 'gone'), '']) {
      expect(await named(folder, 'work/chat', { GITHUB_WORKSPACE: elsewhere })).toBe('work/chat/prompts/templates/a b.md');
    }
  });

  it('begins at the working folder without either, or else at the project', async () => {
    const folder = await projectFolder(below('a/chat', BROKEN));
    expect(await named(folder, 'a/chat')).toBe('a/chat/prompts/templates/a b.md');
    await mkdir(path.join(folder, 'b'));
    expect(await named(path.join(folder, 'b'), '../a/chat')).toBe('prompts/templates/a b.md');
    await rename(path.join(folder, 'a'), path.join(folder, '..a'));
    expect(await named(folder, '..a/chat')).toBe('..a/chat/prompts/templates/a b.md');
  });

  it('begins where the command runs in text, so that a terminal can open it', async () => {
    const folder = await projectFolder(below('services/chat', BROKEN));
    await git(folder, 'init', '--quiet');
    for (const [cwd, root, prefix] of [
      ['.', 'services/chat', 'services/chat/'],
      ['services/chat', '.', ''],
      ['services', '../services/chat', 'chat/'],
      ['services/chat/prompts', '..', '../'],
    ] as const) {
      const { err } = await runCommand(path.join(folder, cwd), ['check', '--root', root]);
      expect(err).toMatch(new RegExp(`^${prefix}prompts/templates/a b\\.md:6:3 error `));
      const rendered = await runCommand(path.join(folder, cwd), ['render', 'hello', '--root', root]);
      expect(rendered.err).toBe(err);
    }
  });

  it('begins at --root in JSON', async () => {
    const folder = await projectFolder(below('services/chat', BROKEN));
    const { out } = await runCommand(folder, ['check', '--root', 'services/chat', '--format', 'json']);
    expect(JSON.parse(out)).toMatchObject({ diagnostics: [{ file: 'prompts/templates/a b.md' }] });
  });
});
