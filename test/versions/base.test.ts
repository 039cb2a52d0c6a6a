/** Which revision is the base, in real repositories, as a CI or a developer has them. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Base, findBase } from '../../src/versions/base.js';
import { type Environment, isCi } from '../../src/versions/ci-run.js';
import { openRepository } from '../../src/versions/git/open.js';
import { temporaryFolder } from '../support/project.js';
import { repository, TestRepository } from '../support/repository.js';

const PATHS = ['prompts', 'promptc.config.json'];
const ZEROS = '0'.repeat(40);
const NOWHERE = '0123456789'.repeat(4);
/** A CI that says no more than that it is one. */
const CI = { CI: 'true' };

async function baseOf(made: TestRepository, env: Environment = {}, explicit?: string): Promise<Base> {
  return findBase({ repository: await openRepository(made.folder), env, explicit, paths: PATHS });
}

function revision(commit: string, how: string): Base {
  return { kind: 'revision', commit, how };
}

/** Does what the answer says, in a shell, and asks again. */
async function mended(made: TestRepository, env: Environment = {}, explicit?: string): Promise<Base> {
  const base = await baseOf(made, env, explicit);
  if (base.kind !== 'unresolved') throw new Error(`There is nothing to mend: ${JSON.stringify(base)}`);
  for (const command of base.commands) {
    execFileSync('sh', ['-c', command], { cwd: made.folder, env: { ...process.env, GIT_ALLOW_PROTOCOL: 'file' }, stdio: 'pipe' });
  }
  return baseOf(made, env, explicit);
}

/** A repository with three commits on `main`, and a branch `topic` with two of its own that begins at the second. */
async function project(): Promise<{ made: TestRepository; main: readonly [string, string, string]; topic: string }> {
  const made = await repository();
  // In one go, since there are many tests.
  const commits = [
    importing('main', 'a.md', '1'),
    importing('main', 'a.md', '2'),
    importing('topic', 'b.md', '1', 'main'),
    importing('topic', 'b.md', '2'),
    importing('main', 'a.md', '3'),
  ];
  made.run(['fast-import', '--quiet'], { input: commits.join('') });
  made.git('reset', '--quiet', '--hard');
  const [first, second, third, topic] = made.git('rev-parse', 'main~2', 'main~1', 'main', 'topic').split('\n');
  return { made, main: [first!, second!, third!], topic: topic! };
}

/** A commit that gives a prompt another text, for git-fast-import(1). */
function importing(branch: string, file: string, text: string, from?: string): string {
  const start = from === undefined ? '' : `from refs/heads/${from}\n`;
  return `commit refs/heads/${branch}\ncommitter T <t@example.com> 1700000000 +0000\ndata 0\n${start}M 100644 inline prompts/${file}\ndata 1\n${text}\n`;
}

/** As actions/checkout and GitLab's runner do: only one commit, and only what leads to it. */
async function checkout(origin: TestRepository, commit: string, depth: number, ref?: string): Promise<TestRepository> {
  const made = new TestRepository(await temporaryFolder());
  made.git('init', '--quiet');
  made.git('remote', 'add', 'origin', `file://${origin.folder}`);
  const refspecs = ref === undefined ? [commit] : [`+${commit}:${ref}`];
  made.git('fetch', '--quiet', '--no-tags', `--depth=${depth}`, 'origin', ...refspecs);
  made.git('checkout', '--quiet', '--detach', commit);
  return made;
}

describe('nothing is published', () => {
  it('without a repository', async () => {
    const folder = await temporaryFolder();
    const none = { kind: 'none', reason: `${folder} lies in no Git repository.` };
    const made = new TestRepository(folder);
    expect(await baseOf(made)).toEqual(none);
    expect(await baseOf(made, CI)).toEqual(none);
    expect(await baseOf(made, {}, 'main')).toEqual({
      kind: 'unresolved',
      problem: `There is no revision main to compare with. ${folder} lies in no Git repository.`,
      commands: [],
    });
  });

  it('before the first commit', async () => {
    const made = await repository();
    const none = { kind: 'none', reason: 'The Git repository has no commit yet.' };
    expect(await baseOf(made)).toEqual(none);
    expect(await baseOf(made, CI)).toEqual(none);
  });

  it('with the first commit of the default branch', async () => {
    const made = await repository({ 'prompts/a.md': '1' });
    const none = { kind: 'none', reason: 'HEAD is the first commit of main.' };
    expect(await baseOf(made)).toEqual(none);
    expect(await baseOf(made, CI)).toEqual(none);
  });
});

