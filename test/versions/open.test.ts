/** Which repository a folder lies in, and why there is none. */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openRepository } from '../../src/versions/git/open.js';
import { Repository } from '../../src/versions/git/repository.js';
import { temporaryFolder } from '../support/project.js';
import { GIT, onlyGit, repository, TestRepository } from '../support/repository.js';

afterEach(() => void vi.unstubAllEnvs());

describe('there is no repository', () => {
  it('without Git', async () => {
    const { folder } = await repository({ a: '1' });
    vi.stubEnv('PATH', await temporaryFolder());
    expect(await openRepository(folder)).toEqual({
      reason: 'no-git',
      message: 'Git is not installed, or its folder is not in PATH.',
      commands: [],
    });
  });

  it.each([
    ['git version 2.29.3', 'Git 2.29.3 is installed, and promptc needs 2.30 or newer.'],
    ['git version 1.99.0', 'Git 1.99.0 is installed, and promptc needs 2.30 or newer.'],
    ['what?', 'Git unknown is installed, and promptc needs 2.30 or newer.'],
  ])('with a Git that is too old: %s', async (version, message) => {
    const { folder } = await repository({ a: '1' });
    vi.stubEnv('PATH', await onlyGit(`echo '${version}'`));
    expect(await openRepository(folder)).toEqual({ reason: 'no-git', message, commands: [] });
  });

  it.each(['2.30.2', '2.39.5 (Apple Git-154)', '3.0.0', '2.50.1.windows.1'])('but Git %s will do', async (version) => {
    const { folder } = await repository({ a: '1' });
    vi.stubEnv('PATH', await onlyGit(`case "$*" in *version) echo 'git version ${version}';; *) exec '${GIT}' "$@";; esac`));
    expect(await openRepository(folder)).toBeInstanceOf(Repository);
  });

  it('in a folder that is in none', async () => {
    const folder = await temporaryFolder();
    expect(await openRepository(folder)).toEqual({
      reason: 'no-repository',
      message: `${folder} lies in no Git repository.`,
      commands: [],
    });
  });

  it('where there is no working tree', async () => {
    const bare = new TestRepository(await temporaryFolder());
    bare.git('init', '--quiet', '--bare');
    const message = `${bare.folder} lies in a Git repository that has no working tree.`;
    expect(await openRepository(bare.folder)).toEqual({ reason: 'no-repository', message, commands: [] });
    const { folder } = await repository({ a: '1' });
    expect(await openRepository(path.join(folder, '.git'))).toMatchObject({ reason: 'no-repository' });
  });

  it('before the first commit', async () => {
    const { folder } = await repository();
    expect(await openRepository(folder)).toEqual({
      reason: 'no-commit',
      message: 'The Git repository has no commit yet.',
      commands: [],
      objectFormat: 'sha1',
    });
  });

  it('that is safe to read, if somebody else owns it; and Git says how to trust it', async () => {
    const { folder } = await repository({ a: '1' });
    vi.stubEnv('PATH', await onlyGit(`GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec '${GIT}' "$@"`));
    expect(await openRepository(folder)).toEqual({
      reason: 'unsafe',
      message: `Git does not read the repository of ${folder}, since its files belong to somebody else.`,
      commands: [`git config --global --add safe.directory ${folder}`],
    });
    // A CI can say so without a file.
    vi.stubEnv('GIT_CONFIG_COUNT', '1');
    vi.stubEnv('GIT_CONFIG_KEY_0', 'safe.directory');
    vi.stubEnv('GIT_CONFIG_VALUE_0', folder);
    expect(await openRepository(folder)).toBeInstanceOf(Repository);
  });
});

describe('what Git cannot read is an error, and not no repository', () => {
  it('a repository whose configuration is broken', async () => {
    const { folder } = await repository({ a: '1' });
    writeFileSync(path.join(folder, '.git/config'), '[core\n');
    await expect(openRepository(folder)).rejects.toMatchObject({
      code: 'git_failed',
      message: 'Git could not do its part (git rev-parse): bad config line 1 in file .git/config.',
    });
  });

  it('a working tree whose repository is gone', async () => {
    const { folder } = await repository({ a: '1' });
    rmSync(path.join(folder, '.git'), { recursive: true });
    writeFileSync(path.join(folder, '.git'), 'gitdir: /nowhere/at/all\n');
    await expect(openRepository(folder)).rejects.toMatchObject({ code: 'git_failed', message: expect.stringContaining('/nowhere/at/all') });
  });

  it('a Git that breaks down', async () => {
    const { folder } = await repository({ a: '1' });
    vi.stubEnv('PATH', await onlyGit('exit 3'));
    const message = 'Git could not do its part (git version): it does not say why.';
    await expect(openRepository(folder)).rejects.toMatchObject({ code: 'git_failed', message });
    vi.stubEnv('PATH', await onlyGit('kill -9 $$'));
    await expect(openRepository(folder)).rejects.toMatchObject({ code: 'git_failed', message: 'Git cannot be run: SIGKILL.' });
  });
});

