/**
 * The inside of a tag → expressions.
 *
 * In: the characters between the sigil and the closing braces. Out: a path, a literal or a call, with
 * places. What always holds: nothing is guessed; the first thing that does not fit is reported, and the tag
 * then stands for nothing.
 */
import type { Diagnostics } from '../../../base/diagnostic.js';
import type { SourceText } from '../../../base/span.js';
import { HELPER_NAMES, type HelperName } from '../../../format/operation.js';
import type { BlockParameter, Expression, Key, LoopVariable, Parameter, PathExpression } from './ast.js';
import { blockArgumentHint, helperHint, signHint, startHint } from './habits.js';
import type { TagToken } from './tokens.js';

const MAX_DEPTH = 64;
const LOOP_VARIABLES: ReadonlySet<string> = new Set(['index', 'key', 'first', 'last']);
const LITERALS: ReadonlyMap<string, null | boolean> = new Map<string, null | boolean>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Names that an input or a block parameter cannot have: the language uses them. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...HELPER_NAMES,
  ...LITERALS.keys(),
  'undefined',
  'this',
  'constraints',
  'else',
  'as',
]);

/** What a key outside of brackets is made of. */
const KEY = /[^\s!"#%&'()*+,./;<=>@[\\\]^`{|}~]+/y;
const NUMBER = /-?[0-9]+(?:\.[0-9]+)?(?=[\s)=|}~]|$)/y;

const HELPERS: ReadonlySet<string> = new Set(HELPER_NAMES);

function isHelper(name: string): name is HelperName {
  return HELPERS.has(name);
}

/** Most is ASCII, and known without a pattern. */
function isSpace(unit: number): boolean {
  return unit < 0x80 ? unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) : /\s/.test(String.fromCharCode(unit));
}

/** Thrown to leave a tag at its first error, which is reported already; never leaves this folder. */
export class TagError extends Error {}

/** Reads one tag's content from left to right. */
export class ExpressionReader {
  #at = 0;

  constructor(
    readonly tag: TagToken,
    readonly source: SourceText,
    readonly diagnostics: Diagnostics,
  ) {}

  get content(): string {
    return this.tag.content;
  }

  get atEnd(): boolean {
    this.skipSpace();
    return this.#at >= this.content.length;
  }

  /** The next word if it is one of letters, without taking it. */
  peekWord(): string {
    this.skipSpace();
    KEY.lastIndex = this.#at;
    return KEY.exec(this.content)?.[0] ?? '';
  }

  takeWord(): string {
    const word = this.peekWord();
    this.#at += word.length;
    return word;
  }

