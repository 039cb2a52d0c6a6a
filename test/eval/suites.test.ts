/** Suite files: what is taken, and what is refused with its place while the rest goes on. */
import { describe, expect, it } from 'vitest';
import { readSuite } from '../../src/eval/suites/read-suite.js';

function read(file: string, text: string | Uint8Array) {
  const { cases, problems } = readSuite(file, typeof text === 'string' ? Buffer.from(text) : text);
  return {
    cases: cases.map(({ name, place }) => `${name}:${place.line}`),
    problems: problems.map(({ place, message }) => `${place.line}:${place.column} ${message}`),
    whole: cases,
  };
}

describe('a YAML suite', () => {
  it('is read, with the place of each case', () => {
    const text = `# why\nbundle: desk\nsemver: ^1.0.0\ncases:\n  - name: a\n    input: { task: x }\n    answer: |-\n      One.\n      Two.\n  - { name: b, example: ada }\n`;
    const { whole, problems } = read('s.yaml', text);
    expect(problems).toEqual([]);
    const shared = { bundle: 'desk', semver: '^1.0.0' };
    expect(whole).toEqual([
      { ...shared, name: 'a', input: { task: 'x' }, answer: 'One.\nTwo.', place: { file: 's.yaml', line: 5, column: 5 } },
      { ...shared, name: 'b', example: 'ada', place: { file: 's.yaml', line: 10, column: 5 } },
    ]);
  });

  it('takes the line ends of Windows', () => {
    expect(read('s.yml', 'bundle: desk\r\ncases:\r\n  - name: a\r\n    answer: x\r\n').whole[0]?.answer).toBe('x');
  });

  it.each([
    ['an answer that is a number', '- { name: b, answer: 42 }', '4:16 `answer` must be a text. Put it in quotes.'],
    ['a misspelt key, as one mistake', '- { nme: b }', '4:7 `nme` is not known here. Did you mean "name"?'],
    ['no name', '- { answer: b }', '4:5 `name` is required.'],
    ['an empty name', '- { name: "" }', '4:7 `name` is empty.'],
    ['a case that is no mapping', '- just text', '4:5 This must be an object.'],
    ['a payload that is a list', '- { name: b, input: [] }', '4:16 `input` must be an object.'],
    ['two payloads', '- { name: b, input: {}, example: c }', '4:5 "b" has an `input` and an `example`. Keep the one that is its payload.'],
    ['a name that is taken', '- { name: a }', '4:5 The name "a" is taken: line 3 has it. Give each case its own.'],
  ])('says what is wrong with %s, and keeps the rest', (_, line, problem) => {
    const { cases, problems } = read('s.yaml', `bundle: desk\ncases:\n  - { name: a }\n  ${line}\n  - { name: z }\n`);
    expect(problems).toEqual([problem]);
    expect(cases).toEqual(['a:3', 'z:5']);
  });

  it.each([
    ['no bundle', 'cases: [{ name: a }]\n', /^1:1 `bundle` is required\.$/],
    ['no cases', 'bundle: desk\n', /^1:1 `cases` is required\.$/],
    ['an empty list of cases', 'bundle: desk\ncases: []\n', /^2:1 `cases` is empty\.$/],
    ['nothing', '', /^1:1 This file is no suite: it has to begin with `bundle:` and `cases:`\.$/],
    ['a list', '- a\n', /^1:1 This file is no suite/],
    ['broken YAML', 'bundle: desk\ncases: [\n', /^\d+:\d+ The suite is not valid YAML: /],
    ['a key that is written twice', 'bundle: a\nbundle: b\n', /^2:1 The key "bundle" is written twice\. Keep one of them\.$/],
    ['an alias bomb', `a: &a [x]\nb: *a\n`, /YAML anchors \(&\) are not allowed here/],
    ['a tag', 'bundle: !!js/function x\n', /YAML tag/],
    ['a prototype', '__proto__: {}\n', /"__proto__" cannot be used as a key/],
    ['5,000 lists in each other', '['.repeat(5000), /nested deeper than 68 levels/],
    ['an odd payload', `bundle: a\ncases: [{ name: a, input: { constructor: 1 } }]\n`, /"constructor" cannot be used as a key/],
  ])('of %s is refused', (_, text, problem) => {
    const { cases, problems } = read('s.yaml', text);
    expect(cases).toEqual([]);
    expect(problems[0]).toMatch(problem);
  });
});

