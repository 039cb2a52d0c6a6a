/** Lines 28 to 31 and 35 of the list of bad inputs: what a repository can hold, and what can become of one. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildProject, compileProject } from '../../src/cli/project.js';
import { LOCK_FILE } from '../../src/format/lock.js';
import { temporaryFolder } from '../support/project.js';
import { hints } from '../support/rejection.js';
import { onlyGit, repository, TestRepository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';
import { build, bundle, check, CI, namesOf, PROJECT, publish, published, template, told } from '../versions/published-project.js';

const TONE = 'prompts/templates/tone.md';
const QUIET = template('tone', '1.1.0', 'Be quiet.\n{{> rules}}');

/** What a build says, which must write nothing. */
async function refused({ folder }: TestRepository) {
  const { compiled, written } = await buildProject(folder, 'out');
  expect(written).toBeUndefined();
  expect(existsSync(path.join(folder, 'out'))).toBe(false);
  return compiled.diagnostics;
}

describe('28. what another clone would not have', () => {
  it('a symbolic link is refused', async () => {
    const made = await published();
    await rename(path.join(made.folder, TONE), path.join(made.folder, 'tone.md'));
    await symlink('../../tone.md', path.join(made.folder, TONE));
    made.commit();
    const diagnostics = await refused(made);
    expect(told(diagnostics)[0]).toMatch(/^prompts\/templates\/tone\.md:1 discover\/symlink /);
  });

  it.each(['prompts/templates/shared', 'prompts/shared', 'prompts'])('a submodule at %s is refused, once', async (folder) => {
    const inner = await repository({ 'a/b/c.md': 'x', 'templates/tone.md': PROJECT[TONE]!, 'README.md': 'x' });
    const outer = await repository(folder === 'prompts' ? { 'README.md': 'x' } : PROJECT);
    outer.git('submodule', '--quiet', 'add', `file://${inner.folder}`, folder);
    outer.commit();
    const diagnostics = await refused(outer);
    expect(told(diagnostics)).toEqual([
      `${folder}:1 discover/submodule This folder is a Git repository of its own (a submodule, say), so the commit would not hold the prompts in it.`,
    ]);
    expect(hints(diagnostics)).toBe('Copy its files into the prompts folder, or take it out of there.');
  });

  it('a repository that was cloned there is refused as well', async () => {
    const made = await published();
    const inner = new TestRepository(path.join(made.folder, 'prompts/templates/shared'));
    inner.write(template('other', '1.0.0', 'Hello.'));
    inner.git('init', '--quiet');
    inner.commit();
    expect(told(await refused(made)).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'prompts/templates/shared:1 discover/submodule',
    ]);
  });

  it.each([
    ['files', 'prompts/templates/a.md', 'prompts/templates/A.md', 'case', ['prompts/templates/a.md', 'prompts/templates/A.md']],
    ['partials', 'prompts/partials/a.md', 'prompts/partials/A.txt', undefined, []],
    ['folders', 'prompts/templates/x/a.md', 'prompts/templates/X/b.md', 'case', ['prompts/templates/x', 'prompts/templates/X']],
    [
      'umlauts',
      'prompts/templates/\u00e4.md',
      'prompts/templates/\u00c4.md',
      'case',
      ['prompts/templates/\u00e4.md', 'prompts/templates/\u00c4.md'],
    ],
    [
      'accents',
      'prompts/templates/caf\u00e9.md',
      'prompts/templates/cafe\u0301.md',
      'accents',
      ['prompts/templates/caf\u00e9.md', 'prompts/templates/cafe\u0301.md'],
    ],
  ] as const)('two %s of one name are refused, naming both: %s, %s', async (_, first, second, by, places) => {
    const made = await published();
    const text = (id: string): string =>
      first.includes('partials') ? 'x\n' : String(template(id, '1.0.0', 'Hello.')[`prompts/templates/${id}.md`]);
    made.commit({ [first]: text('one'), [second]: text('two') });
    expect(made.git('-c', 'core.quotePath=false', 'ls-files', '--', first, second).split('\n')).toHaveLength(2);
    const { compiled } = await compileProject(made.folder, 'out');
    const found = compiled.diagnostics.filter(({ code }) => code === 'discover/same-name');
    expect(found.length).toBe(by === undefined ? 0 : 1);
    if (by === undefined) return;
    const [{ span, related, message }] = found as [(typeof found)[0]];
    expect([span, ...related!.map((one) => one.span)].map(({ source }) => source.path).toSorted()).toEqual(places.toSorted());
    expect(places.some((place) => message.includes(place))).toBe(true);
    expect(message).toContain(by === 'case' ? 'differ only in upper and lower case' : 'NFC and NFD');
    expect(hints(found)).toBe('Rename one of them.');
  });
});

