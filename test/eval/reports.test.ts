/** The files that results are written to: whole, escaped, and the same for the same run. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../src/eval/reports/html-report.js';
import { junitReport } from '../../src/eval/reports/junit-report.js';
import { stretchesOf } from '../../src/eval/reports/marked-text.js';
import { pastResults, resultsJson } from '../../src/eval/reports/results-json.js';
import type { Violation } from '../../src/answers/check-output.js';
import type { CaseResult } from '../../src/eval/run/results.js';
import type { Report } from '../../src/eval/run/verdict.js';
import { evalProject, evaluate, suite } from './projects.js';

const HOSTILE = `</pre><script>alert(1)</script>"'&amp; \u0000\u001b[31m\ud800 ]]> <!-- 😀 \u202e`;

function violation(start: number, end: number, constraint = 'A'): Violation {
  return {
    constraint,
    severity: 'error',
    message: `${constraint} ${HOSTILE}`,
    span: { start, end },
    actual: HOSTILE,
    limit: 0,
    retry_hint: HOSTILE,
  };
}

function hostileReport(): Report {
  const place = { file: `a${HOSTILE}.yaml`, line: 3, column: 1 };
  const result: CaseResult = {
    suite: place.file,
    name: HOSTILE,
    place,
    bundle: HOSTILE,
    answer: HOSTILE,
    isKnown: false,
    violations: [violation(0, 5), violation(3, 9, 'B')],
  };
  const failed: CaseResult = { ...result, name: 'b', violations: [], failure: { kind: 'answer', message: HOSTILE } };
  return { results: { cases: [result, failed], problems: [{ place, message: HOSTILE }] } };
}

describe('the page', () => {
  it('holds every text as text, loads nothing and runs nothing', () => {
    const page = htmlReport(hostileReport());
    expect(page).not.toMatch(/<script|<!--|<link|<img|\bhref=|\bsrc=|@import|url\(|\bon\w+=/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).toContain('&lt;/pre&gt;&lt;script&gt;');
    expect(page).not.toMatch(/(?![\t\n\r])\p{Cc}/u);
    expect(page.isWellFormed()).toBe(true);
  });

  it('marks in an answer what it breaks', async () => {
    const folder = await evalProject({ 'a.yaml': suite({ bad: '  I guarantee\n  <b>it</b>.', fine: 'Fine.' }) });
    await evaluate(folder, ['a.yaml', '--html', 'deep/r.html']);
    const page = readFileSync(path.join(folder, 'deep/r.html'), 'utf8');
    expect(page).toContain('<h1>1 of 2 answers failed</h1>');
    expect(page).toContain(
      '<pre dir="auto">  I <mark title="FORBIDDEN_TOKENS" data-number="1">guarantee</mark>\n  &lt;b&gt;it&lt;/b&gt;.</pre>',
    );
    expect(page.match(/<details open/g)).toHaveLength(1);
  });

  it('numbers each mark where it ends, and marks nothing that is about the whole', () => {
    const { results } = hostileReport();
    const [first] = results.cases as [CaseResult];
    const violations = [violation(1, 4), violation(3, 6, 'B'), violation(0, 8, 'C')];
    const page = htmlReport({ results: { cases: [{ ...first, answer: 'abcdefgh\n', violations }], problems: [] } });
    const marks = [
      '<mark title="A" data-number="">bc</mark>',
      '<mark title="A, B" data-number="1">d</mark>',
      '<mark title="B" data-number="2">ef</mark>',
    ];
    expect(page).toContain(`<pre dir="auto">a${marks.join('')}gh\n</pre>`);
  });

  it('says what it is compared with', async () => {
    const folder = await evalProject({ 'a.yaml': suite({ bad: 'I guarantee it.' }) });
    await evaluate(folder, ['a.yaml', '--json', 'old.json']);
    await evaluate(folder, ['a.yaml', '--against', 'old.json', '--html', 'r.html']);
    const page = readFileSync(path.join(folder, 'r.html'), 'utf8');
    expect(page).toContain('<h1>The answer passed</h1>');
    expect(page).toContain('<dt>Compared with old.json</dt>');
    expect(page).toContain('>known error</span');
  });
});

describe('JUnit XML', () => {
  it('is well formed, whatever it holds', () => {
    const text = junitReport(hostileReport());
    expect(parsed(text)).toBe('testsuites 3 1 2\ntestsuite 3 1 2\nfailure A\nerror answer\nerror suite');
  });

  it('has a suite for each file, and what does not fail as output', async () => {
    const long = 'One two three four five six seven eight nine.';
    const folder = await evalProject({ 'a.yaml': suite({ bad: 'I guarantee it.', long }), 'b.yaml': suite({ none: undefined }) });
    await evaluate(folder, ['a.yaml', 'b.yaml', '--junit', 'r.xml']);
    const text = readFileSync(path.join(folder, 'r.xml'), 'utf8');
    expect(parsed(text)).toBe('testsuites 3 1 1\ntestsuite 2 1 0\nfailure FORBIDDEN_TOKENS\ntestsuite 1 0 1\nerror case');
    expect(text).toContain('<testcase classname="a.yaml" name="bad" file="a.yaml" line="3">');
    expect(text).toMatch(/<system-out>warn MAX_WORDS: /);
  });
});

/** One tag, with nothing in its attributes or behind it that XML would not have there. */
const TAG = /<(\/?)([a-z-]+)((?: [a-z]+="(?:[^<&"\n\t\r]|&(?:amp|lt|gt|quot|#\d+);)*")*)(\/?)>((?:[^<&]|&(?:amp|lt|gt|quot);)*)/y;

/** Reads what the report needs of XML, strictly, and says what is in it. */
function parsed(text: string): string {
  const prolog = '<?xml version="1.0" encoding="UTF-8"?>\n';
  expect(text.startsWith(prolog)).toBe(true);
  expect(text).not.toMatch(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]|\]\]>/u);
  expect(text.isWellFormed()).toBe(true);
  const found: string[] = [];
  const open: string[] = [];
  TAG.lastIndex = prolog.length;
  while (TAG.lastIndex < text.length) {
    const at = TAG.lastIndex;
    const match = TAG.exec(text);
    if (match === null) throw new Error(`No XML at ${JSON.stringify(text.slice(at, at + 60))}`);
    const [, isEnd, name, attributes, isEmpty] = match as unknown as [string, string, string, string, string];
    if (isEnd === '' && isEmpty === '') open.push(name);
    if (isEnd !== '' && open.pop() !== name) throw new Error(`</${name}> ends another element`);
    const values = Object.fromEntries([...attributes.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]));
    if (isEnd === '' && name.startsWith('testsuite')) found.push(`${name} ${values['tests']} ${values['failures']} ${values['errors']}`);
    if (isEnd === '' && (name === 'failure' || name === 'error')) found.push(`${name} ${values['type']}`);
  }
  expect(open).toEqual([]);
  return found.join('\n');
}

