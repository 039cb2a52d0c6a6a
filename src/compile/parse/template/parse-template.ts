/**
 * Tokens → syntax tree.
 *
 * In: a body or a partial's text. Out: its nodes. What always holds: an error is reported at the tag that causes
 * it (for a block that never closes, at its opener), and parsing goes on behind it.
 */
import type { Code, CodeArgs } from '../../../base/codes.js';
import type { Diagnostics, Extras } from '../../../base/diagnostic.js';
import type { SourceText, Span } from '../../../base/span.js';
import type { Expression, Node } from './ast.js';
import { ExpressionReader, TagError } from './expression.js';
import { blockHint } from './habits.js';
import { type Build, conditionBuild, NOTHING, OpenBlocks, scopeBuild } from './open-blocks.js';
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

class TemplateParser {
  readonly #blocks: OpenBlocks;
  #depthReported = false;

  constructor(
    readonly source: SourceText,
    blockDepth: number,
    readonly diagnostics: Diagnostics,
  ) {
    this.#blocks = new OpenBlocks(blockDepth, source, diagnostics);
  }

  parse(text: string, base: number): Node[] {
    const tokens = tokenize(text, this.source, base, this.diagnostics);
    const indents = trimWhiteSpace(tokens, isElse);
    for (const token of tokens) {
      if (token.type === 'tag') this.#tag(token, indents.get(token) ?? '');
      else if (token.text !== '') this.#blocks.add({ type: 'text', text: token.text, start: token.start, end: token.end });
    }
    this.#blocks.closeAll(base + text.length);
    return this.#blocks.nodes;
  }

  #tag(tag: TagToken, indent: string): void {
    try {
      switch (tag.kind) {
        case 'comment':
          return this.#blocks.add({ type: 'comment', text: tag.content, start: tag.start, end: tag.end });
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
          return this.#blocks.open(tag, /^[^\s}]*/.exec(tag.content)![0], { isForgiven: true });
        case 'broken-close':
          return this.#blocks.close(tag, /^[^\s}]*/.exec(tag.content)![0]);
        case 'broken-raw':
          return this.#blocks.forgiveAll();
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
    const content = reader.content.trim();
    if (/^[#/>]/.test(content)) return this.#spacedSigil(tag, content[0]!, content.slice(1));
    const word = reader.peekWord();
    if (isBlockName(word) && /^\s*\w+\s+\S/.test(reader.content)) return this.#missingSigil(tag, word);
    if (content === 'constraints') return this.#blocks.add({ type: 'constraints', start: tag.start, end: tag.end });
    const value = reader.takeTagExpression();
    reader.expectEnd('A tag prints one value; a helper comes first: `{{join list ", "}}`.');
    this.#blocks.add({ type: 'print', value, start: tag.start, end: tag.end });
  }

  #partial(tag: TagToken, indent: string): void {
    const reader = this.#reader(tag);
    const name = reader.takePartialName();
    const parameters = reader.takeParameters();
    this.#blocks.add({ type: 'partial', name, parameters, indent, start: tag.start, end: tag.end });
  }

  /** `{{ #if x}}`: read as what it was meant to be. */
  #spacedSigil(tag: TagToken, sigil: string, rest: string): void {
    const problem = `No space can stand between \`{{\` and \`${sigil}\`.`;
    this.#report(tag, 'parse/syntax', { problem }, { hint: `Write \`{{${sigil}${rest.trim()}}}\`.` });
    if (sigil === '#') this.#blocks.open(tag, /^\w*/.exec(rest)![0]);
    else if (sigil === '/') this.#blocks.close(tag, rest.trim());
  }

  /** `{{if x}}` */
  #missingSigil(tag: TagToken, name: BlockName): void {
    this.#report(tag, 'parse/syntax', { problem: `A block begins with \`#\`.` }, { hint: `Write \`{{#${tag.content.trim()}}}\`.` });
    this.#blocks.open(tag, name);
  }

  #unsupported(tag: TagToken): void {
    this.#report(tag, 'parse/unsupported', UNSUPPORTED_SIGILS[tag.content[0]!]!);
    const section = /^\^\s*(\S+)/.exec(tag.content)?.[1];
    if (section !== undefined) this.#blocks.open(tag, section);
  }

  #openBlock(tag: TagToken): void {
    const reader = this.#reader(tag);
    const name = reader.takeWord();
    if (!isBlockName(name)) return this.#blocks.open(tag, this.#refuseBlock(tag, name));
    if (this.#blocks.isFull) {
      if (!this.#depthReported) this.#report(tag, 'parse/block-depth', { limit: this.#blocks.depth });
      this.#depthReported = true;
      return this.#blocks.open(tag, name, { isForgiven: true });
    }
    try {
      const condition = reader.takeBlockArgument(name);
      this.#blocks.open(tag, name, { build: this.#builder(name, condition, reader), condition });
    } catch (error) {
      if (!(error instanceof TagError)) throw error;
      this.#blocks.open(tag, name);
    }
  }

  #builder(name: BlockName, subject: Expression, reader: ExpressionReader): Build {
    if (name === 'if' || name === 'unless') {
      reader.expectEnd(`\`{{#${name}}}\` takes one value; for more use \`and\`, \`or\`: \`{{#${name} (and a b)}}\`.`);
      return conditionBuild(name === 'unless');
    }
    return scopeBuild(name, subject, reader.takeBlockParameters(name, name === 'each' ? 2 : 1));
  }

  #else(tag: TagToken): void {
    const block = this.#blocks.innermost;
    if (block === undefined) return this.#report(tag, 'parse/stray-else', undefined);
    if (block.otherwise !== undefined) {
      const related = [{ message: 'the block begins here', span: this.#span(block.opener) }];
      return this.#report(tag, 'parse/second-else', undefined, { related });
    }
    const reader = this.#reader(tag);
    reader.takeWord();
    if (reader.atEnd) {
      block.body = block.otherwise = [];
      block.elseTag = tag;
      return;
    }
    const next = reader.takeWord();
    if (next !== 'if') {
      const what = `\`{{else ${next}}}\``;
      // Read on as a plain else, so that its text is checked as well.
      block.body = block.otherwise = [];
      block.elseTag = tag;
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
    if (name !== tag.content.trim() && this.#blocks.has(name)) {
      const problem = 'A closing tag holds only the name of its block.';
      this.#report(tag, 'parse/syntax', { problem }, { hint: `Write \`{{/${name}}}\`.` });
    }
    this.#blocks.close(tag, name);
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
  return tag.kind === 'print' && tag.content.includes('else') && /^\s*else(?:\s|$)/.test(tag.content);
}

function isBlockName(name: string): name is BlockName {
  return name === 'if' || name === 'unless' || name === 'each' || name === 'with';
}
