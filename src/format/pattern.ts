/**
 * The patterns of JSON Schema (`pattern`, `patternProperties`), matched in time linear in the text.
 *
 * In: a regular expression of ECMA-262 with the flag `u`. Out: a test of texts, or an error in words for its
 * author. What always holds: a pattern matches what ECMA-262 says that it matches, and no text takes more than its
 * share of time. RE2 does the matching: what it writes in another way is translated, what it does not have is refused.
 */
import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

/** A regular expression, found anywhere in a text. */
export interface Pattern {
  test(text: string): boolean;
  /** Where it is found first: the leftmost place, in UTF-16 code units. */
  find(text: string): { readonly start: number; readonly end: number } | undefined;
  /** As it was written. */
  toString(): string;
}

/** A pattern that cannot be matched. The message is the end of a sentence that begins with the pattern. */
export class PatternError extends Error {
  override readonly name = 'PatternError';

  constructor(
    message: string,
    /** What to write instead. */
    readonly hint: string,
  ) {
    super(message);
  }
}

/** How many characters a pattern may have, its counted repetitions written out. Its memory and time grow with them. */
const MAX_LENGTH = 1000;

/** Loads re2js when it is needed: that takes some 12 ms, and few schemas have a pattern. */
const requirePackage = createRequire(import.meta.url);

/**
 * @param source - a regular expression of ECMA-262 with the flag `u`
 * @throws PatternError
 */
export function compilePattern(source: string): Pattern {
  if (source.length > MAX_LENGTH) throw tooLong();
  checkSyntax(source);
  const tokens = source.match(TOKEN) ?? [];
  if (lengthWrittenOut(tokens) > MAX_LENGTH) throw tooLong();
  const translated = tokens.map(translate).join('');
  // `test` looks for the pattern anywhere; saying so here changes nothing but the engine that re2js chooses for
  // what begins with ^: its DFA, which takes a fifth of the other's time for a long text.
  const compiled = compileRe2(`(?s:.*?)(?:${translated})`);
  return { test: (text) => compiled.test(text), find: (text) => find(compileRe2(translated), text), toString: () => source };
}

/**
 * The option `code.regExp` of ajv. Two patterns that print alike are one to ajv; `code` would stand for this function in
 * a program that ajv prints, which is never done here.
 */
export const patternEngine = Object.assign((source: string): Pattern => compilePattern(source), { code: 'compilePattern' });

/** What V8 takes is ECMA-262's syntax; the expression is parsed and never run. */
function checkSyntax(source: string): void {
  try {
    new RegExp(source, 'u');
  } catch (error) {
    const reason = (error as SyntaxError).message.split(': ').at(-1)!;
    throw new PatternError(
      `is not a regular expression: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`,
      'A backslash stands before signs that mean something in patterns, as in \\. or \\(, and before no others, such as - or _.',
    );
  }
}

function compileRe2(translated: string): RE2JS {
  const { RE2JS: Re2, RE2JSSyntaxException } = requirePackage('re2js') as typeof import('re2js');
  try {
    return Re2.compile(translated);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    throw new PatternError(
      `cannot be matched: ${error.getDescription()} (${error.getPattern()})`,
      'docs/frontmatter.md says what a pattern can hold.',
    );
  }
}

function find(compiled: RE2JS, text: string): { start: number; end: number } | undefined {
  const matcher = compiled.matcher(text);
  return matcher.find() ? { start: matcher.start(), end: matcher.end() } : undefined;
}

