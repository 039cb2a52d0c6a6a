/** Workflow commands of GitHub Actions, read as a runner reads them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Code, CODES } from '../../src/base/codes.js';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { SourceText } from '../../src/base/span.js';
import { diagnosticsGithub, githubSummary } from '../../src/cli/diagnostics/github.js';
import { readable, visible } from '../../src/cli/diagnostics/visible.js';
import { about } from './about.js';
import { hostileDiagnostic } from './hostile.js';
import { commandsOf } from './workflow-commands.js';

describe('a workflow command', () => {
  it('is one line, with the message, the other places and the hint', () => {
    const related = [
      { message: 'begins here', span: about('a\n ‹b›', 'b.md').span },
      { message: 'ends here', span: about('‹c›', 'c.md').span },
    ];
    expect(diagnosticsGithub([{ ...about('a\n👍 ‹xyz›'), related, hint: 'Do: 100%, now.' }], 'services/chat/')).toBe(
      '::error file=services/chat/a.md,line=2,endLine=2,col=3,endColumn=6,title=check/unknown-name::' +
        'Nothing is named "x" here.%0Asee: services/chat/b.md:2:2 begins here%0Asee: services/chat/c.md:1:1 ends here%0A' +
        'hint: Do: 100%25, now.%0Aat services/chat/a.md:2:3\n',
    );
    expect(diagnosticsGithub([])).toBe('');
  });

  it('has columns only within one line', () => {
    const extents = ['‹a\nb›', '‹a›b', '‹ab\n›c', '‹a\nb\n›c', 'a‹\n›b', 'a‹›b'].map((marked) => {
      const [command] = commandsOf(diagnosticsGithub([about(marked)]));
      return ['line', 'endLine', 'col', 'endColumn'].map((name) => command!.properties[name] ?? '-').join(' ');
    });
    expect(extents).toEqual(['1 2 - -', '1 1 1 2', '1 1 1 3', '1 2 - -', '1 1 2 2', '1 1 2 2']);
  });

  it('escapes what would end a property or the line', () => {
    const [command, ...more] = commandsOf(diagnosticsGithub([about('‹x›', 'a,line=9::error file=b%2Cc%0A::.md')]));
    expect(more).toEqual([]);
    expect(command!.properties).toEqual({
      file: 'a,line=9::error file=b%2Cc%0A::.md',
      line: '1',
      endLine: '1',
      col: '1',
      endColumn: '2',
      title: 'check/unknown-name',
    });
  });
});

describe('the order', () => {
  it('is errors first, and else what it was', () => {
    const list = (['warning', 'error', 'warning', 'error'] as const).map((severity, i) => ({ ...about('‹x›', `${i}.md`), severity }));
    expect(commandsOf(diagnosticsGithub(list)).map(({ name, properties }) => `${name} ${properties['file']}`)).toEqual([
      'error 1.md',
      'error 3.md',
      'warning 0.md',
      'warning 2.md',
    ]);
  });
});

describe('the summary', () => {
  it('counts, and says so if GitHub shows only some', () => {
    const list = (errors: number, warnings: number): Diagnostic[] => [
      ...Array.from({ length: errors }, () => about('‹x›')),
      ...Array.from({ length: warnings }, () => ({ ...about('‹x›'), severity: 'warning' as const })),
    ];
    expect(githubSummary([])).toBe('');
    expect(githubSummary(list(10, 10))).toBe('10 errors and 10 warnings\n');
    for (const [errors, warnings, count] of [
      [11, 0, '11 errors'],
      [1, 11, '1 error and 11 warnings'],
    ] as const) {
      expect(githubSummary(list(errors, warnings))).toBe(
        `${count} (GitHub shows 10 of each on the pull request; this log has all of them)\n`,
      );
    }
  });
});

describe('whatever a prompt holds', () => {
  it('a runner reads exactly the diagnostics', () => {
    fc.assert(
      fc.property(fc.array(hostileDiagnostic, { maxLength: 5 }), (diagnostics) => {
        const output = diagnosticsGithub(diagnostics);
        expect(output.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)).toHaveLength(diagnostics.length + 1);
        const expected = diagnostics.toSorted((a, b) => a.severity.localeCompare(b.severity));
        const commands = commandsOf(output);
        expect(commands).toHaveLength(diagnostics.length);
        for (const [i, { code, severity, message, span, hint, related = [] }] of expected.entries()) {
          const { name, properties, data } = commands[i]!;
          expect(name).toBe(severity);
          expect(Object.keys(properties).filter((key) => !['col', 'endColumn'].includes(key))).toEqual([
            'file',
            'line',
            'endLine',
            'title',
          ]);
          expect(properties).toMatchObject({
            file: visible(span.source.path),
            line: String(span.source.position(span.start).line),
            title: code,
          });
          expect(data.split('\n')).toEqual([
            readable(message),
            ...related.map(() => expect.stringMatching(/^see: .+:\d+:\d+ /) as string),
            ...(hint === undefined ? [] : [`hint: ${readable(hint)}`]),
            expect.stringMatching(/^at prompts\/.*\.md:\d+:\d+$/),
          ]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('the runner that the tests read with is one that can be tricked', () => {
    expect(commandsOf('  ::add-mask::x')).toEqual([{ name: 'add-mask', properties: {}, data: 'x' }]);
    expect(commandsOf('text ##[error file=a;line=1]x%0Ay')).toEqual([
      { name: 'error', properties: { file: 'a', line: '1' }, data: 'x\ny' },
    ]);
    expect(commandsOf('::error file=a,line=1,title=%250A%3A::x::y%25')).toEqual([
      { name: 'error', properties: { file: 'a', line: '1', title: '%0A:' }, data: 'x::y%' },
    ]);
    expect(commandsOf('x ::error::y\n::nothing::z\r::error::')).toEqual([{ name: 'error', properties: {}, data: '' }]);
  });

  it('every code can stand in a title as it is', () => {
    for (const code of Object.keys(CODES) as Code[]) {
      const source = new SourceText('a.md', 'x');
      const output = diagnosticsGithub([{ ...about('‹x›'), code, span: { source, start: 0, end: 1 } }]);
      expect(output).toContain(`,title=${code}::`);
    }
  });
});
