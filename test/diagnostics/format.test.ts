/** How diagnostics print as text and JSON: code frames, what is neutralised, colours. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../src/base/diagnostic.js';
import { SourceText } from '../../src/base/span.js';
import { diagnosticsGithub } from '../../src/cli/diagnostics/github.js';
import { diagnosticsJson } from '../../src/cli/diagnostics/json.js';
import { diagnosticsSarif } from '../../src/cli/diagnostics/sarif.js';
import { diagnosticsText, diagnosticText } from '../../src/cli/diagnostics/text.js';
import { visible } from '../../src/cli/diagnostics/visible.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { projectFolder } from '../support/project.js';
import { template } from '../support/rejection.js';
import { runCommand } from '../support/terminal.js';
import { about } from './about.js';
import { commandsOf } from './workflow-commands.js';

const ESC = '\u001b';

/** The lines of the frame alone. */
function frame(marked: string): string[] {
  const lines = diagnosticsText([about(marked)], false).split('\n');
  return lines.slice(2, lines.indexOf(''));
}

describe('a code frame', () => {
  it('shows the line, the one before and the one behind it', () => {
    expect(frame('one\ntwo\nthe ‹third› line\nfour\nfive\n')).toEqual([
      '  2 | two',
      '  3 | the third line',
      '    |     ^^^^^',
      '  4 | four',
    ]);
  });

  it('begins at the first line and ends at the last', () => {
    expect(frame('‹one›\ntwo\n')).toEqual(['  1 | one', '    | ^^^', '  2 | two']);
    expect(frame('one\n‹two›')).toEqual(['  1 | one', '  2 | two', '    | ^^^']);
    expect(frame('one\n‹two›\n')).toEqual(['  1 | one', '  2 | two', '    | ^^^']);
    expect(frame('‹one›')).toEqual(['  1 | one', '    | ^^^']);
  });

  it('has room for line numbers of more digits', () => {
    const lines = Array.from({ length: 12 }, (_, i) => (i === 9 ? '‹x›' : `line ${i + 1}`));
    expect(frame(lines.join('\n'))).toEqual(['   9 | line 9', '  10 | x', '     | ^', '  11 | line 11']);
  });

  it('marks a place behind the last character, and an empty one', () => {
    expect(frame('abc‹\n›')).toEqual(['  1 | abc', '    |    ^']);
    expect(frame('a\n‹\n›b')).toEqual(['  1 | a', '  2 |', '    | ^', '  3 | b']);
    expect(frame('ab‹›c')).toEqual(['  1 | abc', '    |   ^']);
  });

  it('marks the lines of a place of several, and where it begins or ends within one', () => {
    expect(frame('a ‹bc\ndef\ngh› i')).toEqual(['  1 > a bc', '    |   ^^', '  2 > def', '  3 > gh i', '    | ^^']);
    expect(frame('a\n  ‹bc\n\n  d› \ne')).toEqual(['  1 | a', '  2 >   bc', '  3 >', '  4 >   d', '  5 | e']);
    expect(frame('a\n‹b\n  c d› e\n')).toEqual(['  1 | a', '  2 > b', '  3 >   c d e', '    |   ^^^']);
  });

  it('takes the line end at the end of a place as part of its line', () => {
    expect(frame('‹abc\n›def')).toEqual(['  1 | abc', '    | ^^^', '  2 | def']);
    expect(frame('‹a\nb\n›c\n')).toEqual(['  1 > a', '  2 > b', '  3 | c']);
  });

  it('leaves out the middle of a place of many lines', () => {
    const lines = (count: number): string[] => Array.from({ length: count }, (_, i) => `line ${i + 1}`);
    expect(frame(`‹${lines(6).join('\n')}›`)).toEqual(lines(6).map((line, i) => `  ${i + 1} > ${line}`));
    expect(frame(`‹${lines(7).join('\n')}›\nend`)).toEqual([
      '  1 > line 1',
      '  2 > line 2',
      '  3 > line 3',
      '  4 > line 4',
      '  … >',
      '  6 > line 6',
      '  7 > line 7',
      '  8 | end',
    ]);
    expect(frame(`0\n‹${lines(2000).join('\n')}›`).slice(4)).toEqual([
      '     5 > line 4',
      '     … >',
      '  2000 > line 1999',
      '  2001 > line 2000',
    ]);
  });

  it('is left out for a file without a text', () => {
    const source = new SourceText('a.md', '');
    const text = diagnosticsText([{ ...about('‹x›'), span: { source, start: 0, end: 1 }, hint: 'Do.' }], false);
    expect(text).toBe('a.md:1:1 error check/unknown-name\n  Nothing is named "x" here.\n  hint: Do.\n\n1 error\n');
  });

  it.each([
    ['a tab', '\ta\t‹b›', '    |          ^'],
    ['a tab that is the place', '‹\t›b', '    | ^^^^'],
    ['emoji, two columns wide', '👍 👍 ‹x›', '    |       ^'],
    ['an emoji of several characters', '👩‍🚀‹x›', '    |   ^'],
    ['a flag', '🇩🇪‹x›', '    |   ^'],
    ['a heart with its selector', '❤️‹x›', '    |   ^'],
    ['East Asian characters', '日本語‹x›', '    |       ^'],
    ['full-width signs', '！‹x›', '    |   ^'],
    ['an accent of its own', 'e\u0301e\u0301‹x›', '    |   ^'],
    ['a wide place', 'a‹日本›b', '    |  ^^^^'],
    ['a character that is shown by its code', 'a\u200b‹x›', '    |          ^'],
    ['one that is marked', 'a‹\u200b›x', '    |  ^^^^^^^^'],
  ])('stands below its place behind %s', (_what, marked, carets) => {
    expect(frame(marked)[1]).toBe(carets);
  });

  it('counts columns in characters, whatever their size', () => {
    for (const [marked, column] of [
      ['👍 👍 ‹x›', 5],
      ['日本語‹x›', 4],
      ['\t\t‹x›', 3],
    ] as const) {
      expect(diagnosticsText([about(marked)], false)).toContain(`a.md:1:${column} `);
    }
  });

  it('shows a long line around the place, and the mark stays below it', () => {
    const long = `${'left '.repeat(100)}‹here›${' right'.repeat(100)}\n${'next '.repeat(100)}`;
    const [line, carets, next] = frame(long);
    expect(line).toHaveLength(6 + 122);
    expect(line).toMatch(/^ {2}1 \| ….*here.*…$/);
    expect(line!.slice(carets!.indexOf('^'), carets!.lastIndexOf('^') + 1)).toBe('here');
    expect(next).toMatch(/^ {2}2 \| next .*…$/);
    expect(next).toHaveLength(6 + 121);
  });

  it('shows both ends of a long line without a gap that is none', () => {
    const text = 'x'.repeat(300);
    expect(frame(`‹a›${text}`)[0]).toBe(`  1 | a${text.slice(0, 119)}…`);
    expect(frame(`${text}‹a›`)[0]).toBe(`  1 | …${text.slice(0, 119)}a`);
    expect(frame(`${text.slice(0, 119)}‹a›`)[0]).toBe(`  1 | ${text.slice(0, 119)}a`);
  });

  it('never cuts through a character', () => {
    const text = diagnosticsText(
      [about(`${'😀'.repeat(200)}‹x›${'😀'.repeat(200)}`), about(`a${'😀'.repeat(200)}‹x›`), about(`‹${'😀'.repeat(200)}›`)],
      false,
    );
    expect(text).not.toContain('\\u{d');
    expect(text.isWellFormed()).toBe(true);
  });

  it('marks no more than it shows', () => {
    const [line, carets] = frame(`‹${'x'.repeat(1000)}›`);
    expect(carets).toHaveLength(line!.length - 1);
  });
});

