import { appendFileSync, chmodSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
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
  versionOf,
} from '../support/published.js';
import { repository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';

const NEXT = 'Run `promptc build`, and commit prompts/promptc.lock with the prompts.\n';
const LAG = 'warning: The bundle pinned (prompts/bundles/pinned.md) lags behind tone@1.3.0: its slot system names tone@1.2.0 exactly.\n';
const BRIEF = changed(TONE, 'Be brief.', 'Be brief.\nUse plain words.');

describe('bump raises what changed, and what follows from it', () => {
  it('from the edit to the merge', async () => {
    const project = await publishedProject();
    project.write(BRIEF);
    const refused = await check(project);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('`promptc bump tone` does it.');

    expect(await bump(project)).toEqual({
      code: 0,
      out:
        'template tone 1.2.0 → 1.3.0 (minor: instructions-added)\n' +
        'bundle open 2.0.0 → 2.1.0 (minor: follows tone@1.3.0)\n' +
        'bundle ranged 2.0.0 → 2.1.0 (minor: follows tone@1.3.0)\n',
      err: `${LAG}${NEXT}`,
    });
    expect([TONE, OPEN, RANGED, PINNED].map((file) => versionOf(project, file))).toEqual(['1.3.0', '2.1.0', '2.1.0', '2.0.0']);
    expect((await check(project)).err).toContain('lock/outdated');
    await build(project);
    expect(await check(project)).toMatchObject({ code: 0 });
    project.commit();
    expect(await check(project)).toMatchObject({ code: 0 });
    expect(await runCommand(project.folder, ['diff', '--exit-code'])).toMatchObject({ code: 0 });
    expect((await bump(project)).err).toMatch(/^Nothing has to be raised: every published version is as it was\./);

    await build(project);
    const rendered = async (bundle: string): Promise<string> => {
      const args = ['render', bundle, '--input', '-'];
      return (await runCommand(project.folder, args, { stdin: '{"inputs": {"name": "Ada"}}' })).out;
    };
    for (const bundle of ['open', 'ranged']) expect(await rendered(bundle)).toContain('Use plain words.');
    for (const bundle of ['pinned', 'open@2.0.0', 'ranged@2.0.0']) expect(await rendered(bundle)).not.toContain('Use plain words.');
  });

  it('through a partial', async () => {
    const project = await publishedProject();
    project.write({ [SAFETY]: 'Never ask for any password.\n' });
    expect((await bump(project)).out).toBe(
      'template tone 1.2.0 → 1.2.1 (patch: wording-changed)\n' +
        'bundle open 2.0.0 → 2.0.1 (patch: follows tone@1.2.1)\n' +
        'bundle ranged 2.0.0 → 2.0.1 (patch: follows tone@1.2.1)\n',
    );
    await build(project);
    expect(await check(project)).toMatchObject({ code: 0 });
  });

  it('a range that does not take the new version lags', async () => {
    const project = await publishedProject();
    project.write(changed(TONE, 'role: system', 'role: user'));
    const { out, err } = await bump(project);
    expect(out).toBe('template tone 1.2.0 → 2.0.0 (major: role-changed)\nbundle open 2.0.0 → 3.0.0 (major: follows tone@2.0.0)\n');
    expect(err).toContain(
      'The bundle ranged (prompts/bundles/ranged.md) lags behind tone@2.0.0: its slot system takes tone@^1.0.0 only.\n',
    );
    await build(project);
    expect(await check(project)).toMatchObject({ code: 0 });
  });

  it("a bundle's own change, and nothing of its template", async () => {
    const project = await publishedProject();
    project.write(changed(PINNED, '}\n', '}\nconfig: { temperature: 0 }\n'));
    expect(await bump(project)).toEqual({ code: 0, out: 'bundle pinned 2.0.0 → 2.1.0 (minor: config-changed)\n', err: NEXT });
  });

  it('a bundle that another reference points elsewhere', async () => {
    const project = await publishedProject();
    await publish(project, BRIEF, 'brief');
    project.git('checkout', '--quiet', '-B', 'main');
    project.git('checkout', '--quiet', '-b', 'next');
    project.write(changed(PINNED, 'tone@1.2.0', 'tone@1.3.0'));
    expect((await bump(project)).out).toBe('bundle pinned 2.0.0 → 2.1.0 (minor: instructions-added)\n');
    await build(project);
    expect(await check(project)).toMatchObject({ code: 0 });
  });

  it('what follows on a template that was raised by hand', async () => {
    const project = await publishedProject();
    const [[, edited]] = Object.entries(BRIEF) as [[string, string]];
    project.write({ [TONE]: edited.replace('1.2.0', '1.4.0') });
    expect((await bump(project)).out).toBe(
      'bundle open 2.0.0 → 2.1.0 (minor: follows tone@1.4.0)\nbundle ranged 2.0.0 → 2.1.0 (minor: follows tone@1.4.0)\n',
    );
    await build(project);
    expect(await check(project)).toMatchObject({ code: 0 });
    expect((await bump(project)).out).toBe('');
  });

  it('a template that went back to an older version, with those that refer to what is there', async () => {
    const project = await publishedProject();
    await publish(project, BRIEF, 'brief');
    project.git('checkout', '--quiet', '-B', 'main');
    project.git('checkout', '--quiet', '-b', 'next');
    project.write({ [TONE]: PROJECT[TONE]! });
    expect(await bump(project)).toMatchObject({ out: 'bundle open 2.1.0 → 2.2.0 (minor: follows tone@1.2.0)\n' });
    await build(project);
    expect(await check(project)).toMatchObject({ code: 0 });
    project.commit({}, 'back');
    // And if it is edited there, it goes on from the highest version that the tree had.
    project.write(changed(TONE, 'Be brief.', 'Be kind.'));
    const { out } = await bump(project, 'tone');
    expect(out).toMatch(/^template tone 1\.2\.0 → 1\.4\.0 \(minor: instructions-added\)\n/);
  });
});

it('an edited template is what is wrong, not the older bundles that were published with it', async () => {
  const project = await publishedProject();
  await publish(project, changed(OPEN, '}\n', '}\nconfig: { temperature: 0 }\n'), 'cold');
  project.git('checkout', '--quiet', '-B', 'main');
  project.git('checkout', '--quiet', '-b', 'next');
  project.write(BRIEF);
  const { err } = await check(project);
  expect(err).toContain('versions/changed');
  expect(err).not.toContain('versions/wrong-hash');
  expect((await bump(project)).out).toContain('template tone 1.2.0 → 1.3.0');
  await build(project);
  expect(await check(project)).toMatchObject({ code: 0 });
});

describe('drafts', () => {
  it('are raised when they do not cover what changed, and not before', async () => {
    const project = await publishedProject();
    await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'words');
    expect(versionOf(project, TONE)).toBe('1.2.1');
    project.write({ [SAFETY]: 'Never ever ask for any password.\n' });
    expect(await bump(project)).toMatchObject({ code: 0, out: '' });
    project.write({ [SAFETY]: 'Never ask for any password.\nStay polite.\n' });
    const { out, err } = await bump(project);
    expect(out).toBe(
      'template tone 1.2.1 → 1.3.0 (minor: instructions-added)\n' +
        'bundle open 2.0.1 → 2.1.0 (minor: instructions-added)\n' +
        'bundle ranged 2.0.1 → 2.1.0 (minor: instructions-added)\n',
    );
    expect(err).toContain('pinned');
    await build(project);
    expect(await check(project)).toMatchObject({ code: 0 });
    expect(text(project, 'prompts/promptc.lock')).not.toContain('"version":"1.2.1"');
    expect(await runCommand(project.folder, ['diff', '--exit-code'])).toMatchObject({ code: 0 });
  });

  it('that nobody has published are left as they are', async () => {
    const project = await publishedProject();
    project.write({ 'prompts/bundles/new.md': '---\nid: new\nversion: 0.1.0\nslots: { system: tone }\n---\n', ...BRIEF });
    expect((await bump(project)).out).not.toContain('new');
    expect(versionOf(project, 'prompts/bundles/new.md')).toBe('0.1.0');
  });

  it('that keep an older version of a template are not raised for a newer one', async () => {
    const project = await publishedProject();
    project.write(changed(PINNED, '}\n', '}\nconfig: { temperature: 0 }\n'));
    expect((await bump(project)).out).toBe('bundle pinned 2.0.0 → 2.1.0 (minor: config-changed)\n');
    project.write(changed(TONE, 'role: system', 'role: user'));
    expect((await bump(project)).out).toBe(
      'template tone 1.2.0 → 2.0.0 (major: role-changed)\nbundle open 2.0.0 → 3.0.0 (major: follows tone@2.0.0)\n',
    );
    await build(project);
    expect(await check(project)).toMatchObject({ code: 0 });
    expect((await bump(project)).out).toBe('');
  });

  it('that the lock holds to an older version lag, and the message says how they come along', async () => {
    const project = await publishedProject();
    project.write({ 'prompts/bundles/new.md': '---\nid: new\nversion: 0.1.0\nslots: { system: tone@^1.0.0 }\n---\n' });
    await build(project);
    project.write(BRIEF);
    const { err } = await bump(project);
    expect(err).toContain('The bundle new (prompts/bundles/new.md) lags behind tone@1.3.0: prompts/promptc.lock records');
    expect(err).toContain('`promptc build --update`');
    await build(project, '--update');
    expect(text(project, 'prompts/promptc.lock')).toMatch(/"id":"new".*"tone@1\.3\.0"/);
  });

  it('that are named exactly say what has to be written', async () => {
    const project = await publishedProject();
    await publish(project, { [SAFETY]: 'Never ask for any password.\n', ...changed(PINNED, 'tone@1.2.0', 'tone@^1.2.0') }, 'words');
    project.write({ ...changed(PINNED, 'tone@1.2.0', 'tone@1.2.1'), [SAFETY]: 'Never ask for any password.\nStay polite.\n' });
    project.write({ [PINNED]: text(project, PINNED).replace('2.0.0', '2.0.1') });
    const { err } = await bump(project);
    expect(err).toContain(
      'The slot system of the bundle pinned (prompts/bundles/pinned.md) names tone@1.2.1, which is no more: write tone@1.3.0.\n',
    );
  });
});

