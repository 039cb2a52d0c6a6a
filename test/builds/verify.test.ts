/** `promptc verify` in real folders and real repositories: the manifest against the lock, and the lock against Git. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { verifyLock } from '../../src/builds/verify-lock.js';
import { versionsOf } from '../../src/builds/versions.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import type { BuildIndex } from '../../src/format/artifact.js';
import { type Lock, LOCK_FILE, type LockEntry } from '../../src/format/lock.js';
import { blobId } from '../../src/versions/git/object-id.js';
import { formatLock } from '../../src/versions/lock.js';
import { type Files, projectFolder, SMALL_PROJECT } from '../support/project.js';
import { GIT, onlyGit, repository, type TestRepository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';

/** The lock of a project all of whose versions are published. */
async function lockOf(files: Files): Promise<Lock> {
  const { build } = await compile(new MemoryDisk(files));
  const template = ['prompts/templates/greet.md', 'prompts/partials/sign/off.md'];
  const blobs = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, blobId(Buffer.from(files[name]!), 'sha1')]));
  const entries = versionsOf(build!.index).map(({ kind, id, version, entry }): LockEntry => {
    const artifact = { digest: entry.artifact.digest, formatVersion: 1 };
    const shared = { id, version, spec: 1, hash: entry.hash, artifact };
    return kind === 'template'
      ? { kind, ...shared, files: blobs(template) }
      : { kind, ...shared, files: blobs(['prompts/bundles/hello.md']), slots: { task: 'greet@1.0.0' } };
  });
  return { entries };
}

const LOCK = await lockOf(SMALL_PROJECT);
const LOCKED: Files = { ...SMALL_PROJECT, '.gitignore': 'dist/\n', [LOCK_FILE]: formatLock(LOCK) };

/** A repository with a published project, and its build. */
async function published(files: Files = LOCKED): Promise<TestRepository> {
  const made = await repository(files);
  await built(made.folder);
  return made;
}

async function built(folder: string, ...args: readonly string[]): Promise<void> {
  const { code, err } = await runCommand(folder, ['build', ...args]);
  expect(err).toContain('Compiled');
  expect(code).toBe(0);
}

/** What the command says, without what differs from run to run. */
async function verified(folder: string, ...args: readonly string[]) {
  const { code, out, err } = await runCommand(folder, ['verify', ...args]);
  return { code, out: masked(out, folder), err: masked(err, folder) };
}

function masked(text: string, folder: string): string {
  return text
    .replaceAll(folder, 'HERE')
    .replaceAll(/\b[0-9a-f]{40}\b/g, 'COMMIT')
    .replaceAll(/sha256:[0-9a-f]{64}/g, 'DIGEST');
}

describe('an index and a lock', () => {
  const { build } = { build: compile(new MemoryDisk(SMALL_PROJECT)) };
  const index = async (): Promise<BuildIndex> => (await build).build!.index;
  const other = `sha256:${'0'.repeat(64)}` as const;

  it.each<[string, (entries: LockEntry[]) => LockEntry[], string[]]>([
    ['the same', (entries) => entries, []],
    ['nothing published', () => [], ['not_locked bundle hello@1.0.0', 'not_locked template greet@1.0.0']],
    ['another hash', ([a, b]) => [{ ...a!, hash: other }, b!], ['lock_mismatch bundle hello@1.0.0']],
    [
      'another artifact',
      ([a, b]) => [a!, { ...b!, artifact: { digest: other, formatVersion: 1 } }],
      ['lock_mismatch template greet@1.0.0'],
    ],
    ['yanked in the lock', ([a, b]) => [a!, { ...b!, yanked: 'wrong' }], ['lock_mismatch template greet@1.0.0']],
    ['a version more', ([a, b]) => [a!, b!, { ...b!, version: '0.9.0' }], ['not_built template greet@0.9.0']],
    [
      'a template of a bundle’s name',
      ([a, b]) => [a!, { ...b!, id: 'hello' }],
      ['not_locked template greet@1.0.0', 'not_built template hello@1.0.0'],
    ],
  ])('%s', async (_what, change, expected) => {
    const findings = verifyLock(await index(), { entries: change([...LOCK.entries]) });
    expect(findings.map(({ code, subject }) => `${code} ${subject}`)).toEqual(expected);
  });

  it('a partial build may lack versions, and have no others', async () => {
    const partial: BuildIndex = { ...(await index()), partial: true };
    const [bundle, template] = LOCK.entries;
    expect(verifyLock(partial, { entries: [bundle!, template!, { ...template!, version: '0.9.0' }] })).toEqual([]);
    expect(verifyLock(partial, { entries: [bundle!] })).toMatchObject([{ code: 'not_locked' }]);
  });
});

