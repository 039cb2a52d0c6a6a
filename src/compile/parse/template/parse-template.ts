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
        case 'partial':
          return this.#partial(tag, indent);
        case 'open':
          return this.#openBlock(tag);
        case 'close':
          return this.#close(tag);
        case 'unsupported':
          return this.#report(tag, 'parse/unsupported', UNSUPPORTED_SIGILS[tag.content[0]!]!);
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

  #openBlock(tag: TagToken): void {
    const reader = this.#reader(tag);
    const name = reader.takeWord();
    // A block with an error is kept until it closes, so that its inside is read and its closing tag belongs
    // to something; it then becomes nothing.
    let build: OpenBlock['build'] = (_parts, _otherwise, place) => ({ type: 'comment', text: '', ...place });
    let condition = NOTHING;
    if (!isBlockName(name)) this.#refuseBlock(tag, name);
    else if (this.#open.length >= this.blockDepth) this.#reportDepth(tag);
    else {
      try {
        condition = reader.takeBlockArgument(name);
        build = this.#builder(name, condition, reader);
      } catch (error) {
        if (!(error instanceof TagError)) throw error;
      }
    }
    const body: Node[] = [];
    this.#open.push({ name, opener: tag, build, parts: [{ condition, body, start: tag.start, end: tag.end }], body, otherwise: undefined });
  }

  #reportDepth(tag: TagToken): void {
    if (!this.#depthReported) this.#report(tag, 'parse/block-depth', { limit: this.blockDepth });
    this.#depthReported = true;
  }

  #builder(name: BlockName, subject: Expression, reader: ExpressionReader): OpenBlock['build'] {
    if (name === 'if' || name === 'unless') {
      reader.expectEnd(`\`{{#${name}}}\` takes one value; for more use \`and\`, \`or\`: \`{{#${name} (and a b)}}\`.`);
      return (parts, otherwise, place) => ({ type: 'condition', branches: branches(parts, name === 'unless'), otherwise, ...place });
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

  #close(tag: TagToken): void {
    const name = tag.content.trim();
    const at = this.#open.findLastIndex((block) => block.name === name);
    if (at === -1) {
      const innermost = this.#open.at(-1);
      if (innermost === undefined) return this.#report(tag, 'parse/stray-close', { name });
      const related = [{ message: 'the innermost open block begins here', span: this.#span(innermost.opener) }];
      return this.#report(tag, 'parse/wrong-close', { found: name, expected: innermost.name }, { related });
    }
    // Blocks that were opened inside and never closed end here as well.
    while (this.#open.length > at + 1) {
      this.#unclosed(this.#open.at(-1)!);
      this.#closeInnermost(tag.start);
    }
    this.#closeInnermost(tag.end);
  }

  #closeInnermost(end: number): void {
    const block = this.#open.pop()!;
    this.#add(block.build(block.parts, block.otherwise ?? [], { start: block.opener.start, end }));
  }

  #unclosed(block: OpenBlock): void {
    this.#report(block.opener, 'parse/unclosed-block', { name: block.name });
  }

  #refuseBlock(tag: TagToken, name: string): void {
    const rest = tag.content.trim();
    if (rest.startsWith('>'))
      return this.#report(tag, 'parse/unsupported', {
        what: 'A partial block `{{#> }}`',
        instead: 'Include the partial with `{{> name}}` and pass what differs as parameters.',
      });
    if (rest.startsWith('*'))
      return this.#report(tag, 'parse/unsupported', {
        what: 'An inline partial `{{#*inline}}`',
        instead: 'Put the text into a file below prompts/partials/.',
      });
    this.#report(
      tag,
      'parse/unknown-block',
      { name: name === '' ? rest : name },
      { hint: `Write \`{{#if ${name}}}\`, \`{{#each ${name}}}\` or \`{{#with ${name}}}\`.` },
    );
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

function isElse(tag: TagToken): boolean {
  return tag.kind === 'print' && /^\s*else(?:\s|$)/.test(tag.content);
}

function isBlockName(name: string): name is BlockName {
  return name === 'if' || name === 'unless' || name === 'each' || name === 'with';
}

function branches(parts: readonly Part[], negated: boolean): Branch[] {
  return parts.map((part, i) => ({ ...part, negated: negated && i === 0 }));
}
