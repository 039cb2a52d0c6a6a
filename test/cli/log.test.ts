import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import type { LinkedTemplate } from '../../src/compile/link/link.js';
import type { LockEntry } from '../../src/format/lock.js';
import { blobId } from '../../src/versions/git/object-id.js';
import { formatLock } from '../../src/versions/lock.js';
import { projectFolder } from '../support/project.js';
import { build, changed, OPEN, PROJECT, publish, publishedProject, SAFETY, text, TONE } from '../support/published.js';
import { repository, type TestRepository } from '../support/repository.js';
import { type Outcome, runCommand } from '../support/terminal.js';

function log({ folder }: TestRepository, ...args: string[]): Promise<Outcome> {
  return runCommand(folder, ['log', ...args]);
}

interface Logged {
  readonly version: string;
  readonly verdict?: string;
  readonly commit?: { readonly id: string; readonly date: string; readonly author: string; readonly subject: string };
  readonly yanked?: string;
  readonly yanked_by?: { readonly id: string };
}

async function logged(made: TestRepository, id: string): Promise<Logged[]> {
  const { out } = await log(made, id, '--format', 'json');
  return (JSON.parse(out) as { versions: Logged[] }).versions;
}

const DAY = String.raw`\d{4}-\d\d-\d\d`;
const ID = '[0-9a-f]{12}';

