/** docs/drift.md says what is so: its lines are read, and its tables name what there is. */
import { describe, expect, it } from 'vitest';
import { THRESHOLDS } from '../../src/drift/comparing/effect.js';
import { FALSE_ALARMS, levelsOf, ORDERS } from '../../src/drift/comparing/level.js';
import { FEWEST_ANSWERS } from '../../src/drift/comparing/test-histories.js';
import { FEWEST_DAYS } from '../../src/drift/comparing/windows.js';
import { FEATURES } from '../../src/drift/measuring/features.js';
import type { AnswerLine } from '../../src/drift/reading/answer.js';
import { promptHashOf, readAnswers } from '../../src/drift/reading/read-answers.js';
import { MOVED, STATIONARY } from '../drift/scenarios.js';
import { runCommand } from '../support/terminal.js';
import { readPage, section, tableRows } from './page.js';

const page = readPage('drift.md');

describe('docs/drift.md', () => {
  it('shows lines as they are read', async () => {
    const [whole, joined] = page.blocks.filter(({ language }) => language === 'text').map(({ text }) => text);
    expect(`${whole}${joined}`).not.toContain('\n');
    const answers = [];
    for await (const answer of readAnswers(lineOf(whole!), { report: ({ message }) => expect.unreachable(message) })) answers.push(answer);
    expect(answers).toMatchObject([{ bundle: 'support-agent', version: '2.1.0' }]);
    expect(promptHashOf({ number: 1, text: joined! })).toMatch(/^sha256:/);
  });

  it('lists the options', async () => {
    const { out } = await runCommand('.', ['drift', '--help']);
    const options = [...out.matchAll(/^ {2}(--[a-z-]+ <[a-z]+>)/gm)].map(([, option]) => option);
    expect(
      tableRows(section(page, '## Running it'))
        .slice(1)
        .map(([option]) => option),
    ).toEqual(options);
  });

  it('lists what is measured, in its order', () => {
    expect(
      tableRows(section(page, '## What is measured'))
        .slice(1)
        .map(([name]) => name),
    ).toEqual(FEATURES.map(({ name }) => name));
  });

  it('has the thresholds', () => {
    const rows = tableRows(section(page, '## What counts as a move')).slice(1);
    const found = rows.map(([name, moderate, large]) => [/^`(\w+)`/.exec(name!)![1], { moderate: Number(moderate), large: Number(large) }]);
    expect(Object.fromEntries(found)).toEqual(THRESHOLDS);
  });

  it('has the numbers of the tests', () => {
    const { persona, words, changes } = levelsOf(FALSE_ALARMS);
    expect(page.text).toContain(`put into a random order ${ORDERS.toLocaleString('en')} times`);
    expect(page.text).toContain(`fewer than ${FEWEST_DAYS} days`);
    expect(page.text).toContain(`A window needs ${FEWEST_ANSWERS} answers.`);
    expect(page.text).toContain(`its \`p\` is at most ${persona}, a word or the vocabulary if it is at most ${words}.`);
    expect(page.text).toContain(`A change counts if its \`p\` is at most ${changes}`);
    expect(page.text).toContain(`${FALSE_ALARMS * 100} % by construction`);
  });

  it('has figures for every scenario, and no more false alarms than one in a hundred', () => {
    const rows = tableRows(section(page, '## How often it is wrong')).filter(([name]) => name !== 'history' && name !== 'move');
    expect(rows.map(([name]) => name)).toEqual([...STATIONARY, ...MOVED].map(({ effect }) => effect));
    for (const [name, , , alarms] of rows.slice(0, STATIONARY.length))
      expect(Number(alarms!.replace(' %', '')), name).toBeLessThanOrEqual(1);
  });
});

// oxlint-disable-next-line typescript/require-await -- what reads files has to wait, and this stands for it
async function* lineOf(text: string): AsyncGenerator<AnswerLine> {
  yield { number: 1, text };
}
