import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { compileProject } from '../../src/cli/project.js';
import { projectFolder, SMALL_PROJECT } from '../support/project.js';
import { publishedProject, TONE } from '../support/published.js';
import { repository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';
import { develop, rendered } from './developing.js';
import { DEADLINE } from './watching.js';

const GREET = 'prompts/templates/greet.md';
const OFF = 'prompts/partials/sign/off.md';
const ADA = { inputs: { name: 'Ada' } };

async function ready(url: string): Promise<{ status: number; build: string | null; problem: { message: string } | null }> {
  const answer = await fetch(`${url}/readyz`);
  return { ...((await answer.json()) as { build: string | null; problem: { message: string } | null }), status: answer.status };
}

describe('an edit', () => {
  it('is served at once, and said in one line', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const { url, said, says, edit } = await develop(root);
    expect(said()).toMatch(
      /^Serving the drafts in \. on http:\/\/127\.0\.0\.1:\d+ \(stop with Ctrl-C\)\n\d\d:\d\d:\d\d {2}compiled 1 template and 1 bundle in \d+ ms \(sha256:[0-9a-f]{12}…\)\n$/,
    );
    expect(await rendered(url, 'hello', ADA)).toContain('Hello Ada!');
    const before = await ready(url);
    edit(GREET, 'Hello', 'Howdy');
    await says(/^\d\d:\d\d:\d\d {2}prompts\/templates\/greet\.md → 1 template, 1 bundle in \d+ ms \(sha256:[0-9a-f]{12}…\)\n/m);
    expect(await rendered(url, 'hello', ADA)).toContain('Howdy Ada!');
    const after = await ready(url);
    expect(after).toMatchObject({ status: 200, problem: null });
    expect(after.build).not.toBe(before.build);
    const answer = await fetch(`${url}/v1/prompts/bundles/hello`);
    expect(answer.headers.get('x-promptc-build')).toBe(after.build);
    const again = await fetch(`${url}/v1/prompts/bundles/hello`, { headers: { 'if-none-match': answer.headers.get('etag')! } });
    expect(again.status).toBe(304);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain(`promptc_build_info{build="${after.build}"`);
    expect(metrics).toMatch(/^promptc_build_swaps_total 2$/m);
  });

  it('of a partial changes what uses it; of a note nothing but the index; a save without an edit nothing', async () => {
    const { url, says, edit } = await develop(await projectFolder(SMALL_PROJECT));
    edit(OFF, 'Bye', 'So long');
    await says(/off\.md → 1 template, 1 bundle in/);
    expect(await rendered(url, 'hello', ADA)).toContain('So long.');
    edit(GREET, 'Says hello.', 'Greets.');
    await says(/greet\.md → the index alone in/);
    edit(GREET, 'Greets.', 'Greets. ');
    await says(/greet\.md → the same build in/);
  });

  it('that breaks a prompt is shown, and the last good build served until it is mended', async () => {
    const { url, says, edit, said } = await develop(await projectFolder(SMALL_PROJECT));
    const { build } = await ready(url);
    edit(GREET, '{{name}}', '{{nmae}}');
    await says(/greet\.md:10:9 error check\/unknown-name\n {2}Nothing is named "nmae" here\./);
    await says(new RegExp(`greet\\.md → 1 error in \\d+ ms\\. Still serving the last good build \\(${build!.slice(0, 19)}…\\)\\.\n`));
    expect(await rendered(url, 'hello', ADA)).toContain('Hello Ada!');
    expect(await ready(url)).toMatchObject({ status: 200, build, problem: { message: expect.stringContaining('errors') as string } });
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^promptc_build_problem 1$/m);
    edit(GREET, '{{nmae}}', '{{name}}');
    await says(/greet\.md → the same build in/);
    expect(await ready(url)).toMatchObject({ status: 200, build, problem: null });
    expect(said()).not.toContain('failed');
  });

  it('that is written in two halves is served when it is whole, and the last good build until then', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const { url, says } = await develop(root);
    const text = readFileSync(path.join(root, GREET), 'utf8').replace('Hello', 'Howdy');
    writeFileSync(path.join(root, GREET), text.slice(0, 60));
    await says(/greet\.md → [^]* Still serving the last good build/);
    expect(await rendered(url, 'hello', ADA)).toContain('Hello Ada!');
    appendFileSync(path.join(root, GREET), text.slice(60));
    await says(/greet\.md → 1 template, 1 bundle in/);
    expect(await rendered(url, 'hello', ADA)).toContain('Howdy Ada!');
  });

  it('of the settings counts, for what compiling says and for how long is waited', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const { says, edit } = await develop(root);
    writeFileSync(
      path.join(root, 'promptc.config.json'),
      '{ "dev": { "debounce": { "min": 700, "max": 600 } }, "limits": { "blockDepth": 1 } }',
    );
    await says(/promptc\.config\.json → the same build in/);
    const began = performance.now();
    edit(OFF, 'Bye', 'So long');
    await says(/off\.md → 1 template/);
    expect(performance.now() - began).toBeGreaterThan(650);
    writeFileSync(path.join(root, 'promptc.config.json'), '{ "dev": { "debounce": 5 } }');
    await says(/promptc\.config\.json:1:\d+ error discover\/config\n {2}`dev\.debounce` /);
    writeFileSync(path.join(root, 'promptc.config.json'), '{ "limits": { "promptBytes": 10 } }');
    await says(/example `ada`|the same build|1 error/);
    await says(/Limits of rendering have changed: stop, and start again/);
  });

  it('says a warning once, and again when it is another', async () => {
    const { says, edit, said } = await develop(await projectFolder(SMALL_PROJECT));
    edit(GREET, '  name: string\n', '  name: string\n  unused?: string\n');
    await says(/warning check\/unused-input[^]*→ 1 template/);
    edit(OFF, 'Bye', 'So long');
    await says(/off\.md → 1 template/);
    expect(said().match(/check\/unused-input/g)).toHaveLength(1);
    edit(GREET, 'unused?:', 'idle?:');
    await says(/warning check\/unused-input[^]*"idle"[^]*→ 1 template/);
  });
});

