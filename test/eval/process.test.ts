/** `promptc eval` as users have it: built, in a process of its own. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { buildCommand, startCommand } from '../support/command.js';
import { chatServer, sendAnswer } from './chat-server.js';
import { evalProject, suite } from './projects.js';

buildCommand();

it('ends when all is answered, though connections are kept', async () => {
  const server = await chatServer((response) => sendAnswer(response, 'Fine.'));
  const folder = await evalProject({ 'a.yaml': suite({ one: undefined, two: undefined }) });
  const begin = performance.now();
  const running = startCommand(folder, ['eval', 'a.yaml', '--endpoint', server.url, '--model', 'm', '--json', 'r.json']);
  expect(await running.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - begin).toBeLessThan(10_000);
  // Quiet where nobody watches.
  expect(running.said()).toBe(
    'Checked 2 answers: 2 passed, 0 failed.\nIt took 10 tokens of prompts and 3 of answers.\n1 answer had been asked for before, and cost nothing.\n',
  );
});

it('told to stop, keeps what was answered, leaves nothing running, and says so', async () => {
  const server = await chatServer((response, _, number) => {
    if (number === 0) sendAnswer(response, 'Fine.');
  });
  const cases = 'bundle: desk\ncases:\n  - { name: one, example: ada }\n  - { name: two, input: { inputs: { name: Eve } } }\n';
  const folder = await evalProject({ 'a.yaml': cases });
  const args = ['eval', 'a.yaml', '--endpoint', server.url, '--model', 'm', '--concurrency', '1', '--json', 'r.json'];
  const running = startCommand(folder, args);
  await expect.poll(() => server.asked.length, { timeout: 15_000 }).toBe(2);
  running.process.kill('SIGINT');
  expect(await running.ended).toEqual({ code: 2, signal: null });
  expect(readFileSync(path.join(folder, 'r.json'), 'utf8')).toContain('The run was stopped.');
  expect(readFileSync(path.join(folder, '.promptc/answers.jsonl'), 'utf8')).toContain('"answer":"Fine."');
});
