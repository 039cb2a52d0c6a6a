/**
 * Random templates that both promptc and Handlebars read.
 *
 * What always holds: where promptc differs from Handlebars on purpose and the oracle cannot make up for it,
 * the template keeps out of it; each such place says so.
 */
import type { Choices } from './choices.js';
import { ANY, LISTS, OBJECTS, SPACED } from './generated-input.js';

export const FEATURES = [
  'text with odd white space',
  'text with backslashes',
  'escape \\{{',
  'escape \\\\{{',
  'raw block',
  'nested raw block',
  'comment {{! }}',
  'comment {{!-- --}}',
  '~ on the left',
  '~ on the right',
  'white space inside a tag',
  'triple stash',
  'plain path',
  'dotted path',
  'index .[0]',
  'index .0',
  '[key with space]',
  'this',
  '../',
  '../../',
  'loop variable',
  'block parameter',
  'if',
  'unless',
  'else',
  'else if',
  'else if after else if',
  'each',
  'each with key name',
  'with',
  'subexpression',
  'nested subexpression',
  'literal argument',
  'value helper',
  'partial',
  'partial in a partial',
  'partial with parameters',
  'partial in a loop',
  'partial on its own line',
  'indented partial',
] as const;
export type Feature = (typeof FEATURES)[number];

export interface GeneratedTemplate {
  /** In promptc's syntax, save that an index written `.0` has `INDEX` before it. */
  readonly template: string;
  readonly partials: { readonly [name: string]: string };
  /** The tag that includes each partial: there is exactly one, in one of the texts. */
  readonly inclusions: { readonly [name: string]: string };
  readonly features: ReadonlySet<Feature>;
}

/** Marks `.0`, which Handlebars does not read at the end of a path. */
export const INDEX = '\uE000';

const MISSING = 'nowhere';
const PARAMETERS = ['title', ...ANY, ...LISTS];

const TEXTS = [
  'word',
  ' ',
  '\n',
  '.',
  '\n\n',
  'two words',
  ' \n',
  '\n  ',
  '  ',
  '\t',
  '{ x }',
  '}',
  '}}',
  '"',
  "it's",
  '<&>',
  '$&',
  '#',
  '☃ 🎉',
];
const ODD_SPACES = ['\v', '\f\n', '\u00a0', '\n\u2003', ' \u2028\n', '\ufeff', '\n\v', '\v\n'];
const BACKSLASHES = ['\\', '\\\\', '\\n', '\\ \\', '\\\n'];
const ESCAPED = ['\\{{a}}', '\\{{#if a}}', '\\{{ x', '\\{{{a}}}', '\\{{> p}}', '\\{{else}}', '\\{{! c }}', '\\{{a}}\n'];
const RAW_TEXTS = ['{{a}}', '\n', ' ', 'raw', '\\{{', '{{#if}}', '\n  ', '{{!-- ', '{{{b}}}', '~}}', '"'];
const COMMENTS = [' a comment ', '', ' {{ "half ', '-', ' two\nlines ', ' } ', '> x', ' ~'];
const STRINGS = ['x', '', 'two words', '}}', '{{a}}', '\\d', '$&', '</system>', "it's", 'say "x"', '\\n', '~}}', '[', '☃'];
const NUMBERS = ['0', '1', '2', '-1', '0.4', '12.50', '-0', '007'];

/** What a path may begin with at a place in the template. */
interface Scope {
  /** For each `each` and `with` around, up to the partial's beginning: whether it can be named as a whole. */
  readonly levels: readonly boolean[];
  readonly inLoop: boolean;
  readonly names: readonly string[];
  readonly partialDepth: number;
  /** How many more blocks may be nested. */
  readonly room: number;
}

export function generateTemplate(choices: Choices): GeneratedTemplate {
  const generator = new Generator(choices);
  const template = generator.body({ levels: [true], inLoop: false, names: [], partialDepth: 0, room: 4 });
  const { partials, inclusions, features } = generator;
  return { template, partials, inclusions, features };
}

class Generator {
  readonly partials: { [name: string]: string } = {};
  readonly inclusions: { [name: string]: string } = {};
  readonly features = new Set<Feature>();

  constructor(readonly choices: Choices) {}

