/** Whether a prompt's own text holds what its bundle forbids in answers: models imitate what they read. */
import type { Diagnostics } from '../../base/diagnostic.js';
import type { Json } from '../../base/json.js';
import type { SourceText, Span } from '../../base/span.js';
import type { Constraint } from '../../constraints/constraint.js';
import { CONSTRAINT_NAMES, constraintNamed } from '../../constraints/vocabulary.js';
import { includedPartials } from '../check/partials.js';
import type { Partial } from '../model.js';
import type { TextNode } from '../parse/template/ast.js';
import { nodesOfType } from '../parse/template/walk.js';
import type { LinkedBundleFile } from './link.js';

export function checkConstraintText(
  bundles: readonly LinkedBundleFile[],
  partials: ReadonlyMap<string, Partial>,
  diagnostics: Diagnostics,
): void {
  const texts = new Map<SourceText, readonly TextNode[]>();
  const searched = new Set<string>();
  for (const { prompt, artifact } of bundles) {
    const rules = CONSTRAINT_NAMES.flatMap((name): Rule[] => {
      const { find } = constraintNamed(name)!;
      const value = artifact.constraints[name];
      return find === undefined || value === undefined ? [] : [{ name, value, find }];
    });
    if (rules.length === 0) continue;
    const used = Object.values(prompt.slots).flatMap(({ source, nodes }) => [
      { source, nodes },
      ...includedPartials(nodes, partials).map((name) => partials.get(name)!),
    ]);
    for (const { source, nodes } of used) {
      for (const rule of rules) {
        // Many bundles share a text and a rule.
        const key = `${source.path}\n${rule.name}\n${JSON.stringify(rule.value)}`;
        if (searched.has(key)) continue;
        searched.add(key);
        const own = texts.get(source) ?? nodesOfType(nodes, 'text');
        texts.set(source, own);
        for (const node of own) search(node, source, rule, diagnostics);
      }
    }
  }
}

interface Rule {
  readonly name: string;
  readonly value: Json;
  readonly find: NonNullable<Constraint['find']>;
}

function search(node: TextNode, source: SourceText, { name, value, find }: Rule, diagnostics: Diagnostics): void {
  for (const { start, end } of find(value, node.text)) {
    const text = JSON.stringify(node.text.slice(start, end));
    diagnostics.report('link/breaks-constraint', placeIn(node, source, start, end), { text, name });
  }
}

/** Where a part of a text stands in its file; the whole of it where escapes or white-space control have moved things. */
function placeIn({ text, start, end }: TextNode, source: SourceText, from: number, to: number): Span {
  const offset = source.text.slice(start, end).indexOf(text);
  return offset === -1 ? { source, start, end } : { source, start: start + offset + from, end: start + offset + to };
}