describe('what Git cannot tell', () => {
  const commands = ['git config --global --add safe.directory /x'];

  it('is an error where it refuses to look', async () => {
    const unsafe = { reason: 'unsafe', message: 'Not safe.', commands } as const;
    for (const env of [{}, CI]) {
      expect(await findBase({ repository: unsafe, env, paths: PATHS })).toEqual({ kind: 'unresolved', problem: 'Not safe.', commands });
    }
  });

  it('is an error without Git only in a CI', async () => {
    const missing = { reason: 'no-git', message: 'No Git.', commands: [] } as const;
    expect(await findBase({ repository: missing, env: {}, paths: PATHS })).toEqual({ kind: 'none', reason: 'No Git.' });
    expect(await findBase({ repository: missing, env: CI, paths: PATHS })).toMatchObject({ kind: 'unresolved', problem: 'No Git.' });
  });
});

describe('--base', () => {
  it('always wins', async () => {
    const { made, main } = await project();
    const gitHub = { ...CI, GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push' };
    const gitLab = { ...CI, GITLAB_CI: 'true', CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' };
    for (const env of [{}, CI, gitHub, gitLab]) {
      expect(await baseOf(made, env, 'HEAD~2')).toEqual(revision(main[0], 'HEAD~2, as --base says'));
    }
  });

  it('is an error if it means no commit, in a CI or not', async () => {
    const { made, main } = await project();
    const problem = '--base says nowhere, and this clone has no such commit.';
    for (const env of [{}, CI]) expect(await baseOf(made, env, 'nowhere')).toEqual({ kind: 'unresolved', problem, commands: [] });

    const clone = await made.clone('--depth=1', '--branch=topic');
    expect(await mended(clone, {}, main[0])).toEqual(revision(main[0], `${main[0]}, as --base says`));
    expect(await mended(clone, {}, 'origin/main')).toEqual(revision(main[2], 'origin/main, as --base says'));
    expect(await baseOf(clone, {}, 'main')).toEqual({
      kind: 'unresolved',
      problem: '--base says main, and this clone has no such commit. Did you mean origin/main?',
      commands: [],
    });
    expect(await mended(clone, {}, 'HEAD~2')).toEqual(revision(main[1], 'HEAD~2, as --base says'));
  });

  it('can be said so that a shell takes it as it is', async () => {
    const { made } = await project();
    const clone = await made.clone();
    const base = await baseOf(clone, {}, "origin/it's;touch x");
    expect(base).toMatchObject({
      commands: [String.raw`git fetch --no-tags origin '+refs/heads/it'\''s;touch x:refs/remotes/origin/it'\''s;touch x'`],
    });
  });
});

describe('on GitHub', () => {
  let file: string;
  beforeEach(async () => {
    file = path.join(await temporaryFolder(), 'event.json');
  });

  function gitHub(name: string, event: unknown, variables: Environment): Environment {
    writeFileSync(file, JSON.stringify(event));
    return { ...CI, GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: file, GITHUB_BASE_REF: '', ...variables };
  }

  describe('a pull request', () => {
    /** The merge that GitHub makes to be checked out; main goes on afterwards. */
    async function pullRequest() {
      const { made, main, topic } = await project();
      const merge = made.git('commit-tree', `${topic}^{tree}`, '-p', main[2], '-p', topic, '-m', 'Merge');
      made.git('update-ref', 'refs/pull/7/merge', merge);
      const newer = made.commit({ 'prompts/a.md': '4' });
      const env = gitHub('pull_request', {}, { GITHUB_BASE_REF: 'main', GITHUB_REF: 'refs/pull/7/merge', GITHUB_SHA: merge });
      return { made, main, topic, merge, newer, env };
    }

    it('is compared with what it was merged into, as long as that merge is checked out', async () => {
      const { made, main, topic, merge, newer, env } = await pullRequest();
      const tip = revision(main[2], 'the tip of main, the target branch of the pull request');
      const whole = await made.clone();
      whole.git('fetch', '--quiet', 'origin', merge);
      whole.git('checkout', '--quiet', merge);
      expect(await baseOf(whole, env)).toEqual(tip);
      expect(await baseOf(await checkout(made, merge, 2, 'refs/remotes/pull/7/merge'), env)).toEqual(tip);

      const shallow = await checkout(made, merge, 1, 'refs/remotes/pull/7/merge');
      expect(await baseOf(shallow, env)).toEqual({
        kind: 'unresolved',
        problem: 'The tip of main, the target branch of the pull request, is not in this clone.',
        commands: [`git fetch --no-tags --depth=1 origin ${main[2]}`],
      });
      expect(await mended(shallow, env)).toEqual(tip);

      // Else with what the target branch is now.
      whole.git('checkout', '--quiet', topic);
      expect(await baseOf(whole, env)).toEqual(revision(newer, tip.kind === 'revision' ? tip.how : ''));
      const alone = await checkout(made, topic, 1);
      expect(await baseOf(alone, env)).toMatchObject({
        problem: 'The target branch of the pull request, main, is not in this clone.',
        commands: ['git fetch --no-tags --depth=1 origin +refs/heads/main:refs/remotes/origin/main'],
      });
      expect(await mended(alone, env)).toMatchObject({ commit: newer });
    });

    it('takes the branch that was fetched, if somebody thought of it', async () => {
      const { made, merge, newer, env } = await pullRequest();
      const shallow = await checkout(made, merge, 1, 'refs/remotes/pull/7/merge');
      shallow.git('fetch', '--quiet', '--depth=1', 'origin', 'main');
      expect(await baseOf(shallow, env)).toMatchObject({ kind: 'revision', commit: newer });
    });

    it('may be known from the event alone', async () => {
      const { made, main, merge } = await pullRequest();
      const event = { pull_request: { base: { ref: 'main' } } };
      const env = gitHub('pull_request_review', event, { GITHUB_REF: 'refs/pull/7/merge', GITHUB_SHA: merge });
      expect(await baseOf(await checkout(made, merge, 2), env)).toMatchObject({ commit: main[2] });
    });

    it('for pull_request_target finds the target branch checked out', async () => {
      const { made, newer } = await pullRequest();
      const variables = { GITHUB_BASE_REF: 'main', GITHUB_REF: 'refs/heads/main', GITHUB_SHA: newer };
      const clone = await checkout(made, newer, 1, 'refs/remotes/origin/main');
      expect(await baseOf(clone, gitHub('pull_request_target', {}, variables))).toMatchObject({ commit: newer });
    });
  });

  it('a merge queue is compared with what it goes on from', async () => {
    const { made, main, topic } = await project();
    const event = { merge_group: { base_sha: main[1], base_ref: 'refs/heads/main', head_sha: topic } };
    const env = gitHub('merge_group', event, { GITHUB_REF: 'refs/heads/gh-readonly-queue/main/pr-7', GITHUB_SHA: topic });
    const expected = revision(main[1], 'the tip of main, the target branch of the pull request');
    expect(await baseOf(made, env)).toEqual(expected);
    expect(await mended(await checkout(made, topic, 1), env)).toEqual(expected);
    expect(await baseOf(made, gitHub('merge_group', { merge_group: {} }, {}))).toMatchObject({ kind: 'unresolved', commands: [] });
  });

  describe('a push', () => {
    const repositoryEvent = { repository: { default_branch: 'main' } };

    it('to the default branch is compared with what was there before', async () => {
      const { made, main } = await project();
      const env = gitHub('push', { ...repositoryEvent, before: main[0] }, { GITHUB_REF: 'refs/heads/main', GITHUB_SHA: main[2] });
      const expected = revision(main[0], 'main before this push');
      expect(await baseOf(made, env)).toEqual(expected);
      const shallow = await checkout(made, main[2], 1, 'refs/remotes/origin/main');
      expect(await baseOf(shallow, env)).toEqual({
        kind: 'unresolved',
        problem: 'The commit that main was at before this push is not in this clone.',
        commands: [`git fetch --no-tags --depth=1 origin ${main[0]}`],
      });
      expect(await mended(shallow, env)).toEqual(expected);
    });

    it('that is the first to the default branch is compared with the commit before', async () => {
      const { made, main } = await project();
      const env = gitHub('push', { ...repositoryEvent, before: ZEROS }, { GITHUB_REF: 'refs/heads/main' });
      const expected = revision(main[1], 'HEAD^1, the commit before the last one on main');
      expect(await baseOf(made, env)).toEqual(expected);
      const shallow = await checkout(made, main[2], 1, 'refs/remotes/origin/main');
      expect(await baseOf(shallow, env)).toMatchObject({
        problem: 'This clone is shallow, and lacks the commit before HEAD.',
        commands: [`git fetch --no-tags --depth=1 origin ${main[1]}`],
      });
      expect(await mended(shallow, env)).toEqual(expected);
    });

    it('to another branch is compared with what it shares with the default one, whatever was pushed before', async () => {
      const { made, main, topic } = await project();
      const expected = revision(main[1], 'the last commit that HEAD shares with origin/main');
      for (const before of [ZEROS, topic]) {
        const env = gitHub('push', { ...repositoryEvent, before }, { GITHUB_REF: 'refs/heads/topic', GITHUB_SHA: topic });
        const whole = await made.clone('--branch=topic');
        expect(await baseOf(whole, env)).toEqual(expected);
        const shallow = await checkout(made, topic, 1, 'refs/remotes/origin/topic');
        expect(await baseOf(shallow, env)).toEqual({
          kind: 'unresolved',
          problem: 'The default branch, main, is not in this clone.',
          commands: ['git fetch --no-tags --unshallow origin +refs/heads/main:refs/remotes/origin/main'],
        });
        expect(await mended(shallow, env)).toEqual(expected);
      }
    });

    it('that is not told of is an error', async () => {
      const { made } = await project();
      const env = { ...gitHub('push', {}, { GITHUB_REF: 'refs/heads/main' }) };
      const problem = 'What was there before is said in the event of this run, and GITHUB_EVENT_PATH names no file with such an event.';
      for (const GITHUB_EVENT_PATH of [undefined, path.join(made.folder, 'none.json'), path.join(made.folder, 'prompts/a.md')]) {
        writeFileSync(path.join(made.folder, 'prompts/a.md'), 'no JSON');
        expect(await baseOf(made, { ...env, GITHUB_EVENT_PATH })).toEqual({ kind: 'unresolved', problem, commands: [] });
      }
    });

    it('of a tag is compared with the commit before, on the default branch', async () => {
      const { made, main } = await project();
      const clone = await made.clone();
      clone.git('checkout', '--quiet', main[1]);
      const env = gitHub('push', { ...repositoryEvent, before: ZEROS }, { GITHUB_REF: 'refs/tags/v1', GITHUB_SHA: main[1] });
      expect(await baseOf(clone, env)).toMatchObject({ commit: main[0] });
    });
  });

  it('a run of another kind is compared as a branch is', async () => {
    const { made, main } = await project();
    for (const event of [{ repository: { default_branch: 'main' } }, {}, [], null, { repository: 'main', before: 7 }]) {
      const env = gitHub('workflow_dispatch', event, { GITHUB_REF: 'refs/heads/main' });
      expect(await baseOf(made, env)).toMatchObject({ commit: main[1] });
    }
  });
});

describe('on GitLab', () => {
  const gitLab = { ...CI, GITLAB_CI: 'true', CI_DEFAULT_BRANCH: 'main' };

  it('a merge request is compared with the target branch', async () => {
    const { made, main, topic } = await project();
    const env = {
      ...gitLab,
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      CI_MERGE_REQUEST_TARGET_BRANCH_SHA: '',
      CI_COMMIT_BEFORE_SHA: ZEROS,
    };
    const how = 'the tip of main, the target branch of the pull request';
    const clone = await checkout(made, topic, 1, 'refs/pipelines/1');
    expect(await mended(clone, env)).toEqual(revision(main[2], how));
    // As of a pipeline for merged results, which is of a certain tip.
    const merged = { ...env, CI_MERGE_REQUEST_TARGET_BRANCH_SHA: main[0] };
    expect(await mended(await checkout(made, topic, 1), merged)).toEqual(revision(main[0], how));
  });

  it('a push to the default branch is compared with what was there before', async () => {
    const { made, main } = await project();
    const env = { ...gitLab, CI_COMMIT_BRANCH: 'main', CI_COMMIT_BEFORE_SHA: main[0] };
    expect(await mended(await checkout(made, main[2], 1), env)).toEqual(revision(main[0], 'main before this push'));
    const manual = { ...env, CI_COMMIT_BEFORE_SHA: ZEROS };
    expect(await baseOf(await checkout(made, main[2], 2), manual)).toMatchObject({ commit: main[1] });
  });

  it('a push to another branch is compared with what it shares with the default one', async () => {
    const { made, main, topic } = await project();
    const env = { ...gitLab, CI_COMMIT_BRANCH: 'topic', CI_COMMIT_BEFORE_SHA: NOWHERE };
    const expected = revision(main[1], 'the last commit that HEAD shares with origin/main');
    expect(await mended(await checkout(made, topic, 1), env)).toEqual(expected);
  });
});

describe('in a CI that says no more', () => {
  it('a commit of the default branch is compared with the one before', async () => {
    const { made, main } = await project();
    const expected = revision(main[1], 'HEAD^1, the commit before the last one on main');
    expect(await baseOf(made, CI)).toEqual(expected);
    const clone = await made.clone();
    expect(await baseOf(clone, CI)).toEqual(expected);
    clone.git('checkout', '--quiet', '--detach');
    expect(await baseOf(clone, CI)).toEqual(expected);
    clone.git('checkout', '--quiet', main[1]);
    expect(await baseOf(clone, CI)).toEqual(revision(main[0], 'HEAD^1, the commit before the last one on main'));
  });

  it('a merge on the default branch is compared with its first parent', async () => {
    const { made, main } = await project();
    made.git('merge', '--quiet', '--no-edit', 'topic');
    expect(await baseOf(made, CI)).toMatchObject({ commit: main[2] });
  });

  it('any other commit is compared with what it shares with the default branch', async () => {
    const { made, main, topic } = await project();
    const clone = await made.clone();
    clone.git('checkout', '--quiet', topic);
    expect(await baseOf(clone, CI)).toEqual(revision(main[1], 'the last commit that HEAD shares with origin/main'));
    made.git('checkout', '--quiet', 'topic');
    expect(await baseOf(made, CI)).toEqual(revision(main[1], 'the last commit that HEAD shares with main'));
  });

  it('a default branch that nothing names is an error', async () => {
    const { made, main, topic } = await project();
    made.git('branch', '--move', 'main', 'trunk');
    const alone = await checkout(made, topic, 1, 'refs/remotes/origin/topic');
    expect(await baseOf(alone, CI)).toEqual({
      kind: 'unresolved',
      problem: 'Nothing tells which branch of this clone is the default one.',
      commands: [`git fetch --no-tags --unshallow origin '+refs/heads/*:refs/remotes/origin/*'`, 'git remote set-head origin --auto'],
    });
    expect(await mended(alone, CI)).toEqual(revision(main[1], 'the last commit that HEAD shares with origin/trunk'));
  });

  it('a shallow clone without what is shared is an error', async () => {
    const { made, main } = await project();
    const clone = await made.clone('--depth=1', '--no-single-branch', '--branch=topic');
    expect(await baseOf(clone, CI)).toEqual({
      kind: 'unresolved',
      problem: 'This clone is shallow, and lacks the last commit that HEAD and origin/main share.',
      commands: ['git fetch --no-tags --unshallow origin +refs/heads/main:refs/remotes/origin/main'],
    });
    expect(await mended(clone, CI)).toEqual(revision(main[1], 'the last commit that HEAD shares with origin/main'));
  });

  it('is told from a computer of a developer by a variable', () => {
    const values = [undefined, '', 'false', 'False', '0', 'true', '1', 'woodpecker'];
    expect(values.filter((value) => isCi({ CI: value }))).toEqual(['true', '1', 'woodpecker']);
  });

  it('a history of its own is an error', async () => {
    const { made } = await project();
    made.git('checkout', '--quiet', '--orphan', 'other');
    made.commit();
    expect(await baseOf(made, CI)).toEqual({ kind: 'unresolved', problem: 'HEAD shares no commit with main.', commands: [] });
  });
});

describe('on a developer’s computer', () => {
  it('a branch is compared with what it shares with origin’s default branch, pushed or not', async () => {
    const { made, main } = await project();
    const clone = await made.clone();
    const expected = revision(main[2], 'the last commit that HEAD shares with origin/main');
    clone.git('checkout', '--quiet', '-b', 'mine');
    expect(await baseOf(clone)).toEqual(expected);
    clone.commit({ 'prompts/b.md': '1' });
    clone.git('push', '--quiet', 'origin', 'mine');
    expect(await baseOf(clone)).toEqual(expected);
  });

  it('a default branch that is behind origin’s does not matter', async () => {
    const { made, main } = await project();
    const clone = await made.clone();
    clone.git('checkout', '--quiet', '-b', 'mine');
    clone.git('branch', '--force', 'main', main[0]);
    clone.commit({ 'prompts/b.md': '1' });
    expect(await baseOf(clone)).toMatchObject({ commit: main[2] });
    // On it, what it has is published, but not what it has not.
    clone.git('checkout', '--quiet', 'main');
    expect(await baseOf(clone)).toMatchObject({ commit: main[0] });
  });

  it('on the default branch, what is not pushed is not published', async () => {
    const { made, main } = await project();
    const clone = await made.clone();
    const pushed = revision(main[2], 'the last commit that HEAD shares with origin/main');
    expect(await baseOf(clone)).toEqual(pushed);
    clone.write({ 'prompts/a.md': '4' });
    expect(await baseOf(clone)).toEqual(pushed);
    clone.commit();
    clone.commit({ 'prompts/a.md': '5' });
    expect(await baseOf(clone)).toEqual(pushed);
  });

  it('without origin, the default branch is compared with what was there before the change in question', async () => {
    const { made, main } = await project();
    const last = revision(main[1], 'HEAD^1, the commit before the last one on main');
    expect(await baseOf(made)).toEqual(last);
    made.write({ 'README.md': 'x' });
    expect(await baseOf(made)).toEqual(last);
    made.write({ 'prompts/a.md': '4' });
    expect(await baseOf(made)).toEqual(revision(main[2], 'HEAD, the last commit'));
    made.commit();
    expect(await baseOf(made)).toMatchObject({ commit: main[2] });
  });

  it('the very first commit is published once it is changed', async () => {
    const made = await repository({ 'prompts/a.md': '1' });
    const first = made.git('rev-parse', 'HEAD');
    expect(await baseOf(made)).toEqual({ kind: 'none', reason: 'HEAD is the first commit of main.' });
    made.write({ 'prompts/a.md': '2' });
    expect(await baseOf(made)).toEqual(revision(first, 'HEAD, the last commit'));
  });

  it('a branch and a detached HEAD beside the default branch of this clone are compared with what they share', async () => {
    const { made, main, topic } = await project();
    const expected = revision(main[1], 'the last commit that HEAD shares with main');
    made.git('checkout', '--quiet', 'topic');
    expect(await baseOf(made)).toEqual(expected);
    made.git('checkout', '--quiet', topic);
    expect(await baseOf(made)).toEqual(expected);
    made.git('checkout', '--quiet', main[2]);
    expect(await baseOf(made)).toMatchObject({ commit: main[2] });
    const linked = new TestRepository(path.join(await temporaryFolder(), 'linked'));
    made.git('worktree', 'add', '--quiet', linked.folder, 'topic');
    expect(await baseOf(linked)).toEqual(expected);
  });

  it('HEAD stands in where nothing better is to be had', async () => {
    const { made, main, topic } = await project();
    const shallow = await made.clone('--depth=1', '--no-single-branch', '--branch=topic');
    expect(await baseOf(shallow)).toEqual(
      revision(topic, 'HEAD, since this clone is shallow and lacks the last commit that is shared with origin/main'),
    );

    const alone = await made.clone('--depth=1');
    alone.git('remote', 'remove', 'origin');
    expect(await baseOf(alone)).toEqual(revision(main[2], 'HEAD, since this clone is shallow and lacks the commit before it'));

    made.git('branch', '--move', 'main', 'trunk');
    expect(await baseOf(made)).toEqual(revision(main[2], 'HEAD, since nothing tells which branch is the default one'));

    made.git('branch', '--move', 'trunk', 'main');
    made.git('checkout', '--quiet', '--orphan', 'other');
    const other = made.commit();
    expect(await baseOf(made)).toEqual(revision(other, 'HEAD, since it shares no commit with main'));
  });
});
