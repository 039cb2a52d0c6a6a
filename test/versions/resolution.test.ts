/** From references to versions: what the tree and the lock hold, what was recorded, and what is yanked. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileProject, type ProjectOptions } from '../../src/cli/project.js';
import { LOCK_FILE } from '../../src/format/lock.js';
import { formatLock, nameOf } from '../../src/versions/lock.js';
import type { TestRepository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';
import { build, bundle, check, lockOf, namesOf, PROJECT, publish, published, template, told } from './published-project.js';

/** Which template version fills the slot of a bundle version, after a build. */
async function linkedTo(made: TestRepository, version: string, options: ProjectOptions = {}): Promise<string | undefined> {
  await build(made, options);
  const entry = (await lockOf(made)).find((one) => one.kind === 'bundle' && one.version === version);
  return entry?.kind === 'bundle' ? entry.slots.task : undefined;
}

/** A project whose template was published as 1.0.0, 1.1.0 and 2.0.0, which is the one in the tree. */
async function threeVersions(): Promise<TestRepository> {
  const made = await published();
  await publish(made, template('tone', '1.1.0', 'Be quiet.'));
  await publish(made, template('tone', '2.0.0', 'Be silent.'));
  return made;
}

async function yank(made: TestRepository, name: string, reason = 'It lied.'): Promise<void> {
  const entries = (await lockOf(made)).map((entry) => (nameOf(entry) === name ? { ...entry, yanked: reason } : entry));
  await writeFile(path.join(made.folder, LOCK_FILE), formatLock({ entries }));
}

describe('a reference', () => {
  it.each([
    ['tone', '2.0.0'],
    ['tone@1.0.0', '1.0.0'],
    ['tone@^1.0.0', '1.1.0'],
    ['tone@1.0.x', '1.0.0'],
    ['tone@>=1.0.0', '2.0.0'],
    ['tone@1.x || 2.x', '2.0.0'],
  ])('%s takes %s', async (reference, expected) => {
    const made = await threeVersions();
    made.write(bundle('agent', '2.0.0', `task: ${JSON.stringify(reference)}`));
    expect(await linkedTo(made, '2.0.0')).toBe(`tone@${expected}`);
    expect((await runCommand(made.folder, ['render', 'agent@2.0.0'])).code).toBe(0);
  });

  it('that nothing fits names every version that there is', async () => {
    const made = await threeVersions();
    made.write(bundle('agent', '2.0.0', 'task: tone@^3.0.0'));
    expect(await check(made)).toEqual([
      'prompts/bundles/agent.md:4 check/unknown-version No version of the template "tone" fits ^3.0.0; there are 1.0.0, 1.1.0, 2.0.0.',
    ]);
  });

  it('takes a prerelease only if it names one', async () => {
    const made = await published();
    await publish(made, template('tone', '1.1.0-beta.1', 'Be quiet.'));
    made.write(bundle('agent', '2.0.0', 'system: tone@^1.0.0, task: tone@^1.1.0-beta'));
    await build(made);
    const entry = (await lockOf(made)).find(({ version }) => version === '2.0.0');
    expect(entry).toMatchObject({ slots: { system: 'tone@1.0.0', task: 'tone@1.1.0-beta.1' } });
  });

  it('to a version that only history has works without the output folder', async () => {
    const made = await threeVersions();
    made.write(bundle('agent', '2.0.0', 'task: tone@1.0.0'));
    await rm(path.join(made.folder, 'dist'), { recursive: true });
    await build(made);
    expect((await runCommand(made.folder, ['render', 'agent@2.0.0'])).out).toBe('Be calm.\nKeep to the rules:\nTell nobody.\n');
  });

  it('without a version is ambiguous if the tree holds two, whatever history has', async () => {
    const made = await threeVersions();
    const [[, text]] = Object.entries(template('tone', '2.1.0', 'Be mute.')) as [[string, string]];
    made.write({ 'prompts/templates/tone-next.md': text, ...bundle('agent', '2.0.0', 'task: tone') });
    expect(await check(made)).toEqual([
      'prompts/bundles/agent.md:4 check/ambiguous-reference "tone" could mean any of its versions in the tree: 2.0.0, 2.1.0.',
    ]);
  });
});