describe('the repository is the one that the folder lies in', () => {
  it('also from a folder below its top', async () => {
    const made = await repository({ 'services/chat/prompts/a.md': '1' });
    expect((await (await made.open('services/chat')).files(made.git('rev-parse', 'HEAD'), ['prompts'])).has('prompts/a.md')).toBe(true);
  });

  it('in a linked worktree', async () => {
    const made = await repository({ a: '1' });
    const folder = path.join(await temporaryFolder(), 'linked');
    made.git('worktree', 'add', '--quiet', '-b', 'topic', folder);
    const linked = new TestRepository(folder);
    const commit = linked.commit({ b: '2' });
    const opened = await linked.open();
    expect([await opened.head(), await opened.currentBranch()]).toEqual([commit, 'topic']);
    expect(await opened.isClean(['.'])).toBe(true);
    expect(await (await made.open()).currentBranch()).toBe('main');
  });

  it('in a submodule: its own', async () => {
    const inner = await repository({ 'prompts/a.md': '1' });
    const outer = await repository({ b: '2' });
    outer.git('submodule', '--quiet', 'add', `file://${inner.folder}`, 'sub');
    outer.commit();
    const opened = await outer.open('sub');
    expect(await opened.head()).toBe(inner.git('rev-parse', 'HEAD'));
    expect([...(await opened.files(await opened.head(), ['.'])).keys()]).toEqual(['prompts/a.md']);
  });

  it('whatever the variables that a hook is run with', async () => {
    const hooked = await repository({ a: '1' });
    const made = await repository({ 'prompts/b.md': '1' });
    for (const [name, value] of Object.entries({
      GIT_DIR: path.join(hooked.folder, '.git'),
      GIT_WORK_TREE: hooked.folder,
      GIT_INDEX_FILE: path.join(hooked.folder, '.git/index'),
      GIT_OBJECT_DIRECTORY: path.join(hooked.folder, '.git/objects'),
      GIT_PREFIX: 'x/',
      GIT_ICASE_PATHSPECS: '1',
      GIT_NAMESPACE: 'x',
    })) {
      vi.stubEnv(name, value);
    }
    const opened = await made.open();
    expect(await opened.head()).toBe(made.git('rev-parse', 'HEAD'));
    expect(await opened.isClean(['prompts'])).toBe(true);
    expect([...(await opened.files(await opened.head(), ['PROMPTS'])).keys()]).toEqual([]);
  });

  it('also with those that Git really sets, for a hook of a linked worktree', async () => {
    const hooked = await repository({ a: '1' });
    const linked = new TestRepository(path.join(await temporaryFolder(), 'linked'));
    hooked.git('worktree', 'add', '--quiet', linked.folder);
    const said = path.join(await temporaryFolder(), 'said');
    mkdirSync(path.join(hooked.folder, '.git/hooks'), { recursive: true });
    const hook = path.join(hooked.folder, '.git/hooks/pre-commit');
    writeFileSync(hook, `#!/bin/sh\nenv | grep '^GIT_' > '${said}'\n`);
    chmodSync(hook, 0o755);
    linked.commit({ b: '2' });
    const variables = readFileSync(said, 'utf8').trim().split('\n');
    expect(variables.map((line) => line.split('=', 1)[0])).toEqual(expect.arrayContaining(['GIT_DIR', 'GIT_INDEX_FILE']));
    for (const line of variables) vi.stubEnv(line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1));

    const made = await repository({ 'prompts/a.md': '1' });
    expect(await (await made.open()).head()).toBe(made.git('rev-parse', 'HEAD'));
    expect(await (await made.open()).isClean(['prompts'])).toBe(true);
    expect(await (await linked.open()).head()).toBe(linked.git('rev-parse', 'HEAD'));
  });
});