describe('text', () => {
  it('is one block for each, with a count at the end', () => {
    const related = [{ message: 'the other one', span: about('a\n ‹b›', 'b.md').span }];
    const list = [{ ...about('‹x›'), hint: 'Did you mean "y"?', related }, { ...about('‹x›'), severity: 'warning' as const }, about('‹x›')];
    expect(diagnosticsText(list, false)).toBe(
      `a.md:1:1 error check/unknown-name
  Nothing is named "x" here.
  1 | x
    | ^
  see: b.md:2:2 the other one
  2 |  b
    |  ^
  hint: Did you mean "y"?

a.md:1:1 warning check/unknown-name
  Nothing is named "x" here.
  1 | x
    | ^

a.md:1:1 error check/unknown-name
  Nothing is named "x" here.
  1 | x
    | ^

2 errors and 1 warning
`,
    );
    expect(diagnosticsText([], false)).toBe('');
    expect(diagnosticsText([list[1]!], false)).toMatch(/\n\n1 warning\n$/);
    expect(diagnosticsText([list[0]!], false)).toMatch(/\n\n1 error\n$/);
  });

  it('shows the line of each other place that takes part, in one margin', () => {
    const lines = Array.from({ length: 99 }, (_, i) => (i === 98 ? '‹c›' : `${i + 1}`)).join('\n');
    const related = [
      { message: 'begins here', span: about('  ‹a\nb›').span },
      { message: 'is a file without a text', span: { source: new SourceText('d.md', ''), start: 0, end: 1 } },
      { message: 'ends here', span: about(lines, 'c.md').span },
    ];
    expect(diagnosticText({ ...about('‹x›'), related }, false)).toBe(
      `a.md:1:1 error check/unknown-name
  Nothing is named "x" here.
   1 | x
     | ^
  see: a.md:1:3 begins here
   1 |   a
     |   ^
  see: d.md:1:1 is a file without a text
  see: c.md:99:1 ends here
  99 | c
     | ^
`,
    );
  });

  it('puts the way to the project before every path', () => {
    const text = diagnosticsText([{ ...about('‹x›'), related: [{ message: 'see', span: about('‹x›', 'b.md').span }] }], false, 'a/b/');
    expect(text.match(/\S+\.md/g)).toEqual(['a/b/a.md', 'a/b/b.md']);
  });

  it('is coloured if it may be, and the same without the colours', () => {
    const list = [
      { ...about('‹x›'), hint: 'Do.', related: [{ message: 'see', span: about('‹x›').span }] },
      { ...about('‹x\ny›'), severity: 'warning' as const },
    ];
    const coloured = diagnosticsText(list, true);
    expect(coloured).toContain(`${ESC}[31m`);
    expect(coloured).toContain(`${ESC}[33m`);
    expect(stripVTControlCharacters(coloured)).toBe(diagnosticsText(list, false));
    expect(diagnosticsText(list, false)).not.toContain(ESC);
  });

  it('cuts off a message that repeats a text without end', async () => {
    const { diagnostics } = await compile(new MemoryDisk({ 'prompts/templates/a.md': template('Hi.', '', 'A'.repeat(100_000)) }));
    const text = diagnosticsText(diagnostics, false);
    expect(text.length).toBeLessThan(2000);
    expect(text).toContain('AAA…\n');
  });
});

