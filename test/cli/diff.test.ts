import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../support/project.js';
import { changed, OPEN, PINNED, PROJECT, publish, publishedProject, RANGED, SAFETY, text, TONE } from '../support/published.js';
import { repository, type TestRepository } from '../support/repository.js';
import { type Outcome, runCommand } from '../support/terminal.js';

const BRIEF = changed(TONE, 'Be brief.', 'Be brief.\nUse plain words.');
const BASE = 'The working tree compared with the last commit that HEAD shares with main.\n';

function diff({ folder }: TestRepository, ...args: string[]): Promise<Outcome> {
  return runCommand(folder, ['diff', ...args]);
}

interface Diff {
  readonly verdict: string;
  readonly covered: boolean;
  readonly bundles: readonly PromptDiff[];
  readonly templates: readonly PromptDiff[];
}
interface PromptDiff {
  readonly id: string;
  readonly before?: string;
  readonly after?: string;
  readonly verdict: string;
  readonly covered?: boolean;
  readonly findings: readonly { readonly rule: string }[];
  readonly slots?: readonly {
    readonly texts: readonly { readonly partial?: string; readonly change: readonly { kind: string; text: string }[] }[];
  }[];
  readonly sizes?: { readonly before?: object; readonly after?: object };
}

async function found(made: TestRepository, ...args: string[]): Promise<Diff> {
  return JSON.parse((await diff(made, '--format', 'json', ...args)).out) as Diff;
}

/** `id before→after verdict` of each. */
function titles(prompts: readonly PromptDiff[]): string[] {
  return prompts.map(({ id, before = '', after = '', verdict }) => `${id} ${before}→${after} ${verdict}`);
}

