/** `promptc eval` with answers that are asked for: of a program, and of an endpoint. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../support/repository.js';
import { chatServer, sendAnswer, sendJson } from './chat-server.js';
import { evalProject, evaluate, PROJECT, resultsIn, RULES, suite } from './projects.js';

const NODE = JSON.stringify(process.execPath);
const CASES = suite({ one: undefined, two: undefined });

/** A program that does as a text of JavaScript says, with the prompt as `prompt`. */
function program(body: string): string {
  return `let text = '';\nfor await (const chunk of process.stdin) text += chunk;\nconst prompt = JSON.parse(text);\n${body}\n`;
}

async function projectWith(body: string, cases = CASES): Promise<string> {
  return evalProject({ 'a.yaml': cases, 'answer.mjs': program(body) });
}

const COMMAND = ['a.yaml', '--command', `${NODE} answer.mjs`];

describe('--command', () => {
  it('gets the prompt, and prints the answer', async () => {
    const folder = await projectWith(
      `console.log(prompt.messages[0].content.includes('Never use') ? 'Fine.' : 'guarantee', Object.keys(prompt).join());`,
    );
    const { code } = await evaluate(folder, [...COMMAND, '--json', 'r.json']);
    expect(code).toBe(0);
    expect(resultsIn(folder, 'r.json').cases[0].answer).toBe('Fine. bundle_id,semver,prompt_hash,rendered_prompt,messages,config,output');
  });

  it('is not asked twice for one prompt, and again only if the prompt, or the command, is another', async () => {
    const folder = await projectWith(`(await import('node:fs')).appendFileSync('asked', 'x');\nconsole.log('Fine.');`);
    const asked = (): number => readFileSync(path.join(folder, 'asked'), 'utf8').length;
    expect((await evaluate(folder, COMMAND)).err).toContain('1 answer had been asked for before, and cost nothing.\n');
    expect(asked()).toBe(1);
    expect((await evaluate(folder, COMMAND)).err).toContain('2 answers had been asked for before, and cost nothing.\n');
    expect(asked()).toBe(1);
    expect(readFileSync(path.join(folder, '.promptc/.gitignore'), 'utf8')).toBe('*\n');
    await evaluate(folder, [...COMMAND, '--no-cache', '--concurrency', '1']);
    expect(asked()).toBe(3);
    writeFileSync(path.join(folder, RULES), (PROJECT[RULES] as string).replace('You answer', 'You help'));
    await evaluate(folder, COMMAND);
    expect(asked()).toBe(4);
    await evaluate(folder, ['a.yaml', '--command', `${NODE} answer.mjs again`]);
    expect(asked()).toBe(5);
  });

  it.each([
    ['fails', `console.error('No model.\\n');\nprocess.exit(3);`, 'The command ended with 3. It said: No model.'],
    ['is killed', `process.kill(process.pid, 'SIGKILL');`, 'The command ended with '],
  ])('%s', async (_, body, message) => {
    const folder = await projectWith(body);
    const { code, out } = await evaluate(folder, COMMAND);
    expect(code).toBe(2);
    expect(out).toContain(message);
  });

  it('does not read what it is asked', async () => {
    const folder = await evalProject({ 'a.yaml': CASES });
    const { code, err } = await evaluate(folder, ['a.yaml', '--command', 'echo Fine.']);
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('2 passed') as string });
  });

  it('is not there: it is tried once', async () => {
    const folder = await evalProject({ 'a.yaml': suite({ one: undefined, two: undefined, three: undefined }) });
    const { code, out } = await evaluate(folder, ['a.yaml', '--command', 'no-such-program', '--concurrency', '1', '--no-cache']);
    expect(code).toBe(2);
    expect(out).toMatch(/a\.yaml:3 The command ended with 127\./);
    expect(out).toMatch(/a\.yaml:4 It was not asked\. The command ended with 127\./);
    expect(out.match(/It was not asked/g)).toHaveLength(2);
  });

  it('never ends: it is killed at its deadline, with what it has started', async () => {
    const body = `
      const { spawn } = await import('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      (await import('node:fs')).writeFileSync('pid', String(child.pid));
      setInterval(() => {}, 1000);`;
    const folder = await projectWith(body, suite({ one: undefined }));
    const begin = performance.now();
    const { code, out } = await evaluate(folder, [...COMMAND, '--timeout', '2']);
    expect(code).toBe(2);
    expect(out).toContain('The command gave no answer within 2 s. Raise --timeout if that is too soon.');
    expect(performance.now() - begin).toBeLessThan(10_000);
    const pid = Number(readFileSync(path.join(folder, 'pid'), 'utf8'));
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
  });

  it('prints without end: no more is read than an answer may have', async () => {
    const folder = await evalProject({ 'a.yaml': suite({ one: undefined }) });
    const { code, out } = await evaluate(folder, ['a.yaml', '--command', 'yes']);
    expect(code).toBe(2);
    expect(out).toContain('The command printed more than 16777216 bytes.');
  });

  it('is stopped by the user, and what was answered is kept', async () => {
    const folder = await projectWith(
      `if (prompt.messages[0].content.includes('Eve')) setInterval(() => {}, 1000);\nelse console.log('Fine.');`,
      'bundle: desk\ncases:\n  - { name: one, example: ada }\n  - { name: two, input: { inputs: { name: Eve } } }\n',
    );
    const stop = new Promise<void>((resolve) => setTimeout(resolve, 3000));
    const { code, out } = await evaluate(folder, COMMAND, { stop });
    expect(code).toBe(2);
    expect(out).toContain('a.yaml:4 The run was stopped.');
    expect(readFileSync(path.join(folder, '.promptc/answers.jsonl'), 'utf8')).toMatch(
      /^\{"key":"sha256:[0-9a-f]{64}","answer":"Fine\."\}\n$/,
    );
  });

  it('asks a revision what has changed, and nothing else', async () => {
    const made = await repository({
      ...PROJECT,
      'a.yaml': CASES,
      'answer.mjs': program(`console.log(prompt.rendered_prompt.includes('boldly') ? 'I guarantee it.' : 'Fine.');`),
      '.gitignore': '.promptc/\n',
    });
    const same = await evaluate(made.folder, [...COMMAND, '--against', 'HEAD']);
    expect(same).toMatchObject({ code: 0, err: expect.stringContaining('2 answers had been asked for before') as string });
    made.write({ [RULES]: (PROJECT[RULES] as string).replace('You answer', 'You boldly answer') });
    const bold = await evaluate(made.folder, [...COMMAND, '--against', 'HEAD']);
    expect(bold).toMatchObject({ code: 1, err: expect.stringContaining('Compared with HEAD: 2 new violations, 0 gone.') as string });
  });

  it('is never taken from a suite or a prompt', async () => {
    const folder = await evalProject({ 'a.yaml': `bundle: desk\ncommand: touch owned\ncases: [{ name: a, answer: x }]\n` });
    const { code, err } = await evaluate(folder, ['a.yaml']);
    expect(code).toBe(1);
    expect(err).toContain('a.yaml:2:1: `command` is not known here.');
    expect(existsSync(path.join(folder, 'owned'))).toBe(false);
  });
});

