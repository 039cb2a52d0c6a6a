/**
 * Tokens → syntax tree.
 *
 * In: a body or a partial's text. Out: its nodes. What always holds: the open blocks are a list, so that no
 * input can overflow the call stack; an error is reported at the tag that causes it (for a block that never
 * closes, at its opener), and parsing goes on behind it.
 */
import type { Code, CodeArgs } from '../../../base/codes.js';
import type { Diagnostics, Extras } from '../../../base/diagnostic.js';
import type { SourceText, Span } from '../../../base/span.js';
import type { Branch, Expression, Node, Place } from './ast.js';
import { ExpressionReader, TagError } from './expression.js';
import { blockHint } from './habits.js';
import { tokenize, UNSUPPORTED_SIGILS, type TagToken } from './tokens.js';
import { trimWhiteSpace } from './white-space.js';

/**
 * @param text - the body
 * @param base - where it begins in `source`
 * @param blockDepth - how deep blocks may be nested
 */
export function parseTemplate(text: string, source: SourceText, base: number, blockDepth: number, diagnostics: Diagnostics): Node[] {
  return new TemplateParser(source, blockDepth, diagnostics).parse(text, base);
}

type BlockName = 'if' | 'unless' | 'each' | 'with';

/** A block whose end has not come yet. */
interface OpenBlock {
  readonly name: string;
  readonly opener: TagToken;
  /** Builds the node from the parts, once the block closes. */
  readonly build: (parts: readonly Part[], otherwise: readonly Node[], place: Place) => Node;
  readonly parts: Part[];
  /** Where nodes go now: the last part's body, or the `else` part. */
  body: Node[];
  otherwise: Node[] | undefined;
  /** Whether it needs no message if it never closes: it is too deep, or a closing tag of another name was meant for it. */
  isForgiven: boolean;
}

/** One branch of a chain: the block's own, or an `else if`. */
interface Part extends Place {
  readonly condition: Expression;
  readonly body: Node[];
}

/** Stands for the argument of a tag that has an error: it is never lowered, since errors stop the build. */
const NOTHING: Expression = { type: 'literal', value: null, start: 0, end: 0 };

class TemplateParser {
  readonly #root: Node[] = [];
  readonly #open: OpenBlock[] = [];
  /** Where in `#open` the blocks of each name are, so that a closing tag finds its own at once. */
  readonly #openAt = new Map<string, number[]>();
  /** How many blocks of each name were reported as unclosed when one around them closed; their own closing tags may still come. */
  readonly #reported = new Map<string, number>();
  #depthReported = false;

  constructor(
    readonly source: SourceText,
    readonly blockDepth: number,
    readonly diagnostics: Diagnostics,
  ) {}

  parse(text: string, base: number): Node[] {
    const tokens = tokenize(text, this.source, base, this.diagnostics);
    const indents = trimWhiteSpace(tokens, isElse);
    for (const token of tokens) {
      if (token.type === 'tag') this.#tag(token, indents.get(token) ?? '');
      else if (token.text !== '') this.#add({ type: 'text', text: token.text, start: token.start, end: token.end });
    }
    for (const block of this.#open.toReversed()) this.#unclosed(block);
    while (this.#open.length > 0) this.#closeInnermost(base + text.length);
    return this.#root;
  }

  #tag(tag: TagToken, indent: string): void {
    try {
      switch (tag.kind) {
        case 'comment':
          return this.#add({ type: 'comment', text: tag.content, start: tag.start, end: tag.end });
        case 'print':
          return isElse(tag) ? this.#else(tag) : this.#print(tag);
        case 'triple':
          return this.#print(tag);
        case 'partial':
          return this.#partial(tag, indent);
        case 'open':
          return this.#openBlock(tag);
        case 'close':
          return this.#closeTag(tag);
        case 'unsupported':
          return this.#unsupported(tag);
        case 'broken-open':
          return this.#push(tag, /^[^\s}]*/.exec(tag.content)![0], { isForgiven: true });
        case 'broken-close':
          return this.#close(tag, /^[^\s}]*/.exec(tag.content)![0]);
        case 'broken-raw':
          for (const block of this.#open) block.isForgiven = true;
          return undefined;
        case 'raw':
          return undefined;
      }
    } catch (error) {
      if (!(error instanceof TagError)) throw error;
    }
  }

  #print(tag: TagToken): void {
    const reader = this.#reader(tag);
    if (reader.atEnd)
      reader.fail('This tag is empty.', 'Write the name of an input between the braces, or `\\{{` for the braces themselves.');
    const [, sigil, rest] = /^([#/>])(.*)$/s.exec(reader.content.trim()) ?? [];
    if (sigil !== undefined) return this.#spacedSigil(tag, sigil, rest!);
    const word = reader.peekWord();
    if (isBlockName(word) && /^\s*\w+\s+\S/.test(reader.content)) return this.#missingSigil(tag, word);
    if (reader.content.trim() === 'constraints') return this.#add({ type: 'constraints', start: tag.start, end: tag.end });
    const value = reader.takeTagExpression();
    reader.expectEnd('A tag prints one value; a helper comes first: `{{join list ", "}}`.');
    this.#add({ type: 'print', value, start: tag.start, end: tag.end });
  }

  #partial(tag: TagToken, indent: string): void {
    const reader = this.#reader(tag);
    const name = reader.takePartialName();
    const parameters = reader.takeParameters();
    this.#add({ type: 'partial', name, parameters, indent, start: tag.start, end: tag.end });
  }

  /** `{{ #if x}}`: read as what it was meant to be. */
  #spacedSigil(tag: TagToken, sigil: string, rest: string): void {
    const problem = `No space can stand between \`{{\` and \`${sigil}\`.`;
    this.#report(tag, 'parse/syntax', { problem }, { hint: `Write \`{{${sigil}${rest.trim()}}}\`.` });
    if (sigil === '#') this.#push(tag, /^\w*/.exec(rest)![0]);
    else if (sigil === '/') this.#close(tag, rest.trim());
  }

  /** `{{if x}}` */
  #missingSigil(tag: TagToken, name: BlockName): void {
    this.#report(tag, 'parse/syntax', { problem: `A block begins with \`#\`.` }, { hint: `Write \`{{#${tag.content.trim()}}}\`.` });
    this.#push(tag, name);
  }