describe('what was recorded for a draft', () => {
  /** A draft bundle that was resolved to 1.1.0, and a template that has moved on since. */
  async function resolved(): Promise<TestRepository> {
    const made = await published();
    await publish(made, template('tone', '1.1.0', 'Be quiet.'));
    made.write(bundle('agent', '1.1.0', 'task: tone@^1.0.0'));
    expect(await linkedTo(made, '1.1.0')).toBe('tone@1.1.0');
    made.write(template('tone', '1.2.0', 'Be silent.'));
    return made;
  }

  it('stays as long as the range takes it', async () => {
    const made = await resolved();
    expect(await linkedTo(made, '1.1.0')).toBe('tone@1.1.0');
    made.write(bundle('agent', '1.1.0', 'task: tone@^1.2.0'));
    expect(await linkedTo(made, '1.1.0')).toBe('tone@1.2.0');
  });

  it('is resolved anew by --update', async () => {
    const made = await resolved();
    expect(await linkedTo(made, '1.1.0', { update: true })).toBe('tone@1.2.0');
    expect(await linkedTo(made, '1.1.0')).toBe('tone@1.2.0');
  });

  it('is resolved anew on the command line', async () => {
    const made = await resolved();
    expect((await runCommand(made.folder, ['build', '--update'])).code).toBe(0);
    expect(await lockOf(made)).toContainEqual(expect.objectContaining({ version: '1.1.0', slots: { task: 'tone@1.2.0' } }));
  });

  it('does not hold a reference without a version, which goes with the tree', async () => {
    const made = await resolved();
    made.write(bundle('agent', '1.1.0', 'task: tone'));
    expect(await linkedTo(made, '1.1.0')).toBe('tone@1.2.0');
  });

  it('is given up with a draft of the template that is no more', async () => {
    const made = await resolved();
    expect(await linkedTo(made, '1.1.0', { update: true })).toBe('tone@1.2.0');
    made.write(template('tone', '1.2.1', 'Be mute.'));
    expect(await linkedTo(made, '1.1.0')).toBe('tone@1.2.1');
  });
});

describe('a published bundle never resolves anew', () => {
  it.each(['tone', 'tone@^1.0.0', 'tone@1.0.0'])('%s', async (reference) => {
    const made = await published({ ...PROJECT, ...bundle('agent', '1.0.0', `task: ${reference}`) });
    made.write(template('tone', '1.1.0', 'Be quiet.\n{{> rules}}'));
    expect(await linkedTo(made, '1.0.0')).toBe('tone@1.0.0');
    expect(await linkedTo(made, '1.0.0', { update: true })).toBe('tone@1.0.0');
    expect(await check(made)).toEqual([]);
    expect((await runCommand(made.folder, ['render', 'agent'])).out).toContain('Be calm.');
  });

  it('nor when what it uses is yanked', async () => {
    const made = await published({ ...PROJECT, ...bundle('agent', '1.0.0', 'task: tone@^1.0.0') });
    await publish(made, template('tone', '1.1.0', 'Be quiet.'));
    await yank(made, 'template tone@1.0.0');
    const { compiled } = await compileProject(made.folder, 'dist');
    expect(told(compiled.diagnostics.filter(({ code }) => code.startsWith('check/yanked')))).toEqual([]);
    expect(await linkedTo(made, '1.0.0')).toBe('tone@1.0.0');
  });
});