describe('what a prompt cannot do', () => {
  /** A project whose every text is this one, in a name, a value, a key, a tag and a file’s name. */
  function hostile(text: string) {
    const quoted = JSON.stringify(text);
    return {
      'prompts/templates/a.md': template(
        `${text}\n{{x.${text.replaceAll(/[{}\s]/g, '_')}}}\n{{> ${text.replaceAll(/[{}\s]/g, '_')}}}`,
        `${quoted}: 1\ndescription: [${quoted}]\ninputs: { ${quoted}: ${quoted} }`,
        quoted,
      ),
      'prompts/templates/b.md': `---${text}\n---\n`,
      'prompts/partials/p.md': `${text}\n{{#if x ${text}}}\n{{/${text}}}`,
    };
  }

  it.each([
    ['an order to a terminal', `${ESC}[2J${ESC}]0;title\u0007`],
    ['an order in eight bits', '\u009b31m'],
    ['a backspace and a carriage return', 'evil\b\b\b\b\rgood'],
    ['text that runs backwards', '\u202eevil\u202c \u2066x\u2069'],
    ['characters that cannot be seen', 'a\u200bb\u00adc\ufeffd\u{e0041}'],
    ['a line separator', 'a\u2028::error::b\u2029c\u0085::warning::d'],
    ['a workflow command of GitHub', '\n::error file=x::pwned'],
    ['one in the middle of a line', 'x ##[error]pwned ##[add-mask]a'],
    ['a command of Azure Pipelines', 'x ##vso[task.setvariable variable=a]b'],
    ['one of TeamCity', "##teamcity[buildStatus status='SUCCESS']"],
  ])('give %s', async (_what, text) => {
    const { diagnostics } = await compile(new MemoryDisk(hostile(text)));
    expect(diagnostics.length).toBeGreaterThan(4);
    const documents = [diagnosticsText(diagnostics, false), diagnosticsJson(diagnostics), diagnosticsSarif(diagnostics)];
    for (const printed of documents) expect(commandsOf(printed)).toEqual([]);
    for (const printed of [...documents, diagnosticsGithub(diagnostics)]) {
      expect(printed.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      expect(printed).not.toMatch(/^\s*::(?!error |warning )/m);
      expect(printed).not.toMatch(/##(?:\[|vso\[|teamcity\[)/);
    }
    expect(commandsOf(diagnosticsGithub(diagnostics))).toHaveLength(diagnostics.length);
    // JSON escapes, and loses nothing.
    const { diagnostics: read } = JSON.parse(diagnosticsJson(diagnostics)) as { diagnostics: { message: string }[] };
    expect(read.map(({ message }) => message)).toEqual(diagnostics.map(({ message }) => message));
  });

  it('shows what it leaves out by its code', () => {
    expect(visible(`a${ESC}b\u200bc\u202ed\ne\tf`)).toBe('a\\u{1b}b\\u{200b}c\\u{202e}d\\u{a}e f');
    expect(visible('\u{e0041} \ud800')).toBe('\\u{e0041} \\u{d800}');
    expect(visible('##[error] ##vso[x] ## [x] #[x] ###[x]')).toBe('#\\u{23}[error] #\\u{23}vso[x] ## [x] #[x] ##\\u{23}[x]');
    expect(visible('👩‍🚀 می\u200cخواهم é 日本')).toBe('👩‍🚀 می\u200cخواهم é 日本');
  });
});

describe('JSON', () => {
  it('has the documented shape', () => {
    const one = about('a\n👍 ‹x›y');
    const related = [{ message: 'the other one', span: about('‹b\nc›', 'b.md').span }];
    expect(JSON.parse(diagnosticsJson([{ ...one, hint: 'Do.', related }, one]))).toEqual({
      diagnostics: [
        {
          code: 'check/unknown-name',
          severity: 'error',
          message: 'Nothing is named "x" here.',
          file: 'a.md',
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 4,
          hint: 'Do.',
          related: [{ message: 'the other one', file: 'b.md', line: 1, column: 1, endLine: 2, endColumn: 2 }],
        },
        {
          code: 'check/unknown-name',
          severity: 'error',
          message: 'Nothing is named "x" here.',
          file: 'a.md',
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 4,
        },
      ],
    });
    expect(JSON.parse(diagnosticsJson([]))).toEqual({ diagnostics: [] });
  });

  it('goes to standard output, alone, with the exit code of the text', async () => {
    for (const [body, expected] of [
      ['{{nme}}', 1],
      ['Hi.\u200b', 0],
    ] as const) {
      const folder = await projectFolder({ 'prompts/templates/a.md': template(body) });
      const { code, out, err } = await runCommand(folder, ['check', '--format', 'json']);
      expect(code).toBe(expected);
      expect(err).toBe('');
      expect((JSON.parse(out) as { diagnostics: unknown[] }).diagnostics).toHaveLength(1);
    }
  });
});

describe('many diagnostics', () => {
  it('of one long line print in a time that grows with their number', async () => {
    const { diagnostics } = await compile(new MemoryDisk({ 'prompts/templates/a.md': template('👍{{nme}}'.repeat(10_000)) }));
    const start = performance.now();
    const text = diagnosticsText(diagnostics, false);
    const json = diagnosticsJson(diagnostics);
    const github = diagnosticsGithub(diagnostics);
    const sarif = diagnosticsSarif(diagnostics);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(text.slice(-300)).toMatch(/\n\n10000 errors\n$/);
    expect((JSON.parse(json) as { diagnostics: { column: number }[] }).diagnostics.at(-1)!.column).toBe(79_996);
    expect(github.slice(-300)).toContain(',col=79996,');
    expect(sarif.slice(-1000)).toContain('"startColumn": 79996');
  });

  it('are cut off in text, errors before warnings, in the order of their places', () => {
    const source = new SourceText('a.md', 'x'.repeat(300));
    const list = Array.from({ length: 300 }, (_, i) => ({
      ...about('‹x›'),
      severity: i % 4 === 3 ? ('error' as const) : ('warning' as const),
      span: { source, start: i, end: i + 1 },
    }));
    const text = diagnosticsText(list, false);
    const columns = [...text.matchAll(/^a\.md:1:(\d+) (\w+)/gm)].map(([, column, severity]) => ({ column: Number(column), severity }));
    expect(columns).toHaveLength(100);
    expect(columns.filter(({ severity }) => severity === 'error')).toHaveLength(75);
    expect(columns.findLast(({ severity }) => severity === 'warning')!.column).toBe(33);
    expect(columns.map(({ column }) => column)).toEqual(columns.map(({ column }) => column).toSorted((a, b) => a - b));
    expect(text).toMatch(/\n\n… and 200 more\. `promptc check --format json` prints all of them\.\n\n75 errors and 225 warnings\n$/);
    expect(diagnosticsText(list.slice(0, 100), false)).not.toContain('more');
  });

  it('are told once, and sorted by file, place and code', () => {
    const diagnostics = new Diagnostics();
    const [a, b] = [new SourceText('a.md', 'abc'), new SourceText('b.md', 'abc')];
    const report = (source: SourceText, start: number, name: string): void =>
      diagnostics.report('check/unknown-name', { source, start, end: start + 1 }, { name });
    for (const [source, start, name] of [
      [b, 0, 'x'],
      [a, 2, 'x'],
      [a, 1, 'y'],
      [a, 1, 'x'],
      [a, 1, 'y'],
    ] as const) {
      report(source, start, name);
    }
    diagnostics.report('check/no-parent', { source: a, start: 1, end: 2 }, undefined);
    expect(diagnostics.errorCount).toBe(5);
    expect(
      diagnostics.sorted().map(({ code, message, span }) => `${span.source.path}:${span.start} ${code} ${message.slice(0, 18)}`),
    ).toEqual([
      'a.md:1 check/no-parent `../` climbs furth',
      'a.md:1 check/unknown-name Nothing is named "',
      'a.md:1 check/unknown-name Nothing is named "',
      'a.md:2 check/unknown-name Nothing is named "',
      'b.md:0 check/unknown-name Nothing is named "',
    ]);
  });
});

describe('a place', () => {
  it('is the same however often and in whatever order it is asked for', () => {
    const text = `${'😀a\n'.repeat(3)}${'b😀'.repeat(2000)}\nend`;
    const source = new SourceText('a.md', text);
    const naive = (offset: number) => {
      const lines = text.slice(0, offset).split('\n');
      return { line: lines.length, column: [...lines.at(-1)!].length + 1 };
    };
    const offsets = Array.from({ length: text.length + 1 }, (_, i) => i).filter((offset) => (text.charCodeAt(offset) & 0xfc00) !== 0xdc00);
    for (const offset of [...offsets.filter((_, i) => i % 97 === 0), text.length, 0, 3, 4])
      expect(source.position(offset)).toEqual(naive(offset));
    expect(source.lineCount).toBe(5);
    expect([1, 4, 5].map((line) => source.lineStart(line))).toEqual([0, 12, text.length - 3]);
    expect([1, 5].map((line) => source.line(line))).toEqual(['😀a', 'end']);
  });
});