describe('JSON', () => {
  it('is the same for the same run, and is read again', async () => {
    const folder = await evalProject({ 'a.yaml': suite({ bad: 'I guarantee it.', none: undefined }) });
    await evaluate(folder, ['a.yaml', '--json', '1.json']);
    await evaluate(folder, ['a.yaml', '--json', '2.json']);
    const [one, two] = ['1.json', '2.json'].map((file) => readFileSync(path.join(folder, file), 'utf8'));
    expect(one).toBe(two);
    expect(JSON.parse(one!)).toMatchObject({
      format: 1,
      totals: { cases: 2, passed: 0, failed: 1, lacking: 1, violations: { error: 1, warn: 0, advise: 0 } },
      cases: [
        {
          suite: 'a.yaml',
          name: 'bad',
          line: 3,
          bundle: 'desk',
          semver: '1.0.0',
          verdict: 'failed',
          answer: 'I guarantee it.',
          violations: [
            { constraint: 'FORBIDDEN_TOKENS', severity: 'error', span: { start: 2, end: 11 }, actual: 'guarantee', limit: 'guarantee' },
          ],
        },
        { name: 'none', verdict: 'lacking', failure: { kind: 'case' } },
      ],
      problems: [],
    });
  });

  it('gives back what it was given', () => {
    const past = pastResults(resultsJson(hostileReport()));
    expect(past).toMatchObject([{ violations: [{ constraint: 'A' }, { constraint: 'B' }] }, { violations: [] }]);
  });
});

describe('stretchesOf', () => {
  it('cuts where violations begin and end', () => {
    const cut = stretchesOf('abcdefgh', [violation(1, 4), violation(3, 6), violation(6, 6), violation(7, 99)]);
    expect(cut.map(({ text, violations }) => [text, ...violations])).toEqual([['a'], ['bc', 0], ['d', 0, 1], ['ef', 1], ['g'], ['h', 3]]);
  });

  it('loses nothing and adds nothing, whatever the places', () => {
    const spans = fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 20 });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), spans, (text, places) => {
        const stretches = stretchesOf(
          text,
          places.map(([a, b]) => violation(a, b)),
        );
        expect(stretches.map((one) => one.text).join('')).toBe(text);
        expect(stretches.every((one) => one.text !== '')).toBe(true);
        let at = 0;
        for (const stretch of stretches) {
          const expected = places.flatMap(([a, b], i) => (a <= at && b > at && a < b ? [i] : []));
          expect(stretch.violations.length).toBe(Math.min(5, expected.length));
          for (const index of stretch.violations) expect(expected).toContain(index);
          at += stretch.text.length;
        }
      }),
    );
  });
});