describe('ids and levels', () => {
  it('only what is named, and what follows from it', async () => {
    const files = { ...PROJECT, 'prompts/templates/other.md': '---\nid: other\nversion: 1.0.0\nrole: user\n---\nOther.\n' };
    const project = await publishedProject(files);
    project.write({ ...BRIEF, 'prompts/templates/other.md': '---\nid: other\nversion: 1.0.0\nrole: user\n---\nAnother.\n' });
    expect((await bump(project, 'other')).out).toBe('template other 1.0.0 → 1.1.0 (minor: instructions-added)\n');
    expect((await bump(project, 'tone')).out).toMatch(/^template tone .*\nbundle open .*\nbundle ranged .*\n$/);
  });

  it('a bundle whose template alone has changed needs nothing of its own', async () => {
    const project = await publishedProject();
    project.write(BRIEF);
    expect(await bump(project, 'open')).toEqual({
      code: 0,
      out: '',
      err: 'Nothing has to be raised in open. With --level patch, minor or major the version is raised all the same.\n',
    });
  });

  it.each([
    ['patch', '1.2.1', '2.0.1'],
    ['minor', '1.3.0', '2.1.0'],
    ['major', '2.0.0', '3.0.0'],
  ])('%s for all that changed', async (level, tone, open) => {
    const project = await publishedProject();
    project.write(BRIEF);
    const { err } = await bump(project, '--level', level);
    expect([versionOf(project, TONE), versionOf(project, OPEN)]).toEqual([tone, open]);
    const warning =
      'warning: The template tone has changed in a minor way, and 1.2.1 does not say so. `promptc diff` shows what changed.\n';
    expect(err.includes(warning)).toBe(level === 'patch');
  });

  it('a level and an id raise what has not changed, drafts included', async () => {
    const project = await publishedProject();
    expect(await bump(project, 'pinned', '--level', 'minor')).toEqual({
      code: 0,
      out: 'bundle pinned 2.0.0 → 2.1.0 (minor: asked for)\n',
      err: NEXT,
    });
    expect((await bump(project, 'pinned', '--level', 'major')).out).toBe('bundle pinned 2.1.0 → 3.0.0 (major: asked for)\n');
  });

  it.each([
    ['1.2.0-beta.1', [], '1.2.0-beta.2'],
    ['1.2.0-beta', [], '1.2.0-beta.0'],
    ['1.2.0-beta.1', ['--level', 'patch'], '1.2.0'],
    ['0.2.3', [], '0.2.4'],
    ['0.2.3', ['--level', 'minor'], '0.3.0'],
    ['0.0.3', [], '0.0.4'],
  ])('%s %j becomes %s', async (before, args, after) => {
    const project = await publishedProject({ [TONE]: (PROJECT[TONE] as string).replace('1.2.0', before), [SAFETY]: PROJECT[SAFETY]! });
    project.write({ [SAFETY]: 'Never ask for a password.\nStay polite.\n' });
    await bump(project, ...args);
    expect(versionOf(project, TONE)).toBe(after);
  });

  it('passes over versions that are there already', async () => {
    const second = (PROJECT[TONE] as string).replace('1.2.0', '1.3.0');
    const project = await publishedProject({ [TONE]: PROJECT[TONE]!, [SAFETY]: PROJECT[SAFETY]!, 'prompts/templates/tone2.md': second });
    // One that only the lock has, and one that only the tree has.
    rmSync(path.join(project.folder, 'prompts/templates/tone2.md'));
    await build(project);
    project.write({ ...BRIEF, 'prompts/templates/tone3.md': second.replace('1.3.0', '1.3.1') });
    const refused = await check(project);
    expect(refused.err).toContain('raise the version to 1.2.1 or more');
    expect((await bump(project, 'tone')).out).toBe('template tone 1.2.0 → 1.3.2 (minor: instructions-added)\n');
    await build(project);
    expect(await check(project)).toMatchObject({ code: 0 });
  });
});

