/** SARIF 2.1.0: the schema, and what the schema does not say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../src/base/codes.js';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { ENGINE_VERSION } from '../../src/base/version.js';
import { diagnosticsSarif } from '../../src/cli/diagnostics/sarif.js';
import { readable } from '../../src/cli/diagnostics/visible.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { template } from '../support/rejection.js';
import { about } from './about.js';
import { hostileDiagnostic } from './hostile.js';
import { sarifProblems } from './sarif-schema.js';

interface Location {
  id?: number;
  physicalLocation: { artifactLocation: { uri: string; uriBaseId: string }; region: object };
  message?: { text: string };
}

interface Run {
  tool: { driver: { name: string; version: string; rules: { id: string; defaultConfiguration: { level: string } }[] } };
  columnKind: string;
  results: {
    ruleId: string;
    ruleIndex: number;
    level: string;
    message: { text: string };
    locations: Location[];
    relatedLocations?: Location[];
    partialFingerprints: { [name: string]: string };
  }[];
}

/** The one run of a log that is valid. */
function run(diagnostics: readonly Diagnostic[], folder?: string): Run {
  const log = JSON.parse(diagnosticsSarif(diagnostics, folder)) as { runs: [Run] };
  expect(sarifProblems(log)).toEqual([]);
  expect(log.runs).toHaveLength(1);
  return log.runs[0];
}

async function fingerprintsOf(body: string, keys = ''): Promise<string[]> {
  const { diagnostics } = await compile(new MemoryDisk({ 'prompts/templates/a.md': template(body, keys) }));
  return run(diagnostics).results.map(({ partialFingerprints }) => partialFingerprints['promptcLineHash/v1']!);
}

it('the schema refuses what is no log', () => {
  expect(sarifProblems({ version: '2.1.0' })).toEqual([" must have required property 'runs'"]);
  const log = diagnosticsSarif([about('‹x›')]);
  expect(sarifProblems(JSON.parse(log.replace('a.md', 'a b.md')))).toHaveLength(1);
  expect(sarifProblems(JSON.parse(log.replace('unicodeCodePoints', 'characters')))).toHaveLength(1);
});

describe('a log', () => {
  it('of nothing is one run without results', () => {
    expect(run([])).toMatchObject({ tool: { driver: { name: 'promptc', version: ENGINE_VERSION, rules: [] } }, results: [] });
  });

  it('has a rule for each code that occurs, which its results point to', () => {
    const codes = ['check/unknown-name', 'discover/stray-file', 'check/unknown-name', 'parse/syntax'] as const;
    const { tool, results } = run(codes.map((code) => ({ ...about('‹x›'), code, severity: CODES[code].severity })));
    const { rules } = tool.driver;
    expect(rules.map(({ id }) => id)).toEqual(['check/unknown-name', 'discover/stray-file', 'parse/syntax']);
    expect(rules[1]).toEqual({
      id: 'discover/stray-file',
      shortDescription: { text: 'Stray file' },
      help: { text: 'The section discover/stray-file of docs/diagnostics.md, which comes with promptc, explains this with an example.' },
      defaultConfiguration: { level: 'warning' },
    });
    for (const [i, { ruleId, ruleIndex, level }] of results.entries()) {
      expect(ruleId).toBe(codes[i]);
      expect(rules[ruleIndex]).toMatchObject({ id: ruleId, defaultConfiguration: { level } });
    }
  });

  it('counts columns in code points, the end behind the last character', () => {
    const { columnKind, results } = run([about('a\n👍 ‹👍👍›x'), about('‹a\nb\n›c')]);
    expect(columnKind).toBe('unicodeCodePoints');
    expect(results.map(({ locations }) => locations[0]!.physicalLocation.region)).toEqual([
      { startLine: 2, startColumn: 3, endLine: 2, endColumn: 5 },
      { startLine: 1, startColumn: 1, endLine: 3, endColumn: 1 },
    ]);
  });

  it('tells the hint, and links to the other places', () => {
    const related = [
      { message: 'begins here', span: about('a\n ‹b›', 'b[1].md').span },
      { message: 'ends here', span: about('‹c›', 'c.md').span },
    ];
    const [result] = run([{ ...about('‹x›'), related, hint: 'Do.' }], 'services/chat/').results;
    expect(result!.message.text).toBe(
      'Nothing is named "x" here.\n' +
        'see: [services/chat/b\\u{5b}1\\u{5d}.md:2:2](1) begins here\nsee: [services/chat/c.md:1:1](2) ends here\nhint: Do.',
    );
    expect(result!.relatedLocations).toEqual([
      {
        id: 1,
        physicalLocation: {
          artifactLocation: { uri: 'services/chat/b%5B1%5D.md', uriBaseId: '%SRCROOT%' },
          region: { startLine: 2, startColumn: 2, endLine: 2, endColumn: 3 },
        },
        message: { text: 'begins here' },
      },
      expect.objectContaining({ id: 2 }),
    ]);
    expect(run([about('‹x›')]).results[0]).not.toHaveProperty('relatedLocations');
  });

  it.each([
    ['prompts/templates/a b.md', 'prompts/templates/a%20b.md'],
    ['prompts/100%.md', 'prompts/100%25.md'],
    ['prompts/a#b?c:d.md', 'prompts/a%23b%3Fc%3Ad.md'],
    ['prompts/日本.md', 'prompts/%E6%97%A5%E6%9C%AC.md'],
    ['prompts/\ud800.md', 'prompts/%EF%BF%BD.md'],
    ['c:/a.md', 'c%3A/a.md'],
  ])('names the file %j by a relative URI', (path, uri) => {
    const [result] = run([about('‹x›', path)]).results;
    expect(result!.locations[0]!.physicalLocation.artifactLocation).toEqual({ uri, uriBaseId: '%SRCROOT%' });
    expect(new URL(uri, 'file:///checkout/').pathname).toBe(`/checkout/${uri}`);
  });
});

