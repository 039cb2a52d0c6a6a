/** docs/eval.md says what `promptc eval` does: its tables and its suites are those of the program. */
import { describe, expect, it } from 'vitest';
import { LINE_SCHEMA } from '../../src/eval/suites/suite-schema.js';
import { readSuite } from '../../src/eval/suites/read-suite.js';
import { evalProject, evaluate, resultsIn, suite } from '../eval/projects.js';
import { REPOSITORY, projectFolder } from '../support/project.js';
import { runCommand } from '../support/terminal.js';
import { readPage, section, tableRows } from './page.js';

const page = readPage('eval.md');
const suites = page.blocks.filter(({ meta }) => meta.startsWith('suite='));

/** The names in back quotes in a text. */
function named(text: string): string[] {
  return [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
}

describe('docs/eval.md', () => {
  it('shows suites that can be read, and whose cases this project can render', async () => {
    expect(suites).toHaveLength(2);
    const files = Object.fromEntries(suites.map(({ meta, text }) => [meta.slice('suite='.length), `${text}\n`]));
    for (const [file, text] of Object.entries(files)) expect(readSuite(file, Buffer.from(text)).problems).toEqual([]);
    const folder = await projectFolder(files);
    const { out, err } = await evaluate(folder, ['evals', '--root', REPOSITORY]);
    expect(err).toBe('Checked 4 answers: 4 passed, 0 failed.\n');
    expect(out).not.toContain('none');
  });

  it('lists the keys of a case', () => {
    const rows = tableRows(section(page, '## Suites')).slice(1);
    expect(rows.map(([key]) => key!).toSorted()).toEqual(Object.keys(LINE_SCHEMA['properties'] as object).toSorted());
  });

  it('lists the options that the command has', async () => {
    const listed = tableRows(section(page, '## Running them')).slice(1);
    const { out } = await runCommand('.', ['eval', '--help']);
    const options = [...out.matchAll(/^ {2}(--[\w-]+(?: <[^>]+>)?)/gm)].map(([, option]) => option!);
    expect(options.length).toBeGreaterThan(10);
    expect(listed.map(([option]) => option!.replace('\\|', '|'))).toEqual(options);
  });

  it('names what a program gets', async () => {
    const folder = await evalProject({ 'a.yaml': suite({ one: undefined }), 'got.mjs': 'process.stdin.pipe(process.stdout);' });
    await evaluate(folder, ['a.yaml', '--command', `${JSON.stringify(process.execPath)} got.mjs`, '--json', 'r.json']);
    const got = JSON.parse(resultsIn(folder, 'r.json').cases[0].answer as string) as object;
    const text = section(page, '## Asking a program');
    for (const key of Object.keys(got)) expect(named(text)).toContain(key);
  });

  it('lists the keys of the results', async () => {
    const folder = await evalProject({ 'a.yaml': suite({ bad: 'I guarantee it.', none: undefined }), 'b.jsonl': '{' });
    await evaluate(folder, ['a.yaml', '--json', 'old.json']);
    await evaluate(folder, ['a.yaml', 'b.jsonl', '--against', 'old.json', '--json', 'r.json']);
    const results = resultsIn(folder, 'r.json');
    const rows = new Map(tableRows(section(page, '## Reports')).map(([key, meaning]) => [key!, named(meaning!)]));
    expect(Object.keys(results.totals).toSorted()).toEqual(rows.get('totals')!.toSorted());
    const top = ['format', 'totals', 'compared_with', ...rows.get('compared_with')!, 'cases', 'problems'];
    expect(Object.keys(results).toSorted()).toEqual(top.toSorted());
    const [bad, none] = results.cases;
    const known = [...rows.get('cases[]')!, 'violations', 'failure'];
    for (const key of Object.keys({ ...bad, ...none })) expect(known).toContain(key);
    for (const key of Object.keys(bad.violations[0])) expect(rows.get('cases[].violations[]')).toContain(key);
    expect(Object.keys(none.failure)).toEqual(['kind', 'message']);
    expect(Object.keys(results.problems[0])).toEqual(rows.get('problems[]'));
  });
});
