/**
 * What the steps of the action do: `check`, `diff`, which writes the job's summary, and `comment`, which puts the same
 * on the pull request.
 *
 * What always holds: no text of a prompt is ever part of a command or goes to the log, where GitHub would read commands
 * from it; it goes from a file to a file, and to the API as JSON.
 */
import { spawn } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const { env } = process;
const ROOT = env.PROMPTC_ROOT || '.';
const DIFF_FILE = path.join(env.RUNNER_TEMP, 'promptc-diff.md');

/** What `promptc diff` prints if there is nothing to show. */
const NO_CHANGE = 'No prompt changed.';
/** The most that GitHub takes: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
const SUMMARY_BYTES = 1024 * 1024;
const COMMENT_CHARACTERS = 65_536;

const STEPS = { check, diff, comment };
process.exitCode = await STEPS[process.argv[2]]();

/** The annotations are commands on purpose; promptc sees to it that no prompt can write others. */
async function check() {
  const base = env.PROMPTC_BASE ? ['--base', env.PROMPTC_BASE] : [];
  const { code } = await promptc(['check', '--root', ROOT, ...base, '--format', 'github'], 'inherit');
  return code;
}

/** What does not compile has no diff, and that has been said. */
async function diff() {
  const revision = env.PROMPTC_BASE ? [env.PROMPTC_BASE] : [];
  const { code, out } = await promptc(['diff', ...revision, '--root', ROOT, '--format', 'markdown'], 'pipe');
  await writeFile(DIFF_FILE, code === 0 ? out : 'What changes cannot be shown as long as the prompts have errors.\n');
  const text = `## Prompts${ROOT === '.' ? '' : ` in ${codeSpan(ROOT)}`}\n\n${await readFile(DIFF_FILE, 'utf8')}\n`;
  const fits = Buffer.byteLength(text) <= SUMMARY_BYTES;
  await appendFile(env.GITHUB_STEP_SUMMARY, fits ? text : 'What changes is too long to be shown here; `promptc diff` prints it.\n');
  return code === 0 || env.PROMPTC_CHECKED === 'failure' ? 0 : code;
}

/** One comment a project, which is kept up to date. It is no reason to fail that it cannot be written. */
async function comment() {
  const event = JSON.parse(await readFile(env.GITHUB_EVENT_PATH, 'utf8'));
  const pullRequest = event.pull_request;
  if (pullRequest === undefined) return 0;
  if (pullRequest.head.repo?.full_name !== env.GITHUB_REPOSITORY) {
    return notice('The changes are in the summary of the job: a run for a fork may not comment.');
  }
  const text = await readFile(DIFF_FILE, 'utf8');
  // Two projects of a repository have a comment each.
  const marker = `<!-- promptc diff: ${encodeURIComponent(ROOT).replaceAll('-', '%2D')} -->`;
  const title = `### What changes in the prompts${ROOT === '.' ? '' : ` of ${codeSpan(ROOT)}`}`;
  const whole = `${marker}\n${title}\n\n${text}`;
  const body =
    whole.length <= COMMENT_CHARACTERS ? whole : `${marker}\n${title}\n\nIt is too long for a comment: see the summary of the job.\n`;
  try {
    const comments = `/repos/${env.GITHUB_REPOSITORY}/issues/${pullRequest.number}/comments`;
    const own = await ownComment(comments, marker);
    if (own !== undefined) await api('PATCH', `/repos/${env.GITHUB_REPOSITORY}/issues/comments/${own.id}`, { body });
    else if (text.trim() !== NO_CHANGE) await api('POST', comments, { body });
    return 0;
  } catch (error) {
    return notice(`The pull request has no up-to-date comment: ${error.message}. It takes permissions: pull-requests: write.`);
  }
}

/** Anybody could begin a comment with the marker; only what the job's own account wrote is changed. */
async function ownComment(comments, marker) {
  for (let page = 1; ; page++) {
    const list = await api('GET', `${comments}?per_page=100&page=${page}`);
    const own = list.find(({ body, user }) => body?.startsWith(marker) && user?.login === 'github-actions[bot]');
    if (own !== undefined || list.length < 100) return own;
  }
}

async function api(method, route, body) {
  const response = await fetch(`${env.GITHUB_API_URL}${route}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${env.GITHUB_TOKEN}`,
      'content-type': 'application/json',
      'x-github-api-version': '2022-11-28',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`GitHub answers ${method} with ${response.status}`);
  return response.json();
}

/** Runs the command line. What it says goes to the log, its result if it is told to. */
async function promptc(args, stdout) {
  const cli =
    env.PROMPTC_VERSION === 'local'
      ? path.join(env.GITHUB_WORKSPACE, 'lib/cli.js')
      : path.join(env.RUNNER_TEMP, 'promptc/node_modules/promptc/lib/cli.js');
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', stdout, 'inherit'] });
  const chunks = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code: code ?? 1, out: Buffer.concat(chunks).toString() };
}

/** Text of this file alone, and of errors of its own. */
function notice(text) {
  console.log(`::notice title=promptc::${text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}`);
  return 0;
}

/** A folder's name, as it is: no markup, and no end of the span. */
function codeSpan(text) {
  return `\`${text.replaceAll(/[`\r\n]/g, '?')}\``;
}