describe('a fingerprint', () => {
  it('survives lines above, indentation, and another message', async () => {
    const before = await fingerprintsOf('Hello {{nmae}}!\n{{nmae}}');
    const after = await fingerprintsOf('\nNew.\n\n  Hello {{nmae}}!\n{{nmae}}', 'description: New.');
    expect(before).toHaveLength(2);
    expect(after).toEqual(before);
    const [one, other] = [about('a ‹x›'), { ...about('a ‹x›'), message: 'Said in other words.', hint: 'Do.' }].map(
      (diagnostic) => run([diagnostic]).results[0]!.partialFingerprints,
    );
    expect(one).toEqual(other);
  });

  it('is one of its own for each of several on lines that are alike', async () => {
    const all = await fingerprintsOf('{{nmae}} {{nmae}}\n{{nmae}} {{nmae}}\n{{nmae}}');
    expect(new Set(all).size).toBe(5);
    expect(all.map((one) => one.slice(one.indexOf(':')))).toEqual([':1', ':2', ':3', ':4', ':1']);
  });

  it('changes with the code, the file and the text of the line', () => {
    const all = [about('‹x›'), about('‹x› y'), about('‹x›', 'b.md'), { ...about('‹x›'), code: 'parse/syntax' as const }];
    const prints = [...run(all).results, ...run([about('‹x›')], 'services/').results].map(({ partialFingerprints }) => partialFingerprints);
    expect(new Set(prints.map((print) => JSON.stringify(print))).size).toBe(5);
    // GitHub computes this one, and complains of another value.
    for (const print of prints) expect(print).not.toHaveProperty('primaryLocationLineHash');
  });
});

describe('whatever a prompt holds', () => {
  it('the log is valid, and its messages link nowhere but to places', () => {
    fc.assert(
      fc.property(fc.array(hostileDiagnostic, { maxLength: 4 }), (diagnostics) => {
        const { results, tool } = run(diagnostics);
        expect(results).toHaveLength(diagnostics.length);
        for (const [i, { ruleId, ruleIndex, message, relatedLocations = [], locations }] of results.entries()) {
          const { code, message: said, hint, related = [] } = diagnostics[i]!;
          expect([ruleId, tool.driver.rules[ruleIndex]!.id]).toEqual([code, code]);
          expect(message.text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
          expect(message.text.split('\n')).toHaveLength(1 + related.length + (hint === undefined ? 0 : 1));
          expect(message.text.split('\n')[0]).toBe(readable(said).replaceAll('](', ']\\u{28}'));
          const targets = [...message.text.matchAll(/\]\(([^)]*)\)/g)].map((match) => match[1]);
          expect(targets).toEqual(related.map((_, at) => String(at + 1)));
          expect(relatedLocations.map(({ id }) => String(id))).toEqual(targets);
          for (const { physicalLocation } of [...locations, ...relatedLocations]) {
            const { uri } = physicalLocation.artifactLocation;
            expect(uri).toMatch(/^prompts\/[\w\-.~!*'()%/]*\.md$/);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
