/** Patterns: what they match, held against V8 where both can, and what is refused because it could be slow. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, PatternError } from '../../src/format/pattern.js';

/**
 * V8's answer, for a search that begins at characters only: with the flag `u`, V8 also finds what matches
 * nothing, such as `\B`, between the two halves of a surrogate pair, where ECMA-262 has no place.
 */
function native(source: string): RegExp {
  return new RegExp(`^[^]*?(?:${source})`, 'u');
}

function refusal(source: string): PatternError {
  try {
    compilePattern(source);
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
  throw new Error(`${source} is not refused`);
}

/** Every character that a text can hold, save for the planes of private use. */
const CHARACTERS = Array.from({ length: 0x30000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));

describe('a pattern matches what ECMA-262 says', () => {
  it.each([
    '.',
    '\\s',
    '\\S',
    '[\\s]',
    '[^\\s]',
    '[\\S]',
    '[^\\S]',
    '[\\s\\d]',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '[^]',
    '[]',
    '[^a]',
    '\\b.',
    '.\\B',
  ])('%s, of every character', (source) => {
    const [pattern, oracle] = [compilePattern(source), native(source)];
    expect(CHARACTERS.filter((character) => pattern.test(character) !== oracle.test(character))).toEqual([]);
  });

  it.each<[string, string[], string[]]>([
    // What RE2 writes in the same way and means otherwise.
    ['^.$', ['a', '\u0085', '😀'], ['\n', '\r', '\u2028', '\u2029', '']],
    ['^\\s$', ['\v', '\u00a0', '\u2003', '\u2028', '\ufeff'], ['\u200b', '\u180e', '\u0085']],
    ['^[[:alpha:]$', ['[', ':', 'a', 'l', 'p', 'h'], ['b', ']', '']],
    ['^[a-c[-^]$', ['b', '[', '\\', ']', '^'], ['-', '_']],
    ['^a{01,02}$', ['a', 'aa'], ['', 'aaa', 'a{01,02}']],
    // What RE2 writes in another way.
    ['^\\u0041\\x42\\u{43}\\cJ\\0$', ['ABC\n\0'], ['ABCJ0']],
    ['^\\u{0001F600}\\ud83d\\ude01\\uD83D\\uDE02$', ['😀😁😂'], ['😀😁']],
    ['^[\\ud83d\\ude00-\\u{1F602}]$', ['😁'], ['😃', '\u{1f5ff}']],
    ['^\\\\ud83d\\x64$', ['\\ud83dd'], ['😀']],
    ['^[\\b]$', ['\b'], ['b', '']],
    ['[]', [], ['', 'a', ']']],
    ['^[^]$', ['\n', '😀'], ['', 'ab']],
    ['^\\p{Script=Greek}\\P{sc=Greek}$', ['αa'], ['aα', 'αα']],
    ['^[\\p{gc=Nd}\\p{General_Category=Lu}_]$', ['1', '٣', 'É', '_'], ['é', '-']],
    // What both mean alike, though other dialects do not.
    ['a$', ['a', 'ba'], ['a\n', 'a\nb']],
    ['^a', ['a', 'ab'], ['\na']],
    ['b', ['b', 'abc', '\nb\n'], ['', 'a']],
    ['', ['', 'a'], []],
    ['^(?:|a|b)$', ['', 'a', 'b'], ['ab']],
    ['\\bé\\b', [], ['é', ' é ', '-é-']],
    ['K|ſ', ['K', 'ſ'], ['k', 's', '\u212a']],
    ['^(?<year>\\d{4})-(?<month>\\d\\d)$', ['2024-12'], ['2024-1', '٢٠٢٤-١٢']],
    ['^/{2}[/\\-]\\/$', ['//-/', '////'], ['//']],
    ['^(?:a|ab)(?:c|bcd)(?:d*)$', ['abcd', 'acd'], ['abd']],
    ['^(?:a*)*b$', ['b', 'aab'], ['a']],
  ])('%s', (source, matching, others) => {
    const [pattern, oracle] = [compilePattern(source), native(source)];
    expect([...matching, ...others].filter((text) => pattern.test(text))).toEqual(matching);
    expect([...matching, ...others].filter((text) => oracle.test(text))).toEqual(matching);
  });

  it('generated ones, on generated texts', () => {
    const property = fc.property(patterns(), fc.array(texts(), { minLength: 1, maxLength: 10 }), (source, some) => {
      // What is put together at random is not always an expression; then it is none for both.
      const [pattern, oracle] = [attempt(() => compilePattern(source)), attempt(() => native(source))];
      for (const text of some) expect(pattern?.test(text), `${source} on ${JSON.stringify(text)}`).toBe(oracle?.test(text));
    });
    fc.assert(property, { numRuns: 2000 });
  });
});

describe('a pattern is refused', () => {
  it.each<[string, string, string]>([
    ['(', 'is not a regular expression: unterminated group', 'backslash'],
    ['^a\\-b$', 'is not a regular expression: invalid escape', 'no others, such as - or _'],
    ['\\A', 'is not a regular expression: invalid escape', 'backslash'],
    ['a: {', 'is not a regular expression: incomplete quantifier', 'backslash'],
    ['^(?=.*\\d)', 'looks ahead or behind with "(?=", which is not available', 'allOf: [{ pattern: … }'],
    ['^(?!x)', 'looks ahead or behind with "(?!", which is not available', 'not: { pattern: … }'],
    ['(?<=a)b', 'looks ahead or behind with "(?<=", which is not available', 'allOf'],
    ['(?<!a)b', 'looks ahead or behind with "(?<!", which is not available', 'allOf'],
    ['(["\']).*\\1', 'refers back to a group with "\\1", which is not available', 'Write out what may stand there'],
    ['(?<q>a)\\k<q>', 'refers back to a group with "\\k<q>", which is not available', 'Write out what may stand there'],
    ['\\p{Alphabetic}', 'asks for characters with "\\p{Alphabetic}", which is not available', '\\p{Script=Greek}'],
    ['[a\\P{Letter}]', 'asks for characters with "\\P{Letter}", which is not available', '\\p{L}'],
    ['\\p{scx=Greek}', 'asks for characters with "\\p{scx=Greek}", which is not available', '\\p{Script=Greek}'],
    ['\\p{Script=Grek}', 'cannot be matched: invalid character class range (\\p{Grek})', 'docs/frontmatter.md'],
    ['(?<é>a)', 'cannot be matched: invalid named capture ((?<é>)', 'docs/frontmatter.md'],
  ])('%s', (source, message, hint) => {
    const error = refusal(source);
    expect(error.message).toBe(message);
    expect(error.hint).toContain(hint);
  });

  it.each(['(?i:a)', '(?-i:a)', '(?i-s:a)', '(?<a>x)|(?<a>y)'])('also by a V8 that has it: %s', (source) => {
    expect(refusal(source).message).toMatch(/^(?:sets flags|cannot be matched|is not a regular expression)/);
  });

  it.each([
    ['repetitions within repetitions', '((a{1,100}){1,100}){1,100}'],
    ['repetitions one after the other', 'a{0,600}b{0,600}'],
    ['more repetitions than RE2 counts', 'a{1001}'],
    ['a number without end', `a{${'9'.repeat(400)}}`],
    ['a number without end at least', '(?:a{99999999999}){99999999999,}'],
    ['nothing, over and over', `(?:${'^$'.repeat(10)}){100}`],
    ['many alternatives', Array.from({ length: 300 }, (_, i) => `word${i}`).join('|')],
    ['many groups', `${'('.repeat(600)}${')'.repeat(600)}`],
    ['a large class', `[${Array.from({ length: 1000 }, (_, i) => String.fromCodePoint(0x3000 + 2 * i)).join('')}]`],
    ['a mebibyte', 'a?'.repeat(524_288)],
  ])('that is too large: %s', (_name, source) => {
    const start = performance.now();
    const error = refusal(source);
    expect(performance.now() - start).toBeLessThan(50);
    expect(error.message).toBe('has more than 1000 characters, its repetitions written out');
    expect(error.hint).toContain('maxLength');
  });

  it.each([
    ['repetitions', '^.{1,990}$'],
    ['a thousand of them', 'a{1000}'],
    ['repetitions within repetitions', '(?:[ab]{9}){90}'],
    ['what is repeated no or any number of times', '(?:a{0}b{2,}){90}'],
    ['many groups', `${'(?:'.repeat(190)}a${')*'.repeat(190)}`],
  ])('for nothing else: %s', (_name, source) => {
    expect(compilePattern(source).toString()).toBe(source);
  });
});

describe('a text is answered in linear time', () => {
  // Each of these takes a backtracking engine longer than anybody waits.
  it.each([
    ['^(a|a)*$', 'a'],
    ['^(a+)+$', 'a'],
    ['^(?:a|a?)+$', 'a'],
    ['^([a-z]+ ?)*$', 'a'],
    ['^(.*?,){15}[PQ]', ','],
    ['(?:a?){200}[xy]', 'a'],
    ['\\b(?:\\w+\\s?)+[!?]$', 'a'],
    ['^(?:[^\\s]+\\s*)+[.?]$', 'a'],
  ])('%s', (source, unit) => {
    const pattern = compilePattern(source);
    const text = `${unit.repeat(100_000)}\u0001`;
    const times: number[] = [];
    for (let run = 0; run < 3; run++) {
      const start = performance.now();
      expect(pattern.test(text)).toBe(false);
      times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeLessThan(50);
  });
});

function attempt<Result>(make: () => Result): Result | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof PatternError) return undefined;
    throw error;
  }
}