describe('a branch that is switched', () => {
  it('is served as if it had been compiled from the beginning, each way', async () => {
    const files = (text: string): { [path: string]: string } =>
      Object.fromEntries(
        Array.from({ length: 120 }, (_, i) => [
          `prompts/templates/team-${i % 7}/t${i}.md`,
          `---\nid: t${i}\nversion: 1.0.0\nrole: user\n---\n${text} ${i}\n`,
        ]),
      );
    const made = await repository({ ...SMALL_PROJECT, ...files('One') });
    made.git('checkout', '--quiet', '-b', 'other');
    rmSync(path.join(made.folder, 'prompts/templates/team-0'), { recursive: true });
    made.commit({ ...files('Two'), 'prompts/templates/new/deep/n.md': '---\nid: n\nversion: 1.0.0\nrole: user\n---\nNew.\n' });
    const { url, said, stop } = await develop(made.folder);
    for (const branch of ['main', 'other', 'main']) {
      made.git('checkout', '--quiet', branch);
      const { compiled } = await compileProject(made.folder, 'dist', { draft: true });
      const fresh = compiled.build!.manifestDigest;
      await vi.waitFor(async () => expect((await ready(url)).build).toBe(fresh), DEADLINE);
    }
    await stop();
    expect(said().match(/and 1\d\d more files → /g)!.length).toBeGreaterThan(0);
  });
});

describe('what cannot be compiled at all', () => {
  it('is said, and tried again with the next change', async () => {
    const made = await repository(SMALL_PROJECT);
    const { url, says, said, edit } = await develop(made.folder, { base: 'later' });
    expect(said()).toMatch(
      /There is no base to compare with\. [^]*\nThere is no good build to serve yet\. Tried again with the next change\.\n$/,
    );
    expect(await ready(url)).toMatchObject({ status: 503, problem: { message: expect.stringContaining('later') as string } });
    made.git('tag', 'later');
    edit(GREET, 'Hello', 'Howdy');
    await says(/compiled 1 template and 1 bundle in/);
    expect(await rendered(url, 'hello', ADA)).toContain('Howdy Ada!');
  });
});