describe('promptc verify', () => {
  it('compares with all that there is', async () => {
    const { folder } = await published();
    expect(await verified(folder)).toEqual({
      code: 0,
      out: '',
      err: 'Verified 2 artifacts against the manifest, the lock and Git: nothing is wrong.\n',
    });
    const { out } = await runCommand(folder, ['verify', '--format', 'json']);
    expect(JSON.parse(out)).toEqual({
      build: expect.stringMatching(/^sha256:/) as string,
      commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
      artifacts: 2,
      unnamedObjects: 0,
      against: ['the manifest', 'the lock', 'Git'],
      notes: [],
      findings: [],
    });
  });

  it('says what it could not compare with', async () => {
    const bare = await projectFolder(SMALL_PROJECT);
    await built(bare);
    expect(await verified(bare)).toEqual({
      code: 0,
      out: '',
      err: 'HERE lies in no Git repository.\nVerified 2 artifacts against the manifest and the lock: nothing is wrong.\n',
    });
    await rm(path.join(bare, LOCK_FILE));
    expect(await verified(bare)).toEqual({
      code: 0,
      out: '',
      err:
        'There is no prompts/promptc.lock in HERE, so that nothing says what was published.\n' +
        'Verified 2 artifacts against the manifest: nothing is wrong.\n',
    });
  });

  it('prints a line for each finding, and counts what other builds left', async () => {
    const { folder } = await published();
    const manifest = path.join(folder, 'dist/manifest.json');
    const changed = JSON.parse(await readFile(manifest, 'utf8')) as { templates: { first: string }[] };
    changed.templates[0]!.first = 'greet\u001b';
    await mkdir(path.join(folder, 'dist/objects/sha256/ab'));
    await writeFile(path.join(folder, 'dist/objects/sha256/ab/old.json'), '');
    await writeFile(path.join(folder, 'dist/build.json'), '{}\n');
    expect(await verified(folder)).toEqual({
      code: 1,
      out: 'build.json: `/manifest` is required.\n',
      err:
        '1 object belongs to no version of this build. `promptc prune` removes what only old builds need.\n' +
        'Verified 2 artifacts against the manifest, the lock and Git: 1 finding.\n',
    });
    await writeFile(manifest, JSON.stringify(changed));
    expect(await verified(folder)).toEqual({
      code: 1,
      out: 'manifest.json: The manifest is not one that promptc wrote. Build again.\n',
      err: 'Verified 0 artifacts against the manifest: 1 finding.\n',
    });
  });

  it('finds a lock that is none', async () => {
    const { folder } = await published();
    await writeFile(path.join(folder, LOCK_FILE), `${formatLock(LOCK)}<<<<<<< HEAD\n`);
    const { code, out } = await verified(folder);
    expect(code).toBe(1);
    expect(out).toMatch(/^prompts\/promptc\.lock:4:1: .*merge/);
  });

  it('takes a lock with CRLF for what it is', async () => {
    const { folder } = await published();
    await writeFile(path.join(folder, LOCK_FILE), formatLock(LOCK).replaceAll('\n', '\r\n'));
    expect(await verified(folder)).toMatchObject({ code: 0 });
  });

  it('finds a lock that is not committed, once', async () => {
    const made = await published({ ...SMALL_PROJECT, '.gitignore': 'dist/\n' });
    expect(await verified(made.folder)).toEqual({
      code: 1,
      out: 'prompts/promptc.lock: It differs from the lock of the commit COMMIT, which the build names: it is not committed. Commit it together with the prompts, and build again.\n',
      err: 'Verified 2 artifacts against the manifest, the lock and Git: 1 finding.\n',
    });
    made.commit();
    await built(made.folder);
    expect(await verified(made.folder)).toMatchObject({ code: 0 });
  });

  it('finds a build of another commit', async () => {
    const made = await published();
    made.commit({ [LOCK_FILE]: formatLock({ entries: LOCK.entries.map((entry) => ({ ...entry, yanked: 'wrong' })) }) });
    const { out } = await verified(made.folder);
    expect(out).toContain(
      'prompts/promptc.lock: The build is of the commit COMMIT, whose lock is another one than that of what is checked out',
    );
    expect(out).toContain('bundle hello@1.0.0: It is not yanked in the build and yanked ("wrong") in the lock. Run `promptc build`.');
  });

  it('finds a build whose commit is not in the clone, or that names none', async () => {
    const made = await published();
    const file = path.join(made.folder, 'dist/build.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/"commit":"[0-9a-f]+"/, `"commit":"${'1'.repeat(40)}"`));
    expect((await verified(made.folder)).out).toBe(
      'build.json: The build names the commit COMMIT, which this clone does not have. Run: git fetch --no-tags origin COMMIT\n',
    );
    await writeFile(file, text.replace(/"commit":"[0-9a-f]+"/, `"commit":null`));
    expect(await verified(made.folder)).toMatchObject({ code: 0 });
  });

  it.each([
    ['shallow', ['--depth=1'], 'git fetch --unshallow'],
    ['partial', ['--filter=blob:none'], 'git fetch --refetch --no-filter origin'],
  ])('names the command by which a %s clone gets what it lacks', async (kind, args, command) => {
    const made = await published();
    const raised = (name: string): string => String(SMALL_PROJECT[name]).replace('1.0.0', '1.1.0').replace('Hello', 'Hi');
    const names = ['prompts/templates/greet.md', 'prompts/bundles/hello.md'];
    made.write(Object.fromEntries(names.map((name) => [name, raised(name)])));
    await built(made.folder);
    made.commit();
    await built(made.folder);
    made.git('config', 'uploadpack.allowFilter', 'true');
    const clone = await made.clone(...args);
    await cp(path.join(made.folder, 'dist'), path.join(clone.folder, 'dist'), { recursive: true });
    expect(await verified(clone.folder)).toEqual({
      code: 1,
      out: [
        `bundle hello@1.0.0: The lock records it with prompts/bundles/hello.md as COMMIT, and this clone is ${kind} and WHY. Run: ${command}`,
        `template greet@1.0.0: The lock records it with prompts/templates/greet.md as COMMIT, and this clone is ${kind} and WHY. Run: ${command}`,
        '',
      ]
        .join('\n')
        .replaceAll('WHY', kind === 'shallow' ? 'lacks its files' : 'has not fetched its files'),
      err: expect.stringContaining('2 findings') as string,
    });
    // Without the housekeeping that Git does in the background.
    clone.git('-c', 'maintenance.auto=false', ...command.split(' ').slice(1));
    expect(await verified(clone.folder)).toMatchObject({ code: 0, out: '' });
  });

  it('names what a whole clone lacks', async () => {
    const made = await published();
    const [bundle, template] = LOCK.entries;
    const files = Object.fromEntries(Object.keys(template!.files).map((name) => [name, '0'.repeat(40)]));
    made.commit({ [LOCK_FILE]: formatLock({ entries: [bundle!, { ...template!, files }] }) });
    const file = path.join(made.folder, 'dist/build.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/(?<="commit":")[0-9a-f]+/, made.git('rev-parse', 'HEAD')));
    expect((await verified(made.folder)).out).toBe(
      'template greet@1.0.0: The lock records it with prompts/partials/sign/off.md as COMMIT and prompts/templates/greet.md as COMMIT, and this clone lacks its files. Run: git fetch --all --tags\n',
    );
  });

  it('a repository that Git does not read is an error of the environment', async () => {
    const { folder } = await published();
    vi.stubEnv('PATH', await onlyGit(`GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec '${GIT}' "$@"`));
    onTestFinished(() => void vi.unstubAllEnvs());
    const { code, err } = await verified(folder);
    expect(code).toBe(2);
    expect(err).toContain('git config --global --add safe.directory');
  });

  it('reads the build and the project where it is told', async () => {
    const made = await repository(Object.fromEntries(Object.entries(LOCKED).map(([name, text]) => [`chat/${name}`, text])));
    await built(made.folder, '--root', 'chat', '--out', '../out');
    expect(await verified(made.folder, '--dir', 'out', '--root', 'chat')).toMatchObject({
      code: 0,
      err: 'Verified 2 artifacts against the manifest, the lock and Git: nothing is wrong.\n',
    });
    await rm(path.join(made.folder, 'out/manifest.json'));
    expect(await verified(made.folder, '--dir', 'out', '--root', 'chat')).toMatchObject({ code: 2, out: '' });
  });
});
