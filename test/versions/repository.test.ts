/** Revisions, branches and history, as Git has them. */
import { describe, expect, it } from 'vitest';
import { repository } from '../support/repository.js';

const NOWHERE = '0123456789'.repeat(4);

describe('a revision', () => {
  it('becomes the whole id of its commit', async () => {
    const made = await repository({ a: '1' });
    const first = made.git('rev-parse', 'HEAD');
    const second = made.commit({ a: '2' });
    made.git('tag', '--annotate', '--message', 'x', 'v1', first);
    made.git('branch', 'feature/ümlaut');
    const opened = await made.open();
    const found = ['HEAD', 'main', 'HEAD^1', 'v1', first.slice(0, 8), first, 'feature/ümlaut', 'HEAD^{/first}', 'main@{0}'];
    expect(await Promise.all(found.map((revision) => opened.resolve(revision)))).toEqual([
      second,
      second,
      first,
      first,
      first,
      first,
      second,
      first,
      second,
    ]);
  });

  it('that means no commit means nothing, and never an option', async () => {
    const made = await repository({ a: '1' });
    const opened = await made.open();
    const blob = made.git('rev-parse', 'HEAD:a');
    for (const revision of [
      '',
      ' ',
      'nowhere',
      NOWHERE,
      blob,
      'HEAD^1',
      'HEAD^{tree}',
      '^HEAD',
      'HEAD..HEAD',
      '--all',
      '-h',
      'HEAD\n',
      'HE\0AD',
    ]) {
      expect(await opened.resolve(revision), JSON.stringify(revision)).toBeUndefined();
    }
  });

  it('is not replaced by what this clone would rather see, nor are its parents', async () => {
    const made = await repository({ a: '1' });
    const first = made.git('rev-parse', 'HEAD');
    const second = made.commit({ a: '2' });
    const third = made.commit({ a: '3' });
    made.git('replace', second, first);
    made.git('replace', '--graft', third);
    made.write({ '.git/info/grafts': `${third}\n` });
    expect(made.git('rev-list', '--count', 'HEAD')).toBe('1');
    const opened = await made.open();
    expect(await opened.parents(third)).toEqual([second]);
    expect(await opened.isAncestor(first, third)).toBe(true);
    expect((await opened.log(third, ['a'])).map(({ id }) => id)).toEqual([third, second, first]);
    expect((await opened.files(second, ['a'])).get('a')?.id).toBe(made.git('--no-replace-objects', 'rev-parse', `${second}:a`));
  });
});

describe('the branch that is checked out', () => {
  it('is told by its name, and is none when HEAD is detached', async () => {
    const made = await repository({ a: '1' });
    made.git('checkout', '--quiet', '-b', 'feature/one');
    // A tag of the same name does not make it another.
    made.git('tag', 'feature/one');
    const opened = await made.open();
    expect(await opened.currentBranch()).toBe('feature/one');
    made.git('checkout', '--quiet', '--detach');
    expect(await opened.currentBranch()).toBeUndefined();
  });
});

describe('the default branch', () => {
  it('is the one that origin names', async () => {
    const origin = await repository({ a: '1' });
    origin.git('branch', '--move', 'trunk');
    origin.git('branch', 'main');
    const clone = await origin.clone();
    clone.git('branch', 'main');
    const tip = origin.git('rev-parse', 'trunk');
    expect(await (await clone.open()).defaultBranch()).toEqual({ name: 'trunk', label: 'origin/trunk', isRemote: true, commit: tip });
  });

  it('else the configured one, main or master: as origin has it before as this clone has it', async () => {
    const origin = await repository({ a: '1' });
    const clone = await origin.clone();
    clone.git('remote', 'set-head', 'origin', '--delete');
    clone.git('branch', 'master');
    const opened = await clone.open();
    const label = async (): Promise<string | undefined> => (await opened.defaultBranch())?.label;
    expect(await label()).toBe('origin/main');
    clone.git('branch', 'dev');
    clone.git('config', 'init.defaultBranch', 'dev');
    expect(await label()).toBe('origin/main');
    clone.git('update-ref', 'refs/remotes/origin/dev', 'HEAD');
    expect(await label()).toBe('origin/dev');
    clone.git('remote', 'remove', 'origin');
    expect(await label()).toBe('dev');
    clone.git('config', '--unset', 'init.defaultBranch');
    expect(await label()).toBe('main');
    clone.git('checkout', '--quiet', 'dev');
    clone.git('branch', '--delete', 'main');
    expect(await label()).toBe('master');
    clone.git('branch', '--delete', 'master');
    expect(await label()).toBeUndefined();
  });

  it('is not one that origin once had', async () => {
    const origin = await repository({ a: '1' });
    const clone = await origin.clone();
    clone.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/gone');
    expect((await (await clone.open()).defaultBranch())?.label).toBe('origin/main');
  });
});

