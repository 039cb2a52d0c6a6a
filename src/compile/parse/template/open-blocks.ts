/**
 * The blocks whose end has not come yet, and the nodes that they become.
 *
 * What always holds: they are a list, so that no input can overflow the call stack; every block ends
 * somewhere, and a mistake in closing is reported once, at the tag that causes it.
 */
import type { Diagnostics, Extras } from '../../../base/diagnostic.js';
import type { SourceText, Span } from '../../../base/span.js';
import type { BlockParameter, Branch, Expression, Node, Place } from './ast.js';
import type { TagToken } from './tokens.js';

export interface OpenBlock {
  readonly name: string;
  readonly opener: TagToken;
  readonly build: Build;
  readonly parts: Part[];
  /** Where nodes go now: the last part's body, or the `else` part. */
  body: Node[];
  otherwise: Node[] | undefined;
  elseTag: TagToken | undefined;
  /** Whether it needs no message if it never closes: it is too deep, or a closing tag of another name was meant for it. */
  isForgiven: boolean;
}

/** Makes the node from the parts, once the block closes. */
export type Build = (parts: readonly Part[], otherwise: readonly Node[], elseTag: Place | undefined, place: Place) => Node;

/** One branch of a chain: the block's own, or an `else if`. */
export interface Part extends Place {
  readonly condition: Expression;
  readonly body: Node[];
}

/** Stands for the argument of a tag that has an error: it is never lowered, since errors stop the build. */
export const NOTHING: Expression = { type: 'literal', value: null, start: 0, end: 0 };

export class OpenBlocks {
  /** What is outside of every block. */
  readonly nodes: Node[] = [];
  readonly #open: OpenBlock[] = [];
  /** Where in `#open` the blocks of each name are, so that a closing tag finds its own at once. */
  readonly #openAt = new Map<string, number[]>();
  /** How many blocks of each name were reported as unclosed when one around them closed; their own closing tags may still come. */
  readonly #reported = new Map<string, number>();

  /** @param depth - how deep blocks may be nested */
  constructor(
    readonly depth: number,
    readonly source: SourceText,
    readonly diagnostics: Diagnostics,
  ) {}

  get innermost(): OpenBlock | undefined {
    return this.#open.at(-1);
  }

  get isFull(): boolean {
    return this.#open.length >= this.depth;
  }

  has(name: string): boolean {
    return (this.#openAt.get(name) ?? []).length > 0;
  }

  add(node: Node): void {
    (this.innermost?.body ?? this.nodes).push(node);
  }

  /** A block without `build` has an error. Its closing tag belongs to it all the same, and its inside is looked at. */
  open(opener: TagToken, name: string, options: { build?: Build; condition?: Expression; isForgiven?: boolean } = {}): void {
    const { build = brokenBuild(name), condition = NOTHING, isForgiven = false } = options;
    const body: Node[] = [];
    this.#openAt
      .set(name, this.#openAt.get(name) ?? [])
      .get(name)!
      .push(this.#open.length);
    const parts = [{ condition, body, start: opener.start, end: opener.end }];
    this.#open.push({
      name,
      opener,
      build: this.isFull ? asNothing : build,
      parts,
      body,
      otherwise: undefined,
      elseTag: undefined,
      isForgiven,
    });
  }

  close(tag: TagToken, name: string): void {
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

  /** The text is over. */
  closeAll(end: number): void {
    for (const block of this.#open.toReversed()) this.#unclosed(block);
    while (this.#open.length > 0) this.#closeInnermost(end);
  }

  /** Nobody can tell where the blocks of now end. */
  forgiveAll(): void {
    for (const block of this.#open) block.isForgiven = true;
  }

  /** A closing tag of a name that no open block has. */
  #closeNone(tag: TagToken, name: string): void {
    const late = this.#reported.get(name) ?? 0;
    if (late > 0) return void this.#reported.set(name, late - 1);
    const { innermost } = this;
    if (innermost === undefined) return this.diagnostics.report('parse/stray-close', this.#span(tag), { name });
    const related = [{ message: 'the innermost open block begins here', span: this.#span(innermost.opener) }];
    this.diagnostics.report('parse/wrong-close', this.#span(tag), { found: name, expected: innermost.name }, { related });
    innermost.isForgiven = true;
  }

  #closeInnermost(end: number): void {
    const block = this.#open.pop()!;
    this.#openAt.get(block.name)!.pop();
    this.add(block.build(block.parts, block.otherwise ?? [], block.elseTag, { start: block.opener.start, end }));
  }

  #unclosed({ isForgiven, opener, name }: OpenBlock, related?: Extras['related']): void {
    if (!isForgiven) this.diagnostics.report('parse/unclosed-block', this.#span(opener), { name }, { related });
  }

  #span({ start, end }: TagToken): Span {
    return { source: this.source, start, end };
  }
}

/** @param negated - whether its first branch is the one for a false condition */
export function conditionBuild(negated: boolean): Build {
  return (parts, otherwise, elseTag, place) => ({ type: 'condition', branches: branches(parts, negated), otherwise, elseTag, ...place });
}

export function scopeBuild(type: 'each' | 'with', subject: Expression, blockParameters: readonly BlockParameter[]): Build {
  return ([first, ...rest], otherwise, elseTag, place) => ({
    type,
    subject,
    blockParameters,
    body: first!.body,
    // `{{else if}}` in a loop: the whole chain is what happens when there is nothing to loop over.
    otherwise:
      rest.length === 0
        ? otherwise
        : [{ type: 'condition', branches: branches(rest, false), otherwise, elseTag, start: rest[0]!.start, end: place.end }],
    elseTag: rest[0] ?? elseTag,
    ...place,
  });
}

/** What a block with an error becomes: one that says as little as possible of the names within it. */
function brokenBuild(name: string): Build {
  return name === 'if' || name === 'unless' ? conditionBuild(false) : scopeBuild(name === 'with' ? 'with' : 'each', NOTHING, []);
}

/** What a block that is too deep becomes: nothing behind the parser could walk into it. */
const asNothing: Build = (_parts, _otherwise, _elseTag, place) => ({ type: 'comment', text: '', ...place });

function branches(parts: readonly Part[], negated: boolean): Branch[] {
  return parts.map((part, i) => ({ ...part, negated: negated && i === 0 }));
}
