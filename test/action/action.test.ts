/** The action for GitHub: its steps, run as a runner runs them, with an API of GitHub's that is a server of the test. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENGINE_VERSION } from '../../src/base/version.js';
import { commandsOf } from '../diagnostics/workflow-commands.js';
import { type Files, REPOSITORY, SMALL_PROJECT, temporaryFolder } from '../support/project.js';
import { repository, type TestRepository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';

const run = promisify(execFile);
const FOLDER = path.join(REPOSITORY, '.github/actions/promptc');
const ACTION = load(await readFile(path.join(FOLDER, 'action.yml'), 'utf8')) as Action;

interface Action {
  readonly inputs: { readonly [name: string]: { readonly description: string; readonly default: string } };
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly env?: { readonly [name: string]: string };
  readonly with?: { readonly [name: string]: string };
  readonly run?: string;
}

interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
}

interface Ended {
  readonly code: number;
  readonly log: string;
}

let built: string;
let github: Server;
let comments: Comment[];
let requests: { readonly method: string; readonly url: string; readonly authorization: string | undefined }[];
let status: number;

beforeAll(async () => {
  built = await mkdtemp(path.join(tmpdir(), 'promptc-action-'));
  await symlink(path.join(REPOSITORY, 'node_modules'), path.join(built, 'node_modules'));
  await run('npx', ['vite', 'build', '--logLevel', 'error', '--outDir', path.join(built, 'lib')], { cwd: REPOSITORY });
}, 120_000);

afterAll(() => rm(built, { recursive: true, force: true }));

beforeEach(async () => {
  comments = [];
  requests = [];
  status = 200;
  github = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, authorization: headers.authorization });
      response.statusCode = status;
      response.end(JSON.stringify(status === 200 ? answer(method, url, Buffer.concat(chunks).toString()) : { message: 'no' }));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => github.once('listening', resolve));
});

afterEach(() => void github.close());

/** As much of the API as comments take: docs.github.com, "REST API endpoints for issue comments". */
function answer(method: string, url: string, body: string): unknown {
  const { pathname, searchParams } = new URL(url, 'http://github');
  if (method === 'GET') {
    expect(pathname).toBe('/repos/o/r/issues/7/comments');
    const [page, count] = [Number(searchParams.get('page')), Number(searchParams.get('per_page'))];
    return comments.slice((page - 1) * count, page * count);
  }
  const text = (JSON.parse(body) as { body: string }).body;
  if (method === 'POST') {
    expect(pathname).toBe('/repos/o/r/issues/7/comments');
    comments.push({ id: comments.length + 1, user: { login: 'github-actions[bot]' }, body: text });
    return comments.at(-1);
  }
  expect(method).toBe('PATCH');
  const found = comments.find(({ id }) => pathname === `/repos/o/r/issues/comments/${id}`)!;
  found.body = text;
  return found;
}

const GREET = String(SMALL_PROJECT['prompts/templates/greet.md']).replace('1.0.0', '1.1.0');
const HELLO = String(SMALL_PROJECT['prompts/bundles/hello.md']).replace('1.0.0', '1.1.0');
const CHANGED: Files = { 'prompts/templates/greet.md': GREET.replace('Hello', 'Hi'), 'prompts/bundles/hello.md': HELLO };

/** A pull request to main, as a runner has it checked out. */
async function pullRequest(files: Files = CHANGED): Promise<TestRepository> {
  const origin = await repository({ ...SMALL_PROJECT, '.gitignore': 'dist/\nlib\nrunner/\n' });
  await change(origin, {});
  const checkout = await origin.clone();
  await symlink(path.join(built, 'lib'), path.join(checkout.folder, 'lib'));
  checkout.git('checkout', '--quiet', '-b', 'topic');
  await change(checkout, files);
  return checkout;
}

/** Commits files, with the lock that goes with them. */
async function change(checkout: TestRepository, files: Files, root = '.'): Promise<void> {
  checkout.write(files);
  await runCommand(checkout.folder, ['build', '--root', root]);
  checkout.commit();
}

interface RunOptions {
  readonly inputs?: { readonly [name: string]: string };
  readonly event?: unknown;
  readonly env?: NodeJS.ProcessEnv;
}

const EVENT = { pull_request: { number: 7, base: { ref: 'main' }, head: { repo: { full_name: 'o/r' } } } };

