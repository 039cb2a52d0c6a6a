/** The built package, as someone who installed it meets it: in processes of its own. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { KeyFile } from '../../src/access/key-file.js';
import { INIT_NEXT_STEPS } from '../../src/cli/init-files.js';
import { projectFolder, REPOSITORY, SMALL_PROJECT, temporaryFolder } from '../support/project.js';

const run = promisify(execFile);
let home: string;
let cli: string;

/** What a checkout does not hold. */
const NOT_SOURCES = new Set(['node_modules', '.git', 'dist', 'lib', 'schemas', 'coverage']);

// A checkout of this project, built.
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'promptc-package-'));
  const packageFolder = path.join(home, 'promptc');
  await cp(REPOSITORY, packageFolder, { recursive: true, filter: (file) => !NOT_SOURCES.has(path.relative(REPOSITORY, file)) });
  await run('npx', ['vite', 'build', '--logLevel', 'error', '--outDir', path.join(packageFolder, 'lib')], { cwd: REPOSITORY });
  await run('npx', ['vite-node', 'scripts/schemas.ts', path.join(packageFolder, 'schemas')], { cwd: REPOSITORY });
  await symlink(path.join(REPOSITORY, 'node_modules'), path.join(packageFolder, 'node_modules'));
  cli = path.join(packageFolder, 'lib/cli.js');
}, 120_000);

afterAll(() => rm(home, { recursive: true, force: true }));

/** Runs the built command line; rejects if it does not end with 0. */
function promptc(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return run(process.execPath, [cli, ...args], { cwd, env: { ...process.env, ...env } });
}

