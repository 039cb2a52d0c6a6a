/** The many ways in which a repository can lie on a disk: none of them changes what is built. */
import { rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOCK_FILE } from '../../src/format/lock.js';
import { temporaryFolder } from '../support/project.js';
import { repository, TestRepository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';
import { build, bundle, check, lockOf, namesOf, PROJECT, publish, published, SETTINGS, template, told } from './published-project.js';
import { compileProject } from '../../src/cli/project.js';

const QUIET = template('tone', '1.1.0', 'Be quiet.\n{{> rules}}');
const EVERYTHING = ['agent@1.0.0', 'tone@1.1.0', 'tone@1.0.0'];

/** Two versions of the template, the second in the tree. */
async function grown(): Promise<TestRepository> {
  const made = await published();
  await publish(made, QUIET);
  return made;
}

function crlf(text: string | Uint8Array): string {
  return String(text).replaceAll('\n', '\r\n');
}

describe('a checkout gives the same build', () => {
  it('with core.autocrlf, where no attribute says otherwise', async () => {
    const made = await grown();
    made.git('rm', '--quiet', '.gitattributes');
    made.commit();
    const expected = await build(made);
    const cloned = await made.clone('--config', 'core.autocrlf=true');
    expect(await readFile(path.join(cloned.folder, 'prompts/templates/tone.md'), 'utf8')).toContain('\r\n');
    expect(await readFile(path.join(cloned.folder, LOCK_FILE), 'utf8')).toContain('\r\n');
    expect(await build(cloned)).toEqual(expected);
    expect(await check(cloned)).toEqual([]);
    expect(cloned.git('status', '--porcelain')).toBe('');
    // A new version, written there, is recorded as its blob will be.
    await publish(cloned, {
      'prompts/templates/tone.md': crlf(template('tone', '1.2.0', 'Be mute.\n{{> rules}}')['prompts/templates/tone.md']!),
    });
    const entry = (await lockOf(cloned)).find(({ version }) => version === '1.2.0')!;
    expect(entry.files['prompts/templates/tone.md']).toBe(cloned.git('rev-parse', 'HEAD:prompts/templates/tone.md'));
  });

  it('with a detached HEAD', async () => {
    const made = await grown();
    const expected = await build(made);
    made.git('checkout', '--quiet', '--detach');
    expect(await build(made)).toEqual(expected);
    expect(await check(made)).toEqual([]);
    made.write(template('tone', '1.0.0', 'Be rude.\n{{> rules}}'));
    expect((await check(made))[0]).toContain('versions/changed');
  });

  it('in a linked worktree', async () => {
    const made = await grown();
    const expected = await build(made);
    const folder = path.join(await temporaryFolder(), 'linked');
    made.git('worktree', 'add', '--quiet', '-b', 'topic', folder);
    const linked = new TestRepository(folder);
    expect(await build(linked)).toEqual(expected);
    linked.write(template('tone', '1.1.0', 'Be rude.\n{{> rules}}'));
    expect((await check(linked))[0]).toContain('versions/changed');
  });

  it('in a folder of a repository', async () => {
    const made = await repository({ 'README.md': 'Many services.\n' });
    const project = { folder: path.join(made.folder, 'services/chat') };
    const below = (files: object) =>
      Object.fromEntries(Object.entries(files).map(([name, text]) => [`services/chat/${name}`, text as string]));
    for (const files of [PROJECT, QUIET]) {
      made.write(below(files));
      await build(project);
      made.commit();
    }
    const [, , tone] = await lockOf(project);
    expect(tone!.files).toHaveProperty(
      ['prompts/templates/tone.md'],
      made.git('rev-parse', 'HEAD:services/chat/prompts/templates/tone.md'),
    );
    const cloned = await made.clone();
    expect(namesOf(await build({ folder: path.join(cloned.folder, 'services/chat') }))).toEqual(EVERYTHING);
    made.write(below(template('tone', '1.0.0', 'Be rude.\n{{> rules}}')));
    expect((await check(project))[0]).toContain('versions/changed');
  });

  it('in a submodule of another repository', async () => {
    const made = await grown();
    const expected = await build(made);
    const outer = await repository({ 'README.md': 'Outer.\n' });
    outer.git('submodule', '--quiet', 'add', `file://${made.folder}`, 'chat');
    outer.commit();
    const inner = new TestRepository(path.join(outer.folder, 'chat'));
    expect(await build(inner)).toEqual(expected);
    expect(await check(inner)).toEqual([]);
  });

  it('of commits whose messages and authors are not UTF-8', async () => {
    const made = await published();
    made.write(QUIET);
    await build(made);
    made.git('add', '--all');
    made.run(['-c', 'i18n.commitEncoding=ISO-8859-1', 'commit', '--quiet', '--file=-'], {
      input: Buffer.from('Gr\xfc\xdfe', 'latin1'),
      env: { GIT_AUTHOR_NAME: 'J\u00f6rg' },
    });
    const cloned = await made.clone();
    expect(namesOf(await build(cloned))).toEqual(EVERYTHING);
  });
});

describe('a file that is committed with CRLF', () => {
  const FIX = 'git add --renormalize prompts';

  /** A repository without attributes, in which some files are committed as they are. */
  async function committed(files: { readonly [name: string]: string }): Promise<TestRepository> {
    const { '.gitattributes': _, ...project } = PROJECT;
    const made = await repository();
    made.git('config', 'core.autocrlf', 'false');
    made.commit({ ...project, ...files });
    return made;
  }

  it.each([
    ['prompts/templates/tone.md', 'a template'],
    ['prompts/bundles/agent.md', 'a bundle'],
    ['prompts/partials/rules/privacy.md', 'a partial'],
  ])('is an error that names the command which mends it: %s', async (name) => {
    const made = await committed({ [name]: crlf(PROJECT[name]!) });
    const { compiled } = await compileProject(made.folder, 'dist');
    expect(told(compiled.diagnostics)).toEqual([
      `${name}:1 versions/committed-crlf Git holds this file with CRLF line ends, so its text there is not the one that promptc reads.`,
    ]);
    expect(compiled.diagnostics[0]!.hint).toContain(FIX);
    expect((await runCommand(made.folder, ['build'])).code).toBe(1);

    made.write({ '.gitattributes': SETTINGS['.gitattributes']! });
    made.git(...(FIX.split(' ').slice(1) as [string, ...string[]]));
    // What the next commit holds is what counts: a hook that runs before it must pass.
    expect(await check(made).then((lines) => lines.map((line) => line.split(' ')[1]))).toEqual(['lock/outdated']);
    await publish(made, {});
    expect(await check(made)).toEqual([]);
  });

  it('is one also after it was edited, and not if it is ignored or not added yet', async () => {
    const name = 'prompts/templates/tone.md';
    const made = await committed({ [name]: crlf(PROJECT[name]!) });
    made.write({
      [name]: PROJECT[name]!,
      'prompts/templates/new.md': crlf(String(template('new', '1.0.0', 'New.')['prompts/templates/new.md'])),
    });
    expect((await check(made)).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([`${name}:1 versions/committed-crlf`]);
    made.git('add', '--all');
    expect((await check(made)).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'prompts/templates/new.md:1 versions/committed-crlf',
    ]);
  });

  it('does not keep anybody from a preview', async () => {
    const made = await committed({ 'prompts/templates/tone.md': crlf(PROJECT['prompts/templates/tone.md']!) });
    expect((await runCommand(made.folder, ['render', 'agent', '--root', '.'])).code).toBe(0);
  });
});

it('a folder below a bare repository, or in one, is one without a repository', async () => {
  const bare = await repository(undefined, '--bare');
  await mkdir(path.join(bare.folder, 'prompts/templates'), { recursive: true });
  await writeFile(path.join(bare.folder, 'prompts/templates/tone.md'), template('tone', '1.0.0', 'Be calm.')['prompts/templates/tone.md']!);
  const { code, err } = await runCommand(bare.folder, ['build']);
  expect(code).toBe(0);
  expect(err).toContain('Compiled 1 template');
});

it('a bundle may be renamed with its file: the old one stays served', async () => {
  const made = await published();
  made.git('mv', 'prompts/bundles/agent.md', 'prompts/bundles/helper.md');
  await publish(made, { 'prompts/bundles/helper.md': bundle('helper', '1.0.0', 'task: tone')['prompts/bundles/helper.md']! });
  const cloned = await made.clone();
  expect(namesOf(await build(cloned))).toEqual(['helper@1.0.0', 'agent@1.0.0', 'tone@1.0.0']);
});

describe('a file that Git converts', () => {
  const NAME = 'prompts/templates/tone.md';

  it.each([
    ['ident', 'Be calm. $Id$'],
    ['filter=loud', 'Be calm.'],
  ])('could not be found again, and is an error wherever it is checked out, until it is not converted: %s', async (attribute, body) => {
    const made = await repository();
    made.git('config', 'filter.loud.clean', 'sed s/calm/CALM/');
    made.git('config', 'filter.loud.smudge', 'sed s/CALM/calm/');
    made.commit({ ...template('tone', '1.0.0', body), '.gitattributes': `* text=auto\n${NAME} ${attribute}\n` });
    // What was written is what is committed; what is checked out is another text.
    rmSync(path.join(made.folder, NAME));
    made.git('checkout', '--quiet', '--', NAME);
    made.git('config', '--remove-section', 'filter.loud');
    const name = attribute.split('=')[0]!;
    expect((await check(made)).slice(0, 1)).toEqual([
      `${NAME}:1 versions/converted Git converts this file, by the attribute \`${name}\`, and holds another text of it than the one that promptc reads.`,
    ]);
    made.commit({ ...template('tone', '1.0.0', body), '.gitattributes': `${NAME} ${attribute}\nprompts/** -filter -ident\n` });
    await publish(made, {});
    expect(await check(made)).toEqual([]);
    expect(await check(await made.clone())).toEqual([]);
  });

  it("is nobody's concern if its text is the same in Git", async () => {
    const made = await repository({ ...PROJECT, '.gitattributes': 'prompts/** ident\n' });
    await publish(made, {});
    expect(await check(await made.clone())).toEqual([]);
  });
});
