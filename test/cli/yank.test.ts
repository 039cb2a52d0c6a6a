import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BuildIndex } from '../../src/format/artifact.js';
import { FileBundleSource } from '../../src/sources/file.js';
import { projectFolder } from '../support/project.js';
import {
  build,
  bump,
  changed,
  check,
  OPEN,
  PINNED,
  PROJECT,
  publish,
  publishedProject,
  RANGED,
  SAFETY,
  text,
  TONE,
} from '../support/published.js';
import { repository, type TestRepository } from '../support/repository.js';
import { type Outcome, runCommand } from '../support/terminal.js';

const LOCK = 'prompts/promptc.lock';

function yank({ folder }: TestRepository, version: string, ...args: string[]): Promise<Outcome> {
  return runCommand(folder, ['yank', version, '--reason', 'Promises refunds.', ...args]);
}

/** What the build of a project holds. */
async function index({ folder }: TestRepository): Promise<BuildIndex> {
  return (await new FileBundleSource(path.join(folder, 'dist')).catalog()).whole();
}

async function render({ folder }: TestRepository, bundle: string): Promise<Outcome> {
  return runCommand(folder, ['render', bundle, '--input', '-'], { stdin: '{"inputs": {"name": "Ada"}}' });
}

/** With two published versions of everything but the bundle `pinned`, on a branch of its own. */
async function twoVersions(): Promise<TestRepository> {
  const project = await publishedProject();
  await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'Say any');
  project.git('checkout', '--quiet', '-B', 'main');
  project.git('checkout', '--quiet', '-b', 'back');
  return project;
}

describe('yank', () => {
  it('takes a bundle version out of defaults and ranges, and leaves it to who asks for it', async () => {
    const project = await twoVersions();
    expect(await yank(project, 'open@2.0.1')).toEqual({
      code: 0,
      out: '',
      err:
        'The bundle open@2.0.1 is yanked: defaults and ranges pass over it.\n' +
        'Requests that name no version get open@2.0.0.\n' +
        'Run `promptc build`, and commit prompts/promptc.lock.\n',
    });
    await build(project);
    expect(await check(project)).toMatchObject({ code: 0 });
    project.commit();
    expect(await check(project)).toMatchObject({ code: 0 });
    expect((await index(project)).bundles['open']).toMatchObject({
      default: '2.0.0',
      versions: { '2.0.1': { yanked: 'Promises refunds.' } },
    });
    expect((await render(project, 'open')).out).toContain('a password');
    expect((await render(project, 'open@2.0.1')).out).toContain('any password');
  });

  it('says when no default is left', async () => {
    const project = await publishedProject();
    expect((await yank(project, 'open@2.0.0')).err).toContain('No version of open is left as the default: requests have to name one.\n');
    await build(project);
    expect((await index(project)).bundles['open']).not.toHaveProperty('default');
    expect((await render(project, 'open')).code).toBe(2);
  });

  it('of a template: names what was published with it, which bump takes to another version', async () => {
    const project = await twoVersions();
    expect(await yank(project, 'tone@1.2.1')).toEqual({
      code: 0,
      out: '',
      err:
        'The template tone@1.2.1 is yanked: defaults and ranges pass over it.\n' +
        'What was published with it still has it: open@2.0.1, ranged@2.0.1. `promptc bump` raises the bundles whose range takes another version.\n' +
        'Run `promptc build`, and commit prompts/promptc.lock.\n',
    });
    await build(project);
    expect((await index(project)).templates['tone']).toMatchObject({ default: '1.2.0' });
    expect((await render(project, 'ranged')).out).toContain('any password');

    expect((await bump(project)).out).toBe('bundle ranged 2.0.1 → 2.0.2 (patch: tone@1.2.1 is yanked)\n');
    await build(project);
    expect(await check(project)).toMatchObject({ code: 0 });
    expect((await render(project, 'ranged')).out).toContain('a password');
    expect((await render(project, 'ranged@2.0.1')).out).toContain('any password');
    expect((await bump(project)).out).toBe('');
  });

  it('of a template that is mended: what refers to it goes on to the next version', async () => {
    const project = await twoVersions();
    await yank(project, 'tone@1.2.1');
    project.write({ [SAFETY]: 'Never ask for passwords.\n' });
    expect((await bump(project)).out).toMatch(
      /^template tone 1\.2\.1 → 1\.2\.2 .*\nbundle open 2\.0\.1 → 2\.0\.2 .*\nbundle ranged 2\.0\.1 → 2\.0\.2 .*\n$/,
    );
    await build(project);
    expect(await check(project)).toMatchObject({ code: 0 });
    expect((await render(project, 'ranged')).out).toContain('for passwords');
  });

  it('of a template that nothing uses says no more than that', async () => {
    const project = await publishedProject({
      ...PROJECT,
      'prompts/templates/alone.md': '---\nid: alone\nversion: 1.0.0\nrole: user\n---\nHi.\n',
    });
    expect((await yank(project, 'alone@1.0.0')).err).not.toContain('was published with it');
  });

  it('asks which of a bundle and a template is meant', async () => {
    const project = await publishedProject({
      ...PROJECT,
      'prompts/bundles/tone.md': '---\nid: tone\nversion: 1.2.0\nslots: { system: tone }\n---\n',
    });
    const before = text(project, LOCK);
    expect(await yank(project, 'tone@1.2.0')).toEqual({
      code: 2,
      out: '',
      err: 'error: Both a template and a bundle are tone@1.2.0. Say which, with --kind.\n',
    });
    expect(text(project, LOCK)).toBe(before);
    expect(await yank(project, 'tone@1.2.0', '--kind', 'bundle')).toMatchObject({ code: 0 });
    expect(text(project, LOCK)).toMatch(
      /"kind":"bundle","slots":\{"system":"tone@1\.2\.0"\},"spec":1,"version":"1\.2\.0","yanked":"Promises refunds\."/,
    );
    expect(text(project, LOCK).match(/"yanked"/g)).toHaveLength(1);
    expect(await yank(project, 'tone@1.2.0', '--kind', 'template')).toMatchObject({ code: 0 });
    expect(text(project, LOCK).match(/"yanked"/g)).toHaveLength(2);
  });

  it('on the default branch without origin, what the last commit published is published', async () => {
    const project = await publishedProject();
    await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'Say any');
    project.git('checkout', '--quiet', '-B', 'main');
    expect(await yank(project, 'open@2.0.1')).toMatchObject({ code: 0 });
    await build(project);
    expect((await index(project)).bundles['open']!.default).toBe('2.0.0');
  });
});

