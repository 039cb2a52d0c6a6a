/** `promptc eval` with recorded answers. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT as PUBLISHED } from '../support/published.js';
import { repository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';
import { evalProject, evaluate, PROJECT, resultsIn, RULES, suite } from './projects.js';

describe('recorded answers', () => {
  it('pass if they keep what their bundle demands', async () => {
    const folder = await evalProject({ 'evals/a.yaml': suite({ fine: 'All is well.' }), 'evals/b.yml': suite({ too: 'So it is.' }) });
    expect(await evaluate(folder, ['evals'])).toEqual({
      code: 0,
      out: 'evals/a.yaml\n  pass  fine  desk@1.0.0\nevals/b.yml\n  pass  too   desk@1.0.0\n',
      err: 'Checked 2 answers: 2 passed, 0 failed.\n',
    });
  });

  it('fail if they break it, and warnings do not', async () => {
    const long = 'One two three four five six seven eight nine.';
    const folder = await evalProject({ 'a.yaml': suite({ bad: 'I guarantee it.', long }) });
    const { code, out, err } = await evaluate(folder, ['a.yaml']);
    expect({ code, err }).toEqual({ code: 1, err: 'Checked 2 answers: 1 passed, 1 failed.\n' });
    expect(out.split('\n')).toEqual([
      'a.yaml',
      '  FAIL  bad   desk@1.0.0  1 error',
      '        error FORBIDDEN_TOKENS The answer holds "guarantee", which is forbidden.',
      '          I »guarantee« it.',
      '  pass  long  desk@1.0.0  1 warning',
      expect.stringMatching(/^ {8}warn MAX_WORDS .*9 words.*8/),
      '          …three four five six seven eight »nine.«',
      '',
    ]);
  });

  it('are told by their colours too, and neutralised', async () => {
    const folder = await evalProject({ 'a.yaml': suite({ bad: '\u{1b}[2J guarantee \u202e' }) });
    const { out } = await evaluate(folder, ['a.yaml'], { colour: true });
    expect(out).toContain('\u{1b}[31mFAIL\u{1b}[39m');
    expect(out).not.toContain('\u{1b}[2J');
    expect(out).toContain(String.raw`\u{1b}[2J `);
    expect(out).toContain(String.raw`\u{202e}`);
  });

  it('that are missing, and bundles, versions, examples and payloads that do not fit, cost the others nothing', async () => {
    const line = (value: object): string => `${JSON.stringify(value)}\n`;
    const asked = { bundle: 'desk', example: 'ada', answer: 'Fine.' };
    const folder = await evalProject({
      's.jsonl': [
        line({ ...asked, name: 'fine' }),
        line({ ...asked, name: 'unknown', bundle: 'dsek' }),
        line({ ...asked, name: 'version', semver: '^2.0.0' }),
        line({ ...asked, name: 'range', semver: 'newest' }),
        line({ ...asked, name: 'example', example: 'eve' }),
        line({ bundle: 'desk', name: 'payload', input: { inputs: { nam: 'Ada' } }, answer: 'Fine.' }),
        line({ bundle: 'desk', name: 'silent', example: 'ada' }),
        `{"bundle":"desk","name":"deep","answer":"Fine.","input":{"task":${'['.repeat(10_000)}${']'.repeat(10_000)}}}\n`,
        '{"bundle":"desk","na\n',
      ].join(''),
    });
    const { code, out, err } = await evaluate(folder, ['s.jsonl']);
    expect(code).toBe(1);
    expect(out).toContain('  pass  fine     desk@1.0.0\n');
    expect(out).toContain('s.jsonl:2 There is no bundle "dsek". Did you mean "desk"?\n');
    expect(out).toContain('s.jsonl:3 The bundle "desk" has no version ^2.0.0; it has 1.0.0.\n');
    expect(out).toContain('s.jsonl:4 "newest" is neither a version nor a range.\n');
    expect(out).toContain('s.jsonl:5 The bundle desk@1.0.0 has no example "eve"; it has ada.\n');
    expect(out).toContain('s.jsonl:6 The payload does not fit the bundle: `/inputs/name` is required; `/inputs/nam` is not known here.\n');
    expect(out).toContain('s.jsonl:7 It has no recorded `answer`. Add one, or have it answered now with --command or --endpoint.\n');
    expect(out).toContain('s.jsonl:8 The payload does not fit the bundle: `/task/0/');
    expect(err).toMatch(/^s\.jsonl:9:18: This line is not JSON: .* It seems to be cut off\.\n/);
    expect(err).toContain('Checked 8 answers: 1 passed, 0 failed, 7 could not be checked.\n1 mistake in suites, listed above.\n');
  });

  it('of 10 MB, of one endless sentence, of halves of characters and of 100,000 emoji are checked', async () => {
    const answers = {
      long: 'word '.repeat(2_000_000),
      endless: `${'so '.repeat(300_000)}.`,
      halves: '\ud800'.repeat(100_000),
      emoji: '😀'.repeat(100_000),
      forbidden: 'guarantee '.repeat(100_000),
    };
    const lines = Object.entries(answers).map(([name, answer]) => JSON.stringify({ bundle: 'desk', name, example: 'ada', answer }));
    const folder = await evalProject({ 's.jsonl': `${lines.join('\n')}\n` });
    const { code, out, err } = await evaluate(folder, ['s.jsonl', '--html', 'r.html', '--json', 'r.json', '--junit', 'r.xml']);
    expect(err).toBe('Checked 5 answers: 4 passed, 1 failed.\n');
    expect({ code, lines: out.split('\n').length }).toEqual({ code: 1, lines: expect.any(Number) as number });
    expect(out).toContain('… and 96 more; --json and --html write them all');
    expect(readFileSync(path.join(folder, 'r.html')).length).toBeLessThan(5 * 1024 * 1024);
  }, 60_000);
});

describe('the command', () => {
  it.each([
    [['nowhere'], 'There is no suite '],
    [['prompts'], 'holds no suites (.yaml, .yml, .jsonl).'],
    [['prompts/bundles/desk.md'], 'is no suite by its name: suites end in .yaml, .yml, .jsonl.'],
    [['a.yaml', '--root', 'nowhere'], 'There is no folder '],
    [['a.yaml', '--against', 'nowhere'], '"nowhere" is no file, and there is no revision to compare with. '],
    [['a.yaml', '--against', 'a.yaml'], 'a.yaml:1:1 is not JSON: '],
    [
      ['a.yaml', '--against', 'old.json'],
      'old.json holds no results of promptc eval: /cases/0/name is required. `promptc eval --json old.json` writes one.',
    ],
    [['a.yaml', '--json', 'a.yaml/r.json'], 'The report cannot be written to '],
    [['a.yaml', '--model', 'm'], '--model is for --endpoint, which is missing.'],
    [['a.yaml', '--key-env', 'KEY'], '--key-env is for --endpoint, which is missing.'],
    [['a.yaml', '--stream'], '--stream is for --endpoint, which is missing.'],
    [['a.yaml', '--endpoint', 'http://127.0.0.1:1/v1'], 'Name the model that the endpoint is to use, with --model.'],
    [['a.yaml', '--endpoint', 'http://api.example.com/v1'], 'It is not encrypted, so that anybody on the way could read the key'],
    [['a.yaml', '--endpoint', 'https://user:pass@api.example.com'], 'The address holds a user name or a password.'],
    [['a.yaml', '--endpoint', 'file:///etc'], 'It is no address of a web server.'],
    [['a.yaml', '--endpoint', 'api'], 'That is no address.'],
    [
      ['a.yaml', '--endpoint', 'http://127.0.0.1:1', '--model', 'm', '--key-env', 'NONE'],
      'NONE, which --key-env names, is empty or not set.',
    ],
    [['a.yaml', '--endpoint', 'http://127.0.0.1:1', '--model', 'm', '--key-env', 'ODD'], 'holds is no key'],
    [['a.yaml', '--endpoint', 'http://127.0.0.1:1', '--command', 'x'], 'cannot be used with option'],
    [['a.yaml', '--concurrency', '0'], 'It is a whole number from 1 to 64.'],
    [['a.yaml', '--timeout', '1e3'], 'It is a whole number from 1 to 3600.'],
    [[], "missing required argument 'suite'"],
  ])('refuses %j', async (args, message) => {
    const old = { format: 1, cases: [{ suite: 'a.yaml', violations: [] }] };
    const folder = await evalProject({ 'a.yaml': suite({ fine: 'Fine.' }), 'old.json': JSON.stringify(old) });
    const { code, err } = await evaluate(folder, args, { env: { ODD: 'a secret' } });
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toContain('a secret');
    expect(err).not.toContain('user:pass');
  });

  it('says what does not compile', async () => {
    const folder = await evalProject({ 'a.yaml': suite({ fine: 'Fine.' }), [RULES]: '---\nid: rules\n---\nx\n' });
    const { code, err } = await evaluate(folder, ['a.yaml']);
    expect(code).toBe(1);
    expect(err).toContain('check/missing-key');
  });

  it('finds suites from where it runs, and calls them from there', async () => {
    const folder = await evalProject({ 'evals/deep/a.yaml': suite({ bad: 'guarantee' }, 'dsek') });
    const { out } = await evaluate(path.join(folder, 'evals'), ['.', '--root', '..', '--json', 'r.json']);
    expect(out).toMatch(/^\.\.\/evals\/deep\/a\.yaml\n/);
    expect(resultsIn(folder, 'evals/r.json').cases[0].suite).toBe('evals/deep/a.yaml');
  });

  it('has help that shows how it is used', async () => {
    const { code, out } = await runCommand('.', ['eval', '--help']);
    expect(code).toBe(0);
    for (const option of ['--against', '--command', '--endpoint', '--key-env', '--junit']) expect(out).toContain(option);
    expect(out).toContain('$ promptc eval evals/ --against origin/main');
  });
});

describe('--against', () => {
  const BEFORE = suite({ old: 'I guarantee it.', fine: 'Fine.' });

  it('results: fails on new violations only', async () => {
    const folder = await evalProject({ 'a.yaml': BEFORE });
    expect((await evaluate(folder, ['a.yaml', '--json', 'old.json'])).code).toBe(1);
    const same = await evaluate(folder, ['a.yaml', '--against', 'old.json']);
    expect(same.code).toBe(0);
    expect(same.out).toContain('known error FORBIDDEN_TOKENS');
    expect(same.err).toContain('Compared with old.json: 0 new violations, 0 gone.\n');
    const worse = await evalProject({ 'a.yaml': suite({ old: 'I guarantee it.', fine: 'A guarantee.' }) });
    const { code, out } = await evaluate(worse, ['a.yaml', '--against', path.join(folder, 'old.json'), '--json', 'new.json']);
    expect(code).toBe(1);
    expect(out).toContain('new error FORBIDDEN_TOKENS');
    const { new_violations: count, cases } = resultsIn(worse, 'new.json');
    expect(count).toBe(1);
    expect(cases.map((one: any) => [one.name, one.verdict, one.violations[0].is_new])).toEqual([
      ['old', 'passed', false],
      ['fine', 'failed', true],
    ]);
  });

  it('results that are nested 100,000 deep, which no run has written', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const violation = `{"constraint":"FORBIDDEN_TOKENS","severity":"error","actual":${deep}}`;
    const old = `{"format":1,"cases":[{"suite":"a.yaml","name":"old","violations":[${violation}]}]}`;
    const folder = await evalProject({ 'a.yaml': BEFORE, 'old.json': old });
    expect(await evaluate(folder, ['a.yaml', '--against', 'old.json'])).toMatchObject({ code: 0 });
  });

  it('a revision: compiles its prompts, and runs its suites', async () => {
    const made = await repository({ ...PROJECT, 'evals/a.yaml': BEFORE });
    const same = await evaluate(made.folder, ['evals', '--against', 'HEAD']);
    expect(same).toMatchObject({ code: 0, err: expect.stringContaining('Compared with HEAD: 0 new violations, 0 gone.') as string });
    // A stricter prompt makes a recorded answer break it.
    made.write({ [RULES]: (PROJECT[RULES] as string).replace('[guarantee]', '[fine, guarantee]') });
    const stricter = await evaluate(made.folder, ['evals', '--against', 'HEAD']);
    expect(stricter).toMatchObject({ code: 1, err: expect.stringContaining('1 new violation, 0 gone') as string });
    // An answer that was recorded anew is held to the one before it.
    made.write({ [RULES]: PROJECT[RULES]!, 'evals/a.yaml': suite({ old: 'It is so.', fine: 'A guarantee.' }) });
    const anew = await evaluate(made.folder, ['evals', '--against', 'HEAD']);
    expect(anew).toMatchObject({ code: 1, err: expect.stringContaining('1 new violation, 1 gone') as string });
    // All that a new case breaks is new.
    made.write({ 'evals/a.yaml': BEFORE, 'evals/b.yaml': suite({ more: 'A guarantee.' }) });
    const more = await evaluate(made.folder, ['evals', '--against', 'HEAD']);
    expect(more).toMatchObject({
      code: 1,
      err: expect.stringContaining('1 new violation, 0 gone, 1 case that it does not have') as string,
    });
  });

  it('a revision that had no prompts yet: everything is new', async () => {
    const made = await repository({ 'README.md': 'x\n' });
    made.write({ ...PROJECT, 'a.yaml': BEFORE });
    const { code, err } = await evaluate(made.folder, ['a.yaml', '--against', 'main']);
    expect(code).toBe(1);
    expect(err).toContain('Compared with main: 1 new violation, 0 gone, 2 cases that it does not have.\n');
  });

  it('a revision whose suites this clone has not fetched', async () => {
    const origin = await repository({ ...PROJECT, 'a.yaml': BEFORE });
    origin.git('config', 'uploadpack.allowFilter', 'true');
    origin.commit({ 'a.yaml': suite({ old: 'Fine.' }) });
    const { folder } = await origin.clone('--filter=blob:none');
    const { code, err } = await evaluate(folder, ['a.yaml', '--against', 'HEAD^']);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^error: This clone does not hold a\.yaml of the commit [0-9a-f]{40}, .* Run `git fetch --refetch --no-filter origin`\.\n$/,
    );
  });

  it('a revision, for a suite that lies outside of the repository: it is taken as it is', async () => {
    const made = await repository(PROJECT);
    const outside = await evalProject({ 'a.yaml': BEFORE });
    const { code, err } = await evaluate(made.folder, [path.join(outside, 'a.yaml'), '--against', 'HEAD']);
    expect({ code, err }).toEqual({
      code: 0,
      err: 'Checked 2 answers: 2 passed, 0 failed.\nCompared with HEAD: 0 new violations, 0 gone.\n',
    });
  });

  it('a revision, from a project that is a folder of its repository', async () => {
    const files = Object.fromEntries(
      Object.entries({ ...PROJECT, 'evals/a.yaml': BEFORE }).map(([name, text]) => [`services/desk/${name}`, text]),
    );
    const made = await repository(files);
    const { code, err } = await evaluate(made.folder, ['services/desk/evals', '--root', 'services/desk', '--against', 'HEAD']);
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('0 new violations, 0 gone.\n') as string });
  });

  it('a revision that there is not', async () => {
    const made = await repository({ ...PUBLISHED, ...PROJECT, 'a.yaml': BEFORE });
    const { code, err } = await evaluate(made.folder, ['a.yaml', '--against', '--output=x']);
    expect({ code, err }).toEqual({
      code: 2,
      err: 'error: "--output=x" is no file, and no revision that this clone has. `git fetch --all --tags` may bring it.\n',
    });
  });
});