describe('files', () => {
  it.each([
    ['quotes', 'version: "1.2.0"', 'version: "1.3.0"'],
    ['single quotes and a comment', "version:   '1.2.0' # next", "version:   '1.3.0' # next"],
    ['escapes', String.raw`version: "1\x2e2.0"`, 'version: 1.3.0'],
    ['a folded scalar', 'version: >-\n  1.2.0', 'version: >-\n  1.3.0'],
  ])('keep everything else: %s', async (_name, written, raised) => {
    const withVersion = (file: string): string => file.replace('version: 1.2.0', () => written);
    const project = await publishedProject({ ...PROJECT, [TONE]: withVersion(PROJECT[TONE] as string) });
    project.write({ [TONE]: withVersion(BRIEF[TONE] as string) });
    await bump(project);
    expect(text(project, TONE)).toBe((BRIEF[TONE] as string).replace('version: 1.2.0', () => raised));
  });

  it('keep line ends of both kinds, and the mode', async () => {
    const mixed = (file: string): string => file.replaceAll('\n', '\r\n').replace('Be brief.\r\n', 'Be brief.\n');
    const project = await publishedProject();
    project.write({ [TONE]: mixed(BRIEF[TONE] as string) });
    chmodSync(path.join(project.folder, TONE), 0o755);
    await bump(project);
    expect(text(project, TONE)).toBe(mixed(BRIEF[TONE] as string).replace('1.2.0', '1.3.0'));
    expect(statSync(path.join(project.folder, TONE)).mode & 0o777).toBe(0o755);
  });
});

