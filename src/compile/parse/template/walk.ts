/** Every node of a tree, in the order of the text. */
import type { Node } from './ast.js';

/** @param visit - gets each node, and the number of blocks around it or, for a block, up to and including itself */
export function walk(nodes: readonly Node[], visit: (node: Node, depth: number) => void, depth = 0): void {
  for (const node of nodes) {
    switch (node.type) {
      case 'condition':
        visit(node, depth + 1);
        for (const branch of node.branches) walk(branch.body, visit, depth + 1);
        walk(node.otherwise, visit, depth + 1);
        break;
      case 'each':
      case 'with':
        visit(node, depth + 1);
        walk(node.body, visit, depth + 1);
        walk(node.otherwise, visit, depth + 1);
        break;
      default:
        visit(node, depth);
    }
  }
}

/** The nodes of one kind. */
export function nodesOfType<T extends Node['type']>(nodes: readonly Node[], type: T): Extract<Node, { type: T }>[] {
  const found: Extract<Node, { type: T }>[] = [];
  walk(nodes, (node) => {
    if (node.type === type) found.push(node as Extract<Node, { type: T }>);
  });
  return found;
}
