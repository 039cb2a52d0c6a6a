import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENGINE_VERSION } from '../../src/base/version.js';
import { projectFolder, SMALL_PROJECT, temporaryFolder } from '../support/project.js';
import { runCommand } from '../support/terminal.js';

const BROKEN = {
  ...SMALL_PROJECT,
  'prompts/templates/broken.md': '---\nid: broken\nversion: "1"\nrole: user\n---\n{{#if task}}\n',
};

const COMMANDS = [
  'init',
  'build',
  'check',
  'diff',
  'bump',
  'yank',
  'log',
  'render',
  'serve',
  'verify',
  'prune',
  'inspect',
  'replay',
  'drift',
  'audit',
];

describe('help', () => {
  it.each(COMMANDS)('%s --help shows an example', async (name) => {
    const { code, out } = await runCommand('.', [name, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Examples:\\n.*\\bpromptc ${name}`));
  });

  it('lists the commands and the exit codes', async () => {
    const { code, out } = await runCommand('.', ['--help']);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(out).toContain('2 wrong usage or environment');
  });

  it('prints the version of the package', async () => {
    expect((await runCommand('.', ['--version'])).out).toBe(`${ENGINE_VERSION}\n`);
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(version).toBe(ENGINE_VERSION);
  });
});

describe('wrong usage ends with 2 and says what is meant', () => {
  it.each([
    [['biuld'], 'Did you mean build?'],
    [['build', '--owt', 'x'], 'Did you mean --out?'],
    [['build', '--format', 'xml'], 'Allowed choices are text, json, github, sarif'],
    [['render'], "missing required argument 'bundle'"],
    [['serve', '--port', '99999'], 'A port is a number from 0 to 65535.'],
    [['build', '--root', 'nowhere'], 'Pass the one that holds prompts/ with --root.'],
    [['render', 'a', '--example', 'b'], '--example needs --root'],
    [['render', 'a', '--root', '.', '--example', 'b', '--input', 'c'], 'either --input or --example'],
    [['render', 'a', '--root', '.', '--dir', 'd'], "cannot be used with option '--dir <dir>'"],
    [['render', 'a'], 'Run `promptc build` first.'],
    [['serve'], 'Run `promptc build` first.'],
    [['inspect', 'a'], 'Run `promptc build` first.'],
    [['verify'], 'Run `promptc build` first.'],
    [['verify', '--root', 'nowhere'], 'Pass the one that holds prompts/ with --root.'],
    [['prune', '--keep', '1'], 'Run `promptc build` first.'],
    [['prune'], "required option '--keep <number>' not specified"],
    [['prune', '--keep', '0'], 'It is a whole number, at least 1.'],
    [['prune', '--keep', '1.5'], 'It is a whole number, at least 1.'],
  ])('%j', async (args, message) => {
    const { code, err, out } = await runCommand(await temporaryFolder(), args);
    expect(err).toContain(message);
    expect(code).toBe(2);
    expect(out).toBe('');
  });
});

describe('build and check', () => {
  it('writes artifacts, then keeps what is there', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    const first = await runCommand(folder, ['build']);
    expect(first).toMatchObject({
      code: 0,
      err: 'Compiled 1 template, 1 bundle and 1 example into dist (4 objects, 4 new).\nWrote prompts/promptc.lock: commit it with the prompts.\n',
    });
    expect(first.out).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    const second = await runCommand(folder, ['build']);
    expect(second).toEqual({ ...first, err: first.err.replace('4 new', '0 new').replace(/^Wrote .*\n/m, '') });
    expect((await readdir(path.join(folder, 'dist'))).toSorted()).toEqual(['build.json', 'builds', 'manifest.json', 'objects']);
  });

  it('check says the same and writes nothing', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    expect(await runCommand(folder, ['check'])).toEqual({
      code: 0,
      out: '',
      err: 'Checked 1 template, 1 bundle and 1 example: no errors.\n',
    });
    expect(await readdir(folder)).toEqual(['prompts']);
  });

  it('prints every error and leaves the old build alone', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    await runCommand(folder, ['build']);
    const before = await readFile(path.join(folder, 'dist/manifest.json'), 'utf8');
    await writeFile(path.join(folder, 'prompts/templates/broken.md'), BROKEN['prompts/templates/broken.md']);
    const { code, out, err } = await runCommand(folder, ['build']);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('prompts/templates/broken.md:3:10 error check/version\n');
    expect(err).toContain('prompts/templates/broken.md:6:1 error parse/unclosed-block\n');
    expect(err).toMatch(/\n2 errors\nNothing was written to dist\.\n$/);
    expect(await readFile(path.join(folder, 'dist/manifest.json'), 'utf8')).toBe(before);
  });

  it('--format json puts the diagnostics on stdout', async () => {
    const folder = await projectFolder(BROKEN);
    for (const command of ['build', 'check']) {
      const { code, out, err } = await runCommand(folder, [command, '--format', 'json']);
      expect(code).toBe(1);
      expect(err).toBe('');
      const { diagnostics } = JSON.parse(out) as { diagnostics: { code: string }[] };
      expect(diagnostics.map((one) => one.code)).toEqual(['check/version', 'parse/unclosed-block']);
    }
    const fine = await runCommand(await projectFolder(SMALL_PROJECT), ['check', '--format', 'json']);
    expect(JSON.parse(fine.out)).toEqual({ diagnostics: [] });
  });

  it('a folder without prompts says so', async () => {
    const { code, err } = await runCommand(await temporaryFolder(), ['build']);
    expect(code).toBe(1);
    expect(err).toContain('There is no template and no bundle below prompts/.');
    expect(err).toContain('promptc init');
  });

  it('an output folder that cannot be written is an error of the environment', async () => {
    const folder = await projectFolder({ ...SMALL_PROJECT, dist: 'a file' });
    const { code, err } = await runCommand(folder, ['build']);
    expect(code).toBe(2);
    expect(err).toContain('The build cannot be written to');
  });
});

describe('render', () => {
  it('prints text, messages or everything', async () => {
    const folder = await projectFolder({ ...SMALL_PROJECT, 'in.json': '{"inputs": {"name": "Ada"}}' });
    await runCommand(folder, ['build']);
    expect((await runCommand(folder, ['render', 'hello', '--input', 'in.json'])).out).toBe('Hello Ada!\nNothing is open.\nBye.\n');
    const messages = await runCommand(folder, ['render', 'hello@^1.0.0', '--input', 'in.json', '--as', 'messages']);
    expect(JSON.parse(messages.out)).toEqual([{ role: 'user', content: 'Hello Ada!\nNothing is open.\nBye.' }]);
    const all = await runCommand(folder, ['render', 'hello', '--input', '-', '--as', 'json'], { stdin: '{"inputs": {"name": "Ada"}}' });
    expect(JSON.parse(all.out)).toMatchObject({ bundle_id: 'hello', semver: '1.0.0' });
  });

  it('renders drafts and examples from the working tree', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    const { code, out } = await runCommand(folder, ['render', 'hello', '--root', '.', '--example', 'ada']);
    expect({ code, out }).toEqual({ code: 0, out: 'Hello Ada!\n- one\n- two\nBye.\n' });
  });

  it('a broken working tree is an error of the prompts', async () => {
    const { code, err } = await runCommand(await projectFolder(BROKEN), ['render', 'hello', '--root', '.']);
    expect(code).toBe(1);
    expect(err).toContain('parse/unclosed-block');
  });

  it.each([
    ['nobody', '{}', 'There is no bundle "nobody".'],
    ['hello@2.0.0', '{}', 'has no version 2.0.0; it has 1.0.0.'],
    ['hello', '{}', '/inputs/name is required'],
    ['hello', '{"inputs": {"name": 1}}', '/inputs/name must be a text'],
    ['hello', '{"task": ', 'standard input:1:10 is not JSON'],
    ['hello', '', 'standard input:1:1 is not JSON'],
  ])('%s with %s', async (bundle, stdin, message) => {
    const folder = await projectFolder(SMALL_PROJECT);
    await runCommand(folder, ['build']);
    const { code, err, out } = await runCommand(folder, ['render', bundle, '--input', '-'], { stdin });
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('names the examples that there are', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    expect((await runCommand(folder, ['render', 'hello', '--root', '.', '--example', 'bob'])).err).toContain(
      'no example "bob"; it has ada.',
    );
    expect((await runCommand(folder, ['render', 'x', '--root', '.', '--example', 'bob'])).err).toContain('it has none');
  });

  it('a payload file that is not there', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    expect((await runCommand(folder, ['render', 'hello', '--input', 'no.json'])).err).toContain('cannot be read: ENOENT');
  });
});

describe('inspect', () => {
  it('shows a bundle, a template, and both of one id', async () => {
    const folder = await projectFolder({ ...SMALL_PROJECT, 'prompts/templates/hello.md': EVERYTHING });
    await runCommand(folder, ['build']);
    const both = await runCommand(folder, ['inspect', 'hello']);
    expect(both.code).toBe(0);
    expect(both.out).toMatch(/^bundle hello@1\.0\.0\n/);
    expect(both.out).toMatch(/^template hello@2\.0\.0-rc\.1\n|^template hello@2\.0\.0\n/m);
    expect(both.out).toContain('    task        greet@1.0.0  sha256:');
    expect(both.out).toContain('  tags      model-a');
    expect(both.out).toContain('inputs.name              {"type":"string"}');
    for (const line of [
      'each        $0.a as $1 else → ',
      'jump-if     $0.b → ',
      'jump-unless (eq $0.b "x\\u001b") → ',
      'set         $1 = (default $0.b "y")',
      'print       (json $0.a indent=2)',
      'indent      "  "',
      'dedent',
      'constraints',
      'next        → ',
      'jump        → ',
    ]) {
      expect(both.out).toContain(line);
    }
    expect(both.out).toContain('  adapter   ad-1');
    expect(both.out).toContain('    NO_EMOJI: true');
    expect((await runCommand(folder, ['inspect', 'hello@1.0.0'])).out).not.toContain('template hello');
  });

  it('finds an artifact by its digest and by its hash', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    await runCommand(folder, ['build']);
    const { out } = await runCommand(folder, ['inspect', 'greet']);
    for (const digest of out.match(/sha256:[0-9a-f]{64}/g)!) expect((await runCommand(folder, ['inspect', digest])).out).toBe(out);
  });

  it.each([
    ['nobody', 'names no bundle and no template "nobody"'],
    ['hello@3.0.0', 'has no version 3.0.0'],
    [`sha256:${'0'.repeat(64)}`, 'names no artifact and no hash'],
  ])('%s', async (subject, message) => {
    const folder = await projectFolder(SMALL_PROJECT);
    await runCommand(folder, ['build']);
    const { code, err } = await runCommand(folder, ['inspect', subject]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('serve', () => {
  it('serves until it is stopped', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    await runCommand(folder, ['build']);
    let stop: () => void = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    let answer: Promise<Response> | undefined;
    const ended = await runCommand(folder, ['serve', '--port', '0'], {
      stop: stopped,
      onErr: (text) => {
        const url = /Serving dist on (\S+)/.exec(text)?.[1];
        if (url === undefined || answer !== undefined) return;
        answer = fetch(`${url}/v1/prompts/render`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ bundle_id: 'hello', inputs: { name: 'Ada' } }),
        });
        void answer.finally(stop);
      },
    });
    expect(ended.code).toBe(0);
    expect(await (await answer!).json()).toMatchObject({ rendered_prompt: 'Hello Ada!\nNothing is open.\nBye.' });
  });

  it('a port that is taken, an address that is not there', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    await runCommand(folder, ['build']);
    const { createServer } = await import('node:net');
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const taken = await runCommand(folder, ['serve', '--port', String(port)]);
    blocker.close();
    expect(taken.code).toBe(2);
    expect(taken.err).toContain('choose another with --port');
    const nowhere = await runCommand(folder, ['serve', '--host', '203.0.113.7', '--public', '--port', '0']);
    expect(nowhere.code).toBe(2);
    expect(nowhere.err).toContain('has no address 203.0.113.7');
  });
});

const EVERYTHING = `---
id: hello
version: 2.0.0
role: system
adapter_version: ad-1
inputs: { a: "string[]", b?: string }
constraints: { NO_EMOJI: true }
---
{{#each a}}{{#if ../b}}x{{else}}y{{/if}}{{/each}}
{{#unless b}}n{{/unless}}
{{#if (eq b "x\u001b")}}e{{/if}}
{{#with (default b "y")}}{{this}}{{/with}}
{{json a indent=2}}
  {{> sign/off}}
{{constraints}}
`;

describe('promptc.config.json', () => {
  const LIMITED = { ...SMALL_PROJECT, 'promptc.config.json': '{"limits": {"payloadBytes": 200}}' };

  it('limits renders from a build, from the files, and the server', async () => {
    const folder = await projectFolder(LIMITED);
    await runCommand(folder, ['build']);
    const stdin = JSON.stringify({ task: 'x'.repeat(300), inputs: { name: 'Ada' } });
    for (const from of [[], ['--root', '.']]) {
      const { code, err } = await runCommand(folder, ['render', 'hello', '--input', '-', ...from], { stdin });
      expect(code).toBe(2);
      expect(err).toContain('The payload is larger than 200 bytes.');
    }
    let status: Promise<number> | undefined;
    let stop: () => void = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    await runCommand(folder, ['serve', '--port', '0'], {
      stop: stopped,
      onErr: (text) => {
        const url = /Serving dist on (\S+)/.exec(text)?.[1];
        if (url === undefined || status !== undefined) return;
        const headers = { 'content-type': 'application/json' };
        status = fetch(`${url}/v1/prompts/render`, { method: 'POST', headers, body: stdin }).then((response) => response.status);
        void status.finally(stop);
      },
    });
    expect(await status).toBe(413);
  });

  it('with errors stops every command', async () => {
    const folder = await projectFolder({ ...SMALL_PROJECT, 'promptc.config.json': '{"limits": {"payloadByte": 200}}' });
    for (const args of [['build'], ['check'], ['render', 'hello'], ['render', 'hello', '--root', '.'], ['serve', '--port', '0']]) {
      const { code, err } = await runCommand(folder, args);
      expect(code, args.join(' ')).toBe(1);
      expect(err).toContain('Did you mean "payloadBytes"?');
    }
  });
});