it('ends as ever if nobody reads what it prints', async () => {
  const folder = await projectFolder(SMALL_PROJECT);
  await promptc(folder, ['build']);
  const child = spawn(process.execPath, [cli, 'inspect', 'hello'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let talk = '';
  child.stderr.on('data', (chunk: Buffer) => {
    talk += chunk.toString();
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(talk).toBe('');
});

describe('init', () => {
  it('makes a project whose next steps work as it prints them', async () => {
    const folder = await temporaryFolder();
    const { stderr } = await promptc(folder, ['init']);
    const steps = [...stderr.matchAll(/^ {2}promptc (.+?) +# /gm)].map((match) => match[1]!.split(' '));
    expect(steps.length).toBe(INIT_NEXT_STEPS.length);
    for (const step of steps.filter(([name]) => name !== 'serve')) {
      const { stdout } = await promptc(folder, step);
      expect(stdout, step.join(' ')).not.toBe('');
    }
    const rendered = await promptc(folder, ['render', 'welcome']);
    expect(rendered.stdout).toContain('You write short messages to people who have just signed up for our product.');
    expect(rendered.stdout).toContain('- Use no emoji.');

    expect(await readFile(path.join(folder, '.gitignore'), 'utf8')).toBe('dist/\n');
    expect(await readFile(path.join(folder, '.gitattributes'), 'utf8')).toBe('prompts/** text eol=lf\nprompts/promptc.lock merge=union\n');
    expect(await readFile(path.join(folder, '.github/workflows/prompts.yml'), 'utf8')).toContain('promptc@');
  });

  it('keeps what is there, and touches no project that has prompts', async () => {
    const folder = await projectFolder({ '.gitignore': 'node_modules', '.gitattributes': 'prompts/** text eol=lf\n' });
    await promptc(folder, ['init', '.']);
    expect(await readFile(path.join(folder, '.gitignore'), 'utf8')).toBe('node_modules\ndist/\n');
    expect(await readFile(path.join(folder, '.gitattributes'), 'utf8')).toBe('prompts/** text eol=lf\nprompts/promptc.lock merge=union\n');
    await expect(promptc(folder, ['init'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('holds prompts already') as string,
    });
  });

  it('makes the folder that it is given', async () => {
    const folder = await temporaryFolder();
    await promptc(folder, ['init', 'deep/er']);
    expect(await readdir(path.join(folder, 'deep/er'))).toContain('prompts');
  });
});

describe('a build', () => {
  it('is the same from another folder, in another time zone and language, with CRLF, in any order of files', async () => {
    const here = await projectFolder({});
    const there = await projectFolder({});
    await cp(path.join(REPOSITORY, 'prompts'), path.join(here, 'prompts'), { recursive: true });
    const files = await bytesBelow(path.join(here, 'prompts'));
    const { mkdir, writeFile } = await import('node:fs/promises');
    for (const [name, bytes] of [...files].toReversed()) {
      const target = path.join(there, 'prompts', name);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, bytes.toString('utf8').replaceAll('\n', '\r\n'));
    }
    const first = await promptc(here, ['build'], { TZ: 'UTC', LC_ALL: 'C' });
    const again = await promptc(here, ['build', '--out', 'again'], { TZ: 'UTC', LC_ALL: 'C' });
    const second = await promptc(home, ['build', '--root', there], { TZ: 'Pacific/Chatham', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' });
    expect(again.stdout).toBe(first.stdout);
    expect(second.stdout).toBe(first.stdout);
    const built = await bytesBelow(path.join(here, 'dist'));
    expect(built.size).toBeGreaterThan(20);
    expect(await bytesBelow(path.join(here, 'again'))).toEqual(built);
    expect(await bytesBelow(path.join(there, 'dist'))).toEqual(built);
  }, 60_000);
});

describe('the package', () => {
  it('holds what it exports, and nothing of the workshop', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: path.join(home, 'promptc') });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const names = files.map((file) => file.path);
    const schemas = await readdir(path.join(home, 'promptc/schemas'));
    expect(schemas).toHaveLength(11);
    expect(names).toEqual(expect.arrayContaining(schemas.map((name) => `schemas/${name}`)));
    expect(names).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'docs/editors.md', 'lib/index.js', 'lib/cli.js']));
    expect(names.filter((name) => /^(?:src|test|bench|scripts|prompts|dist)\//.test(name))).toEqual([]);
  });

  it('exports the library', async () => {
    const script = `import * as promptc from 'promptc'; console.log(Object.keys(promptc).sort().join(' '))`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: path.join(home, 'promptc') });
    expect(stdout.trim()).toBe(
      'CompileError DistFolder FileBundleSource FileTemplateSource InlineBundleSource InlineTemplateSource NullAuditSink PromptGenerator PromptcError canonicalJson checkOutput openAuditReader openSink verifyAuditLog',
    );
  });

  it('exports the schemas', async () => {
    const script = `import schema from 'promptc/schemas/template.schema.json' with { type: 'json' }; console.log(schema.$id)`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: path.join(home, 'promptc') });
    expect(stdout.trim()).toBe('urn:promptc:format:template');
  });

  it('ends with the codes that it documents', async () => {
    const folder = await projectFolder({ ...SMALL_PROJECT, 'prompts/templates/x.md': 'no frontmatter' });
    await expect(promptc(folder, ['check'])).rejects.toMatchObject({ code: 1 });
    await expect(promptc(folder, ['chek'])).rejects.toMatchObject({ code: 2 });
  });

  it('writes no escape codes into a pipe, unless it is told to', async () => {
    const folder = await projectFolder({ ...SMALL_PROJECT, 'prompts/templates/x.md': 'no frontmatter' });
    for (const [colours, isColoured] of [
      [{}, false],
      [{ FORCE_COLOR: '1' }, true],
    ] as const) {
      const env = { ...process.env, FORCE_COLOR: '', NO_COLOR: '', TERM: 'xterm-256color', ...colours };
      const { stdout } = await run('sh', ['-c', '"$0" "$1" check 2>&1 | cat', process.execPath, cli], { cwd: folder, env });
      expect(stdout).toContain('error');
      expect(stdout.includes('\u001b[')).toBe(isColoured);
    }
  });

  it('changes keys in several processes at once, loses nothing, and a server that runs meanwhile follows', async () => {
    const folder = await temporaryFolder();
    const keys = async (...args: string[]) => (await promptc(folder, ['keys', ...args, '--keys', 'keys.json'])).stdout.trim();
    const first = await keys('add', '--id', 'first');
    const server = await KeyFile.open(path.join(folder, 'keys.json'), { report: () => {} });
    onTestFinished(() => server.close());
    const ids = ['a', 'b'];
    const [nothing, ...added] = await Promise.all([keys('revoke', 'first'), ...ids.map((id) => keys('add', '--id', id))]);
    expect(nothing).toBe('');
    const found = (): unknown[] => [first, ...added].map((key) => server.keyring.find(key, Date.now()));
    await expect.poll(found, { timeout: 10_000 }).toMatchObject([{ why: 'revoked', id: 'first' }, ...ids.map((id) => ({ id }))]);
    await expect(keys('revoke', 'nobody')).rejects.toMatchObject({ code: 2, stdout: '' });
  });

  it('stops serving on SIGTERM, with 0', async () => {
    const folder = await projectFolder(SMALL_PROJECT);
    await promptc(folder, ['build']);
    const server = spawn(process.execPath, [cli, 'serve', '--port', '0'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise((resolve) => server.once('close', (code, signal) => resolve({ code, signal })));
    for await (const text of server.stderr) if (String(text).includes('Serving')) break;
    server.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
  });
});

async function bytesBelow(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  const contents = await Promise.all(files.toSorted().map(async (name) => [name, await readFile(path.join(folder, name))] as const));
  return new Map(contents);
}