const LITERALS = ['a', 'b', 'A', '0', '_', ' ', '-', ',', '/', ':', 'é', '😀', '😁', '\n', '\u2028', '"', '&', '~', '=', '!', '<', '>'];

const ESCAPES = [
  '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\n', '\\r', '\\t', '\\v', '\\f', '\\0', '\\cM', '\\x41', '\\u0041', '\\u{1F600}',
  '\\ud83d\\ude00', '\\u2028', '\\.', '\\/', '\\[', '\\]', '\\{', '\\^', '\\$', '\\\\', '\\|', '\\p{L}', '\\P{L}', '\\p{Lu}', '\\p{gc=Nd}',
  '\\p{Script=Latin}', '\\P{sc=Greek}', '\\p{LC}',
]; // prettier-ignore

/** What is special within a class, or looks as if it were. */
const IN_CLASSES = [
  '\\b', '\\-', '[', '.', '*', '(', ')', '?', '+', '|', '$', '{', '}', '^', '[:', '[:alpha:', 'a-b', '0-9', '!--', '+-.', '[-^', '(?:', '(?=',
  '\\u{1F600}-\\u{1F64F}', '\\ud83d\\ude00-\\ud83d\\ude05', '\\0-\\x41',
]; // prettier-ignore

const QUANTIFIERS = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{0}', '{1,}', '{0,2}', '{01,02}', '{2,3}?', '{00}', '{002,}'];