/** Runs the action's steps one after the other, as far as their conditions let them. */
async function runAction(checkout: TestRepository, { inputs: given = {}, event = EVENT, env = {} }: RunOptions = {}) {
  const runner = path.join(checkout.folder, 'runner');
  await rm(runner, { recursive: true, force: true });
  await mkdir(runner, { recursive: true });
  await writeFile(path.join(runner, 'event.json'), JSON.stringify(event));
  await writeFile(path.join(runner, 'summary.md'), '');
  const defaults = Object.fromEntries(Object.entries(ACTION.inputs).map(([name, input]) => [name, input.default]));
  const inputs: { readonly [name: string]: string } = { ...defaults, version: 'local', ...given };
  const outcomes: { [id: string]: string } = {};
  const ended: Ended[] = [];
  for (const step of ACTION.runs.steps) {
    if (step.run === undefined) continue;
    const failed = Object.values(outcomes).includes('failure');
    if (!holds(step.if, { inputs, outcomes, failed })) {
      outcomes[step.id ?? 'comment'] = 'skipped';
      continue;
    }
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluated(value, { inputs, outcomes })]);
    const { code, log } = await runStep(step.run, checkout.folder, {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      GIT_CONFIG_GLOBAL: '/dev/null',
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_PATH: FOLDER,
      GITHUB_API_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}`,
      GITHUB_BASE_REF: 'pull_request' in (event as object) ? 'main' : '',
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH: path.join(runner, 'event.json'),
      GITHUB_REPOSITORY: 'o/r',
      GITHUB_STEP_SUMMARY: path.join(runner, 'summary.md'),
      GITHUB_WORKSPACE: checkout.folder,
      RUNNER_TEMP: runner,
      ...env,
      ...(Object.fromEntries(own) as NodeJS.ProcessEnv),
    });
    ended.push({ code, log });
    outcomes[step.id ?? 'comment'] = code === 0 ? 'success' : 'failure';
  }
  return { outcomes, ended, summary: await readFile(path.join(runner, 'summary.md'), 'utf8') };
}

/** As a runner does it: docs.github.com, "Workflow syntax", `jobs.<job_id>.steps[*].shell`. */
async function runStep(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd, env }).then(
    ({ stdout, stderr }) => ({ code: 0, log: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, log: error.stdout + error.stderr }),
  );
}

interface Context {
  readonly inputs: { readonly [name: string]: string };
  readonly outcomes: { readonly [id: string]: string };
}

/** The conditions that the action has: comparisons joined by `&&`. */
function holds(condition: string | undefined, { failed, ...context }: Context & { failed: boolean }): boolean {
  if (condition === undefined) return !failed;
  const parts = condition.replace(/^\$\{\{ (.*) \}\}$/, '$1').split(' && ');
  const isOwn = parts.includes('!cancelled()');
  const rest = parts.filter((part) => part !== '!cancelled()');
  return (
    (isOwn || !failed) &&
    rest.every((part) => {
      const [, name, operator, text] = /^(\S+) (==|!=) '([^']*)'$/.exec(part)!;
      return (lookUp(name!, context) === text) === (operator === '==');
    })
  );
}

function evaluated(value: string, context: Context): string {
  const name = /^\$\{\{ (\S+) \}\}$/.exec(value)?.[1];
  return name === undefined ? value : lookUp(name, context);
}

function lookUp(name: string, { inputs, outcomes }: Context): string {
  const [kind, id] = name.split('.');
  if (name === 'github.token') return 'secret-token';
  const value = kind === 'inputs' ? inputs[id!] : outcomes[id!];
  if (value === undefined) throw new Error(`the action looks at ${name}, which is nothing`);
  return value;
}

describe('action.yml', () => {
  const { steps } = ACTION.runs;

  it('is a composite action whose inputs are described and used', () => {
    expect(ACTION.runs.using).toBe('composite');
    expect(Object.keys(ACTION.inputs).toSorted()).toEqual(['base', 'comment', 'node-version', 'root', 'version']);
    const text = JSON.stringify(steps);
    for (const [name, { description, default: value }] of Object.entries(ACTION.inputs)) {
      expect(text).toContain(`inputs.${name}`);
      expect(description).toMatch(/\.$/);
      expect(typeof value).toBe('string');
    }
    expect(ACTION.inputs['version']!.default).toBe(ENGINE_VERSION);
    expect(
      steps.every(
        ({ run: script, uses, shell }) => (script === undefined) !== (uses === undefined) && (script === undefined || shell === 'bash'),
      ),
    ).toBe(true);
  });

  it('puts no expression into a script, and the token into one step alone', () => {
    expect(steps.filter(({ run: script }) => script?.includes('${{'))).toEqual([]);
    expect(steps.filter(({ env }) => JSON.stringify(env ?? {}).includes('token'))).toHaveLength(1);
    expect(steps.at(-1)!.env).toHaveProperty('GITHUB_TOKEN');
  });

  it('installs the version that it is given, in a folder of its own', async () => {
    const checkout = await pullRequest();
    const npm = await temporaryFolder();
    await writeFile(path.join(npm, 'npm'), '#!/bin/sh\npwd; printf "%s\\n" "$@"; exit 1\n', { mode: 0o755 });
    const { outcomes, ended } = await runAction(checkout, {
      inputs: { version: '1.2.3; echo hi' },
      env: { PATH: `${npm}:${process.env['PATH']}` },
    });
    expect(outcomes).toEqual({ install: 'failure', check: 'skipped', diff: 'skipped', comment: 'skipped' });
    expect(ended[0]!.log).toBe(
      `${path.join(checkout.folder, 'runner/promptc')}\ninstall\n--no-save\n--no-audit\n--no-fund\n--ignore-scripts\n--prefix\n.\npromptc@1.2.3; echo hi\n`,
    );
  });
});

describe('the action on a pull request', () => {
  it('checks, shows the changes in the summary, and comments', async () => {
    const { outcomes, ended, summary } = await runAction(await pullRequest());
    expect(ended.flatMap(({ log }) => commandsOf(log))).toEqual([]);
    expect(outcomes).toEqual({ install: 'skipped', check: 'success', diff: 'success', comment: 'success' });
    expect(summary).toMatch(/^## Prompts\n\n/);
    expect(summary).toContain('greet');
    expect(comments).toHaveLength(1);
    expect(comments[0]!.body).toMatch(/^<!-- promptc diff: \. -->\n### What changes in the prompts\n\n/);
    expect(comments[0]!.body).toContain(summary.slice('## Prompts\n\n'.length).trimEnd());
    expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer secret-token']));
  });

  it('keeps its one comment up to date, whoever else writes', async () => {
    const checkout = await pullRequest();
    const stranger = (id: number): Comment => ({ id, user: { login: 'someone' }, body: '<!-- promptc diff: . -->\nmine' });
    comments = Array.from({ length: 150 }, (_, i) => stranger(1000 + i));
    await runAction(checkout);
    expect(comments).toHaveLength(151);
    const before = comments.at(-1)!.body;
    await change(checkout, { 'prompts/partials/sign/off.md': 'Yours.\n' });
    await runAction(checkout);
    expect(comments).toHaveLength(151);
    expect(comments.at(-1)!.body).not.toBe(before);
    // Taken back: the comment says so, and does not show what is no more.
    checkout.git('reset', '--quiet', '--hard', 'origin/main');
    await runAction(checkout);
    expect(comments).toHaveLength(151);
    expect(comments.at(-1)!.body).toContain('No prompt changed.');
    expect(comments.slice(0, 150)).toEqual(Array.from({ length: 150 }, (_, i) => stranger(1000 + i)));
  });

  it('has nothing to say of a change of no prompt', async () => {
    const { outcomes, summary } = await runAction(await pullRequest({ README: 'x' }));
    expect(outcomes).toMatchObject({ comment: 'success' });
    expect(summary).toContain('No prompt changed.');
    expect(comments).toEqual([]);
  });

  it('fails for prompts with errors, annotates them, and says that there is nothing to show', async () => {
    const checkout = await pullRequest({ 'prompts/templates/greet.md': `${GREET}{{nobody}}\n` });
    const { outcomes, ended, summary } = await runAction(checkout);
    expect(outcomes).toEqual({ install: 'skipped', check: 'failure', diff: 'success', comment: 'success' });
    expect(ended[0]!.code).toBe(1);
    expect(commandsOf(ended[0]!.log).map(({ name, properties }) => `${name} ${properties['file']}`)).toContain(
      'error prompts/templates/greet.md',
    );
    expect(summary).toContain('cannot be shown as long as the prompts have errors');
  });

  it('lets no prompt give orders to the runner', async () => {
    const evil = '::add-mask::x\n::set-output name=a::b\n::stop-commands::t\n$(touch canary)`touch canary`';
    const text = `${GREET.replace('Says hello.', '"::error::x"')}${evil}\n`;
    const checkout = await pullRequest({ ...CHANGED, 'prompts/templates/greet.md': text });
    const { outcomes, ended, summary } = await runAction(checkout);
    expect(outcomes).toMatchObject({ check: 'success', comment: 'success' });
    expect(summary).toContain('add-mask');
    expect(comments[0]!.body).toContain('add-mask');
    const commands = ended.flatMap(({ log }) => commandsOf(log)).filter(({ name }) => !['warning', 'error', 'notice'].includes(name));
    expect(commands).toEqual([]);
    await expect(readFile(path.join(checkout.folder, 'canary'))).rejects.toThrow('ENOENT');
  });

  it('of a project in a folder, with a revision to compare with', async () => {
    const checkout = await pullRequest();
    await cp(path.join(checkout.folder, 'prompts'), path.join(checkout.folder, 'a-b/prompts'), { recursive: true });
    await change(checkout, {}, 'a-b');
    const { outcomes, summary } = await runAction(checkout, { inputs: { root: 'a-b', base: 'origin/main' } });
    expect(outcomes).toMatchObject({ check: 'success', diff: 'success', comment: 'success' });
    expect(summary).toMatch(/^## Prompts in `a-b`\n/);
    expect(comments[0]!.body).toMatch(/^<!-- promptc diff: a%2Db -->\n### What changes in the prompts of `a-b`\n/);
  });

  it('writes no comment for a fork, or if it is told not to', async () => {
    const checkout = await pullRequest();
    const fork = { pull_request: { ...EVENT.pull_request, head: { repo: { full_name: 'someone/r' } } } };
    const { outcomes, ended, summary } = await runAction(checkout, { event: fork });
    expect(outcomes).toMatchObject({ comment: 'success' });
    expect(ended.at(-1)!.log).toContain('a run for a fork may not comment');
    expect(summary).toContain('greet');
    const gone = { pull_request: { ...EVENT.pull_request, head: { repo: null } } };
    expect((await runAction(checkout, { event: gone })).outcomes).toMatchObject({ comment: 'success' });
    expect((await runAction(checkout, { inputs: { comment: 'false' } })).outcomes).toMatchObject({ comment: 'skipped' });
    expect(requests).toEqual([]);
  });

  it('does not fail if GitHub takes no comment', async () => {
    status = 403;
    const { outcomes, ended } = await runAction(await pullRequest());
    expect(outcomes).toMatchObject({ check: 'success', comment: 'success' });
    expect(commandsOf(ended.at(-1)!.log)).toMatchObject([
      { name: 'notice', data: expect.stringContaining('GitHub answers GET with 403') as string },
    ]);
  });

  it('writes no more than GitHub takes', async () => {
    const checkout = await pullRequest();
    const long = 'x'.repeat(1024 * 1024);
    await rm(path.join(checkout.folder, 'lib'));
    await mkdir(path.join(checkout.folder, 'lib'));
    await writeFile(path.join(checkout.folder, 'lib/cli.js'), `if (process.argv[2] === 'diff') console.log('${long}');`);
    const { outcomes, summary } = await runAction(checkout);
    expect(outcomes).toMatchObject({ diff: 'success', comment: 'success' });
    expect(summary).toBe('What changes is too long to be shown here; `promptc diff` prints it.\n');
    expect(comments[0]!.body).toContain('It is too long for a comment');
  });
});

describe('the action on a push', () => {
  it('checks and writes the summary', async () => {
    const checkout = await pullRequest();
    const before = checkout.git('rev-parse', 'origin/main');
    const event = { before, repository: { default_branch: 'main' } };
    const env = { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main' };
    const { outcomes, summary } = await runAction(checkout, { event, env });
    expect(outcomes).toMatchObject({ check: 'success', diff: 'success', comment: 'success' });
    expect(summary).toContain('greet');
    expect(requests).toEqual([]);
  });
});
