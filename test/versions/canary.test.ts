/** No program that a repository, or the environment, names for Git is ever run; and the network is not reached. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findBase } from '../../src/versions/base.js';
import { openRepository } from '../../src/versions/git/open.js';
import { Repository } from '../../src/versions/git/repository.js';
import { originOf } from '../../src/versions/origin.js';
import { temporaryFolder } from '../support/project.js';
import { repository, type TestRepository } from '../support/repository.js';

const PATHS = ['prompts', 'promptc.config.json'];
const NOWHERE = '0123456789'.repeat(4);
const HOOKS = ['post-index-change', 'reference-transaction', 'pre-auto-gc', 'post-checkout', 'pre-commit', 'fsmonitor-watchman'];

afterEach(() => void vi.unstubAllEnvs());

interface Trap {
  readonly made: TestRepository;
  /** A program that leaves a mark. */
  readonly program: string;
  readonly sprung: () => boolean;
}

/** A repository in which whatever can name a program names one that leaves a mark. */
async function trap(): Promise<Trap> {
  const folder = await temporaryFolder();
  const mark = path.join(folder, 'mark');
  const program = path.join(folder, 'program');
  const made = await repository({
    '.gitattributes': '*.md filter=trap diff=trap merge=trap\n',
    'prompts/a.md': 'one\n',
    'prompts/b.md': 'two\n',
  });
  const first = made.git('rev-parse', 'HEAD');
  // A commit that is signed, for what checks signatures.
  const signed = made
    .run(['cat-file', 'commit', first])
    .replace('\n\n', '\ngpgsig -----BEGIN PGP SIGNATURE-----\n x\n -----END PGP SIGNATURE-----\n\n');
  made.git('reset', '--quiet', '--soft', made.run(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: signed }).trim());
  made.commit({ 'prompts/a.md': 'three\n' });

  writeFileSync(program, `#!/bin/sh\ntouch '${mark}'\n`);
  chmodSync(program, 0o755);
  for (const hook of HOOKS) made.write({ [`hooks/${hook}`]: `#!/bin/sh\ntouch '${mark}'\n` });
  for (const hook of HOOKS) chmodSync(path.join(made.folder, 'hooks', hook), 0o755);
  const settings = {
    'core.fsmonitor': program,
    'core.hooksPath': path.join(made.folder, 'hooks'),
    'core.pager': program,
    'pager.log': program,
    'pager.rev-list': program,
    'core.editor': program,
    'core.askPass': program,
    'core.sshCommand': program,
    'core.gitProxy': program,
    'core.alternateRefsCommand': program,
    'credential.helper': program,
    'diff.external': program,
    'diff.trap.textconv': program,
    'diff.trap.command': program,
    'merge.trap.driver': program,
    'filter.trap.clean': program,
    'filter.trap.smudge': program,
    'filter.trap.required': 'true',
    'gpg.program': program,
    'log.showSignature': 'true',
    'interactive.diffFilter': program,
    'uploadpack.packObjectsHook': program,
    'alias.cat-file': `!${program}`,
    'alias.rev-list': `!${program}`,
    'remote.origin.url': `ext::${program}`,
    'remote.origin.fetch': '+refs/heads/*:refs/remotes/origin/*',
    'remote.origin.promisor': 'true',
    'remote.origin.partialclonefilter': 'blob:none',
    'extensions.partialClone': 'origin',
    'protocol.allow': 'always',
  };
  made.git('config', 'core.repositoryFormatVersion', '1');
  for (const [name, value] of Object.entries(settings)) made.git('config', name, value);
  return { made, program, sprung: () => existsSync(mark) };
}

describe('the trap', () => {
  const NO_MONITOR = ['-c', 'core.fsmonitor=false'];
  it.each<[string, readonly string[]]>([
    ['the file-system monitor', ['status', '--porcelain']],
    ['a filter', [...NO_MONITOR, 'status', '--porcelain']],
    ['an external diff', [...NO_MONITOR, 'diff']],
    ['a text converter', ['cat-file', '--textconv', 'HEAD:prompts/a.md']],
    ['a signature checker', ['log', '-1', 'HEAD^']],
    ['a hook', ['update-ref', 'refs/heads/new', 'HEAD']],
    ['a remote helper', ['cat-file', '-e', NOWHERE]],
  ])('works for %s', async (_name, args) => {
    const { made, sprung } = await trap();
    made.write({ 'prompts/a.md': 'four\n' });
    expect(sprung()).toBe(false);
    try {
      made.git(...args);
    } catch {
      // What the program prints may be no answer to Git.
    }
    expect(sprung()).toBe(true);
  });
});

/** Every file of the repository itself, with its digest. */
function contents({ folder }: TestRepository): string {
  return execFileSync('sh', ['-c', 'find .git -type f | LC_ALL=C sort | xargs sha1sum'], { cwd: folder, encoding: 'utf8' });
}

it('is not sprung by anything that promptc asks, and the repository stays as it is', async () => {
  const { made, program, sprung } = await trap();
  const head = made.git('rev-parse', 'HEAD');
  for (const name of [
    'GIT_EXTERNAL_DIFF',
    'GIT_PAGER',
    'PAGER',
    'GIT_EDITOR',
    'EDITOR',
    'GIT_ASKPASS',
    'SSH_ASKPASS',
    'GIT_SSH',
    'GIT_SSH_COMMAND',
    'GIT_PROXY_COMMAND',
  ]) {
    vi.stubEnv(name, program);
  }
  made.write({ 'prompts/a.md': 'four\n' });
  const before = contents(made);

  const opened = await openRepository(made.folder);
  if (!(opened instanceof Repository)) throw new Error(opened.message);
  expect(await opened.head()).toBe(head);
  expect(await opened.resolve('main')).toBe(head);
  expect(await opened.currentBranch()).toBe('main');
  expect((await opened.defaultBranch())?.name).toBe('main');
  const [parent] = await opened.parents(head);
  expect(await opened.mergeBase(head, parent!)).toBe(parent);
  expect(await opened.isAncestor(parent!, head)).toBe(true);
  expect(await opened.isPartialClone()).toBe(true);
  const files = await opened.files(head, PATHS);
  expect([...files.keys()]).toEqual(['prompts/a.md', 'prompts/b.md']);
  expect(await opened.log(head, ['prompts'])).toHaveLength(2);
  expect(await opened.isClean(PATHS)).toBe(false);
  expect(await originOf(opened, PATHS)).toEqual({ commit: head, dirty: true });
  expect(await findBase({ repository: opened, env: {}, paths: PATHS })).toMatchObject({ kind: 'revision', commit: head });

  // One that is there, and one that the remote would have to be asked for.
  const ids = [files.get('prompts/b.md')!.id, NOWHERE];
  const found: (number | undefined)[] = [];
  for await (const { size } of opened.blobs(ids, 1000)) found.push(size);
  expect(found).toEqual([4, undefined]);
  // Nor for a tree or a commit.
  await expect(opened.files(NOWHERE, PATHS)).rejects.toMatchObject({ code: 'git_failed' });
  await expect(opened.log(NOWHERE, PATHS)).rejects.toMatchObject({ code: 'git_failed' });
  expect(await opened.resolve(NOWHERE)).toBeUndefined();
  expect(sprung()).toBe(false);
  expect(contents(made)).toBe(before);
});
