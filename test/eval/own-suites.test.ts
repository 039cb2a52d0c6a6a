/** The suites in evals/: the answers of this project's own bundles, and what becomes of a run when a prompt says less. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { REPOSITORY, temporaryFolder } from '../support/project.js';
import { evaluate } from './projects.js';

/** Does what the prompt says, and nothing that it does not say. */
const MODEL = `
let text = '';
for await (const chunk of process.stdin) text += chunk;
const { rendered_prompt: prompt } = JSON.parse(text);
const forbidden = /^- Never use any of these: (.*)\\.$/m.exec(prompt)?.[1] ?? '';
const words = ['I guarantee an answer', 'Obviously it is so', 'It works'];
const said = words.filter((one) => ![...forbidden.matchAll(/"([^"]+)"/g)].some(([, token]) => one.toLowerCase().includes(token.toLowerCase())));
const end = prompt.includes('- Use no emoji.') || !prompt.includes('support team') ? '.' : '. 🎉';
console.log(said.join('. ') + end);
`;

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  for (const name of ['prompts', 'evals']) cpSync(path.join(REPOSITORY, name), path.join(folder, name), { recursive: true });
  // Without Git nothing is published here.
  rmSync(path.join(folder, 'prompts/promptc.lock'));
  writeFileSync(path.join(folder, 'model.mjs'), MODEL);
});

describe('the suites in evals/', () => {
  it('pass as they were recorded', async () => {
    const { code, out, err } = await evaluate(REPOSITORY, ['evals']);
    expect({ code, err }).toEqual({ code: 0, err: 'Checked 7 answers: 7 passed, 0 failed.\n' });
    expect(out).not.toMatch(/FAIL|none|error|warn/);
  });

  it.each([
    ['prompts/templates/support/system.md', 'evals/support-agent.yaml', ['FORBIDDEN_TOKENS', 'NO_EMOJI']],
    ['prompts/templates/learning/tutor.md', 'evals/tutor.jsonl', ['FORBIDDEN_TOKENS']],
  ])('turn red when %s no longer shows its constraints', async (template, suite, constraints) => {
    const args = ['evals', '--command', `${JSON.stringify(process.execPath)} model.mjs`, '--json', 'base.json'];
    expect(await evaluate(folder, args)).toMatchObject({ code: 0 });
    const file = path.join(folder, template);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('{{constraints}}');
    writeFileSync(file, text.replace('{{constraints}}', 'None.'));
    const alone = await evaluate(folder, args.slice(0, -2));
    expect(alone.code).toBe(1);
    const beside = await evaluate(folder, [...args.slice(0, -2), '--against', 'base.json']);
    expect(beside.code).toBe(1);
    for (const { out } of [alone, beside]) {
      for (const constraint of constraints) expect(out).toContain(constraint);
      const failing = out.split(/^(?=\S)/m).filter((part) => part.includes('FAIL'));
      expect(failing.map((part) => part.split('\n')[0])).toEqual([suite]);
    }
  });
});