describe('29. a published version', () => {
  it('that is edited is refused', async () => {
    const made = await published();
    made.write(template('tone', '1.0.0', 'Be rude.\n{{> rules}}'));
    expect(told(await refused(made))).toEqual([
      `${TONE}:3 versions/changed Version 1.0.0 of the template "tone" is published, and what it says has changed.`,
      `  ${TONE}:6 was "Be calm."`,
    ]);
  });

  it('that is deleted stays in the build', async () => {
    const made = await published();
    await rm(path.join(made.folder, TONE));
    expect(namesOf(await build(made, {}, 'out'))).toEqual(['agent@1.0.0', 'tone@1.0.0']);
    expect((await runCommand(made.folder, ['render', 'agent', '--dir', 'out'])).out).toContain('Be calm.');
  });

  it('that is moved to another file is the same', async () => {
    const made = await published();
    const lock = await readFile(path.join(made.folder, LOCK_FILE), 'utf8');
    made.git('mv', TONE, 'prompts/templates/moved.md');
    expect(namesOf(await build(made))).toEqual(['agent@1.0.0', 'tone@1.0.0']);
    expect(await readFile(path.join(made.folder, LOCK_FILE), 'utf8')).toBe(lock);
    made.write({ 'prompts/templates/moved.md': String(template('tone', '1.0.0', 'Be rude.\n{{> rules}}')[TONE]) });
    expect(told(await refused(made))).toEqual([
      'prompts/templates/moved.md:3 versions/changed Version 1.0.0 of the template "tone" is published, and what it says has changed.',
      '  prompts/templates/moved.md:6 was "Be calm."',
    ]);
  });
});

describe('30. a lock', () => {
  it.each([
    [
      'with merge markers',
      (lock: string) => lock.replace('\n', '\n<<<<<<< HEAD\n'),
      'lock/merge-conflict',
      'Keep the entries of both sides',
    ],
    ['that is truncated', (lock: string) => lock.slice(0, -40), 'lock/truncated', 'git checkout main -- prompts/promptc.lock'],
    ['that is empty', () => '', 'lock/missing-version', 'Add the line'],
    [
      'of an unknown lockVersion',
      (lock: string) => lock.replace('"lockVersion":1', '"lockVersion":2'),
      'lock/unknown-version',
      'use that version',
    ],
    [
      'edited by hand',
      (lock: string) => lock.replace('"kind":', '"kind": '),
      'lock/not-canonical',
      'git checkout main -- prompts/promptc.lock',
    ],
    ['that is no text', () => '\0\0', 'discover/nul', 'Delete it'],
  ])('%s is refused, with the way to mend it; nothing is written, not even a lock', async (_, damage, code, hint) => {
    const made = await published();
    await publish(made, QUIET);
    const file = path.join(made.folder, LOCK_FILE);
    const damaged = damage(await readFile(file, 'utf8'));
    await writeFile(file, damaged);
    // A mistake of the prompts is told in the same go.
    made.write({ 'prompts/templates/other.md': String(template('other', '1.0.0', '{{nobody}}')['prompts/templates/other.md']) });
    const diagnostics = await refused(made);
    const lines = told(diagnostics.filter(({ severity }) => severity === 'error'));
    expect(lines.map((line) => line.split(' ')[1])).toEqual([code, 'check/unknown-name']);
    expect(hints(diagnostics)).toContain(hint);
    expect(await readFile(file, 'utf8')).toBe(damaged);
    expect((await runCommand(made.folder, ['check'])).code).toBe(1);
  });

  it('that cannot be read is the one mistake, whatever refers to the versions that it records', async () => {
    const made = await published();
    await publish(made, { ...template('tone', '2.0.0', 'Be brief.\n{{> rules}}'), ...bundle('agent', '2.0.0', 'task: tone@1.0.0') });
    await publish(made, bundle('agent', '2.1.0', 'task: tone@^1.0.0'));
    await rm(path.join(made.folder, TONE));
    made.write(bundle('other', '1.0.0', 'task: tone@^1.0.0'));
    await writeFile(path.join(made.folder, LOCK_FILE), '');
    const errors = (await refused(made)).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code }) => code)).toEqual(['lock/missing-version']);
  });
});