describe('a yanked version', () => {
  it('is passed over by ranges, in the tree and in history', async () => {
    const made = await threeVersions();
    await yank(made, 'template tone@2.0.0');
    made.write(bundle('agent', '2.0.0', 'task: tone@>=1.0.0'));
    expect(await linkedTo(made, '2.0.0')).toBe('tone@1.1.0');
    made.git('checkout', '--quiet', '--', '.');
    await yank(made, 'template tone@1.1.0');
    made.write(bundle('agent', '2.0.0', 'task: tone@^1.0.0'));
    expect(await linkedTo(made, '2.0.0')).toBe('tone@1.0.0');
  });

  it('is left by drafts that were resolved to it by a range', async () => {
    const made = await threeVersions();
    made.write(bundle('agent', '2.0.0', 'task: tone@^1.0.0'));
    expect(await linkedTo(made, '2.0.0')).toBe('tone@1.1.0');
    await yank(made, 'template tone@1.1.0');
    expect(await linkedTo(made, '2.0.0')).toBe('tone@1.0.0');
  });

  it.each([
    ['tone@2.0.0', 'Version 2.0.0'],
    ['tone', 'Version 2.0.0'],
    ['tone@1.1.0', 'Version 1.1.0'],
  ])('still works as %s, with a warning that says why it is yanked', async (reference, which) => {
    const made = await threeVersions();
    await yank(made, `template tone@${which.slice('Version '.length)}`);
    made.write(bundle('agent', '2.0.0', `task: ${reference}`));
    const { compiled } = await compileProject(made.folder, 'dist');
    expect(told(compiled.diagnostics.filter(({ code }) => code !== 'check/unused-partial'))).toEqual([
      `prompts/bundles/agent.md:4 check/yanked-version ${which} of the template "tone" is yanked: It lied.`,
    ]);
    expect(await linkedTo(made, '2.0.0')).toBe(`tone@${which.slice('Version '.length)}`);
  });

  it('is marked in what is said of a range that takes nothing else', async () => {
    const made = await threeVersions();
    await yank(made, 'template tone@2.0.0');
    made.write(bundle('agent', '2.0.0', 'task: tone@^2.0.0'));
    expect(await check(made)).toEqual([
      'prompts/bundles/agent.md:4 check/unknown-version No version of the template "tone" fits ^2.0.0; there are 1.0.0, 1.1.0, 2.0.0 (yanked).',
    ]);
  });

  it('is no default, and the index says why', async () => {
    const made = await threeVersions();
    await publish(made, bundle('agent', '1.1.0', 'task: tone'));
    await yank(made, 'bundle agent@1.1.0', 'It said too much.');
    await yank(made, 'template tone@2.0.0', 'Too silent.');
    const { bundles, templates } = await build(made);
    expect(bundles['agent']).toMatchObject({ default: '1.0.0', versions: { '1.1.0': { yanked: 'It said too much.' } } });
    expect(bundles['agent']!.versions['1.0.0']).not.toHaveProperty('yanked');
    expect(templates['tone']).toMatchObject({ default: '1.1.0', versions: { '2.0.0': { yanked: 'Too silent.' } } });
    await yank(made, 'bundle agent@1.0.0');
    expect((await build(made)).bundles['agent']).not.toHaveProperty('default');
  });
});

it('a range that takes a version which a draft of the tree brings takes that', async () => {
  const made = await threeVersions();
  made.write({ ...template('tone', '2.1.0', 'Be mute.'), ...bundle('agent', '2.0.0', 'task: tone@^2.0.0') });
  expect(await linkedTo(made, '2.0.0')).toBe('tone@2.1.0');
  expect(namesOf(await build(made))).toContain('tone@2.0.0');
});

it('warnings are not about the text of older versions, which nobody can change', async () => {
  const long = 'All of this is fixed. '.repeat(120);
  const made = await published({ ...PROJECT, ...template('tone', '1.0.0', `{{task}}\n${long}\n{{> rules}}`) });
  const { compiled: before } = await compileProject(made.folder, 'dist');
  expect(before.diagnostics.map(({ code }) => code)).toEqual(['link/late-static-text']);
  made.write(template('tone', '1.1.0', `${long}\n{{task}}\n{{> rules}}`));
  const { compiled } = await compileProject(made.folder, 'dist');
  expect(compiled.diagnostics).toEqual([]);
});
