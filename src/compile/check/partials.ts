/**
 * Who includes whom: missing partials, cycles, and how large a template becomes with its partials put in.
 *
 * Sizes are computed once a partial, never by putting partials in, so that a fan-out of 2^20 copies costs
 * nothing to find.
 */
import type { Diagnostics } from '../../base/diagnostic.js';
import type { SourceText, Span } from '../../base/span.js';
import type { CompileLimits } from '../config.js';
import type { ParsedTemplate, Partial } from '../model.js';
import { nearest } from '../nearest.js';
import type { Node, PartialNode } from '../parse/template/ast.js';
import { nodesOfType, walk } from '../parse/template/walk.js';

/** What a text and all that it includes come to. */
interface Extent {
  /** Operations, at most: lowering may join neighbouring texts. */
  readonly operations: number;
  readonly characters: number;
  /** How deep its blocks are nested. */
  readonly blocks: number;
  /** The longest chain of partials. */
  readonly partials: readonly string[];
}

/** Of a template's own, or a partial's. */
type Text = Pick<Partial, 'source' | 'nodes' | 'text'>;

/** The names of all partials that a text includes, directly or not, sorted. */
export function includedPartials({ nodes }: { readonly nodes: readonly Node[] }, partials: ReadonlyMap<string, Partial>): string[] {
  const found = new Set<string>();
  const pending = [nodes];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { name } of nodesOfType(next, 'partial')) {
      const partial = partials.get(name);
      if (partial === undefined || found.has(name)) continue;
      found.add(name);
      pending.push(partial.nodes);
    }
  }
  return [...found].toSorted();
}

/** What the partials of a project come to, measured once each. */
export class PartialGraph {
  /** `null` marks what is broken: it has been reported, and is not to be walked. */
  readonly #extents = new Map<string, Extent | null>();

  constructor(
    readonly partials: ReadonlyMap<string, Partial>,
    readonly limits: CompileLimits,
    diagnostics: Diagnostics,
  ) {
    for (const partial of partials.values()) this.#extentOf(partial, [], diagnostics);
  }

  /** Whether a template can be walked with its partials put in: they exist, end, and stay within the limits. */
  isWithinLimits({ source, nodes, body }: ParsedTemplate, diagnostics: Diagnostics): boolean {
    const extent = this.#measure({ source, nodes, text: body.text }, [], diagnostics);
    if (extent === null) return false;
    const [culprit] = nodesOfType(nodes, 'partial');
    return culprit === undefined || this.#withinLimits(extent, { source, start: culprit.start, end: culprit.end }, diagnostics);
  }

  /** @param chain - the partials that are being looked at, from the outermost */
  #extentOf(partial: Partial, chain: readonly string[], diagnostics: Diagnostics): Extent | null {
    const known = this.#extents.get(partial.name);
    if (known !== undefined) return known;
    const extent = this.#measure(partial, [...chain, partial.name], diagnostics);
    this.#extents.set(partial.name, extent);
    return extent;
  }

  #withinLimits({ operations, characters, blocks, partials }: Extent, span: Span, diagnostics: Diagnostics): boolean {
    const { operations: most, characters: longest, blockDepth, partialDepth } = this.limits;
    if (operations > most) {
      diagnostics.report('check/too-many-operations', span, { count: countText(operations), limit: most });
    } else if (characters > longest) {
      diagnostics.report('check/too-long', span, { count: countText(characters), limit: longest });
    } else if (partials.length > partialDepth) {
      diagnostics.report('check/partial-depth', span, { limit: partialDepth, chain: chainText(partials) });
    } else if (blocks > blockDepth) {
      diagnostics.report('parse/block-depth', span, { limit: blockDepth });
    } else return true;
    return false;
  }

  #measure({ nodes, source, text }: Text, chain: readonly string[], diagnostics: Diagnostics): Extent | null {
    let operations = 0;
    let characters = text.length;
    let blocks = 0;
    let partials: readonly string[] = [];
    let broken = false;
    walk(nodes, (node, depth) => {
      operations += operationCount(node);
      blocks = Math.max(blocks, depth);
      if (node.type !== 'partial') return;
      const extent = this.#included(node, source, chain, diagnostics);
      if (extent === null) {
        broken = true;
        return;
      }
      operations += extent.operations;
      characters += extent.characters;
      blocks = Math.max(blocks, depth + extent.blocks);
      if (extent.partials.length >= partials.length) partials = [node.name, ...extent.partials];
    });
    return broken ? null : { operations, characters, blocks, partials };
  }

  #included(node: PartialNode, source: SourceText, chain: readonly string[], diagnostics: Diagnostics): Extent | null {
    const span = { source, start: node.start, end: node.end };
    const partial = this.partials.get(node.name);
    if (partial === undefined) {
      diagnostics.report(
        'check/partial-unknown',
        span,
        { name: node.name },
        { hint: () => unknownHint(node.name, [...this.partials.keys()]) },
      );
      return null;
    }
    const at = chain.indexOf(node.name);
    if (at !== -1) {
      diagnostics.report('check/partial-cycle', span, { chain: [...chain.slice(at), node.name].join(' → ') });
      return null;
    }
    if (chain.length > this.limits.partialDepth) {
      diagnostics.report('check/partial-depth', span, { limit: this.limits.partialDepth, chain: chainText([...chain, node.name]) });
      return null;
    }
    return this.#extentOf(partial, chain, diagnostics);
  }
}

/** What was most likely meant by a name that no partial has. */
function unknownHint(written: string, known: readonly string[]): string {
  const name = written.replace(/^(?:\.?\/)?(?:prompts\/)?(?:partials\/)?/, '').replace(/\.(?:md|txt)$/, '');
  const create = `create prompts/partials/${name}.md`;
  const ending = known.filter((one) => one.endsWith(`/${name}`));
  const meant = known.includes(name) ? name : ending.length === 1 ? ending[0] : nearest(name, known);
  if (meant?.normalize('NFC') === written.normalize('NFC')) {
    return `There is a file of this name with other code points (Unicode's NFC and NFD forms differ): rename it to ${written}.md.`;
  }
  if (meant !== undefined) return `Did you mean "${meant}"? If not, ${create}.`;
  const list = known.length > 0 && known.length <= MOST_LISTED ? `The partials are ${known.join(', ')}. ` : '';
  return `${list}To make a new one, ${create}.`;
}

const MOST_LISTED = 12;

/** The most operations that lowering makes of a node itself. */
function operationCount(node: Node): number {
  switch (node.type) {
    case 'condition':
      return 2 * node.branches.length;
    case 'each':
    case 'with':
      return 3;
    case 'partial':
      return 1 + node.parameters.length + (node.indent === '' ? 0 : 2);
    case 'comment':
      return 0;
    default:
      return 1;
  }
}

function countText(count: number): string {
  return Number.isSafeInteger(count) ? String(count) : 'more than 2^53';
}

/** A chain of partials, its middle left out if it is long. */
function chainText(chain: readonly string[]): string {
  const shown = chain.length > 8 ? [...chain.slice(0, 4), '…', ...chain.slice(-3)] : chain;
  return shown.join(' → ');
}
