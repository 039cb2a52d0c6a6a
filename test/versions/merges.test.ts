/** Branches that publish, and the ways in which they come together. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOCK_FILE } from '../../src/format/lock.js';
import type { Files } from '../support/project.js';
import type { TestRepository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';
import {
  build,
  bundle,
  check,
  CI,
  lockedNames,
  lockOf,
  namesOf,
  PROJECT,
  publish,
  published,
  SETTINGS,
  template,
} from './published-project.js';

/** Templates whose lines in the lock are neighbours, on both sides of those of others. */
const NEIGHBOURS: Files = { ...SETTINGS, ...template('a', '1.0.0', 'A.'), ...template('z', '1.0.0', 'Z.') };

/** A branch from main that publishes something; main is checked out again. */
async function branch(made: TestRepository, name: string, files: Files): Promise<void> {
  made.git('checkout', '--quiet', '-b', name, 'main');
  await publish(made, files, name);
  made.git('checkout', '--quiet', 'main');
}

/** Brings a branch into the one that is checked out; nothing may conflict. */
type Way = (made: TestRepository, name: string) => void;

const WAYS: { readonly [name: string]: Way } = {
  'a merge': (made, name) => made.git('merge', '--quiet', '--no-ff', '--no-edit', name),
  'a squash merge': (made, name) => {
    made.git('merge', '--quiet', '--squash', name);
    made.git('commit', '--quiet', '--message', name);
  },
  'a rebase': (made, name) => {
    made.git('checkout', '--quiet', name);
    made.git('rebase', '--quiet', 'main');
    made.git('checkout', '--quiet', 'main');
    made.git('merge', '--quiet', '--ff-only', name);
  },
  'a cherry-pick': (made, name) => made.git('cherry-pick', name),
};

/** A check of the last commit of main, as a CI does it for a push. */
function checkPush(made: TestRepository): Promise<string[]> {
  return check(made, { env: CI });
}

describe.each(Object.entries(WAYS))('%s of branches that publish different things', (_, bring) => {
  it('has no conflict, though their lines are neighbours, and passes', async () => {
    const made = await published(NEIGHBOURS);
    await branch(made, 'one', template('m', '1.0.0', 'M.'));
    await branch(made, 'two', { ...template('n', '1.0.0', 'N.'), ...template('a', '1.1.0', 'AA.') });
    await branch(made, 'three', { ...template('mm', '1.0.0', 'MM.'), ...bundle('agent', '1.0.0', 'task: z') });
    for (const name of ['one', 'two', 'three']) {
      bring(made, name);
      expect(await checkPush(made)).toEqual([]);
    }
    expect((await lockedNames(made)).toSorted()).toEqual([
      'bundle agent@1.0.0',
      ...['a@1.0.0', 'a@1.1.0', 'm@1.0.0', 'mm@1.0.0', 'n@1.0.0', 'z@1.0.0'].map((name) => `template ${name}`),
    ]);
    await rm(path.join(made.folder, 'dist'), { recursive: true });
    const before = await readFile(path.join(made.folder, LOCK_FILE), 'utf8');
    expect(namesOf(await build(made))).toContain('a@1.0.0');
    expect(await readFile(path.join(made.folder, LOCK_FILE), 'utf8')).toBe(before);
  });
});

describe.each(Object.entries(WAYS))('%s of branches that publish one version twice', (_, bring) => {
  it.each([
    ['one', 'two'],
    ['two', 'one'],
  ] as const)('is refused when %s goes first', async (...names) => {
    const made = await published(NEIGHBOURS);
    // In files of their own, so that Git finds nothing to object to.
    await branch(made, 'one', { 'prompts/templates/m.md': template('m', '1.0.0', 'M.')['prompts/templates/m.md']! });
    await branch(made, 'two', { 'prompts/templates/em.md': template('m', '1.0.0', 'Em.')['prompts/templates/m.md']! });
    bring(made, names[0]);
    expect(await checkPush(made)).toEqual([]);
    bring(made, names[1]);
    const codes = (await checkPush(made)).filter((line) => !line.startsWith(' ')).map((line) => line.split(' ')[1]);
    expect(new Set(codes)).toEqual(new Set(['check/duplicate-version', 'lock/published-twice']));
    expect((await runCommand(made.folder, ['build'])).code).toBe(1);
  });

  it('is refused if the lock is mended by hand, too', async () => {
    const made = await published(NEIGHBOURS);
    await branch(made, 'one', template('m', '1.0.0', 'M.'));
    await branch(made, 'two', { 'prompts/templates/em.md': template('m', '1.0.0', 'Em.')['prompts/templates/m.md']! });
    const lock = made.git('show', `two:${LOCK_FILE}`);
    bring(made, 'one');
    const base = made.git('rev-parse', 'HEAD');
    bring(made, 'two');
    await rm(path.join(made.folder, 'prompts/templates/m.md'));
    made.commit({ [LOCK_FILE]: `${lock}\n` });
    expect(await check(made, { base })).toEqual([
      'prompts/templates/em.md:3 versions/changed Version 1.0.0 of the template "m" is published, and what it says has changed.',
      '  prompts/templates/em.md:6 was "M."',
    ]);
  });
});

