/** When and how a build writes the lock, and when a check refuses it. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildProject } from '../../src/cli/project.js';
import { LOCK_FILE } from '../../src/format/lock.js';
import { projectFolder } from '../support/project.js';
import { repository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';
import { build, bundle, check, CI, lockedNames, lockOf, namesOf, PROJECT, publish, published, template } from './published-project.js';

describe('the lock', () => {
  it('records every version of the tree, with its files, however they were put in', async () => {
    const made = await published();
    const [agent, tone] = await lockOf(made);
    const head = (file: string): string => made.git('rev-parse', `HEAD:${file}`);
    expect(agent).toMatchObject({ kind: 'bundle', id: 'agent', version: '1.0.0', spec: 1, slots: { task: 'tone@1.0.0' } });
    expect(agent!.files).toEqual({ 'prompts/bundles/agent.md': head('prompts/bundles/agent.md') });
    expect(tone!.files).toEqual({
      'prompts/templates/tone.md': head('prompts/templates/tone.md'),
      'prompts/partials/rules.md': head('prompts/partials/rules.md'),
      'prompts/partials/rules/privacy.md': head('prompts/partials/rules/privacy.md'),
    });
    const { bundles, templates } = await build(made);
    expect([agent!.hash, agent!.artifact.digest]).toEqual([
      bundles['agent']!.versions['1.0.0']!.hash,
      bundles['agent']!.versions['1.0.0']!.artifact.digest,
    ]);
    expect(tone!.hash).toBe(templates['tone']!.versions['1.0.0']!.hash);
  });

  it('is left alone by a build that changes nothing', async () => {
    const made = await published();
    const lock = path.join(made.folder, LOCK_FILE);
    const before = await stat(lock);
    await build(made);
    expect((await stat(lock)).mtimeMs).toBe(before.mtimeMs);
    expect((await stat(lock)).ino).toBe(before.ino);
  });

  it('is left alone if its lines are in another order, or there twice, and that is no error', async () => {
    const made = await published();
    const file = path.join(made.folder, LOCK_FILE);
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    const shuffled = `${[...lines.toReversed(), lines[1], ''].join('\n')}\n`;
    await writeFile(file, shuffled);
    expect(await check(made)).toEqual([]);
    await build(made);
    expect(await readFile(file, 'utf8')).toBe(shuffled);
  });

  it('names blobs as the repository does: by SHA-256, if it has that', async () => {
    const made = await published(PROJECT, '--object-format=sha256');
    const [, tone] = await lockOf(made);
    expect(tone!.files['prompts/templates/tone.md']).toBe(made.git('rev-parse', 'HEAD:prompts/templates/tone.md'));
    expect(tone!.files['prompts/templates/tone.md']).toHaveLength(64);
    await publish(made, template('tone', '1.1.0', 'Be calm and brief.\n{{> rules}}'));
    await rm(path.join(made.folder, 'dist'), { recursive: true });
    expect(namesOf(await build(made))).toContain('tone@1.0.0');
  });

  it('keeps what is published and no longer in the tree, and drops drafts that are no more', async () => {
    const made = await published();
    made.write(template('tone', '1.1.0', 'Be quiet.\n{{> rules}}'));
    await build(made);
    made.write(template('tone', '1.2.0', 'Be silent.\n{{> rules}}'));
    await build(made);
    expect(await lockedNames(made)).toEqual(['bundle agent@1.0.0', 'template tone@1.0.0', 'template tone@1.2.0']);
  });

  it('keeps the line of a published version whose description, examples or docs change', async () => {
    const made = await published();
    const before = await readFile(path.join(made.folder, LOCK_FILE), 'utf8');
    made.write({
      ...template('tone', '1.0.0', 'Be calm.\n{{> rules}}', 'description: How to speak.\n'),
      ...bundle('agent', '1.0.0', 'task: tone', 'description: Helps.\nexamples: [{ name: plain, input: {} }]\n'),
    });
    await build(made);
    expect(await readFile(path.join(made.folder, LOCK_FILE), 'utf8')).toBe(before);
    expect(await check(made)).toEqual([]);
  });

  it('follows drafts: their files, and what they are linked to', async () => {
    const made = await published();
    made.write({ ...template('tone', '1.1.0', 'Be quiet.'), ...bundle('agent', '1.1.0', 'task: tone') });
    await build(made);
    const before = await lockOf(made);
    made.write({ ...template('tone', '1.1.0', 'Be silent.', 'description: New.\n') });
    await build(made);
    const [agent, tone] = (await lockOf(made)).filter(({ version }) => version === '1.1.0');
    expect(agent!.hash).not.toBe(before.find(({ kind, version }) => kind === 'bundle' && version === '1.1.0')!.hash);
    made.git('add', '--all');
    expect(tone!.files['prompts/templates/tone.md']).toBe(made.git('rev-parse', ':prompts/templates/tone.md'));
  });

  it('before the first commit, holds what is in the tree', async () => {
    const made = await repository();
    made.write(PROJECT);
    await build(made);
    made.write(template('tone', '1.1.0', 'Be quiet.'));
    await build(made);
    expect(await lockedNames(made)).toEqual(['bundle agent@1.0.0', 'template tone@1.1.0']);
  });
});

describe('frozen', () => {
  it.each([
    [['check'], {}],
    [['build', '--frozen'], {}],
    [['build'], CI],
    [['check'], CI],
  ] as const)('%j writes no lock, and fails if it would change', async (args, env) => {
    const made = await published();
    const main = made.git('rev-parse', 'HEAD');
    made.git('checkout', '--quiet', '-b', 'topic');
    made.write(template('tone', '1.1.0', 'Be quiet.'));
    made.commit();
    const lock = await readFile(path.join(made.folder, LOCK_FILE), 'utf8');
    const { code, err } = await runCommand(made.folder, [...args, '--base', main], { env });
    expect(code).toBe(1);
    expect(err).toContain('prompts/promptc.lock:1:1 error lock/outdated\n');
    expect(err).toContain('does not record what the prompts are: it lacks the template tone@1.1.0.');
    expect(err).toContain('hint: Run `promptc build`, and commit prompts/promptc.lock with the prompts.');
    expect(await readFile(path.join(made.folder, LOCK_FILE), 'utf8')).toBe(lock);
    // What it says is what mends it.
    expect(await runCommand(made.folder, ['build', '--base', main])).toMatchObject({ code: 0 });
    expect(await runCommand(made.folder, [...args, '--base', main], { env })).toMatchObject({ code: 0 });
  });

  it('is lifted in CI by --no-frozen', async () => {
    const made = await published();
    made.write(template('tone', '1.1.0', 'Be quiet.'));
    expect(await runCommand(made.folder, ['build', '--no-frozen', '--base', 'HEAD'], { env: CI })).toMatchObject({ code: 0 });
    expect(await lockedNames(made)).toContain('template tone@1.1.0');
  });

  it('does not go with --update', async () => {
    const made = await published();
    for (const [args, env] of [
      [['--frozen'], {}],
      [[], CI],
    ] as const) {
      const { code, err } = await runCommand(made.folder, ['build', '--update', ...args], { env });
      expect({ code, err }).toEqual({
        code: 2,
        err: 'error: --update writes the lock, and here it is frozen. Run it without --frozen, outside of CI.\n',
      });
    }
  });

  it('says what the lock has too much, and what it has otherwise', async () => {
    const made = await published();
    made.write(template('tone', '1.1.0', 'Be quiet.'));
    await build(made);
    made.write(template('tone', '1.2.0', 'Be quiet.'));
    expect(await check(made)).toEqual([
      'prompts/promptc.lock:1 lock/outdated The lock does not record what the prompts are: it lacks the template tone@1.2.0, it has the template tone@1.1.0, which is neither published nor in the tree.',
    ]);
    made.write(template('tone', '1.1.0', 'Be silent.'));
    expect(await check(made)).toEqual([
      'prompts/promptc.lock:1 lock/outdated The lock does not record what the prompts are: it has the template tone@1.1.0 otherwise.',
    ]);
    const many = ['a', 'b', 'c', 'd', 'e'].map((id) => template(id, '1.0.0', id));
    made.write({ ...Object.assign({}, ...many) });
    const [line] = await check(made);
    expect(line).toMatch(
      /it lacks the template a@1\.0\.0, it lacks the template b@1\.0\.0, it lacks the template c@1\.0\.0, and 3 more\.$/,
    );
  });
});

it('two builds at once into one folder both end well, and the result is one of the two', async () => {
  const made = await published();
  const texts = ['Be quiet.', 'Be silent.'];
  const folders = await Promise.all(
    texts.map(async (text) => {
      const folder = await projectFolder({ ...PROJECT, ...template('tone', '1.1.0', text) });
      await writeFile(path.join(folder, LOCK_FILE), await readFile(path.join(made.folder, LOCK_FILE)));
      return folder;
    }),
  );
  // Both folders write into the output of the repository, and each its own lock.
  const out = path.join(made.folder, 'dist');
  for (const folder of folders) await writeFile(path.join(folder, '.git'), `gitdir: ${made.folder}/.git\n`);
  for (let round = 0; round < 5; round++) {
    const built = await Promise.all(folders.map((folder) => buildProject(folder, out)));
    const digests = built.map(({ compiled }) => compiled.build!.manifestDigest);
    expect(digests[0]).not.toBe(digests[1]);
    const { out: served, code } = await runCommand(made.folder, ['render', 'agent']);
    expect(code).toBe(0);
    expect(served).toContain('Be calm.');
    const manifest = await readFile(path.join(out, 'manifest.json'));
    expect(built.map(({ compiled }) => Buffer.from(compiled.build!.manifestBytes).equals(manifest))).toContain(true);
  }
});

it('two builds of one folder at once write one lock', async () => {
  const made = await published();
  made.write(template('tone', '1.1.0', 'Be quiet.'));
  await Promise.all([build(made), build(made)]);
  expect(await check(made)).toEqual([]);
});

describe('without Git', () => {
  it('nothing is published, and everything that was recorded is kept as long as it is at hand', async () => {
    const folder = await projectFolder(PROJECT);
    const made = { folder };
    await build(made);
    await writeFile(path.join(folder, 'prompts/templates/tone.md'), template('tone', '1.0.0', 'Be quiet.')['prompts/templates/tone.md']!);
    await build(made);
    await writeFile(path.join(folder, 'prompts/templates/tone.md'), template('tone', '1.1.0', 'Be silent.')['prompts/templates/tone.md']!);
    expect(namesOf(await build(made))).toEqual(['agent@1.0.0', 'tone@1.1.0', 'tone@1.0.0']);
    expect(await lockedNames(made)).toEqual(['bundle agent@1.0.0', 'template tone@1.0.0', 'template tone@1.1.0']);
    expect(await check(made)).toEqual([]);
  });
});
