/** Every node of a tree, in the order of the text. */
import type { Node } from './ast.js';

/** With each node, the number of blocks around it or, for a block, up to and including itself. */
export function* walk(nodes: readonly Node[], depth = 0): Generator<{ node: Node; depth: number }> {
  for (const node of nodes) {
    const bodies = innerNodes(node);
    yield { node, depth: bodies.length > 0 ? depth + 1 : depth };
    for (const body of bodies) yield* walk(body, depth + 1);
  }
}

function innerNodes(node: Node): (readonly Node[])[] {
  switch (node.type) {
    case 'condition':
      return [...node.branches.map((branch) => branch.body), node.otherwise];
    case 'each':
    case 'with':
      return [node.body, node.otherwise];
    default:
      return [];
  }
}