describe('an octopus merge', () => {
  it('of branches whose lines have others between them passes', async () => {
    const made = await published({ ...NEIGHBOURS, ...template('i', '1.0.0', 'I.'), ...template('q', '1.0.0', 'Q.') });
    for (const id of ['c', 'm', 'u']) await branch(made, id, template(id, '1.0.0', id));
    made.git('merge', '--quiet', '--no-edit', 'c', 'm', 'u');
    expect(made.git('rev-list', '--parents', '-1', 'HEAD').split(' ')).toHaveLength(4);
    expect(await checkPush(made)).toEqual([]);
    expect(await lockedNames(made)).toHaveLength(7);
  });

  it('knows no union: of branches whose lines are neighbours, or that publish one version twice, Git makes none', async () => {
    const made = await published(NEIGHBOURS);
    const head = made.git('rev-parse', 'HEAD');
    await branch(made, 'one', template('m', '1.0.0', 'M.'));
    await branch(made, 'two', template('n', '1.0.0', 'N.'));
    await branch(made, 'three', { 'prompts/templates/em.md': template('m', '1.0.0', 'Em.')['prompts/templates/m.md']! });
    for (const other of ['two', 'three']) {
      expect(() => made.git('merge', '--quiet', '--no-edit', 'one', other)).toThrow('content conflict in prompts/promptc.lock');
      made.git('reset', '--quiet', '--hard');
      expect(made.git('rev-parse', 'HEAD')).toBe(head);
    }
    made.git('merge', '--quiet', '--no-edit', 'one');
    made.git('merge', '--quiet', '--no-edit', 'two');
    expect(await checkPush(made)).toEqual([]);
  });
});

describe('before the merge', () => {
  /** As a CI checks a pull request: the branch itself, against the tip of the target. */
  const against = (base: string) => ({ env: CI, base });

  it('a version that the target has published otherwise meanwhile is refused', async () => {
    const made = await published();
    await branch(made, 'topic', template('tone', '1.1.0', 'Be quiet.\n{{> rules}}'));
    await publish(made, template('tone', '1.1.0', 'Be silent.\n{{> rules}}'));
    made.git('checkout', '--quiet', 'topic');
    expect(await check(made, against('main'))).toEqual([
      'prompts/templates/tone.md:3 versions/changed Version 1.1.0 of the template "tone" is published, and what it says has changed.',
      '  prompts/templates/tone.md:6 was "Be silent."',
    ]);
  });

  it('a target that went on alone is not held against the branch', async () => {
    const made = await published();
    await branch(made, 'topic', template('other', '1.0.0', 'Hello.'));
    await publish(made, { ...template('tone', '1.1.0', 'Be quiet.\n{{> rules}}'), ...bundle('agent', '1.1.0', 'task: tone') });
    await publish(made, template('tone', '1.2.0', 'Be silent.\n{{> rules}}'));
    expect((await runCommand(made.folder, ['yank', 'tone@1.1.0', '--reason', 'Too quiet.'])).code).toBe(0);
    made.commit();
    made.git('checkout', '--quiet', 'topic');
    expect(await check(made, against('main'))).toEqual([]);
    expect(namesOf(await build(made, { base: 'main' })).toSorted()).toEqual(['agent@1.0.0', 'other@1.0.0', 'tone@1.0.0']);
    made.git('merge', '--quiet', '--no-edit', 'main');
    expect(await check(made, against('main'))).toEqual([]);
    expect(namesOf(await build(made))).toHaveLength(6);
  });

  it('and what the branch began with must not vanish from it all the same', async () => {
    const made = await published();
    await publish(made, template('tone', '1.1.0', 'Be quiet.\n{{> rules}}'));
    await branch(made, 'topic', template('other', '1.0.0', 'Hello.'));
    await publish(made, template('tone', '1.2.0', 'Be silent.\n{{> rules}}'));
    made.git('checkout', '--quiet', 'topic');
    await rm(path.join(made.folder, LOCK_FILE));
    made.commit();
    expect(await check(made, against('main'))).toEqual([
      'prompts/promptc.lock:1 versions/vanished The lock no longer records version 1.0.0 of the template "tone", which is published and not in the working tree.',
    ]);
  });

  it('a shallow clone in which it cannot be told what the branch began with says so', async () => {
    const made = await published();
    await branch(made, 'topic', template('other', '1.0.0', 'Hello.'));
    await publish(made, template('tone', '1.1.0', 'Be quiet.\n{{> rules}}'));
    const cloned = await made.clone('--depth=1', '--no-single-branch', '--branch=topic');
    const { code, err } = await runCommand(cloned.folder, ['check', '--base', 'origin/main'], { env: CI });
    expect({ code, err }).toEqual({
      code: 2,
      err: 'error: There is no base to compare with. This clone is shallow, and lacks the last commit that HEAD and the base share. Run:\n  git fetch --unshallow\n',
    });
    cloned.git('fetch', '--quiet', '--unshallow');
    expect(await check(cloned, against('origin/main'))).toEqual([]);
  });

  it('a squash that would publish a version which no commit holds is found', async () => {
    const made = await published();
    made.git('checkout', '--quiet', '-b', 'topic');
    await publish(made, template('tone', '1.1.0', 'Be quiet.\n{{> rules}}'));
    // The second version of the branch is built as if the first were published, and so keeps it.
    made.write(template('tone', '1.2.0', 'Be silent.\n{{> rules}}'));
    await build(made, { base: 'HEAD' });
    made.commit();
    expect(await lockedNames(made)).toEqual(['bundle agent@1.0.0', 'template tone@1.0.0', 'template tone@1.1.0', 'template tone@1.2.0']);
    expect(await check(made, against('main'))).toEqual([
      'prompts/promptc.lock:1 lock/outdated The lock does not record what the prompts are: it has the template tone@1.1.0, which is neither published nor in the tree.',
    ]);
    // A build against the target drops it, and then nothing is lost.
    await build(made);
    made.commit();
    expect(await check(made, against('main'))).toEqual([]);
    made.git('checkout', '--quiet', 'main');
    WAYS['a squash merge']!(made, 'topic');
    made.git('branch', '--delete', '--force', 'topic');
    expect(await checkPush(made)).toEqual([]);
    const cloned = await made.clone('--single-branch');
    expect(namesOf(await build(cloned)).toSorted()).toEqual(['agent@1.0.0', 'tone@1.0.0', 'tone@1.2.0']);
  });
});