describe('--endpoint', () => {
  const many = suite(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`case ${i}`, undefined])));
  /** Each with a prompt of its own. */
  const distinct = many.replaceAll(/"name":"case (\d+)","example":"ada"/g, '"name":"case $1","input":{"inputs":{"name":"N$1"}}');

  it('is asked several things at once, and tokens are added up', async () => {
    const server = await chatServer(async (response) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      sendAnswer(response, 'Fine.');
    });
    const folder = await evalProject({ 'a.yaml': distinct });
    const args = ['a.yaml', '--endpoint', server.url, '--model', 'm', '--concurrency', '3', '--json', 'r.json'];
    const { code, err } = await evaluate(folder, args);
    expect({ code, err }).toEqual({
      code: 0,
      err: 'Checked 12 answers: 12 passed, 0 failed.\nIt took 120 tokens of prompts and 36 of answers.\n',
    });
    expect(server.busiest()).toBe(3);
    expect(resultsIn(folder, 'r.json').cases.map((one: any) => one.name)).toEqual(Array.from({ length: 12 }, (_, i) => `case ${i}`));
    // Nothing has changed: nothing is asked.
    expect((await evaluate(folder, args)).err).toContain('12 answers had been asked for before, and cost nothing.\n');
    expect(server.asked).toHaveLength(12);
    await evaluate(
      folder,
      args.map((arg) => (arg === 'm' ? 'other' : arg)),
    );
    expect(server.asked).toHaveLength(24);
  });

  it('does not take the key: it is asked once, and the key is nowhere', async () => {
    const server = await chatServer((response, { headers }) =>
      sendJson(response, 401, { error: { message: `Bad ${headers.authorization}` } }),
    );
    const folder = await evalProject({ 'a.yaml': distinct });
    const reports = ['--json', 'r.json', '--junit', 'r.xml', '--html', 'r.html'];
    const args = ['a.yaml', '--endpoint', server.url, '--model', 'm', '--key-env', 'KEY', '--concurrency', '1', ...reports];
    const { code, out, err } = await evaluate(folder, args, { env: { KEY: 'sk-very-secret' } });
    expect(code).toBe(2);
    expect(out).toContain('The endpoint does not take the key in KEY (401). It says: Bad Bearer (the key).');
    expect(out.match(/It was not asked\. /g)).toHaveLength(11);
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]!.headers.authorization).toBe('Bearer sk-very-secret');
    const written = ['r.json', 'r.xml', 'r.html'].map((file) => readFileSync(path.join(folder, file), 'utf8'));
    for (const text of [out, err, ...written]) expect(text).not.toContain('sk-very-secret');
    expect(existsSync(path.join(folder, '.promptc/answers.jsonl'))).toBe(false);
  });

  it('cannot keep answers where nothing can be written: it says so, and goes on', async () => {
    const server = await chatServer((response) => sendAnswer(response, 'Fine.'));
    const folder = await evalProject({ 'a.yaml': CASES, '.promptc': 'a file' });
    const { code, err } = await evaluate(folder, ['a.yaml', '--endpoint', server.url, '--model', 'm', '--stream']);
    expect(code).toBe(0);
    expect(err).toMatch(/^The answers cannot be kept in \.promptc\/ \(E\w+\): the next run asks for them again\.\n/);
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended and that nobody has waited for is still in the list.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
