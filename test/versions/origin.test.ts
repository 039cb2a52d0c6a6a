import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { originOf } from '../../src/versions/origin.js';
import { projectFolder, SMALL_PROJECT, temporaryFolder } from '../support/project.js';

const PATHS = ['prompts', 'promptc.config.json'];

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

it('knows nothing without a repository, and before the first commit', async () => {
  const folder = await temporaryFolder();
  expect(await originOf(folder, PATHS)).toEqual({ commit: null, dirty: null });
  git(folder, 'init');
  expect(await originOf(folder, PATHS)).toEqual({ commit: null, dirty: null });
});

it('names the commit, and whether the prompts differ from it', async () => {
  const folder = await projectFolder({ ...SMALL_PROJECT, 'other.txt': '1' });
  git(folder, 'init');
  git(folder, 'add', '.');
  git(folder, 'commit', '-m', 'first');
  const commit = git(folder, 'rev-parse', 'HEAD');
  expect(await originOf(folder, PATHS)).toEqual({ commit, dirty: false });
  await writeFile(path.join(folder, 'other.txt'), '2');
  expect(await originOf(folder, PATHS)).toEqual({ commit, dirty: false });
  await writeFile(path.join(folder, 'prompts/partials/new.md'), 'new');
  expect(await originOf(folder, PATHS)).toEqual({ commit, dirty: true });
});

it('runs no program that the repository names', async () => {
  const folder = await projectFolder(SMALL_PROJECT);
  const canary = path.join(folder, 'canary');
  git(folder, 'init');
  git(folder, 'add', '.');
  git(folder, 'commit', '-m', 'first');
  git(folder, 'config', 'core.fsmonitor', `touch ${canary}`);
  expect((await originOf(folder, PATHS)).dirty).toBe(false);
  await expect(import('node:fs/promises').then(({ access }) => access(canary))).rejects.toThrow('ENOENT');
});