describe('bump refuses', () => {
  it.each([
    ['tonr', 'There is no template and no bundle "tonr". Did you mean "tone"?'],
    ['tone@1.2.0', 'There is no template and no bundle "tone@1.2.0". Name it without its version.'],
    ['quite-another', 'There is no template and no bundle "quite-another". Known here: tone, open, pinned, ranged.'],
  ])('%s', async (id, message) => {
    const project = await publishedProject();
    project.write(BRIEF);
    expect(await bump(project, 'tone', id)).toEqual({ code: 2, out: '', err: `error: ${message}\n` });
    expect(versionOf(project, TONE)).toBe('1.2.0');
  });

  it('prompts that do not compile, and writes nothing', async () => {
    const project = await publishedProject();
    project.write({ ...BRIEF, [OPEN]: '---\nid: open\nversion: 2.0.0\nslots: { system: nobody }\n---\n' });
    const { code, out, err } = await bump(project);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('check/unknown-template');
    expect(err).toMatch(/\nNo version was raised\.\n$/);
    expect(versionOf(project, TONE)).toBe('1.2.0');
  });

  it.each([
    [
      'has changed',
      (file: string) => appendFileSync(file, 'More.\n'),
      'prompts/bundles/open.md has changed in the meantime. Run it again.',
    ],
    ['is gone', (file: string) => rmSync(file), 'prompts/bundles/open.md cannot be written, so no version was raised.'],
  ])('a file that %s meanwhile, and writes none of the others', async (_name, edit, message) => {
    const project = await publishedProject();
    project.write(BRIEF);
    let isEdited = false;
    // Diagnostics are printed between reading and writing, also if there are none.
    const onErr = (): void => {
      if (!isEdited) edit(path.join(project.folder, OPEN));
      isEdited = true;
    };
    expect(await runCommand(project.folder, ['bump'], { onErr })).toEqual({ code: 2, out: '', err: `error: ${message}\n` });
    expect([TONE, RANGED].map((file) => versionOf(project, file))).toEqual(['1.2.0', '2.0.0']);
  });

  it('a base that is not there', async () => {
    const project = await publishedProject();
    expect((await bump(project, '--base', 'nowhere')).code).toBe(2);
  });
});

describe('nothing to raise', () => {
  it('without a repository', async () => {
    const folder = await projectFolder(PROJECT);
    const { code, err } = await runCommand(folder, ['bump']);
    expect(code).toBe(0);
    expect(err).toMatch(/^Nothing has to be raised\. Nothing is published: .* lies in no Git repository\.\n$/);
  });

  it('on a branch whose base has no lock yet', async () => {
    const project = await repository(PROJECT);
    project.git('checkout', '--quiet', '-b', 'work');
    project.write(BRIEF);
    expect(await bump(project)).toMatchObject({ code: 0, out: '' });
    const { out, err } = await runCommand(project.folder, ['diff', '--exit-code']);
    expect(out).toContain('template tone 1.2.0: minor\n');
    expect(out).not.toContain('needs');
    expect(err).not.toContain('bump');
  });

  it('for what counts for nothing', async () => {
    const project = await publishedProject();
    project.write({
      ...changed(TONE, 'role: system', 'role: system\ndescription: Brief.'),
      ...changed(OPEN, 'For tests', 'For all tests'),
    });
    expect(await bump(project)).toMatchObject({ code: 0, out: '' });
  });
});