describe('log', () => {
  it('has every version with its commit and what it changed, the newest first', async () => {
    const project = await publishedProject();
    await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'Say any');
    project.git('checkout', '--quiet', '-B', 'main');
    await publish(project, { [SAFETY]: 'Never ask for any password.\nStay polite.\n' }, 'Stay polite');
    const { code, out, err } = await log(project, 'open');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      new RegExp(
        `^bundle open\n  2\\.1\\.0  minor  ${DAY}  ${ID}  Test  Stay polite\n  2\\.0\\.1  patch  ${DAY}  ${ID}  Test  Say any\n  2\\.0\\.0  new    ${DAY}  ${ID}  Test  publish\n$`,
      ),
    );
    const [newest] = await logged(project, 'tone');
    expect(newest).toMatchObject({ kind: 'template', id: 'tone', version: '1.3.0', verdict: 'minor' });
    expect(newest!.commit).toEqual({
      id: project.git('rev-parse', 'HEAD'),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/) as string,
      author: 'Test',
      subject: 'Stay polite',
    });
  });

  it('has a bundle and a template of one name, each below a heading of its own', async () => {
    const project = await publishedProject({
      ...PROJECT,
      'prompts/bundles/tone.md': '---\nid: tone\nversion: 0.1.0\nslots: { system: tone }\n---\n',
    });
    const { out } = await log(project, 'tone');
    expect(out).toMatch(/^bundle tone\n  0\.1\.0  new  .*\ntemplate tone\n  1\.2\.0  new  .*\n$/);
  });

  it('names the merge that brought a version, not the commits that it merges', async () => {
    const project = await publishedProject();
    const own = await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'Say any');
    project.git('checkout', '--quiet', 'main');
    project.commit({ 'README.md': 'Meanwhile.\n' });
    project.git('merge', '--quiet', '--no-ff', '--message', 'Merge work', 'work');
    const [newest, oldest] = await logged(project, 'open');
    expect(newest!.commit).toMatchObject({ id: project.git('rev-parse', 'HEAD'), subject: 'Merge work' });
    expect(newest!.commit!.id).not.toBe(own);
    expect(oldest!.commit!.subject).toBe('publish');
  });

  it('has the commit that gave a draft its last content', async () => {
    const project = await publishedProject();
    await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'draft');
    const last = await publish(project, { [SAFETY]: 'Never ask for one password.\n' }, 'again');
    expect((await logged(project, 'tone')).map(({ version, commit }) => [version, commit!.subject])).toEqual([
      ['1.2.1', 'again'],
      ['1.2.0', 'publish'],
    ]);
    expect((await logged(project, 'tone'))[0]!.commit!.id).toBe(last);
  });

  it('compares a later version of an earlier line with that line', async () => {
    const project = await publishedProject();
    await publish(project, { [SAFETY]: 'Never ask for a password.\nStay polite.\n' }, 'minor');
    project.git('checkout', '--quiet', '-B', 'main');
    const patched = changed(TONE, 'Be brief.', 'Be very brief.')[TONE] as string;
    project.write({ [SAFETY]: PROJECT[SAFETY]!, [TONE]: patched.replace('1.2.0', '1.2.1') });
    await build(project);
    project.commit({}, 'an earlier line');
    expect((await logged(project, 'tone')).map(({ version, verdict }) => [version, verdict])).toEqual([
      ['1.3.0', 'minor'],
      ['1.2.1', 'patch'],
      ['1.2.0', 'new'],
    ]);
  });

  it('says who yanked a version, and why', async () => {
    const project = await publishedProject();
    project.git('checkout', '--quiet', '-B', 'main');
    await runCommand(project.folder, ['yank', 'open@2.0.0', '--reason', 'Promises\u001b[31m refunds.']);
    await build(project);
    const id = project.commit({}, 'yank it');
    project.commit({ 'README.md': 'Later.\n' });
    const { out } = await log(project, 'open');
    expect(out).toMatch(
      new RegExp(
        `^bundle open\n  2\\.0\\.0  new  .*  publish\n         yanked ${DAY} ${id.slice(0, 12)} Test: Promises\\\\u\\{1b\\}\\[31m refunds\\.\n$`,
      ),
    );
    expect(await logged(project, 'open')).toMatchObject([{ yanked: 'Promises\u001b[31m refunds.', yanked_by: { id, subject: 'yank it' } }]);
  });

  it('follows an id, wherever its file lies', async () => {
    const project = await publishedProject();
    project.git('mv', TONE, 'prompts/templates/voice.md');
    project.git('mv', OPEN, 'prompts/bundles/opened.md');
    await build(project);
    project.commit({}, 'move');
    await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'Say any');
    expect((await logged(project, 'open')).map(({ version, verdict }) => [version, verdict])).toEqual([
      ['2.0.1', 'patch'],
      ['2.0.0', 'new'],
    ]);
  });

  it('does not need old states of the project to compile, or their locks to be whole', async () => {
    const project = await publishedProject();
    project.git('checkout', '--quiet', '-B', 'main');
    const lock = text(project, 'prompts/promptc.lock');
    project.commit({ 'prompts/templates/broken.md': 'no frontmatter', 'prompts/promptc.lock': `<<<<<<< ours\n${lock}` }, 'broken');
    project.git('rm', '--quiet', 'prompts/templates/broken.md');
    project.commit({ 'prompts/promptc.lock': lock }, 'mended');
    await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'Say any');
    expect((await logged(project, 'open')).map(({ version, verdict, commit }) => [version, verdict, commit!.subject])).toEqual([
      ['2.0.1', 'patch', 'Say any'],
      ['2.0.0', 'new', 'publish'],
    ]);
  });

  it('knows no verdict for what is not what was published', async () => {
    const project = await publishedProject();
    await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'Say any');
    const blob = project.run(['hash-object', '-w', '--stdin'], { input: 'Something else.\n' }).trim();
    const safety = project.run(['hash-object', '--stdin'], { input: 'Never ask for any password.\n' }).trim();
    project.commit({ 'prompts/promptc.lock': text(project, 'prompts/promptc.lock').replace(safety, blob) });
    expect((await log(project, 'tone')).out).toMatch(/^template tone\n  1\.2\.1  unknown  .*\n  1\.2\.0  new      /);
    expect((await logged(project, 'tone'))[0]).not.toHaveProperty('verdict');
  });

  it('uses the levels of the project', async () => {
    const project = await publishedProject({ ...PROJECT, 'promptc.config.json': '{"diff": {"rules": {"wording-changed": "major"}}}' });
    await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'Say any');
    expect((await logged(project, 'open'))[0]!.verdict).toBe('major');
    project.write({ 'promptc.config.json': '{' });
    expect((await log(project, 'open')).code).toBe(1);
  });

  it('a shallow clone says what it does not know', async () => {
    const project = await publishedProject();
    project.git('checkout', '--quiet', '-B', 'main');
    await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'Say any');
    const last = await publish(project, { [SAFETY]: 'Never ask for any password.\nStay polite.\n' }, 'Stay polite');
    const shallow = await project.clone('--depth=2');
    const { code, out, err } = await log(shallow, 'open');
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(
        `^bundle open\n  2\\.1\\.0  unknown  ${DAY}  ${last.slice(0, 12)}  Test  Stay polite\n  2\\.0\\.1  unknown +\\(not in this clone\\)\n  2\\.0\\.0  new +\\(not in this clone\\)\n$`,
      ),
    );
    expect(err).toBe('This clone is shallow, and does not reach back to every version. Run `git fetch --unshallow`.\n');
    shallow.git('fetch', '--quiet', '--unshallow');
    expect(await log(shallow, 'open')).toEqual(await log(project, 'open'));
  });

  it('a clone that lacks only files says which command brings them', async () => {
    const project = await publishedProject();
    project.git('checkout', '--quiet', '-B', 'main');
    project.git('config', 'uploadpack.allowFilter', 'true');
    await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'Say any');
    const partial = await project.clone('--filter=blob:limit=20');
    const { code, out, err } = await log(partial, 'open');
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('Run `git fetch --refetch') as string });
    expect(out).toContain('2.0.1');
  });

  it('a clone that lacks older locks does not take a later commit for the one that published', async () => {
    const project = await publishedProject();
    project.git('checkout', '--quiet', '-B', 'main');
    project.git('config', 'uploadpack.allowFilter', 'true');
    await publish(project, { [SAFETY]: 'Never ask for any password.\n' }, 'Say any');
    const last = await publish(project, { [SAFETY]: 'Never ask for any password.\nStay polite.\n' }, 'Stay polite');
    const partial = await project.clone('--filter=blob:none');
    const { out, err } = await log(partial, 'open');
    expect(out.replaceAll(/ +/g, ' ')).toBe(
      'bundle open\n 2.1.0 unknown (not in this clone)\n 2.0.1 unknown (not in this clone)\n 2.0.0 new (not in this clone)\n',
    );
    expect(err).toBe('This clone does not have every lock that there was. Run `git fetch --refetch --no-filter origin`.\n');
    // With the lock of the commit before, it is known what the last one brought.
    partial.git('cat-file', '-e', `${last}~1:prompts/promptc.lock`);
    expect((await logged(partial, 'open')).map(({ commit }) => commit?.id)).toEqual([last, undefined, undefined]);
  });

  it('has hundreds of versions', async () => {
    const project = await repository();
    project.run(['fast-import', '--quiet'], { input: await manyVersions(200) });
    project.git('reset', '--quiet', '--hard');
    const versions = await logged(project, 'tone');
    expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 200 }, (_, i) => `1.${199 - i}.0`));
    expect(versions.map(({ commit }) => commit!.subject)).toEqual(Array.from({ length: 200 }, (_, i) => `version ${199 - i}`));
    expect(new Set(versions.slice(0, -1).map(({ verdict }) => verdict))).toEqual(new Set(['patch']));
  }, 60_000);
});