describe('31. a repository', () => {
  it('that is none, or has no commit yet: nothing is published, and building works', async () => {
    const made = new TestRepository(await temporaryFolder());
    made.write(PROJECT);
    const versions = ['1.0.0', '1.0.0', '1.1.0'];
    for (const version of versions) {
      made.write(template('tone', version, `Be ${version}.\n{{> rules}}`));
      expect((await runCommand(made.folder, ['build'])).code).toBe(0);
      expect(await runCommand(made.folder, ['check'])).toMatchObject({
        code: 0,
        err: expect.stringMatching(/^Nothing is published: .*\nChecked .* no errors\.\n$/),
      });
      made.git('init', '--quiet');
    }
  });

  it('with a detached HEAD is compared as any other', async () => {
    const made = await published();
    made.git('checkout', '--quiet', '--detach');
    made.commit(template('tone', '1.0.0', 'Be rude.\n{{> rules}}'));
    const { code, err } = await runCommand(made.folder, ['build']);
    expect(code).toBe(1);
    expect(err).toContain('versions/changed');
  });

  it('that is a shallow clone builds if history does not matter, and says what to fetch if it does', async () => {
    const made = await published();
    const first = await made.clone('--depth=1');
    expect((await runCommand(first.folder, ['build'])).code).toBe(0);
    await publish(made, QUIET);
    const cloned = await made.clone('--depth=1');
    const { code, err } = await runCommand(cloned.folder, ['build']);
    expect(code).toBe(2);
    expect(err).toContain('git fetch --unshallow');
    cloned.git('fetch', '--quiet', '--unshallow');
    expect((await runCommand(cloned.folder, ['build'])).code).toBe(0);
  });

  it('without a default branch compares with HEAD, and in a CI says what is missing', async () => {
    const made = await published();
    made.git('branch', '--move', 'work');
    made.git('checkout', '--quiet', '--detach');
    made.write(template('tone', '1.0.0', 'Be rude.\n{{> rules}}'));
    expect((await check(made))[0]).toContain('versions/changed');
    const { code, err } = await runCommand(made.folder, ['check'], { env: CI });
    expect(code).toBe(2);
    expect(err).toBe(
      "error: There is no base to compare with. Nothing tells which branch of this clone is the default one. Run:\n  git fetch --no-tags origin '+refs/heads/*:refs/remotes/origin/*'\n  git remote set-head origin --auto\n",
    );
  });

  it('that belongs to somebody else is not read, and that is no pass', async () => {
    const made = await published();
    const before = process.env['PATH'];
    process.env['PATH'] = await onlyGit(`PATH=${before} GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git "$@"`);
    try {
      const { code, err } = await runCommand(made.folder, ['check']);
      expect(code).toBe(2);
      expect(err).toContain('since its files belong to somebody else');
    } finally {
      process.env['PATH'] = before;
    }
  });
});

describe('35. two builds at the same time into one folder', () => {
  it('both end well, in processes of their own, and the result is one of the two', async () => {
    const made = await published();
    const other = await made.clone();
    made.write(QUIET);
    other.write(template('tone', '1.2.0', 'Be silent.\n{{> rules}}'));
    const out = path.join(await temporaryFolder(), 'out');
    for (let round = 0; round < 3; round++) {
      const built = await Promise.all([made, other].map(({ folder }) => buildProject(folder, out)));
      const digests = built.map(({ compiled }) => compiled.build!.manifestDigest);
      const manifest = await readFile(path.join(out, 'manifest.json'));
      const written = `sha256:${execFileSync('sha256sum', { input: manifest }).toString().slice(0, 64)}`;
      expect(digests).toContain(written);
      expect((await runCommand(out, ['render', 'agent', '--dir', '.'])).out).toContain('Be calm.');
    }
    expect(await check(made)).toEqual([]);
    expect(await check(other)).toEqual([]);
  });
});
