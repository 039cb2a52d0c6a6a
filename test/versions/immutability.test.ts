/** Published versions never change: what is refused, what is free, and what the author is told. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileProject } from '../../src/cli/project.js';
import { LOCK_FILE } from '../../src/format/lock.js';
import { formatLock } from '../../src/versions/lock.js';
import type { TestRepository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';
import { build, bundle, check, lockOf, namesOf, partial, PROJECT, publish, published, template, told } from './published-project.js';

const CHANGED = 'versions/changed Version 1.0.0 of the template "tone" is published, and what it says has changed.';

/** On a branch of its own, some files changed; what a check of it says. */
async function checkEdited(made: TestRepository, files: Parameters<TestRepository['write']>[0]): Promise<string[]> {
  made.git('checkout', '--quiet', '-b', 'topic');
  made.write(files);
  made.commit();
  return check(made);
}

describe('a published template', () => {
  it('whose text is edited is refused, with the line as it was, and the version to take', async () => {
    const made = await published();
    expect(await checkEdited(made, template('tone', '1.0.0', 'Be calm and brief.\n{{> rules}}'))).toEqual([
      `prompts/templates/tone.md:3 ${CHANGED}`,
      '  prompts/templates/tone.md:6 was "Be calm."',
    ]);
    const { code, err, out } = await runCommand(made.folder, ['check']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('hint: Published versions never change: raise the version to 1.0.1 or more. `promptc bump tone` does it.\n');
    expect(err).toContain('Compared with the last commit that HEAD shares with main.\n');
  });

  it.each([
    ['a line that was added', 'Be calm.\nBe kind.\n{{> rules}}', '7 this was not there'],
    ['a line that was deleted', '{{> rules}}', '6 here stood "Be calm."'],
    ['all of it', 'Something else', '6 was "Be calm.\\n{{> rules}}"'],
  ])('shows %s', async (_, body, expected) => {
    const made = await published();
    expect(await checkEdited(made, template('tone', '1.0.0', body))).toEqual([
      `prompts/templates/tone.md:3 ${CHANGED}`,
      `  prompts/templates/tone.md:${expected}`,
    ]);
  });

  it.each([
    [
      'role',
      { 'prompts/templates/tone.md': '---\nid: tone\nversion: 1.0.0\nrole: system\n---\nBe calm.\n{{> rules}}\n' },
      '4 was "role: user"',
    ],
    ['inputs', template('tone', '1.0.0', 'Be calm.\n{{> rules}}', 'inputs: { mood?: string }\n'), '5 this was not there'],
    ['constraints', template('tone', '1.0.0', 'Be calm.\n{{> rules}}', 'constraints: { NO_EMOJI: true }\n'), '5 this was not there'],
    ['adapter_version', template('tone', '1.0.0', 'Be calm.\n{{> rules}}', 'adapter_version: "2"\n'), '5 this was not there'],
  ])('whose %s is edited is refused, with the line', async (_, files, expected) => {
    const made = await published();
    expect(await checkEdited(made, files)).toEqual([`prompts/templates/tone.md:3 ${CHANGED}`, `  prompts/templates/tone.md:${expected}`]);
  });

  it('that changes through a partial is refused, and the partial is named', async () => {
    const made = await published();
    expect(await checkEdited(made, partial('rules', 'Keep to all rules:\n{{> rules/privacy}}'))).toEqual([
      `prompts/templates/tone.md:3 ${CHANGED}`,
      '  prompts/partials/rules.md:1 was "Keep to the rules:"',
    ]);
  });

  it('that changes through a partial of a partial is refused, and that one is named', async () => {
    const made = await published();
    expect(await checkEdited(made, partial('rules/privacy', 'Tell everybody.'))).toEqual([
      `prompts/templates/tone.md:3 ${CHANGED}`,
      '  prompts/partials/rules/privacy.md:1 was "Tell nobody."',
    ]);
  });

  it('that includes a new partial is refused, and the partial is named', async () => {
    const made = await published();
    const files = { ...partial('rules', 'Keep to the rules:\n{{> rules/privacy}}\n{{> more}}'), ...partial('more', 'And more.') };
    expect(await checkEdited(made, files)).toEqual([
      `prompts/templates/tone.md:3 ${CHANGED}`,
      '  prompts/partials/more.md:1 this partial was not included',
      '  prompts/partials/rules.md:3 this was not there',
    ]);
  });

  it('may gain a description', async () => {
    const made = await published();
    expect(await checkEdited(made, template('tone', '1.0.0', 'Be calm.\n{{> rules}}', 'description: How to speak.\n'))).toEqual([]);
  });

  it('may move to another file', async () => {
    const made = await published();
    made.git('checkout', '--quiet', '-b', 'topic');
    await rename(path.join(made.folder, 'prompts/templates/tone.md'), path.join(made.folder, 'prompts/templates/calm.md'));
    made.commit();
    expect(await check(made)).toEqual([]);
    expect(namesOf(await build(made))).toEqual(['agent@1.0.0', 'tone@1.0.0']);
  });

  it('that was taken is passed over by the version that is proposed', async () => {
    const made = await published();
    await publish(made, template('tone', '1.0.1', 'Be calm, please.\n{{> rules}}'));
    made.write(template('tone', '1.0.0', 'Be quiet.\n{{> rules}}'));
    const { compiled } = await compileProject(made.folder, 'dist');
    expect(compiled.diagnostics.map(({ hint }) => hint)).toEqual([
      'Published versions never change: raise the version to 1.0.2 or more. `promptc bump tone` does it.',
    ]);
  });

  it('that is a prerelease is followed by the next one', async () => {
    const made = await published({ ...PROJECT, ...template('tone', '2.0.0-beta.1', 'Be calm.\n{{> rules}}') });
    made.write(template('tone', '2.0.0-beta.1', 'Be quiet.\n{{> rules}}'));
    const { compiled } = await compileProject(made.folder, 'dist');
    expect(compiled.diagnostics[0]!.hint).toContain('raise the version to 2.0.0-beta.2 or more');
  });

  it('whose file is deleted stays served, and so does the bundle that uses it', async () => {
    const made = await published();
    await publish(made, { ...template('other', '1.0.0', 'Hello.'), ...bundle('agent', '1.1.0', 'task: other') });
    made.git('checkout', '--quiet', '-b', 'topic');
    await rm(path.join(made.folder, 'prompts/templates/tone.md'));
    made.commit();
    expect(await check(made)).toEqual([]);
    await rm(path.join(made.folder, 'dist'), { recursive: true });
    expect(namesOf(await build(made)).toSorted()).toEqual(['agent@1.0.0', 'agent@1.1.0', 'other@1.0.0', 'tone@1.0.0']);
    expect(await runCommand(made.folder, ['render', 'agent@1.0.0'])).toMatchObject({
      code: 0,
      out: 'Be calm.\nKeep to the rules:\nTell nobody.\n',
    });
  });

  it('that is deleted while a bundle in the tree names it without a version is still what that version uses', async () => {
    const made = await published();
    await rm(path.join(made.folder, 'prompts/templates/tone.md'));
    expect(await check(made)).toEqual([]);
    made.write(bundle('agent', '1.1.0', 'task: tone'));
    const { compiled } = await compileProject(made.folder, 'dist');
    expect(told(compiled.diagnostics.filter(({ severity }) => severity === 'error'))).toEqual([
      'prompts/bundles/agent.md:4 check/unknown-template There is no template named "tone".',
    ]);
    expect(compiled.diagnostics.map(({ hint }) => hint)).toContain(
      'It was published as 1.0.0: name one, such as tone@1.0.0, or bring the file back.',
    );
    made.write(bundle('agent', '1.1.0', 'task: tone@1.0.0'));
    expect(namesOf(await build(made))).toContain('agent@1.1.0');
  });
});

describe('a published bundle', () => {
  it.each([
    ['slot', bundle('agent', '1.0.0', 'system: tone'), '4 was "slots: { task: tone }"'],
    ['tags', bundle('agent', '1.0.0', 'task: tone', 'tags: [large]\n'), '5 this was not there'],
    ['config', bundle('agent', '1.0.0', 'task: tone', 'config: { temperature: 1 }\n'), '5 this was not there'],
    ['output', bundle('agent', '1.0.0', 'task: tone', 'output: { schema: {} }\n'), '5 this was not there'],
    ['constraints', bundle('agent', '1.0.0', 'task: tone', 'constraints: { NO_EMOJI: true }\n'), '5 this was not there'],
  ])('whose %s is edited is refused, with the line', async (key, files, expected) => {
    const made = await published();
    const [first, ...places] = await checkEdited(made, files);
    expect(first).toBe(
      'prompts/bundles/agent.md:3 versions/changed Version 1.0.0 of the bundle "agent" is published, and what it says has changed.',
    );
    const slots =
      key === 'slot'
        ? ['  prompts/bundles/agent.md:4 was empty, and is tone@1.0.0', '  prompts/bundles/agent.md:4 was tone@1.0.0, and is empty']
        : [];
    expect(places).toEqual([`  prompts/bundles/agent.md:${expected}`, ...slots]);
  });

  it('that takes another version of a template is refused, and both are named', async () => {
    const made = await published();
    await publish(made, template('tone', '1.1.0', 'Be quiet.\n{{> rules}}'));
    expect(await checkEdited(made, bundle('agent', '1.0.0', 'task: tone@^1.1.0'))).toEqual([
      'prompts/bundles/agent.md:3 versions/changed Version 1.0.0 of the bundle "agent" is published, and what it says has changed.',
      '  prompts/bundles/agent.md:4 was "slots: { task: tone }"',
      '  prompts/bundles/agent.md:4 was tone@1.0.0, and is tone@1.1.0',
    ]);
  });

  it('may write the same version in another way', async () => {
    const made = await published();
    expect(await checkEdited(made, bundle('agent', '1.0.0', 'task: tone@^1.0.0'))).toEqual([]);
  });

  it('may gain examples, a description, a budget and documentation', async () => {
    const made = await published();
    const keys = 'description: Helps.\nexamples: [{ name: plain, input: {} }]\nmax_tokens: 100\n';
    const [[name, text]] = Object.entries(bundle('agent', '1.0.0', 'task: tone', keys)) as [[string, string]];
    expect(await checkEdited(made, { [name]: `${text}\nMore about it.\n` })).toEqual([]);
  });

  it('that only follows its template needs no message of its own, nor do its older versions', async () => {
    const made = await published();
    await publish(made, bundle('agent', '1.1.0', 'task: tone'));
    await publish(made, bundle('other', '1.0.0', 'system: tone'));
    await rm(path.join(made.folder, 'dist'), { recursive: true });
    const said = await checkEdited(made, template('tone', '1.0.0', 'Be quiet.\n{{> rules}}'));
    expect(said).toEqual([`prompts/templates/tone.md:3 ${CHANGED}`, '  prompts/templates/tone.md:6 was "Be calm."']);
  });

  it('that changes by itself and through its template is told both', async () => {
    const made = await published();
    const said = await checkEdited(made, {
      ...template('tone', '1.0.0', 'Be quiet.\n{{> rules}}'),
      ...bundle('agent', '1.0.0', 'task: tone', 'tags: [large]\n'),
    });
    expect(said.filter((line) => !line.startsWith(' ')).map((line) => line.split(' ')[0])).toEqual([
      'prompts/bundles/agent.md:3',
      'prompts/templates/tone.md:3',
    ]);
  });
});

describe('a preview', () => {
  it('only warns of an edit, and shows it', async () => {
    const made = await published();
    await publish(made, bundle('agent', '1.1.0', 'task: tone'));
    made.write(template('tone', '1.0.0', 'Be quiet.\n{{> rules}}'));
    const { code, out, err } = await runCommand(made.folder, ['render', 'agent', '--root', '.']);
    expect({ code, out }).toEqual({ code: 0, out: 'Be quiet.\nKeep to the rules:\nTell nobody.\n' });
    expect(err).toContain('prompts/templates/tone.md:3:10 warning versions/edited-draft\n');
    expect(err).toContain('hint: Before it is merged, raise the version to 1.0.1 or more. `promptc bump tone` does it.\n');
    expect(err).toContain('\n1 warning\n');
  });
});

describe('a lock', () => {
  const VANISHED = 'prompts/promptc.lock:1 versions/vanished The lock no longer records';

  it('that loses the line of a version that the tree does not hold is refused', async () => {
    const made = await published();
    await publish(made, template('tone', '1.1.0', 'Be quiet.'));
    const entries = (await lockOf(made)).filter(({ id, version }) => !(id === 'tone' && version === '1.0.0'));
    expect(await checkEdited(made, { [LOCK_FILE]: formatLock({ entries }) })).toEqual([
      `${VANISHED} version 1.0.0 of the template "tone", which is published and not in the working tree.`,
    ]);
    // Not even a build mends it in passing: somebody meant something.
    expect((await runCommand(made.folder, ['build'])).code).toBe(1);
    const { err } = await runCommand(made.folder, ['check']);
    expect(err).toContain(
      'hint: Whoever uses it would lose it. Take the file as your main branch has it (`git checkout main -- prompts/promptc.lock`)',
    );
    made.git('checkout', 'main', '--', LOCK_FILE);
    expect(await check(made)).toEqual([]);
  });

  it('that is deleted as a whole is refused with one message', async () => {
    const made = await published();
    await publish(made, { ...template('tone', '1.1.0', 'Be quiet.'), ...bundle('agent', '1.1.0', 'task: tone') });
    made.git('checkout', '--quiet', '-b', 'topic');
    await rm(path.join(made.folder, LOCK_FILE));
    made.commit();
    expect(await check(made)).toEqual([
      `${VANISHED} version 1.0.0 of the bundle "agent" (and 1 more), which are published and not in the working tree.`,
    ]);
  });

  it('that is deleted while the tree holds every version is written again', async () => {
    const made = await published();
    const before = await readFile(path.join(made.folder, LOCK_FILE), 'utf8');
    await rm(path.join(made.folder, LOCK_FILE));
    expect((await check(made)).map((line) => line.split(' ')[1])).toEqual(['lock/outdated']);
    await build(made);
    expect(await readFile(path.join(made.folder, LOCK_FILE), 'utf8')).toBe(before);
  });

  it('that loses a version whose file is broken reports the file alone', async () => {
    const made = await published();
    const said = await checkEdited(made, template('tone', '1.0.0', '{{#if task}}'));
    expect(said.map((line) => line.split(' ')[1])).toEqual(['parse/unclosed-block']);
  });

  it('that takes a yank back is refused, also if it is rewritten', async () => {
    const made = await published();
    const before = await lockOf(made);
    const [agent, ...rest] = before;
    await writeFile(path.join(made.folder, LOCK_FILE), formatLock({ entries: [{ ...agent!, yanked: 'It lied.' }, ...rest] }));
    made.commit();
    const said = await checkEdited(made, { [LOCK_FILE]: formatLock({ entries: before }) });
    expect(said).toEqual([
      'prompts/promptc.lock:2 versions/unyanked Version 1.0.0 of the bundle "agent" was yanked, and prompts/promptc.lock takes that back.',
    ]);
    expect((await runCommand(made.folder, ['build'])).code).toBe(1);
  });

  it.each([
    ['hash', { hash: `sha256:${'0'.repeat(64)}` as const }],
    ['artifact', { artifact: { digest: `sha256:${'0'.repeat(64)}` as const, formatVersion: 1 } }],
    ['files', { files: { 'prompts/templates/tone.md': '0'.repeat(40) } }],
    ['spec', { spec: 2 }],
  ])('in which the %s of a published version is changed by hand is refused, and mended by a build', async (_, changed) => {
    const made = await published();
    const before = await readFile(path.join(made.folder, LOCK_FILE), 'utf8');
    const [agent, tone] = await lockOf(made);
    const said = await checkEdited(made, { [LOCK_FILE]: formatLock({ entries: [agent!, { ...tone!, ...changed }] }) });
    expect(said).toEqual([
      'prompts/promptc.lock:1 lock/outdated The lock does not record what the prompts are: it has the template tone@1.0.0 otherwise.',
    ]);
    await build(made);
    expect(await readFile(path.join(made.folder, LOCK_FILE), 'utf8')).toBe(before);
  });
});

it('a version that was published under another spec is not compared with what this one makes of it', async () => {
  const made = await published();
  const [agent, tone] = await lockOf(made);
  const newer = { ...tone!, spec: 2, hash: `sha256:${'2'.repeat(64)}` as const };
  made.commit({ [LOCK_FILE]: formatLock({ entries: [agent!, newer] }) });
  const said = (await check(made, { base: 'HEAD' })).filter((line) => line.includes('"tone"'));
  expect(said).toEqual([
    'prompts/promptc.lock:3 versions/unknown-spec Version 1.0.0 of the template "tone" was published under spec 2, which this promptc does not know.',
  ]);
});