it('a yank beside a neighbour that is published merges, or says which line to keep', async () => {
  const made = await published(NEIGHBOURS);
  await branch(made, 'one', template('b', '1.0.0', 'B.'));
  expect((await runCommand(made.folder, ['yank', 'z@1.0.0', '--reason', 'It lied.'])).code).toBe(0);
  made.commit();
  made.git('merge', '--quiet', '--no-edit', 'one');
  const said = await check(made, { base: 'HEAD^1' });
  expect(said[0] ?? '').toMatch(/^$|lock\/recorded-twice .* they differ in `yanked`/);
  const lock = path.join(made.folder, LOCK_FILE);
  const lines = (await readFile(lock, 'utf8')).split('\n');
  const kept = lines.filter((line) => !line.includes('"id":"z"') || line.includes('"yanked"'));
  made.write({ [LOCK_FILE]: kept.join('\n') });
  expect(await check(made, { base: 'HEAD^1' })).toEqual([]);
});

it('a lock of the base that cannot be read is an error of the environment, and says what to compare with', async () => {
  const made = await published();
  made.commit({ [LOCK_FILE]: '{"lockVersion":1}\n{\n' });
  made.git('checkout', '--quiet', '-b', 'mend');
  made.git('checkout', 'HEAD~1', '--', LOCK_FILE);
  made.commit();
  const { code, err } = await runCommand(made.folder, ['check']);
  expect(code).toBe(2);
  expect(err).toMatch(
    /^error: There is no base to compare with\. The lock of the commit [0-9a-f]{40} cannot be read: This line is not JSON: .* Compare with the last commit whose lock can be read: --base <revision>\.\n$/,
  );
  expect((await runCommand(made.folder, ['check', '--base', 'main~1'])).code).toBe(0);
});

it('two branches that publish the same content of one version record it once', async () => {
  const made = await published(PROJECT);
  await branch(made, 'one', template('m', '1.0.0', 'M.'));
  await branch(made, 'two', template('m', '1.0.0', 'M.'));
  for (const name of ['one', 'two']) made.git('merge', '--quiet', '--no-edit', '--no-ff', name);
  expect(await checkPush(made)).toEqual([]);
  expect((await lockOf(made)).filter(({ id }) => id === 'm')).toHaveLength(1);
});