describe('a JSONL suite', () => {
  const line = (value: object): string => `${JSON.stringify({ bundle: 'desk', ...value })}\n`;

  it('is read, a case on each line', () => {
    const { cases, problems, whole } = read(
      's.jsonl',
      `${line({ name: 'a', answer: 'x' })}\n${line({ name: 'b', semver: '1.0.0', input: {} })}`,
    );
    expect({ cases, problems }).toEqual({ cases: ['a:1', 'b:3'], problems: [] });
    expect(whole[1]).toEqual({ bundle: 'desk', name: 'b', semver: '1.0.0', input: {}, place: { file: 's.jsonl', line: 3, column: 1 } });
  });

  it('goes on behind a line that is cut off, and tells its number', () => {
    const { cases, problems } = read(
      's.jsonl',
      `${line({ name: 'a' })}{"bundle":"desk","name":"b","answ\n${line({ name: 'c' })}{"bundle":"desk",`,
    );
    expect(cases).toEqual(['a:1', 'c:3']);
    expect(problems).toEqual([
      expect.stringMatching(/^2:29 This line is not JSON: .* It seems to be cut off\.$/),
      '4:18 This line is not JSON: expected a key in double quotes, found the end. It seems to be cut off.',
    ]);
  });

  it.each([
    ['a list', '[]', '2:1 Each line holds a case, such as {"bundle": "…", "name": "…", "answer": "…"}.'],
    ['null', 'null', '2:1 Each line holds a case, such as {"bundle": "…", "name": "…", "answer": "…"}.'],
    ['no bundle', '{"name":"b"}', '2:1 `bundle` is required.'],
    ['text behind the value', '{} x', '2:4 This line is not JSON: expected the end, found "x". It seems to be cut off.'],
    ['an answer of null', '{"bundle":"desk","name":"b","answer":null}', '2:1 `answer` must be a text. Put it in quotes.'],
    [
      'a prototype',
      '{"bundle":"desk","name":"b","__proto__":{}}',
      '2:1 `__proto__` is not known here. Known here: bundle, semver, name, input, example, answer.',
    ],
  ])('says what is wrong with %s, and keeps the rest', (_, text, problem) => {
    const { cases, problems } = read('s.jsonl', `${line({ name: 'a' })}${text}\n${line({ name: 'z' })}`);
    expect(problems).toEqual([problem]);
    expect(cases).toEqual(['a:1', 'z:3']);
  });

  it('is read in time linear in its lines', () => {
    const begin = performance.now();
    const { cases, problems } = read('s.jsonl', Array.from({ length: 50_000 }, (_, i) => line({ name: `${i}`, answer: 'x' })).join(''));
    expect([cases.length, problems.length]).toEqual([50_000, 0]);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});

describe('a file that is no text', () => {
  it.each([
    ['UTF-16', Buffer.from('bundle: a', 'utf16le'), /UTF-16/],
    ['a byte order mark', Buffer.from('\ufeffbundle: a'), /byte order mark/],
    ['invalid UTF-8', Buffer.from([0x61, 0xff]), /UTF-8/],
    ['a NUL', Buffer.from('bundle: \0'), /NUL/],
    ['nothing', Buffer.from('\n\n'), /^1:1 This suite has no cases\.$/],
  ])('%s is refused', (_, bytes, problem) => {
    const { cases, problems } = read('s.jsonl', bytes);
    expect(cases).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  it('is refused unread if it is too large', () => {
    expect(read('s.yaml', new Uint8Array(64 * 1024 * 1024 + 1)).problems).toEqual([
      '1:1 This suite is larger than 67108864 bytes. Divide it into several files.',
    ]);
  });
});