describe('the first start', () => {
  it('waits for what is broken to be mended, and says so at /readyz', async () => {
    const root = await projectFolder({ ...SMALL_PROJECT, [GREET]: '---\nid: greet\n---\n{{name}}' });
    const { url, says, said } = await develop(root);
    expect(said()).toMatch(/errors? in \d+ ms\. There is no good build to serve yet\.\n$/);
    expect(await ready(url)).toMatchObject({ status: 503, build: null });
    expect(await rendered(url, 'hello', ADA)).toMatch(/^503 /);
    writeFileSync(path.join(root, GREET), SMALL_PROJECT[GREET]!);
    await says(/compiled 1 template and 1 bundle in/);
    expect(await ready(url)).toMatchObject({ status: 200, problem: null });
    expect(await rendered(url, 'hello', ADA)).toContain('Hello Ada!');
  });

  it('waits for prompts where there are none', async () => {
    const root = await projectFolder({ 'README.md': 'x' });
    const { url, says } = await develop(root);
    for (const [name, text] of Object.entries(SMALL_PROJECT)) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
    }
    await says(/compiled 1 template and 1 bundle in/);
    expect(await rendered(url, 'hello', ADA)).toContain('Hello Ada!');
    rmSync(path.join(root, 'prompts'), { recursive: true });
    await says(/There is no template and no bundle[^]*Still serving the last good build/);
  });

  it.each(['0.0.0.0', '::', '192.0.2.1'])('is refused on %s, which others reach', async (host) => {
    const { code, err } = await runCommand(await projectFolder(SMALL_PROJECT), ['dev', '--host', host, '--port', '0']);
    expect([code, err]).toEqual([
      2,
      `error: \`promptc dev\` is for this machine alone, and ${host} is not: use 127.0.0.1, ::1 or localhost.\n`,
    ]);
  });

  it('says what is wrong with where it shall be', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const { url } = await develop(root);
    const taken = await runCommand(root, ['dev', '--port', new URL(url).port]);
    expect([taken.code, taken.err]).toEqual([2, expect.stringContaining('is taken')]);
    const missing = await runCommand(root, ['dev', '--root', 'nowhere']);
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('There is no folder')]);
    const help = await runCommand(root, ['dev', '--help']);
    expect(help.out).toContain('$ promptc dev --render support-agent@refund');
  });
});

describe('the output folder', () => {
  it('has the last build when it was quiet for a while, and keeps what it had while prompts are broken', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const { url, says, edit } = await develop(root, { out: 'out' });
    edit(GREET, 'Hello', 'Howdy');
    await says(/greet\.md → 1 template/);
    await written(root, 'out', (await ready(url)).build);
    edit(GREET, '{{name}}', '{{nmae}}');
    await says(/1 error in/);
    expect((await runCommand(root, ['verify', '--dir', 'out'])).code).toBe(0);
    const render = await runCommand(root, ['render', 'hello', '--dir', 'out', '--input', '-'], { stdin: JSON.stringify(ADA) });
    expect(render.out).toContain('Howdy Ada!');
    expect(existsSync(path.join(root, 'prompts/promptc.lock'))).toBe(false);
  });

  it('says once why it cannot be written', async () => {
    const root = await projectFolder({ ...SMALL_PROJECT, dist: 'a file' });
    const { url, says, said, edit } = await develop(root);
    await says(/dist cannot be written: \w+\. The drafts are served all the same\.\n/);
    edit(GREET, 'Hello', 'Howdy');
    await says(/greet\.md → 1 template/);
    expect(await rendered(url, 'hello', ADA)).toContain('Howdy Ada!');
    expect(said().match(/cannot be written/g)).toHaveLength(1);
  });

  it('stays as it is while a published version is edited, which is a warning, and served', async () => {
    const made = await publishedProject();
    const published = readFileSync(path.join(made.folder, 'dist/manifest.json'), 'utf8');
    const lock = readFileSync(path.join(made.folder, 'prompts/promptc.lock'), 'utf8');
    const { url, says, edit } = await develop(made.folder);
    edit(TONE, 'Be brief.', 'Be long.');
    await says(/warning versions\/edited-draft/);
    await says(/tone\.md → 1 template, 3 bundles in/);
    await says(/dist stays as it is while a published version is edited: template tone@1\.2\.0\. Raise its version with `promptc bump`/);
    expect(await rendered(url, 'open', { inputs: { name: 'Ada' } })).toContain('Be long.');
    // Another name: a draft of its own, beside the published one.
    edit(TONE, 'version: 1.2.0', 'version: 1.3.0');
    await says(/tone\.md → /);
    await written(made.folder, 'dist', (await ready(url)).build);
    expect(readFileSync(path.join(made.folder, 'dist/manifest.json'), 'utf8')).not.toBe(published);
    expect(readFileSync(path.join(made.folder, 'prompts/promptc.lock'), 'utf8')).toBe(lock);
    const verified = await runCommand(made.folder, ['verify']);
    expect(verified.code).toBe(1);
    expect(verified.out + verified.err).toContain('tone@1.3.0');
    expect(verified.out + verified.err).not.toContain('not what was published');
  });
});