describe('what two commits share', () => {
  it('is found through merges, octopus merges and after a rebase', async () => {
    const made = await repository({ a: '1' });
    const opened = await made.open();
    const fork = made.git('rev-parse', 'HEAD');
    const topics = ['x', 'y', 'z'];
    for (const topic of topics) {
      made.git('checkout', '--quiet', '-b', topic, fork);
      made.commit({ [topic]: '1' });
    }
    made.git('checkout', '--quiet', 'main');
    const before = made.commit({ a: '2' });
    made.git('merge', '--quiet', '--no-edit', ...topics);
    const octopus = made.git('rev-parse', 'HEAD');
    const tips = topics.map((topic) => made.git('rev-parse', topic));
    expect(await opened.parents(octopus)).toEqual([before, ...tips]);
    expect(await opened.mergeBase(octopus, tips[1]!)).toBe(tips[1]);
    expect(await opened.mergeBase(tips[0]!, tips[1]!)).toBe(fork);

    made.git('checkout', '--quiet', 'x');
    made.commit({ x: '2' });
    const main = octopus;
    expect(await opened.mergeBase(await opened.head(), main)).toBe(tips[0]);
    made.git('rebase', '--quiet', 'main');
    expect(await opened.mergeBase(await opened.head(), main)).toBe(main);
    expect(await opened.isAncestor(main, await opened.head())).toBe(true);
    expect(await opened.isAncestor(await opened.head(), main)).toBe(false);
    expect(await opened.isAncestor(main, main)).toBe(true);
  });

  it('is nothing for histories of their own', async () => {
    const made = await repository({ a: '1' });
    const main = made.git('rev-parse', 'HEAD');
    made.git('checkout', '--quiet', '--orphan', 'other');
    const other = made.commit({ b: '1' });
    expect(await (await made.open()).mergeBase(main, other)).toBeUndefined();
  });

  it('fails for a commit that is not there', async () => {
    const made = await repository({ a: '1' });
    const opened = await made.open();
    await expect(opened.mergeBase(await opened.head(), NOWHERE)).rejects.toMatchObject({ code: 'git_failed' });
    await expect(opened.isAncestor(await opened.head(), NOWHERE)).rejects.toMatchObject({ code: 'git_failed' });
    await expect(opened.parents(NOWHERE)).rejects.toMatchObject({ code: 'git_failed' });
    await expect(opened.parents('--batch')).rejects.toMatchObject({ code: 'git_failed' });
  });
});

describe('a shallow clone', () => {
  it('says that it is one, and names parents that it does not have', async () => {
    const origin = await repository({ a: '1' });
    const first = origin.git('rev-parse', 'HEAD');
    origin.commit({ a: '2' });
    const whole = await (await origin.clone()).open();
    const shallow = await (await origin.clone('--depth=1')).open();
    expect([whole.isShallow, shallow.isShallow]).toEqual([false, true]);
    expect(await shallow.parents(await shallow.head())).toEqual([first]);
    expect(await shallow.resolve('HEAD^1')).toBeUndefined();
    expect(await shallow.resolve(first)).toBeUndefined();
    expect(await whole.resolve(first)).toBe(first);
  });

  it('knows what two commits share only if no cut could hide something better', async () => {
    //  1 ─ 2 ─ 3 ─ 4 ─ 5 ─ 6 ─ 7 ─ m   main; m has 1 as its second parent
    //  │               └─ t ─ u         topic; u has 1 as its second parent
    //  └───────────────────────┘
    const origin = await repository({ a: '1' });
    const first = origin.git('rev-parse', 'HEAD');
    const commits = ['2', '3', '4', '5', '6', '7'].map((a) => origin.commit({ a }));
    const withFirst = (tip: string): string => {
      const made = origin.git('commit-tree', `${tip}^{tree}`, '-p', tip, '-p', first, '-m', 'joined');
      origin.git('update-ref', 'HEAD', made);
      return made;
    };
    const main = withFirst(commits[5]!);
    origin.git('checkout', '--quiet', '-b', 'topic', commits[3]!);
    const topic = withFirst(origin.commit({ b: '1' }));
    expect(await (await origin.open()).mergeBase(main, topic)).toBe(commits[3]);

    // Two commits deep, only the first commit is to be seen from both.
    const clone = await origin.clone('--depth=2', '--no-single-branch');
    expect(clone.git('merge-base', '--all', main, topic)).toBe(first);
    expect(await (await clone.open()).mergeBase(main, topic)).toBeUndefined();

    // Five deep, that the first is contained in the better one is still not to be seen.
    clone.git('fetch', '--quiet', '--depth=5');
    expect(new Set(clone.git('merge-base', '--all', main, topic).split('\n'))).toEqual(new Set([first, commits[3]]));
    expect(clone.git('rev-parse', '--is-shallow-repository')).toBe('true');
    expect(await (await clone.open()).mergeBase(main, topic)).toBe(commits[3]);
    clone.git('fetch', '--quiet', '--unshallow');
    expect(await (await clone.open()).mergeBase(main, topic)).toBe(commits[3]);
  });

  it('knows what a commit shares with one that it contains, cut or not', async () => {
    const origin = await repository({ a: '1' });
    const second = origin.commit({ a: '2' });
    const third = origin.commit({ a: '3' });
    const opened = await (await origin.clone('--depth=2')).open();
    expect(await opened.mergeBase(third, third)).toBe(third);
    expect(await opened.mergeBase(third, second)).toBe(second);
    expect(await opened.mergeBase(second, third)).toBe(second);
  });
});