  /** A partial's name: everything up to white space, without quotes. */
  takePartialName(): string {
    this.skipSpace();
    const match = /^[^\s"'()=|]+/.exec(this.content.slice(this.#at));
    if (match === null)
      this.fail('A partial is named after the `>`.', 'Write `{{> folder/name}}`: a plain name, without quotes or parentheses.');
    this.#at += match[0].length;
    return match[0];
  }

  /** A whole expression of a tag or a block: `path`, `literal`, `(call)`, or a call without parentheses. */
  takeTagExpression(): Expression {
    this.skipSpace();
    const start = this.#at;
    const word = this.peekWord();
    // `length.x`, `this.length` and the like are paths; only the bare word is the helper.
    const next = this.content[start + word.length] ?? '';
    if (isHelper(word) && next !== '.') {
      this.#at += word.length;
      return this.#call(word, start, 0);
    }
    const expression = this.#expression(0);
    if (this.#atArgument() && expression.type === 'path') this.#failUnknownHelper(expression);
    return expression;
  }

  /** The argument of a block: one expression; a helper needs its parentheses here. */
  takeBlockArgument(block: string): Expression {
    if (this.atEnd || this.peekWord() === 'as') {
      this.fail(`\`{{#${block}}}\` needs something to look at.`, `Write \`{{#${block} name}}\`.`);
    }
    const start = this.#at;
    if (this.content[start] === '!') this.fail('`!` cannot stand here.', blockArgumentHint(block, this.content.slice(start).trim()));
    const expression = this.#expression(0);
    if (this.#atArgument()) {
      const rest = this.content
        .slice(start)
        .replace(/\sas\s*\|.*$/s, '')
        .trim();
      this.fail(`\`{{#${block}}}\` takes one value.`, blockArgumentHint(block, rest));
    }
    return expression;
  }

  /** `key=value` pairs up to the end. */
  takeParameters(): Parameter[] {
    const parameters = new Map<string, Parameter>();
    while (!this.atEnd) {
      const start = this.#at;
      const name = this.takeWord();
      if (name === '' || this.content[this.#at] !== '=') {
        this.#at = start;
        this.fail(
          'A partial takes parameters of the form `name=value`, and this is none.',
          'Write `{{> list items=tickets title="Open"}}`.',
        );
      }
      this.#parameter(name, start, parameters, 0);
    }
    return [...parameters.values()];
  }

  /** `as |item key|`, at most `most` names. */
  takeBlockParameters(block: string, most: number): BlockParameter[] {
    if (this.atEnd) return [];
    const example = most === 2 ? `{{#${block} list as |item key|}}` : `{{#${block} value as |name|}}`;
    if (this.peekWord() !== 'as') this.fail(`Nothing more can stand in \`{{#${block}}}\` here.`, `To name things, write \`${example}\`.`);
    this.takeWord();
    this.skipSpace();
    if (this.content[this.#at] !== '|') this.fail('The names after `as` stand between `|` signs.', `Write \`${example}\`.`);
    this.#at++;
    const names: BlockParameter[] = [];
    for (;;) {
      this.skipSpace();
      const start = this.#at;
      if (this.content[start] === '|') break;
      const name = this.takeWord();
      if (name === '') this.fail('The names after `as` stand between `|` signs.', `Write \`${example}\`.`);
      const place = this.#place(start);
      if (RESERVED_NAMES.has(name) || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        this.#failAt(place, `"${name}" cannot name a block parameter.`, 'Use letters, digits and "_", and no word of the language.');
      }
      if (names.some((other) => other.name === name)) this.#failAt(place, `"${name}" is named twice.`, 'Use two different names.');
      names.push({ name, ...place });
      if (names.length > most) break;
    }
    this.#at++;
    if (names.length === 0 || names.length > most || !this.atEnd) {
      this.fail(`\`{{#${block}}}\` takes ${most === 1 ? 'one name' : 'one or two names'} after \`as\`.`, `Write \`${example}\`.`);
    }
    return names;
  }

  /** Reports that something is left over. */
  expectEnd(hint: string): void {
    if (!this.atEnd) this.fail(`\`${this.content.slice(this.#at).trim().slice(0, 40)}\` is not expected here.`, hint);
  }

  /** Reports a problem at the current place, or of the whole tag if that is its end, and leaves the tag. */
  fail(problem: string, hint: string): never {
    if (this.atEnd) return this.#failAt(this.tag, problem, hint);
    const at = this.#at;
    return this.#failAt(
      { start: this.tag.contentStart + at, end: this.tag.contentStart + Math.max(at + 1, this.content.length) },
      problem,
      hint,
    );
  }

  skipSpace(): void {
    const { content } = this;
    while (this.#at < content.length && isSpace(content.charCodeAt(this.#at))) this.#at++;
  }

  #failAt(place: { start: number; end: number }, problem: string, hint: string): never {
    // A place past the content (a missing last part) is shown as the tag's end.
    const end = Math.min(place.end, this.tag.end);
    const start = Math.min(place.start, end - 1);
    this.diagnostics.report('parse/syntax', { source: this.source, start, end }, { problem }, { hint });
    throw new TagError(problem);
  }

  #failUnknownHelper(path: PathExpression): never {
    const name = this.content.slice(path.start - this.tag.contentStart, path.end - this.tag.contentStart);
    const rest = this.content.slice(this.#at).trim();
    // A text, a number or another name makes this a call; a sign comes from another language.
    if (!/^["'\w@.(]|^[^ -~]/.test(rest)) this.fail(`\`${rest.slice(0, 40)}\` is not expected here.`, signHint(name, rest));
    const span = { source: this.source, start: path.start, end: path.end };
    this.diagnostics.report('check/unknown-helper', span, { name }, { hint: helperHint(name) });
    throw new TagError(name);
  }

  /** Whether another argument follows: neither the end, nor `)`, nor `as |`. */
  #atArgument(): boolean {
    const { content } = this;
    if (this.atEnd || content[this.#at] === ')') return false;
    return !content.startsWith('as', this.#at) || !/^as\s*\|/.test(content.slice(this.#at));
  }

  #expression(depth: number): Expression {
    this.skipSpace();
    const { content } = this;
    const start = this.#at;
    const unit = content[start];
    if (unit === '(') return this.#parenthesised(start, depth + 1);
    if (unit === '"' || unit === "'") return this.#text(start, unit);
    NUMBER.lastIndex = start;
    const number = unit === '-' || (unit !== undefined && unit >= '0' && unit <= '9') ? NUMBER.exec(content)?.[0] : undefined;
    if (number !== undefined) {
      this.#at += number.length;
      const value = Number(number);
      if (!Number.isSafeInteger(value) && !number.includes('.')) {
        this.#failAt(this.#place(start), `${number} is too large to be exact.`, 'Numbers go up to 9007199254740991 (2^53 - 1).');
      }
      return { type: 'literal', value, ...this.#place(start) };
    }
    const word = this.peekWord();
    const next = content[start + word.length];
    if (LITERALS.has(word) && next !== '.') {
      this.#at += word.length;
      return { type: 'literal', value: LITERALS.get(word)!, ...this.#place(start) };
    }
    if (word === 'undefined' && next !== '.') {
      this.#unsupported(this.#place(start, word.length), 'The literal `undefined`', 'Write `null`, or leave the value out.');
    }
    return this.#path(start);
  }

  #parenthesised(start: number, depth: number): Expression {
    if (depth > MAX_DEPTH) {
      const place = this.#place(start, 1);
      this.diagnostics.report('parse/expression-depth', { source: this.source, ...place }, { limit: MAX_DEPTH });
      throw new TagError('expression too deep');
    }
    this.#at++;
    this.skipSpace();
    const nameStart = this.#at;
    const name = this.takeWord();
    if (!isHelper(name)) {
      const place = this.#place(nameStart, Math.max(1, name.length));
      if (name === '') this.#failAt(place, 'A parenthesis holds a helper and its arguments.', 'Write for example `(eq plan "pro")`.');
      this.diagnostics.report('check/unknown-helper', { source: this.source, ...place }, { name }, { hint: helperHint(name) });
      throw new TagError(name);
    }
    const call = this.#call(name, start, depth);
    if (this.content[this.#at] !== ')')
      this.#failAt(this.#place(start, 1), 'This parenthesis is never closed.', 'Add `)` after the last argument.');
    this.#at++;
    return { ...call, ...this.#place(start) };
  }

  #call(helper: HelperName, start: number, depth: number): Expression & { type: 'call' } {
    const args: Expression[] = [];
    const options = new Map<string, Parameter>();
    while (this.#atArgument()) {
      const argumentStart = this.#at;
      const word = this.peekWord();
      if (word !== '' && this.content[argumentStart + word.length] === '=') {
        this.#at += word.length;
        this.#parameter(word, argumentStart, options, depth);
      } else if (options.size > 0) {
        this.fail('Arguments come before options.', 'Write the `name=value` options last.');
      } else {
        args.push(this.#expression(depth));
      }
    }
    const place = this.#place(start, this.content.slice(start, this.#at).trimEnd().length);
    return { type: 'call', helper, args, options: [...options.values()], ...place };
  }

  /** Takes the value of `name=` and adds the pair to those before it. */
  #parameter(name: string, start: number, before: Map<string, Parameter>, depth: number): void {
    if (before.has(name)) this.#failAt(this.#place(start), `"${name}" is given twice.`, 'Keep one of them.');
    this.#at++;
    if (this.atEnd) this.fail(`"${name}=" has no value.`, `Write \`${name}="text"\` or \`${name}=path\`.`);
    const value = this.#expression(depth);
    before.set(name, { name, value, ...this.#place(start) });
  }

  #text(start: number, quote: string): Expression {
    const { content } = this;
    let value = '';
    for (let at = start + 1; at < content.length && content[at] !== '\n'; at++) {
      if (content[at] === '\\' && content[at + 1] === quote) {
        value += quote;
        at++;
      } else if (content[at] === quote) {
        this.#at = at + 1;
        return { type: 'literal', value, ...this.#place(start) };
      } else {
        value += content[at];
      }
    }
    return this.#failAt(this.#place(start, 1), 'This text has no closing quote on its line.', `Add ${quote} where it ends.`);
  }

  #path(start: number): PathExpression {
    const { content } = this;
    if (content[this.#at] === '@') return this.#loopVariable(start);
    let up = 0;
    let scoped = false;
    while (content.startsWith('..', this.#at)) {
      up++;
      scoped = true;
      this.#at += 2;
      if (content[this.#at] !== '/') return { type: 'path', up, scoped, keys: [], ...this.#place(start) };
      this.#at++;
    }
    const keys: Key[] = [];
    let expectKey = true;
    if (content.startsWith('./', this.#at)) {
      scoped = true;
      this.#at += 2;
    } else if (content[this.#at] === '.') {
      this.#at++;
      expectKey = false;
      scoped = true;
    } else if (this.peekWord() === 'this') {
      this.#at += 4;
      scoped = true;
      expectKey = content[this.#at] === '.';
      if (expectKey) this.#at++;
    }
    while (expectKey) {
      keys.push(this.#key(start));
      expectKey = content[this.#at] === '.';
      if (expectKey) this.#at++;
    }
    if (content[this.#at] === '/') {
      this.#at += /^[^\s()}]*/.exec(content.slice(this.#at))![0].length;
      this.#unsupported(this.#place(start), 'A path with `/`', 'Separate the parts with dots: `a.b`.');
    }
    return { type: 'path', up, scoped, keys, ...this.#place(start) };
  }

  #key(pathStart: number): Key {
    const { content } = this;
    const start = this.#at;
    if (content[start] === '[') {
      const close = content.indexOf(']', start);
      if (close === -1) this.#failAt(this.#place(start, 1), 'This `[` is never closed.', 'Write `items.[0]`.');
      this.#at = close + 1;
      return { name: content.slice(start + 1, close), ...this.#place(start) };
    }
    KEY.lastIndex = start;
    const name = KEY.exec(content)?.[0];
    if (name === undefined) {
      const found = content[start];
      if (found === undefined)
        this.#failAt(this.#place(Math.min(pathStart, start)), 'A name is missing here.', 'Write the name of an input, such as `{{task}}`.');
      this.#failAt(this.#place(start, 1), `\`${found}\` cannot stand here.`, startHint(found));
    }
    this.#at += name.length;
    if (name === 'this')
      this.#failAt(this.#place(start), '`this` can only come first in a path.', 'A key of that name is written `[this]`.');
    return { name, ...this.#place(start) };
  }

  #loopVariable(start: number): PathExpression {
    this.#at++;
    const name = this.takeWord();
    if (!LOOP_VARIABLES.has(name)) {
      const what = `\`@${this.content.slice(start + 1).match(/^[^\s)]*/)![0]}\``;
      this.#unsupported(
        this.#place(start),
        what,
        'The loop variables are @index, @key, @first and @last; for an outer loop use `as |item i|`.',
      );
    }
    return { type: 'path', up: 0, scoped: false, variable: name as LoopVariable, keys: [], ...this.#place(start) };
  }

  #unsupported(place: { start: number; end: number }, what: string, instead: string): never {
    this.diagnostics.report('parse/unsupported', { source: this.source, ...place }, { what, instead });
    throw new TagError(what);
  }

  /** From `start` to the current place, or of the given length. */
  #place(start: number, length = this.#at - start): { start: number; end: number } {
    const from = this.tag.contentStart + start;
    return { start: from, end: from + Math.max(1, length) };
  }
}