  #unsupported(tag: TagToken): void {
    this.#report(tag, 'parse/unsupported', UNSUPPORTED_SIGILS[tag.content[0]!]!);
    const section = /^\^\s*(\S+)/.exec(tag.content)?.[1];
    if (section !== undefined) this.#push(tag, section);
  }

  #openBlock(tag: TagToken): void {
    const reader = this.#reader(tag);
    const name = reader.takeWord();
    if (!isBlockName(name)) return this.#push(tag, this.#refuseBlock(tag, name));
    if (this.#open.length >= this.blockDepth) {
      if (!this.#depthReported) this.#report(tag, 'parse/block-depth', { limit: this.blockDepth });
      this.#depthReported = true;
      return this.#push(tag, name, { isForgiven: true });
    }
    try {
      const condition = reader.takeBlockArgument(name);
      this.#push(tag, name, { build: this.#builder(name, condition, reader), condition });
    } catch (error) {
      if (!(error instanceof TagError)) throw error;
      this.#push(tag, name);
    }
  }

  /** A block without `build` has an error. Its closing tag belongs to it all the same, and its inside is looked at. */
  #push(
    tag: TagToken,
    name: string,
    { build = brokenBuild(name), condition = NOTHING, isForgiven = false }: Partial<Pick<OpenBlock, 'build' | 'isForgiven'> & Part> = {},
  ): void {
    const body: Node[] = [];
    this.#openAt
      .set(name, this.#openAt.get(name) ?? [])
      .get(name)!
      .push(this.#open.length);
    const parts = [{ condition, body, start: tag.start, end: tag.end }];
    const isTooDeep = this.#open.length >= this.blockDepth;
    this.#open.push({ name, opener: tag, build: isTooDeep ? asNothing : build, parts, body, otherwise: undefined, isForgiven });
  }

  #builder(name: BlockName, subject: Expression, reader: ExpressionReader): OpenBlock['build'] {
    if (name === 'if' || name === 'unless') {
      reader.expectEnd(`\`{{#${name}}}\` takes one value; for more use \`and\`, \`or\`: \`{{#${name} (and a b)}}\`.`);
      return conditionBuild(name === 'unless');
    }
    const blockParameters = reader.takeBlockParameters(name, name === 'each' ? 2 : 1);
    return ([first, ...rest], otherwise, place) => ({
      type: name,
      subject,
      blockParameters,
      body: first!.body,
      // `{{else if}}` in a loop: the whole chain is what happens when there is nothing to loop over.
      otherwise:
        rest.length === 0
          ? otherwise
          : [{ type: 'condition', branches: branches(rest, false), otherwise, start: rest[0]!.start, end: place.end }],
      ...place,
    });
  }

  #else(tag: TagToken): void {
    const block = this.#open.at(-1);
    if (block === undefined) return this.#report(tag, 'parse/stray-else', undefined);
    if (block.otherwise !== undefined) {
      const related = [{ message: 'the block begins here', span: this.#span(block.opener) }];
      return this.#report(tag, 'parse/second-else', undefined, { related });
    }
    const reader = this.#reader(tag);
    reader.takeWord();
    if (reader.atEnd) {
      block.body = block.otherwise = [];
      return;
    }
    const next = reader.takeWord();
    if (next !== 'if') {
      const what = `\`{{else ${next}}}\``;
      // Read on as a plain else, so that its text is checked as well.
      block.body = block.otherwise = [];
      return this.#report(tag, 'parse/unsupported', {
        what,
        instead: `Only \`{{else if …}}\` can follow; nest another block: \`{{else}}{{#${next} …}}\`.`,
      });
    }
    const body: Node[] = [];
    const part = { condition: NOTHING, body, start: tag.start, end: tag.end };
    block.body = body;
    try {
      const condition = reader.takeBlockArgument('if');
      reader.expectEnd('`{{else if}}` takes one value; for more use `and`, `or`: `{{else if (and a b)}}`.');
      block.parts.push({ ...part, condition });
    } catch (error) {
      block.parts.push(part);
      throw error;
    }
  }

  #closeTag(tag: TagToken): void {
    const [name = ''] = tag.content.trim().split(/\s/);
    if (name !== tag.content.trim() && this.#openAt.get(name)?.length) {
      const problem = 'A closing tag holds only the name of its block.';
      this.#report(tag, 'parse/syntax', { problem }, { hint: `Write \`{{/${name}}}\`.` });
    }
    this.#close(tag, name);
  }

  #close(tag: TagToken, name: string): void {
    const at = this.#openAt.get(name)?.at(-1);
    if (at === undefined) return this.#closeNone(tag, name);
    // Blocks that were opened inside and never closed end here as well.
    const related = [{ message: 'a block around it is closed here', span: this.#span(tag) }];
    while (this.#open.length > at + 1) {
      const inner = this.#open.at(-1)!;
      this.#unclosed(inner, related);
      this.#reported.set(inner.name, (this.#reported.get(inner.name) ?? 0) + 1);
      this.#closeInnermost(tag.start);
    }
    this.#closeInnermost(tag.end);
  }

  /** A closing tag of a name that no open block has. */
  #closeNone(tag: TagToken, name: string): void {
    const late = this.#reported.get(name) ?? 0;
    if (late > 0) return void this.#reported.set(name, late - 1);
    const innermost = this.#open.at(-1);
    if (innermost === undefined) return this.#report(tag, 'parse/stray-close', { name });
    const related = [{ message: 'the innermost open block begins here', span: this.#span(innermost.opener) }];
    this.#report(tag, 'parse/wrong-close', { found: name, expected: innermost.name }, { related });
    innermost.isForgiven = true;
  }

  #closeInnermost(end: number): void {
    const block = this.#open.pop()!;
    this.#openAt.get(block.name)!.pop();
    this.#add(block.build(block.parts, block.otherwise ?? [], { start: block.opener.start, end }));
  }

  #unclosed(block: OpenBlock, related?: Extras['related']): void {
    if (!block.isForgiven) this.#report(block.opener, 'parse/unclosed-block', { name: block.name }, { related });
  }

  /** Returns the name that its closing tag has. */
  #refuseBlock(tag: TagToken, name: string): string {
    const rest = tag.content.trim();
    const [, sigil, own = ''] = /^([>*])\s*([^\s}]*)/.exec(rest) ?? [];
    if (sigil === '>') {
      this.#report(tag, 'parse/unsupported', {
        what: 'A partial block `{{#> }}`',
        instead: 'Include the partial with `{{> name}}` and pass what differs as parameters.',
      });
    } else if (sigil === '*') {
      this.#report(tag, 'parse/unsupported', {
        what: 'An inline partial `{{#*inline}}`',
        instead: 'Put the text into a file below prompts/partials/.',
      });
    } else if (rest === '') {
      this.#report(
        tag,
        'parse/syntax',
        { problem: 'A block is named after the `#`.' },
        { hint: 'The blocks are #if, #unless, #each and #with.' },
      );
    } else {
      this.#report(
        tag,
        'parse/unknown-block',
        { name: name === '' ? rest : name },
        { hint: blockHint(name === '' ? rest : name, rest.slice(name.length).trim()) },
      );
    }
    return sigil === undefined ? name : own;
  }

  #add(node: Node): void {
    (this.#open.at(-1)?.body ?? this.#root).push(node);
  }

  #reader(tag: TagToken): ExpressionReader {
    return new ExpressionReader(tag, this.source, this.diagnostics);
  }

  #span(tag: TagToken): Span {
    return { source: this.source, start: tag.start, end: tag.end };
  }

  #report<C extends Code>(tag: TagToken, code: C, args: CodeArgs<C>, extras?: Extras): void {
    this.diagnostics.report(code, this.#span(tag), args, extras);
  }
}