describe('diff', () => {
  it('compares with what is published, and says what the versions lack', async () => {
    const project = await publishedProject();
    expect(await diff(project)).toEqual({ code: 0, out: 'No prompt changed.\n', err: BASE });
    project.write(BRIEF);
    const { code, out, err } = await diff(project);
    expect(code).toBe(0);
    expect(out).toContain('bundle open 2.0.0: minor, needs 2.1.0\n');
    expect(out).toContain('    + Use plain words.\n');
    expect(out).toContain('not covered: template tone is 1.2.0, and needs at least 1.3.0\n');
    expect(err).toBe(`${BASE}Run \`promptc bump\` to raise the versions.\n`);
    expect((await diff(project, '--exit-code')).code).toBe(1);
    await publish(project, {}, 'brief');
    const after = await diff(project, '--exit-code');
    expect(after).toMatchObject({ code: 0, err: BASE });
    expect(after.out).toContain('bundle open 2.0.0 → 2.1.0: minor\n');
  });

  it('prints a comment, and JSON', async () => {
    const project = await publishedProject();
    project.write(BRIEF);
    const { out, err } = await diff(project, '--format', 'markdown');
    expect(out).toMatch(/^### Prompts: 2 bundles and 1 template changed, minor\n\n\*\*3 versions do not cover what changed\.\*\*\n/);
    expect(err).toContain(BASE);
    const { verdict, covered, bundles, templates } = await found(project);
    expect({ verdict, covered }).toEqual({ verdict: 'minor', covered: false });
    expect(titles([...bundles, ...templates])).toEqual(['open 2.0.0→2.0.0 minor', 'ranged 2.0.0→2.0.0 minor', 'tone 1.2.0→1.2.0 minor']);
    expect(bundles[0]!.sizes).toEqual({ before: expect.anything() as object, after: expect.anything() as object });
  });

  it('shows nothing of an edit in a bundle that names the published version exactly, and all of its own', async () => {
    const project = await publishedProject();
    project.write({ ...BRIEF, ...changed(PINNED, 'slots:', 'config: { temperature: 1 }\nslots:') });
    const { bundles } = await found(project);
    const pinned = bundles.find(({ id }) => id === 'pinned')!;
    expect(pinned.findings.map(({ rule }) => rule)).toEqual(['config-changed', 'instructions-added']);
    project.write({ [PINNED]: PROJECT[PINNED]! });
    expect(titles((await found(project)).bundles)).toEqual(['open 2.0.0→2.0.0 minor', 'ranged 2.0.0→2.0.0 minor']);
    await runCommand(project.folder, ['bump']);
    expect(titles((await found(project)).bundles)).toEqual(['open 2.0.0→2.1.0 minor', 'ranged 2.0.0→2.1.0 minor']);
  });

  it('says what is yanked', async () => {
    const project = await publishedProject();
    await runCommand(project.folder, ['yank', 'open@2.0.0', '--reason', 'Too open.']);
    const told = 'No prompt changed.\nbundle `open@2.0.0` is yanked: `Too open.`\n';
    expect((await diff(project)).out).toBe(told);
    const commit = project.commit();
    expect((await diff(project, `main..${commit}`)).out).toBe(told);
    expect((await diff(project, commit)).out).toBe('No prompt changed.\n');
  });

  it('needs no base to compare with a revision, in a CI as well', async () => {
    const project = await publishedProject();
    project.write(BRIEF);
    const last = project.commit();
    const shallow = await project.clone('--depth=1', '--branch=work', '--single-branch');
    const env = { CI: 'true' };
    expect(await runCommand(shallow.folder, ['diff'], { env })).toMatchObject({ code: 2, out: '' });
    expect(await runCommand(shallow.folder, ['diff', last], { env })).toMatchObject({ code: 0, out: 'No prompt changed.\n' });
  });

  it('is coloured by what results are printed to', async () => {
    const project = await publishedProject();
    project.write(BRIEF);
    expect((await runCommand(project.folder, ['diff'], { colour: true })).out).toContain('\u001b[');
    expect((await diff(project)).out).not.toContain('\u001b[');
  });

  it('compares the working tree with a revision', async () => {
    const project = await publishedProject();
    await publish(project, BRIEF, 'brief');
    project.git('tag', 'v1', 'main');
    expect(await diff(project, 'HEAD')).toEqual({ code: 0, out: 'No prompt changed.\n', err: 'The working tree compared with HEAD.\n' });
    const { bundles, templates } = await found(project, 'v1');
    expect(titles([...bundles, ...templates])).toEqual(['open 2.0.0→2.1.0 minor', 'ranged 2.0.0→2.1.0 minor', 'tone 1.2.0→1.3.0 minor']);
    expect(await diff(project, 'v1^{tree}')).toMatchObject({ code: 2 });
  });

  it('compares two revisions, whatever the working tree holds, by the levels of the second', async () => {
    const project = await publishedProject({ ...PROJECT, 'promptc.config.json': '{}' });
    const rules = '{"diff": {"rules": {"instructions-added": "major"}}}';
    await publish(project, { ...BRIEF, 'promptc.config.json': rules }, 'brief');
    project.write({ [TONE]: 'broken', 'promptc.config.json': '{' });
    const { bundles, templates } = await found(project, 'main..work');
    expect(titles([...bundles, ...templates])).toEqual(['open 2.0.0→3.0.0 major', 'tone 1.2.0→2.0.0 major']);
    const back = await found(project, 'work..main');
    expect(titles(back.templates)).toEqual(['tone 2.0.0→1.2.0 minor']);
    expect(back.covered).toBe(false);
    expect((await diff(project, 'main..work')).err).toBe('work compared with main.\n');
  });

  it('shows the text of a version that only history has', async () => {
    const project = await publishedProject();
    await publish(project, { ...BRIEF, [SAFETY]: 'Never ask for any password.\n' }, 'brief');
    project.git('checkout', '--quiet', '-B', 'main');
    project.git('checkout', '--quiet', '-b', 'next');
    // An artifact of the old version lies in dist/, and holds no text.
    expect(existsSync(path.join(project.folder, 'dist'))).toBe(true);
    project.write({ [OPEN]: text(project, OPEN).replace('tone }', 'tone@1.2.0 }') });
    const { bundles } = await found(project);
    const [{ texts }] = bundles.find(({ id }) => id === 'open')!.slots as [NonNullable<PromptDiff['slots']>[0]];
    const sides = texts.map(({ partial = 'its own', change }) => [
      partial,
      change
        .filter(({ kind }) => kind !== 'added')
        .map((part) => part.text)
        .join(''),
      change
        .filter(({ kind }) => kind !== 'removed')
        .map((part) => part.text)
        .join(''),
    ]);
    const own = 'You answer {{name}}.\nBe brief.\n';
    expect(sides).toEqual([
      ['its own', `${own}Use plain words.\n{{> safety}}\n`, `${own}{{> safety}}\n`],
      ['safety', 'Never ask for any password.\n', 'Never ask for a password.\n'],
    ]);
  });

  it('shows what is new, gone and renamed', async () => {
    const project = await publishedProject();
    rmSync(path.join(project.folder, PINNED));
    project.write(changed(RANGED, 'id: ranged', 'id: renamed'));
    const { bundles, templates, verdict, covered } = await found(project);
    expect(titles(bundles)).toEqual(['pinned 2.0.0→ major', 'ranged 2.0.0→ major', 'renamed →2.0.0 minor']);
    expect(templates).toEqual([]);
    expect({ verdict, covered }).toEqual({ verdict: 'major', covered: true });
  });

  it('does not mind where a file lies', async () => {
    const project = await publishedProject();
    project.git('mv', TONE, 'prompts/templates/voice.md');
    expect((await diff(project)).out).toBe('No prompt changed.\n');
  });

  it('everything is new in the first prompts of a repository', async () => {
    const project = await repository({ 'README.md': 'Hello.\n' });
    project.write(PROJECT);
    const { bundles, templates, covered } = await found(project);
    expect(titles([...bundles, ...templates])).toEqual([
      'open →2.0.0 minor',
      'pinned →2.0.0 minor',
      'ranged →2.0.0 minor',
      'tone →1.2.0 minor',
    ]);
    expect(covered).toBe(true);
  });

  it('asks nothing of versions that are not published, on a branch whose base has no lock yet', async () => {
    const project = await repository(PROJECT);
    project.git('checkout', '--quiet', '-b', 'work');
    project.write(BRIEF);
    const { code, out, err } = await diff(project, '--exit-code');
    expect(code).toBe(0);
    expect(out).toContain('template tone 1.2.0: minor\n');
    expect(err).toBe(BASE);
  });

  it('has nothing to compare with outside of a repository, and calls everything new', async () => {
    const folder = await projectFolder(PROJECT);
    const { code, out, err } = await runCommand(folder, ['diff']);
    expect(code).toBe(0);
    expect(out).toContain('template tone new, 1.2.0: minor\n');
    expect(err).toMatch(/^The working tree compared with nothing \(.* lies in no Git repository\)\.\n$/);
    for (const revision of ['HEAD', 'a..b']) {
      const refused = await runCommand(folder, ['diff', revision]);
      expect(refused).toMatchObject({ code: 2, out: '' });
      expect(refused.err).toMatch(/^error: There is no revision to compare with\. .* lies in no Git repository\.\n$/);
    }
  });
});

describe('diff refuses', () => {
  it('prompts that do not compile', async () => {
    const project = await publishedProject();
    project.write({ [TONE]: (PROJECT[TONE] as string).replace('{{name}}', '{{nobody}}') });
    const { code, out, err } = await diff(project, '--format', 'json');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('check/unknown-name');
  });

  it('a commit whose prompts do not compile', async () => {
    const project = await publishedProject();
    const broken = project.commit({ [TONE]: '---\nid: tone\n' }, 'broken');
    project.write(PROJECT);
    const { code, err } = await diff(project, 'HEAD');
    expect(code).toBe(2);
    expect(err).toContain(`The prompts of the commit ${broken} do not compile: `);
  });

  it('a commit whose files a partial clone has not fetched', async () => {
    const project = await publishedProject();
    project.git('checkout', '--quiet', '-B', 'main');
    project.git('config', 'uploadpack.allowFilter', 'true');
    project.commit({ [SAFETY]: 'Never ask for any password at all.\n' });
    const partial = await project.clone('--filter=blob:limit=20');
    const { code, err } = await diff(partial, 'HEAD~1');
    expect(code).toBe(2);
    expect(err).toMatch(/^error: This clone is partial .* Run `git fetch --refetch --no-filter origin`\.\n$/);
  });

  it.each([
    [['nowhere'], 'This clone has no revision "nowhere". `git fetch --all --tags` may bring it.'],
    [['main..nowhere'], 'This clone has no revision "nowhere".'],
    [['--', '-x'], 'This clone has no revision "-x".'],
    [['--', '--output=pwned'], 'This clone has no revision "--output=pwned".'],
    [['--', '--output=pwned..--all'], 'This clone has no revision "--output=pwned".'],
    [['^main'], 'This clone has no revision "^main".'],
    [['..main'], 'Two revisions are written as a..b, such as v1.0..HEAD.'],
    [['main..'], 'Two revisions are written as a..b'],
    [['main...work'], 'Two revisions are written as a..b'],
    [['a..b..c'], 'Two revisions are written as a..b'],
    [['-x'], "unknown option '-x'"],
  ])('%j', async (args, message) => {
    const project = await repository(PROJECT);
    const { code, out, err } = await diff(project, ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(existsSync(path.join(project.folder, 'pwned'))).toBe(false);
  });

  it('a lock that cannot be read', async () => {
    const project = await publishedProject();
    project.write({ 'prompts/promptc.lock': 'not a lock\n' });
    expect(await diff(project)).toMatchObject({ code: 1, out: '' });
  });
});