  #below(count: number): number {
    return this.choices.below(count);
  }

  #pick<T>(list: readonly T[]): T {
    return this.choices.pick(list);
  }

  #chance(percent: number): boolean {
    return this.choices.chance(percent);
  }

  #use(feature: Feature): void {
    this.features.add(feature);
  }

  // Text and tags

  body(scope: Scope): string {
    let out = '';
    do {
      const node = this.#node(scope);
      // Bring a tag onto a line of its own, with its indentation.
      const alone = this.#chance(30) && node.startsWith('{{');
      out = glue(out, alone ? `\n${this.#pick(['', '  ', '\t', ' \v'])}${node}${this.#pick(['', ' ', '\u00a0'])}\n` : node);
    } while (this.#chance(72));
    return out;
  }

  #node(scope: Scope): string {
    const kind = this.#below(20);
    if (kind < 6) return this.#text();
    if (kind < 10) return this.#print(scope);
    if (kind === 10) return this.#comment();
    if (kind === 11) return this.#raw();
    if (scope.room === 0) return this.#print(scope);
    if (kind < 15) return this.#condition(scope);
    if (kind < 17) return this.#each(scope);
    if (kind === 17) return this.#with(scope);
    return scope.partialDepth < 3 ? this.#partial(scope) : this.#print(scope);
  }

  #text(): string {
    const kind = this.#below(8);
    if (kind === 7) return this.#escape();
    if (kind === 6) {
      this.#use('text with odd white space');
      return this.#pick(ODD_SPACES);
    }
    if (kind === 5) {
      this.#use('text with backslashes');
      return this.#pick(BACKSLASHES);
    }
    return this.#pick(TEXTS);
  }

  #escape(): string {
    if (this.#chance(40)) {
      this.#use('escape \\\\{{');
      return '\\\\{{a}}';
    }
    this.#use('escape \\{{');
    return this.#pick(ESCAPED);
  }

  #raw(): string {
    this.#use('raw block');
    let inside = '';
    while (this.#chance(60)) inside = glue(inside, this.#chance(15) ? this.#innerRaw() : this.#pick(RAW_TEXTS));
    return glue(`{{{{raw}}}}${inside}`, '{{{{/raw}}}}');
  }

  #innerRaw(): string {
    this.#use('nested raw block');
    return glue(`{{{{raw}}}}${this.#pick(RAW_TEXTS)}`, '{{{{/raw}}}}');
  }

  #comment(): string {
    const left = this.#left();
    if (this.#chance(50)) {
      this.#use('comment {{!-- --}}');
      return `{{${left}!--${this.#pick([...COMMENTS, ' }} ', '{{a}}', '-'])}--${this.#right()}}}`;
    }
    this.#use('comment {{! }}');
    return `{{${left}!${this.#pick(COMMENTS)}${this.#right()}}}`;
  }

  #left(): string {
    if (!this.#chance(12)) return '';
    this.#use('~ on the left');
    return '~';
  }

  #right(): string {
    if (!this.#chance(12)) return '';
    this.#use('~ on the right');
    return '~';
  }

  #space(): string {
    if (!this.#chance(10)) return '';
    this.#use('white space inside a tag');
    return this.#pick([' ', '\n', '\t ']);
  }

  #tag(sigil: string, content: string, left = this.#left()): string {
    return `{{${left}${sigil}${this.#space()}${content}${this.#space()}${this.#right()}}}`;
  }

  #print(scope: Scope): string {
    const value = this.#chance(20) ? this.#helper(scope) : this.#path(scope);
    if (!this.#chance(15)) return this.#tag('', value);
    this.#use('triple stash');
    return `{{${this.#left()}{${this.#space()}${value}${this.#space()}}${this.#right()}}}`;
  }

  // Blocks

  #condition(scope: Scope): string {
    const name = this.#chance(25) ? 'unless' : 'if';
    this.#use(name);
    const inner = { ...scope, room: scope.room - 1 };
    return this.#block(name, this.#value(scope), inner, inner);
  }

  #each(scope: Scope): string {
    this.#use('each');
    const [names, written] = this.#blockParameters(2);
    const inner = { ...scope, ...this.#entered(scope, names), inLoop: true };
    return this.#block('each', this.#subject(scope, [...LISTS, ...LISTS, ...OBJECTS]) + written, inner, scope);
  }

  #with(scope: Scope): string {
    this.#use('with');
    const [names, written] = this.#blockParameters(1);
    return this.#block(
      'with',
      this.#subject(scope, [...OBJECTS, ...OBJECTS, ...ANY]) + written,
      { ...scope, ...this.#entered(scope, names) },
      scope,
    );
  }

  #entered(scope: Scope, names: readonly string[]) {
    return { levels: [true, ...scope.levels], names: [...scope.names, ...names], room: scope.room - 1 };
  }

  #blockParameters(most: number): [string[], string] {
    if (!this.#chance(35)) return [[], ''];
    this.#use('block parameter');
    const names = [this.#pick(['item', 'a', 'b', 'user'])];
    if (most === 2 && this.#chance(50)) {
      this.#use('each with key name');
      // Not `key`: Handlebars takes `@key` for a block parameter of that name.
      names.push(this.#pick(['k', 'i']));
    }
    return [names, ` as |${names.join(' ')}|`];
  }

  #subject(scope: Scope, likely: readonly string[]): string {
    return this.#chance(75) ? this.#pick(likely) : this.#value(scope);
  }

  #block(name: string, argument: string, scope: Scope, elseScope: Scope): string {
    const opener = this.#tag('#', `${name} ${argument}`);
    const inner = { ...elseScope, room: scope.room };
    if (this.#chance(20)) return this.#chain(opener, name, scope, inner);
    let out = glue(opener, this.#inside(scope));
    if (this.#chance(35)) {
      this.#use('else');
      out = glue(glue(out, this.#tag('', 'else')), this.#inside(inner));
    }
    return glue(out, this.#tag('/', name));
  }

  /** A body that often begins and ends on lines of its own. */
  #inside(scope: Scope): string {
    const body = this.#chance(15) ? '' : this.body(scope);
    return this.#chance(40) ? `\n${body}\n${this.#pick(['', '  ', '\t'])}` : body;
  }

  /**
   * `{{else if}}`. Handlebars mishandles the white space around a chain's tags (handlebars-differences.test.ts
   * shows how), so either all of them stand on lines of their own without indentation, or each has text on
   * both sides; and neither the closing tag nor an `{{else if}}` behind the first has a `~` on its left.
   */
  #chain(opener: string, name: string, scope: Scope, elseScope: Scope): string {
    this.#use('else if');
    const [before, after] = this.#chance(50) ? ['\n', '\n'] : ['[', ']'];
    const branch = (inner: Scope): string => glue(glue(before, this.body(inner)), after);
    let out = opener + branch(scope);
    let count = 0;
    do {
      out += this.#tag('', `else if ${this.#value(elseScope)}`, count === 0 ? this.#left() : '') + branch(elseScope);
      if (++count === 2) this.#use('else if after else if');
    } while (this.#chance(30));
    if (this.#chance(60)) out += this.#tag('', 'else') + branch(elseScope);
    return out + this.#tag('/', name, '');
  }

  // Partials

  #partial(scope: Scope): string {
    this.#use('partial');
    if (scope.partialDepth > 0) this.#use('partial in a partial');
    if (scope.inLoop) this.#use('partial in a loop');
    const names = this.#chance(40) ? [...new Set([this.#pick(PARAMETERS), this.#pick(PARAMETERS)])] : [];
    // A list's name stands for a list inside the partial as well.
    const given = names.map((name) => `${name}=${LISTS.includes(name) ? this.#pick(LISTS) : this.#argument(scope)}`);
    if (given.length > 0) this.#use('partial with parameters');
    const name = this.#pick(['p', 'dir/p', 'p-']) + Object.keys(this.partials).length;
    this.partials[name] = '';
    // Handlebars adds parameters to the context itself, so `this` is not what it was.
    const whole = scope.levels[0]! && names.length === 0;
    const text = this.body({
      levels: [whole],
      inLoop: scope.inLoop,
      names: [],
      partialDepth: scope.partialDepth + 1,
      room: scope.room - 1,
    });
    this.partials[name] = this.#chance(80) ? `${text}.` : text;
    return (this.inclusions[name] = this.#tag('>', [name, ...given].join(' ')));
  }

  // Values

  /** What a condition looks at. */
  #value(scope: Scope): string {
    return this.#chance(35) ? `(${this.#call(scope, 2)})` : this.#path(scope);
  }

  /** What a helper or a partial is given. */
  #argument(scope: Scope): string {
    if (this.#chance(45)) return this.#literal();
    return this.#chance(15) ? `(${this.#call(scope, 1)})` : this.#path(scope);
  }

  #literal(): string {
    this.#use('literal argument');
    const kind = this.#below(4);
    if (kind === 0) return this.#pick(NUMBERS);
    if (kind === 1) return this.#pick(['true', 'false', 'null']);
    const text = this.#pick(STRINGS);
    return text.includes('"') || (this.#chance(30) && !text.includes("'")) ? `'${text}'` : `"${text}"`;
  }

  #call(scope: Scope, depth: number): string {
    this.#use('subexpression');
    const argument = (): string => {
      if (depth === 1 || !this.#chance(25)) return this.#argument(scope);
      this.#use('nested subexpression');
      return `(${this.#call(scope, depth - 1)})`;
    };
    const name = this.#pick(['eq', 'and', 'or', 'not', 'ne', 'lt', 'lte', 'gt', 'gte', 'includes', 'default', 'length', 'join', 'json']);
    if (name === 'not' || name === 'length' || name === 'json') return `${name} ${argument()}`;
    if (name === 'and' || name === 'or') return `${name} ${argument()} ${argument()}${this.#chance(20) ? ` ${argument()}` : ''}`;
    return `${name} ${argument()} ${argument()}`;
  }

  #helper(scope: Scope): string {
    this.#use('value helper');
    const kind = this.#below(5);
    if (kind === 0) return `length ${this.#argument(scope)}`;
    if (kind === 1) return `join ${this.#pick(LISTS)} ${this.#literal()}`;
    if (kind === 2) return `default ${this.#path(scope)} ${this.#argument(scope)}`;
    if (kind === 3) return `json ${this.#argument(scope)}${this.#chance(30) ? ` indent=${this.#below(3)}` : ''}`;
    return this.#call(scope, 2);
  }

  #path(scope: Scope): string {
    const kind = this.#below(12);
    if (kind < 2 && scope.names.length > 0)
      return this.#below(3) > 0 ? this.#pick(scope.names) : `${this.#pick(scope.names)}.${this.#keys()}`;
    if (kind < 4 && scope.inLoop) {
      this.#use('loop variable');
      return this.#pick(['@index', '@key', '@first', '@last']);
    }
    if (kind < 6) return this.#this(scope);
    if (kind < 8 && scope.levels.length > 1) return this.#parent(scope);
    return this.#keys();
  }

  #this(scope: Scope): string {
    this.#use('this');
    if (scope.levels[0] && this.#chance(60)) return this.#pick(['this', '.']);
    return this.#pick(['this.', './']) + this.#hiddenKey(scope);
  }

  #parent(scope: Scope): string {
    const up = 1 + this.#below(scope.levels.length - 1);
    this.#use(up > 1 ? '../../' : '../');
    const climb = '../'.repeat(up);
    if (scope.levels[up] && this.#chance(20)) return this.#pick([climb.slice(0, -1), `${climb}this`]);
    return climb + (this.#chance(20) ? 'this.' : '') + this.#hiddenKey(scope);
  }

  /** Often one that a block parameter would hide, were it not for what comes before it. */
  #hiddenKey(scope: Scope): string {
    return scope.names.length > 0 && this.#chance(40) ? this.#pick(scope.names) : this.#keys();
  }

  /** One key, or several with dots. */
  #keys(): string {
    const kind = this.#below(10);
    if (kind < 4) {
      this.#use('plain path');
      return this.#pick([...ANY, ...LISTS, 'title', MISSING]);
    }
    if (kind === 4) {
      this.#use('[key with space]');
      return (this.#chance(50) ? '' : `${this.#pick(OBJECTS)}.`) + `[${SPACED}]`;
    }
    if (kind < 8) {
      this.#use('dotted path');
      return `${this.#pick(OBJECTS)}.${this.#chance(60) ? this.#pick(ANY) : this.#keys()}`;
    }
    const index = this.#below(3);
    const dotted = this.#chance(50);
    this.#use(dotted ? 'index .0' : 'index .[0]');
    const item = `${this.#pick(LISTS)}.${dotted ? `${INDEX}${index}` : `[${index}]`}`;
    return this.#chance(50) ? `${item}.${this.#pick([...ANY, ...OBJECTS])}` : item;
  }
}

/**
 * Joins two parts of a template. Text next to a tag must neither lengthen its braces (Handlebars refuses
 * `{{a}}}`) nor escape it by chance, nor unescape what is to be escaped.
 */
function glue(left: string, right: string): string {
  const lengthens = (right.startsWith('{') && left.endsWith('{')) || (right.startsWith('}') && left.endsWith('}}'));
  const escapes = right.startsWith('{{') && /(?:^|[^\\])\\$/.test(left);
  const unescapes = right.startsWith('\\{{') && left.endsWith('\\');
  return lengthens || escapes || unescapes ? `${left}.${right}` : left + right;
}