function patterns(): fc.Arbitrary<string> {
  const inClass = fc.oneof(fc.constantFrom(...LITERALS), fc.constantFrom(...ESCAPES), fc.constantFrom(...IN_CLASSES));
  const characters = fc
    .tuple(fc.constantFrom('', '^'), fc.array(inClass, { maxLength: 4 }))
    .map(([negation, parts]) => `[${negation}${parts.join('')}]`);
  const { pattern } = fc.letrec<{ pattern: string; alternative: string; term: string; atom: string }>((tie) => ({
    pattern: fc.array(tie('alternative'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
    alternative: fc.array(tie('term'), { maxLength: 4 }).map((parts) => parts.join('')),
    term: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('^', '$', '\\b', '\\B'),
      fc.tuple(tie('atom'), fc.constantFrom(...QUANTIFIERS)).map((parts) => parts.join('')),
    ),
    atom: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(...LITERALS),
      fc.constantFrom(...ESCAPES),
      characters,
      fc.constant('.'),
      fc.tuple(fc.constantFrom('(', '(?:'), tie('pattern')).map(([open, inner]) => `${open}${inner})`),
    ),
  }));
  return pattern;
}

function texts(): fc.Arbitrary<string> {
  const others = [
    '9',
    '\r',
    '\v',
    '\u0085',
    '\u00a0',
    '\ufeff',
    '\u180e',
    '\0',
    '\b',
    'ß',
    'ſ',
    '\u212a',
    'α',
    '.',
    '[',
    ']',
    '^',
    '$',
    '\\',
    '|',
    '{',
  ];
  return fc.array(fc.constantFrom(...LITERALS, ...others), { maxLength: 8 }).map((parts) => parts.join(''));
}
