/** docs/editors.md: what it tells editors to read in promptc's messages is there, and its files are what they should be. */
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { diagnosticsJson } from '../../src/cli/diagnostics/json.js';
import { diagnosticsText } from '../../src/cli/diagnostics/text.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { SMALL_PROJECT } from '../support/project.js';
import { template } from '../support/rejection.js';
import { readPage } from './page.js';

const page = readPage('editors.md');

interface Pattern {
  readonly regexp: string;
  readonly [field: string]: string | number;
}

interface Tasks {
  readonly tasks: readonly { readonly problemMatcher: { readonly pattern: readonly Pattern[] } }[];
}

/** What an editor lists: the fields of each problem, by name. */
type Problem = { [field: string]: string };

/** The JSON in the page's block for a file. */
function fileOnPage(name: string): unknown {
  return JSON.parse(page.blocks.find(({ meta }) => meta === name)!.text);
}

/** As Visual Studio Code reads output: each pattern in turn has to match a line of its own, one behind the other. */
function problemsIn(output: string, patterns: readonly Pattern[]): Problem[] {
  const lines = output.split('\n');
  return lines.flatMap((_, i) => {
    const problem: Problem = {};
    for (const [j, { regexp, ...groups }] of patterns.entries()) {
      const match = new RegExp(regexp).exec(lines[i + j] ?? '');
      if (match === null) return [];
      for (const [field, group] of Object.entries(groups)) problem[field] = match[group as number]!;
    }
    return [problem];
  });
}

/** Errors and warnings, some with related places, hints and odd names. */
async function manyDiagnostics(): Promise<readonly Diagnostic[]> {
  const { diagnostics } = await compile(
    new MemoryDisk({
      ...SMALL_PROJECT,
      'prompts/templates/a.md': template('{{nmae}} {{#if a}}\n{{> gone}}', 'inputs:\n  name: string\n  unused: string', 'greet'),
      'prompts/templates/two words/ä: 1:2 error x.md': template('1:2:3 error x/y\n  {{name}', 'inputs:\n  name: string\n  name?: string'),
      'prompts/templates/long.md': template(`${'x'.repeat(500)}{{${'y'.repeat(700)}}}`, '', 'long'),
      'prompts/stray.md': 'nothing',
      'promptc.config.json': '{ "limits": 1 }',
    }),
  );
  return diagnostics;
}

describe('the problem matcher', () => {
  const [{ problemMatcher }] = (fileOnPage('.vscode/tasks.json') as Tasks).tasks as [Tasks['tasks'][number]];

  it('reads every message, and nothing else', async () => {
    const diagnostics = await manyDiagnostics();
    expect(new Set(diagnostics.map(({ severity }) => severity))).toEqual(new Set(['error', 'warning']));
    expect(diagnostics.some(({ related }) => related !== undefined)).toBe(true);
    expect(diagnostics.length).toBeGreaterThan(6);
    const { diagnostics: expected } = JSON.parse(diagnosticsJson(diagnostics)) as { diagnostics: Problem[] };
    const found = problemsIn(`Checking …\n${diagnosticsText(diagnostics, false)}`, problemMatcher.pattern);
    expect(found).toEqual(
      expected.map(({ file, line, column, severity, code, message }) => ({
        file,
        line: String(line),
        column: String(column),
        severity,
        code,
        message: message!.length > 600 ? `${message!.slice(0, 600)}…` : message,
      })),
    );
  });

  it('does not read coloured ones, hence its setting', async () => {
    expect(problemsIn(diagnosticsText(await manyDiagnostics(), true), problemMatcher.pattern)).toEqual([]);
    expect(page.blocks.find(({ meta }) => meta === '.vscode/tasks.json')!.text).toContain('"NO_COLOR": "1"');
  });
});

it('the settings that it shows are fine', async () => {
  const config = page.blocks.find(({ meta }) => meta === 'promptc.config.json')!.text;
  expect((await compile(new MemoryDisk({ ...SMALL_PROJECT, 'promptc.config.json': config }))).diagnostics).toEqual([]);
});
