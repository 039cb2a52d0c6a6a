/** Versions that the working tree no longer holds: where they are taken from, and what is said if they cannot be. */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fastGlob from 'fast-glob';
import { describe, expect, it } from 'vitest';
import { buildProject, compileProject } from '../../src/cli/project.js';
import type { Build } from '../../src/compile/emit/emit.js';
import { type Manifest, objectPath } from '../../src/format/artifact.js';
import { LOCK_FILE, type LockEntry } from '../../src/format/lock.js';
import { DistFolder } from '../../src/sources/file.js';
import { formatLock, nameOf } from '../../src/versions/lock.js';
import { temporaryFolder } from '../support/project.js';
import { onlyGit, TestRepository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';
import { build, bundle, check, CI, lockOf, namesOf, partial, PROJECT, publish, published, template, told } from './published-project.js';

/** Three versions of the template, two of the bundle, of which the tree holds the last. */
async function grown(): Promise<TestRepository> {
  const made = await published();
  await publish(made, { ...template('tone', '1.1.0', 'Be quiet.\n{{> rules}}'), ...partial('rules', 'Keep to all rules.') });
  await publish(made, { ...template('tone', '2.0.0', 'Be silent.'), ...bundle('agent', '2.0.0', 'task: tone@^1.0.0') });
  return made;
}

const EVERYTHING = ['agent@1.0.0', 'agent@2.0.0', 'tone@1.0.0', 'tone@1.1.0', 'tone@2.0.0'];

/** The manifest of a folder, the pages that it names, and every artifact: not what is kept of earlier builds, nor where they came from. */
async function filesOf(folder: string): Promise<Map<string, string>> {
  const names = await fastGlob.glob(['manifest.json', 'objects/**'], { cwd: folder, dot: true });
  const files = await Promise.all(names.toSorted().map(async (name) => [name, await readFile(path.join(folder, name), 'utf8')] as const));
  const manifest = JSON.parse(files.find(([name]) => name === 'manifest.json')![1]) as Manifest;
  const pages = new Set([...manifest.bundles, ...manifest.templates].map(({ digest }) => objectPath(digest)));
  const isArtifact = (text: string): boolean => ['bundle', 'template'].includes((JSON.parse(text) as { kind?: string }).kind!);
  return new Map(files.filter(([name, text]) => name === 'manifest.json' || pages.has(name) || isArtifact(text)));
}

/** Does what a message says, in a shell. */
function obey(made: TestRepository, message: string): void {
  const [, command] = /Run `([^`]+)`/.exec(message)!;
  execFileSync('sh', ['-c', command!], { cwd: made.folder, env: { ...process.env, GIT_ALLOW_PROTOCOL: 'file' }, stdio: 'pipe' });
}

async function failed(made: TestRepository, args: readonly string[] = ['build'], env = {}): Promise<string> {
  const { code, out, err } = await runCommand(made.folder, args, { env });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  return err;
}

describe('a fresh clone', () => {
  it('gives the same bytes as the build that published, manifest included', async () => {
    const made = await grown();
    const index = await build(made);
    expect(namesOf(index).toSorted()).toEqual(EVERYTHING);
    const expected = await filesOf(path.join(made.folder, 'dist'));
    // And a page of bundles, one of templates, and the manifest.
    expect(expected.size).toBe(EVERYTHING.length + 3);

    const cloned = await made.clone();
    await build(cloned);
    expect(await filesOf(path.join(cloned.folder, 'dist'))).toEqual(expected);
    expect(cloned.git('status', '--porcelain')).toBe('');
  });

  it('renders every version as it did when it was the current one', async () => {
    const made = await published();
    const renders = [(await runCommand(made.folder, ['render', 'agent'])).out];
    await publish(made, { ...template('tone', '1.1.0', 'Be quiet.'), ...bundle('agent', '1.1.0', 'task: tone') });
    renders.push((await runCommand(made.folder, ['render', 'agent'])).out);
    const cloned = await made.clone();
    await build(cloned);
    const again = [];
    for (const version of ['1.0.0', '1.1.0']) again.push((await runCommand(cloned.folder, ['render', `agent@${version}`])).out);
    expect(again).toEqual(renders);
    expect(new Set(renders).size).toBe(2);
  });

  it('does not depend on whether artifacts were at hand', async () => {
    const made = await grown();
    const { compiled: fromArtifacts } = await compileProject(made.folder, 'dist');
    const { compiled: fromGit } = await compileProject(made.folder, 'nowhere');
    expect(Buffer.from(fromArtifacts.build!.manifestBytes)).toEqual(Buffer.from(fromGit.build!.manifestBytes));
    const textsOf = ({ objects }: Build) => [...objects].map(([name, { bytes }]) => [name, Buffer.from(bytes).toString()]);
    expect(textsOf(fromArtifacts.build!)).toEqual(textsOf(fromGit.build!));
  });

  it('holds what a later change of the limits would refuse today', async () => {
    const made = await published({
      ...PROJECT,
      ...template('tone', '1.0.0', '{{#if task}}{{#if task}}{{#if task}}Be calm.{{/if}}{{/if}}{{/if}}'),
    });
    await publish(made, { ...template('tone', '1.1.0', 'Be quiet.'), ...bundle('agent', '1.1.0', 'task: tone') });
    made.commit({ 'promptc.config.json': '{ "limits": { "blockDepth": 2 } }' });
    const cloned = await made.clone();
    expect(namesOf(await build(cloned))).toContain('tone@1.0.0');
  });

  it('says how many older versions it holds', async () => {
    const made = await grown();
    const { err } = await runCommand(made.folder, ['build']);
    expect(err).toContain('Compiled 1 template, 1 bundle, 0 examples and 3 older versions into dist');
  });
});

describe('a shallow clone', () => {
  it('names the command that fetches what is missing, which mends it', async () => {
    const made = await grown();
    const cloned = await made.clone('--depth=1');
    const message = await failed(cloned);
    expect(message).toBe(
      'error: The lock records the template tone@1.0.0 (and 1 more), which the working tree no longer holds, and this clone is shallow and lacks its files. Run `git fetch --unshallow`.\n',
    );
    obey(cloned, message);
    expect(namesOf(await build(cloned)).toSorted()).toEqual(EVERYTHING);
  });

  it('takes artifacts of an earlier build instead', async () => {
    const made = await grown();
    const cloned = await made.clone('--depth=1');
    await cp(path.join(made.folder, 'dist'), path.join(cloned.folder, 'dist'), { recursive: true });
    await build(cloned);
    expect(await filesOf(path.join(cloned.folder, 'dist'))).toEqual(await filesOf(path.join(made.folder, 'dist')));
  });

  it('previews and checks the tree alone with --current-only, and the manifest says that it is partial', async () => {
    const made = await grown();
    const cloned = await made.clone('--depth=1');
    const lock = await readFile(path.join(cloned.folder, LOCK_FILE), 'utf8');
    const index = await build(cloned, { currentOnly: true });
    expect(index.partial).toBe(true);
    const manifest = JSON.parse(await readFile(path.join(cloned.folder, 'dist/manifest.json'), 'utf8')) as Manifest;
    expect(manifest.partial).toBe(true);
    // The bundle needs a version that is left out.
    expect(namesOf(index)).toEqual(['tone@2.0.0']);
    expect(await readFile(path.join(cloned.folder, LOCK_FILE), 'utf8')).toBe(lock);
    expect(await check(cloned, { currentOnly: true })).toEqual([]);
    expect((await runCommand(cloned.folder, ['check', '--current-only'])).code).toBe(0);
    expect(await build(made)).not.toHaveProperty('partial');
  });

  it('refuses an artifact at hand that was changed', async () => {
    const made = await grown();
    const cloned = await made.clone('--depth=1');
    await cp(path.join(made.folder, 'dist'), path.join(cloned.folder, 'dist'), { recursive: true });
    const entry = (await lockOf(made)).find((one) => nameOf(one) === 'template tone@1.0.0')!;
    const file = path.join(cloned.folder, 'dist', objectPath(entry.artifact.digest));
    const bytes = await readFile(file);
    await writeFile(file, bytes.toString().replace('Be calm', 'Be rude'));
    expect(await failed(cloned)).toContain('template tone@1.0.0');
  });
});

describe('--current-only', () => {
  it('is an error where a draft needs a version that it leaves out, however it refers to it', async () => {
    const made = await grown();
    for (const reference of ['tone@1.0.0', 'tone@^1.0.0']) {
      made.git('checkout', '--quiet', '--', '.');
      made.write(bundle('agent', '2.1.0', `task: ${reference}`));
      const version = reference.includes('^') ? '1.1.0' : '1.0.0';
      expect(await check(made, { currentOnly: true })).toEqual([
        `prompts/bundles/agent.md:4 check/left-out-version This needs version ${version} of the template "tone", which is published but left out of this build.`,
      ]);
      await build(made);
      expect((await check(made, { currentOnly: true })).map((line) => line.split(' ')[1])).toEqual(['check/left-out-version']);
    }
    made.write(bundle('agent', '2.1.0', 'task: tone'));
    expect(namesOf(await build(made, { currentOnly: true }))).toEqual(['agent@2.1.0', 'tone@2.0.0']);
  });

  it('does not mark what holds everything', async () => {
    const made = await published();
    expect(await build(made, { currentOnly: true })).not.toHaveProperty('partial');
  });
});

describe('a partial clone', () => {
  it('names the command that fetches what is missing, which mends it', async () => {
    const made = await grown();
    made.git('config', 'uploadpack.allowFilter', 'true');
    const cloned = await made.clone('--filter=blob:none');
    const message = await failed(cloned);
    expect(message).toContain('this clone is partial and has not fetched its files. Run `git fetch --refetch --no-filter origin`.');
    obey(cloned, message);
    expect(namesOf(await build(cloned)).toSorted()).toEqual(EVERYTHING);
  });
});

describe('without a repository', () => {
  async function exported(made: TestRepository): Promise<TestRepository> {
    const folder = await temporaryFolder();
    await cp(path.join(made.folder, 'prompts'), path.join(folder, 'prompts'), { recursive: true });
    return new TestRepository(folder);
  }

  it('versions that the tree does not hold are an error of the environment', async () => {
    const copy = await exported(await grown());
    expect(await failed(copy)).toBe(
      `error: The lock records the template tone@1.0.0 (and 1 more), which the working tree no longer holds, and there is no history to take it from: ${copy.folder} lies in no Git repository. Build in a clone of the repository, or leave such versions out with --current-only.\n`,
    );
    expect(await failed(copy, ['check'])).toContain('--current-only');
  });

  it('artifacts of an earlier build do as well', async () => {
    const made = await grown();
    const copy = await exported(made);
    await cp(path.join(made.folder, 'dist'), path.join(copy.folder, 'dist'), { recursive: true });
    await build(copy);
    expect(await filesOf(path.join(copy.folder, 'dist'))).toEqual(await filesOf(path.join(made.folder, 'dist')));
  });

  it('--current-only leaves them out, and leaves the lock alone', async () => {
    const copy = await exported(await grown());
    const lock = await readFile(path.join(copy.folder, LOCK_FILE), 'utf8');
    const index = await build(copy, { currentOnly: true });
    expect({ partial: index.partial, names: namesOf(index) }).toEqual({ partial: true, names: ['tone@2.0.0'] });
    expect(await readFile(path.join(copy.folder, LOCK_FILE), 'utf8')).toBe(lock);
    expect(await check(copy, { currentOnly: true })).toEqual([]);
  });

  it('and without Git at all, it is the same', async () => {
    const made = await grown();
    await rm(path.join(made.folder, 'dist'), { recursive: true });
    const before = process.env['PATH'];
    process.env['PATH'] = await temporaryFolder();
    try {
      expect(await failed(made)).toContain('there is no history to take it from: Git is not installed, or its folder is not in PATH.');
      expect((await build(made, { currentOnly: true })).partial).toBe(true);
      // In a CI it is not known what is published.
      expect(await failed(made, ['build', '--current-only'], CI)).toContain('Git is not installed');
    } finally {
      process.env['PATH'] = before;
    }
  });
});

describe('an artifact at hand', () => {
  it('that was changed is not used: Git has the files', async () => {
    const made = await grown();
    const entry = (await lockOf(made)).find((one) => nameOf(one) === 'template tone@1.0.0')!;
    await writeFile(path.join(made.folder, 'dist', objectPath(entry.artifact.digest)), '{}');
    await build(made);
    const bytes = await new DistFolder(path.join(made.folder, 'dist')).object({ ...entry.artifact, size: 0 });
    expect(Buffer.from(bytes).toString()).toContain('Be calm.');
  });

  it('of a format that this version does not read is compiled anew, and the lock says so', async () => {
    const made = await grown();
    // As a build by an older compiler would have left it.
    const lock = await lockOf(made);
    const old = Buffer.from('{"formatVersion":0,"kind":"template"}');
    const digest = `sha256:${execFileSync('sha256sum', { input: old }).toString().slice(0, 64)}` as const;
    const entries = lock.map((one) => (nameOf(one) === 'template tone@1.0.0' ? { ...one, artifact: { digest, formatVersion: 0 } } : one));
    expect(() => formatLock({ entries })).not.toThrow();
    const file = path.join(made.folder, 'dist', objectPath(digest));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, old);
    const text = formatLock({ entries }).replace('"formatVersion":0', '"formatVersion":2');
    made.commit({ [LOCK_FILE]: text });
    expect((await check(made, { base: 'HEAD' })).map((line) => line.slice(line.indexOf('it has')))).toEqual([
      'it has the template tone@1.0.0 otherwise.',
    ]);
    await build(made, { base: 'HEAD' });
    expect(await lockOf(made)).toEqual(lock);
  });

  it('that is of another version is not used', async () => {
    const made = await grown();
    const lock = await lockOf(made);
    const [first, second] = ['template tone@1.0.0', 'template tone@1.1.0'].map((name) => lock.find((one) => nameOf(one) === name)!);
    const entries = lock.map((one) => (one === first ? { ...one, artifact: second!.artifact } : one));
    made.commit({ [LOCK_FILE]: formatLock({ entries }) });
    await build(made, { base: 'HEAD' });
    expect(await lockOf(made)).toEqual(lock);
  });

  it('of a bundle that is linked to other bytes of its template is compiled anew', async () => {
    const made = await published();
    await publish(made, { ...template('tone', '1.1.0', 'Be quiet.'), ...bundle('agent', '1.1.0', 'task: tone') });
    const lock = await lockOf(made);
    const agent = lock.find((one) => nameOf(one) === 'bundle agent@1.0.0')!;
    const stored = path.join(made.folder, 'dist', objectPath(agent.artifact.digest));
    const tone = lock.find((one) => nameOf(one) === 'template tone@1.0.0')!;
    const other = Buffer.from((await readFile(stored, 'utf8')).replace(tone.artifact.digest, `sha256:${'0'.repeat(64)}`));
    const digest = `sha256:${execFileSync('sha256sum', { input: other }).toString().slice(0, 64)}` as const;
    const file = path.join(made.folder, 'dist', objectPath(digest));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, other);
    made.commit({
      [LOCK_FILE]: formatLock({ entries: lock.map((one) => (one === agent ? { ...one, artifact: { digest, formatVersion: 1 } } : one)) }),
    });
    const { bundles } = await build(made, { base: 'HEAD' });
    expect(bundles['agent']!.versions['1.0.0']!.artifact.digest).toBe(agent.artifact.digest);
  });
});

describe('a line of the lock at the base that was forged', () => {
  /** The lock with one entry in another form is what is published; what a check says of it. */
  async function forged(name: string, change: (entry: LockEntry) => Partial<LockEntry> | undefined): Promise<string[]> {
    const made = await grown();
    const entries = (await lockOf(made)).flatMap((one) => {
      const changed = nameOf(one) === name ? change(one) : {};
      return changed === undefined ? [] : [{ ...one, ...changed } as LockEntry];
    });
    made.commit({ [LOCK_FILE]: formatLock({ entries }) });
    await rm(path.join(made.folder, 'dist'), { recursive: true });
    const { compiled } = await compileProject(made.folder, 'dist', { frozen: true, base: 'HEAD' });
    expect(compiled.build).toBeUndefined();
    return told(compiled.diagnostics.filter(({ severity }) => severity === 'error'));
  }

  it('names another hash', async () => {
    const [first, ...more] = await forged('template tone@1.0.0', () => ({ hash: `sha256:${'0'.repeat(64)}` }));
    expect(more).toEqual([]);
    expect(first).toMatch(
      /^prompts\/promptc\.lock:4 versions\/wrong-hash Version 1\.0\.0 of the template "tone" is recorded with the hash sha256:0{64}, and its published files have sha256:[0-9a-f]{64}\.$/,
    );
  });

  it('names the files of another version', async () => {
    const made = await grown();
    const other = (await lockOf(made)).find((one) => nameOf(one) === 'template tone@1.1.0')!;
    const [first, ...more] = await forged('template tone@1.0.0', () => ({ files: other.files }));
    expect(more).toEqual([]);
    expect(first).toContain('prompts/promptc.lock:4 versions/wrong-hash');
  });

  it('lacks a partial', async () => {
    expect(
      await forged('template tone@1.0.0', ({ files }) => ({
        files: Object.fromEntries(Object.entries(files).filter(([name]) => name !== 'prompts/partials/rules.md')),
      })),
    ).toEqual([
      'prompts/promptc.lock:4 versions/broken-history Version 1.0.0 of the template "tone" cannot be compiled from its published files: There is no partial named "rules".',
    ]);
  });

  it('lacks the file of the template itself', async () => {
    const [first, ...more] = await forged('template tone@1.0.0', ({ files }) => ({
      files: Object.fromEntries(Object.entries(files).filter(([name]) => name.startsWith('prompts/partials/'))),
    }));
    expect(more).toEqual([]);
    expect(first).toContain(
      'versions/broken-history Version 1.0.0 of the template "tone" cannot be compiled from its published files: its files are not all there.',
    );
  });

  it('names another spec', async () => {
    expect(await forged('template tone@1.0.0', () => ({ spec: 2 }))).toEqual([
      'prompts/promptc.lock:4 versions/unknown-spec Version 1.0.0 of the template "tone" was published under spec 2, which this promptc does not know.',
    ]);
  });

  it('links a bundle to a version that nothing records', async () => {
    expect(await forged('template tone@1.0.0', () => undefined)).toEqual([
      'prompts/promptc.lock:2 versions/broken-history Version 1.0.0 of the bundle "agent" cannot be compiled from its published files: the template tone@1.0.0, which fills a slot of it, is neither recorded nor in the working tree.',
    ]);
  });

  it('links a bundle to another version', async () => {
    const [first, ...more] = await forged('bundle agent@1.0.0', () => ({ slots: { task: 'tone@1.1.0' } }));
    expect(more).toEqual([]);
    expect(first).toContain('prompts/promptc.lock:2 versions/wrong-hash Version 1.0.0 of the bundle "agent"');
  });

  it('names a blob that no commit holds: an error of the environment, which says so', async () => {
    const made = await grown();
    const entries = (await lockOf(made)).map((one) =>
      nameOf(one) === 'template tone@1.0.0' ? { ...one, files: { 'prompts/templates/tone.md': '1'.repeat(40) } } : one,
    );
    made.commit({ [LOCK_FILE]: formatLock({ entries }) });
    await rm(path.join(made.folder, 'dist'), { recursive: true });
    const message = await failed(made, ['build', '--base', 'HEAD']);
    expect(message).toContain(
      'this clone lacks its files. Run `git fetch --all --tags`. If they are still missing then, no commit holds what',
    );
  });
});

it('all blobs are read through one process', async () => {
  const made = await grown();
  const log = path.join(await temporaryFolder(), 'log');
  const before = process.env['PATH'];
  process.env['PATH'] = await onlyGit(`case "$*" in *cat-file\\ --batch*) echo x >> ${log} ;; esac\nPATH=${before} exec git "$@"`);
  try {
    await compileProject(made.folder, 'nowhere');
  } finally {
    process.env['PATH'] = before;
  }
  // One for the lock of the base, one for templates, one for bundles.
  expect((await readFile(log, 'utf8')).trim().split('\n')).toHaveLength(3);
});

it('an output folder elsewhere serves as well', async () => {
  const made = await grown();
  const out = path.join(await temporaryFolder(), 'out');
  await build(made, {}, out);
  const cloned = await made.clone('--depth=1');
  const { written } = await buildProject(cloned.folder, out);
  // And the two pages of the index.
  const objects = EVERYTHING.length + 2;
  expect(written).toEqual({ objects, kept: objects });
});