const ESCAPE = /\\(?:u\{[^}]+\}|u[Dd][89ABab]..\\u[Dd][C-Fc-f]..|u.{4}|x..|c.|[Pp]\{[^}]+\}|k<[^>]+>|.)/;
const CLASS = /\[(?:\\.|[^\\\]])*\]/;
const GROUP = /\((?:\?(?:<?[!=]|<[^>]+>|[^:]*:))?/;
const REPEAT = /\{\d+(?:,\d*)?\}/;

/** The parts of an expression whose syntax is right. */
const TOKEN = new RegExp([ESCAPE, CLASS, GROUP, REPEAT, /./].map(({ source }) => source).join('|'), 'gsu');
const CLASS_TOKEN = new RegExp([ESCAPE, /./].map(({ source }) => source).join('|'), 'gsu');

/** What `\s` is in ECMA-262, and what it is not; to RE2 it is but a few of these. */
const SPACE = String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;
const NO_SPACE = [
  String.raw`\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}`,
  String.raw`\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`,
].join('');

/** What `.` does not match in ECMA-262; in RE2 it is `\n` alone. */
const LINE_ENDS = String.raw`\n\r\x{2028}\x{2029}`;

/** A token of ECMA-262 → what means the same to RE2. */
function translate(token: string): string {
  switch (token[0]) {
    case '\\':
      return translateEscape(token, false);
    case '[':
      return translateClass(token);
    case '(':
      return translateGroup(token);
    case '{':
      // To RE2, what begins with a zero counts nothing.
      return token.replaceAll(/\b0+(?=\d)/g, '');
    case '.':
      return `[^${LINE_ENDS}]`;
    default:
      return token;
  }
}

function translateEscape(token: string, inClass: boolean): string {
  switch (token[1]) {
    case 'u':
    case 'c':
    case '0':
      return `\\x{${codePoint(token).toString(16)}}`;
    case 's':
      return inClass ? SPACE : `[${SPACE}]`;
    case 'S':
      return inClass ? NO_SPACE : `[${NO_SPACE}]`;
    case 'b':
      return inClass ? '\\x{8}' : token;
    case 'p':
    case 'P':
      return translateProperty(token);
    default:
      if (!/[1-9k]/.test(token[1]!)) return token;
      throw new PatternError(
        `refers back to a group with "${token}", which is not available`,
        'Write out what may stand there, as in (?:"[^"]*"|\'[^\']*\').',
      );
  }
}

function codePoint(escape: string): number {
  if (escape === '\\0') return 0;
  if (escape.startsWith('\\c')) return escape.charCodeAt(2) % 32;
  if (escape.startsWith('\\u{')) return Number.parseInt(escape.slice(3), 16);
  // Two halves of a surrogate pair are one character.
  const units = escape.split('\\u').slice(1);
  return String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16))).codePointAt(0)!;
}

function translateProperty(token: string): string {
  const name =
    /^\\.\{(?:(?:General_Category|gc)=)?(?<category>LC|[A-Z][a-z]?)\}$/.exec(token)?.groups!['category'] ??
    /^\\.\{(?:Script|sc)=(?<script>.+)\}$/.exec(token)?.groups!['script'];
  if (name !== undefined) return `${token.slice(0, 2)}{${name}}`;
  throw new PatternError(
    `asks for characters with "${token}", which is not available`,
    'Name a category by its short name, such as \\p{L} or \\p{Lu}, or a script, such as \\p{Script=Greek}.',
  );
}

function translateClass(token: string): string {
  if (token === '[]') return '[^\\x{0}-\\x{10ffff}]';
  if (token === '[^]') return '[\\x{0}-\\x{10ffff}]';
  const inner = token.slice(1, -1).replaceAll(CLASS_TOKEN, (part) => {
    if (part.startsWith('\\')) return translateEscape(part, true);
    // To RE2, [: begins the name of a class.
    return part === '[' ? '\\[' : part;
  });
  return `[${inner}]`;
}

function translateGroup(token: string): string {
  if (/[!=]$/.test(token)) {
    throw new PatternError(
      `looks ahead or behind with "${token}", which is not available`,
      'Say it in several patterns: allOf: [{ pattern: … }, { pattern: … }] for all of them, not: { pattern: … } for what must not be found.',
    );
  }
  if (token.endsWith(':') && token !== '(?:') {
    throw new PatternError(`sets flags with "${token}", which is not available`, 'Write out both cases, as in [Aa].');
  }
  return token;
}

/** The number of tokens once counted repetitions are written out: what RE2's programs grow with. */
function lengthWrittenOut(tokens: readonly string[]): number {
  // One length for each group that is open, and the last for what is in no group.
  const lengths = [0];
  let last = 0;
  for (const token of tokens) {
    const times = /^\{(\d+),?(\d*)\}$/.exec(token);
    if (times !== null) lengths[0]! += last * (Math.max(1, Number(times[2] || times[1])) - 1);
    else if (token.startsWith('(')) lengths.unshift(1);
    else {
      last = token === ')' ? lengths.shift()! + 1 : 1;
      lengths[0]! += last;
    }
  }
  return lengths[0]!;
}

function tooLong(): PatternError {
  return new PatternError(
    `has more than ${MAX_LENGTH} characters, its repetitions written out`,
    'Say with minLength and maxLength, beside the pattern, how long a text may be; to choose from a list of texts, use enum.',
  );
}