describe('yank refuses, and leaves the lock alone', () => {
  it.each([
    ['open@9.9.9', 'prompts/promptc.lock records no template or bundle open@9.9.9. Of open it records 2.0.0.'],
    ['opne@2.0.0', 'prompts/promptc.lock records no template or bundle opne@2.0.0. A version is written as id@1.2.0.'],
    ['open', 'prompts/promptc.lock records no template or bundle open. Of open it records 2.0.0.'],
  ])('%s', async (version, message) => {
    const project = await publishedProject();
    const before = text(project, LOCK);
    expect(await yank(project, version)).toEqual({ code: 2, out: '', err: `error: ${message}\n` });
    expect(text(project, LOCK)).toBe(before);
  });

  it('a version of the other kind', async () => {
    const { code, err } = await yank(await publishedProject(), 'open@2.0.0', '--kind', 'template');
    expect(code).toBe(2);
    expect(err).toContain('records no template open@2.0.0');
  });

  it('a draft', async () => {
    const project = await publishedProject();
    await publish(project, changed(OPEN, '}\n', '}\nconfig: { temperature: 0 }\n'), 'cold');
    const { code, err } = await yank(project, 'open@2.1.0');
    expect(code).toBe(2);
    expect(err).toBe(
      'error: The bundle open@2.1.0 is not published yet, so nobody uses it: edit its file, or delete it. Compared with the last commit that HEAD shares with main.\n',
    );
  });

  it('what is yanked already', async () => {
    const project = await publishedProject();
    await yank(project, 'open@2.0.0');
    expect(await yank(project, 'open@2.0.0')).toMatchObject({
      code: 2,
      err: 'error: The bundle open@2.0.0 is yanked already: Promises refunds.\n',
    });
  });

  it('without a reason', async () => {
    const project = await publishedProject();
    const { code, err } = await runCommand(project.folder, ['yank', 'open@2.0.0', '--reason', ' ']);
    expect(code).toBe(2);
    expect(err).toContain('Say why, with --reason');
    expect((await runCommand(project.folder, ['yank', 'open@2.0.0'])).err).toContain("required option '--reason <text>'");
  });

  it('a lock that cannot be read', async () => {
    const project = await publishedProject();
    project.write({ [LOCK]: 'not a lock\n' });
    const { code, err } = await yank(project, 'open@2.0.0');
    expect(code).toBe(1);
    expect(err).toContain('lock/');
  });

  it('where nothing is published: without a repository, and before the first commit', async () => {
    const folder = await projectFolder(PROJECT);
    await runCommand(folder, ['build']);
    const without = await runCommand(folder, ['yank', 'open@2.0.0', '--reason', 'Why.']);
    expect(without.code).toBe(2);
    expect(without.err).toMatch(/^error: Only what is published can be yanked\. Nothing is published: .* lies in no Git repository\.\n$/);
    const project = await repository();
    project.write(PROJECT);
    await build(project);
    expect((await yank(project, 'open@2.0.0')).err).toMatch(/The Git repository has no commit yet\.\n$/);
  });
});

it('what is gone from the tree can be yanked, and a yank is never taken back', async () => {
  const project = await publishedProject();
  for (const file of [RANGED, PINNED, OPEN, TONE]) rmSync(path.join(project.folder, file));
  project.write({ 'prompts/templates/other.md': '---\nid: other\nversion: 1.0.0\nrole: user\n---\nHi.\n' });
  await build(project);
  await yank(project, 'tone@1.2.0');
  await build(project);
  const yanked = text(project, LOCK);
  expect(yanked).toContain('"yanked":"Promises refunds."');
  project.commit();
  project.git('checkout', '--quiet', '-B', 'main');
  project.git('checkout', '--quiet', '-b', 'next');
  project.write({ [LOCK]: yanked.replace(',"yanked":"Promises refunds."', '') });
  expect((await check(project)).err).toContain('versions/unyanked');
});