async function written(root: string, out: string, build: string | null): Promise<void> {
  const { sha256 } = await import('../../src/base/digest.js');
  await vi.waitFor(() => expect(sha256(readFileSync(path.join(root, out, 'manifest.json')))).toBe(build), DEADLINE);
}

describe('--render', () => {
  it('prints the render of an example, and again with what is another in it', async () => {
    const { printed, edit, says } = await develop(await projectFolder(SMALL_PROJECT), { render: 'hello' });
    const first = 'Hello Ada!\n- one\n- two\nBye.\n';
    await vi.waitFor(() => expect(printed()).toBe(first), DEADLINE);
    edit(GREET, 'Hello', 'Howdy');
    await says(/greet\.md → 1 template/);
    const second = '[-Hello-]{+Howdy+} Ada!\n- one\n- two\nBye.\n';
    await vi.waitFor(() => expect(printed()).toBe(first + second), DEADLINE);
    edit(GREET, '{{name}}', '{{nmae}}');
    await says(/1 error in/);
    edit(GREET, '{{nmae}}', '{{name}}');
    await says(/the same build/);
    edit(OFF, 'Bye.', 'Bye.\nSee you.');
    await says(/off\.md → 1 template/);
    await vi.waitFor(() => expect(printed()).toBe(`${first}${second}Howdy Ada!\n- one\n- two\nBye.\n{+See you.+}\n`), DEADLINE);
  });

  it('marks in colours on a terminal that has them', async () => {
    const { printed, edit } = await develop(await projectFolder(SMALL_PROJECT), { render: 'hello@ada' }, { colour: true });
    await vi.waitFor(() => expect(printed()).toContain('Bye.'), DEADLINE);
    edit(GREET, 'Hello', 'Howdy');
    await vi.waitFor(
      () => expect(printed()).toContain('\u{1b}[31m\u{1b}[9mHello\u{1b}[29m\u{1b}[39m\u{1b}[32m\u{1b}[1mHowdy\u{1b}[22m\u{1b}[39m Ada!\n'),
      DEADLINE,
    );
  });

  it.each([
    ['hello@bob', /hello is not shown: The bundle "hello" has no example "bob"; it has ada\.\n/],
    ['nobody', /nobody is not shown: There is no bundle "nobody"\.\n/],
    ['nobody@ada', /nobody is not shown: There is no bundle "nobody"\.\n/],
  ])('says once why there is nothing to show of %s', async (render, message) => {
    const { printed, says, said, edit } = await develop(await projectFolder(SMALL_PROJECT), { render });
    await says(message);
    edit(GREET, 'Hello', 'Howdy');
    await says(/greet\.md → 1 template/);
    expect(said().match(/is not shown/g)).toHaveLength(1);
    expect(printed()).toBe('');
  });

  it('renders a bundle without examples from nothing, if that is enough', async () => {
    const files = {
      'prompts/templates/t.md': '---\nid: t\nversion: 1.0.0\nrole: user\ninputs: { name: string }\n---\nHi {{name}}.\n',
      'prompts/bundles/b.md': '---\nid: b\nversion: 1.0.0\nslots: { task: t }\n---\nFor tests.\n',
    };
    const { printed, says, edit } = await develop(await projectFolder(files), { render: 'b' });
    await says(/b is not shown: [^]*\/inputs[^]*Give the bundle an example/);
    edit('prompts/templates/t.md', 'inputs: { name: string }', 'inputs: { name: { type: string, default: you } }');
    await vi.waitFor(() => expect(printed()).toBe('Hi you.\n'), DEADLINE);
  });
});
