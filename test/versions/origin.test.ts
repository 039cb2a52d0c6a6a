import { expect, it } from 'vitest';
import { openRepository } from '../../src/versions/git/open.js';
import { originOf } from '../../src/versions/origin.js';
import { SMALL_PROJECT, temporaryFolder } from '../support/project.js';
import { repository, TestRepository } from '../support/repository.js';

const PATHS = ['prompts', 'promptc.config.json'];

it('knows nothing without a repository, and before the first commit', async () => {
  const folder = await temporaryFolder();
  expect(await originOf(await openRepository(folder), PATHS)).toEqual({ commit: null, dirty: null });
  new TestRepository(folder).git('init');
  expect(await originOf(await openRepository(folder), PATHS)).toEqual({ commit: null, dirty: null });
});

it('names the commit, and whether the prompts differ from it', async () => {
  const made = await repository({ ...SMALL_PROJECT, 'other.txt': '1' });
  const commit = made.git('rev-parse', 'HEAD');
  const opened = await made.open();
  expect(await originOf(opened, PATHS)).toEqual({ commit, dirty: false });
  made.write({ 'other.txt': '2' });
  expect(await originOf(opened, PATHS)).toEqual({ commit, dirty: false });
  made.write({ 'prompts/partials/new.md': 'new' });
  expect(await originOf(opened, PATHS)).toEqual({ commit, dirty: true });
});