function conditionBuild(negated: boolean): OpenBlock['build'] {
  return (parts, otherwise, place) => ({ type: 'condition', branches: branches(parts, negated), otherwise, ...place });
}

/** What a block with an error becomes: one that says as little as possible of the names within it. */
function brokenBuild(name: string): OpenBlock['build'] {
  if (name === 'if' || name === 'unless') return conditionBuild(false);
  const type = name === 'with' ? 'with' : 'each';
  return ([first, ...rest], otherwise, place) => {
    const body = [first!, ...rest].flatMap((part) => part.body);
    return { type, subject: NOTHING, blockParameters: [], body, otherwise, ...place };
  };
}

/** What a block that is too deep becomes: nothing behind the parser could walk into it. */
const asNothing: OpenBlock['build'] = (_parts, _otherwise, place) => ({ type: 'comment', text: '', ...place });

function isElse(tag: TagToken): boolean {
  return tag.kind === 'print' && /^\s*else(?:\s|$)/.test(tag.content);
}

function isBlockName(name: string): name is BlockName {
  return name === 'if' || name === 'unless' || name === 'each' || name === 'with';
}

function branches(parts: readonly Part[], negated: boolean): Branch[] {
  return parts.map((part, i) => ({ ...part, negated: negated && i === 0 }));
}