describe('a history', () => {
  it('has the commits that changed some paths, newest first; a merge is one change', async () => {
    const made = await repository({ 'prompts/a.md': '1', 'other.md': '1' });
    const first = made.git('rev-parse', 'HEAD');
    made.git('checkout', '--quiet', '-b', 'topic');
    made.commit({ 'prompts/a.md': '2' }, 'on a branch');
    made.commit({ 'prompts/a.md': '3' }, 'on a branch, too');
    made.git('checkout', '--quiet', 'main');
    made.commit({ 'other.md': '2' }, 'beside it');
    made.git('merge', '--quiet', '--no-edit', '--message', 'merged', 'topic');
    const merge = made.git('rev-parse', 'HEAD');
    made.git('mv', 'prompts/a.md', 'prompts/b.md');
    const moved = made.commit({}, 'moved\n\nWith a reason.');
    made.commit({}, 'nothing');

    const opened = await made.open();
    const head = await opened.head();
    const found = await opened.log(head, ['prompts']);
    expect(found.map(({ id, author, subject }) => [id, author, subject])).toEqual([
      [moved, 'Test', 'moved'],
      [merge, 'Test', 'merged'],
      [first, 'Test', 'first'],
    ]);
    expect((await opened.log(head, ['prompts/b.md'])).map(({ id }) => id)).toEqual([moved]);
    expect((await opened.log(head, ['prompts/a.md'])).map(({ id }) => id)).toEqual([moved, merge, first]);
    expect(await opened.log(head, ['nowhere'])).toEqual([]);
    expect((await (await made.open('prompts')).log(head, ['b.md'])).map(({ id }) => id)).toEqual([moved]);
  });

  it('has dates with their offset, and UTC as Z', async () => {
    const made = await repository();
    made.write({ a: '1' });
    made.git('add', '.');
    made.run(['commit', '--quiet', '-m', 'x'], {
      env: { GIT_AUTHOR_DATE: '2020-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2024-02-29T12:00:00Z' },
    });
    made.write({ a: '2' });
    made.run(['commit', '--quiet', '-a', '-m', 'y'], { env: { GIT_COMMITTER_DATE: '2024-03-01T12:00:00+05:30' } });
    const opened = await made.open();
    expect((await opened.log(await opened.head(), ['a'])).map(({ date }) => date)).toEqual([
      '2024-03-01T12:00:00+05:30',
      '2024-02-29T12:00:00Z',
    ]);
  });

  it('is read whatever the commits are encoded in, and whatever Git is configured to print', async () => {
    const made = await repository({ a: '1' });
    const tree = made.git('rev-parse', 'HEAD^{tree}');
    const first = made.git('rev-parse', 'HEAD');
    made.write({ a: '2' });
    made.git('add', '.');
    const changed = made.git('write-tree');
    const commit = (head: string, bytes: string, on: string, parent: string): string =>
      made
        .run(['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], {
          input: Buffer.from(
            `tree ${on}\nparent ${parent}\nauthor J\xfcrgen <j> 1700000000 +0000\ncommitter J\xfcrgen <j> 1700000000 +0000\n${head}\n${bytes}\n`,
            'latin1',
          ),
        })
        .trim();
    const declared = commit('encoding ISO-8859-1\n', 'Gr\xfc\xdfe', changed, first);
    const undeclared = commit('', 'Gr\xfc\xdfe\n\nand more', tree, declared);
    const unknown = commit('encoding no-such-thing\n', 'plain', changed, undeclared);
    made.git('config', 'i18n.logOutputEncoding', 'ISO-8859-1');
    made.git('config', 'format.pretty', 'email');
    made.git('config', 'log.showSignature', 'true');
    made.git('config', 'color.ui', 'always');
    const opened = await made.open();
    expect((await opened.log(unknown, ['a'])).map(({ id, author, subject }) => [id, author, subject])).toEqual([
      [unknown, 'J\ufffdrgen', 'plain'],
      [undeclared, 'J\ufffdrgen', 'Gr\ufffd\ufffde'],
      [declared, 'Jürgen', 'Grüße'],
      [first, 'Test', 'first'],
    ]);
  });
});