/** What `git fast-import` makes a history of: as many commits, each of which publishes a version. */
async function manyVersions(count: number): Promise<string> {
  const commits: string[] = [];
  const entries: LockEntry[] = [];
  const data = (content: string): string => `data ${Buffer.byteLength(content)}\n${content}\n`;
  for (let i = 0; i < count; i++) {
    const file = `---\nid: tone\nversion: 1.${i}.0\nrole: system\n---\nAnswer within ${i} words or ${i} lines, at once.\n`;
    const { build: made } = await compile(new MemoryDisk({ [TONE]: file }));
    const [{ artifact, reference }] = made!.templates as [LinkedTemplate];
    const { id, version, hash, formatVersion } = artifact;
    entries.push({
      kind: 'template',
      id,
      version,
      spec: 1,
      hash,
      artifact: { digest: reference.digest, formatVersion },
      files: { [TONE]: blobId(new TextEncoder().encode(file), 'sha1') },
    });
    commits.push(
      `commit refs/heads/main\ncommitter Test <test@example.com> ${1_700_000_000 + i} +0000\n${data(`version ${i}`)}`,
      `M 100644 inline ${TONE}\n${data(file)}M 100644 inline prompts/promptc.lock\n${data(formatLock({ entries }))}`,
    );
  }
  return commits.join('');
}

describe('log refuses', () => {
  it.each([
    ['opne', 'The last commit has published no template and no bundle "opne". Did you mean "open"?'],
    ['open@2.0.0', 'The last commit has published no template and no bundle "open@2.0.0". Name it without its version.'],
    ['something-else', 'Known here: open, pinned, ranged, tone.'],
  ])('%s', async (id, message) => {
    const { code, out, err } = await log(await publishedProject(), id);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  it('where there is no lock yet', async () => {
    const { code, err } = await log(await repository(PROJECT), 'open');
    expect(code).toBe(2);
    expect(err).toContain('It has no prompts/promptc.lock: `promptc build` writes it.');
  });

  it('where there is no repository', async () => {
    const { code, err } = await runCommand(await projectFolder(PROJECT), ['log', 'open']);
    expect(code).toBe(2);
    expect(err).toMatch(/^error: There is no history to show\. .* lies in no Git repository\.\n$/);
  });
});
