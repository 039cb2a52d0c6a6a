/** Whether a prompt's own text holds what its bundle forbids in answers: models imitate what they read. */
import type { Diagnostics } from '../../base/diagnostic.js';
import type { SourceText, Span } from '../../base/span.js';
import type { Found } from '../../constraints/constraint.js';
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
  const rules = new Map<string, Rule>();
  for (const { prompt, artifact } of bundles) {
    const own = CONSTRAINT_NAMES.flatMap((name): Rule[] => {
      const { finder } = constraintNamed(name)!;
      const value = artifact.constraints[name];
      if (finder === undefined || value === undefined) return [];
      const key = `${name} ${JSON.stringify(value)}`;
      const rule = rules.get(key) ?? { name, key, find: finder(value) };
      rules.set(key, rule);
      return [rule];
    });
    if (own.length === 0) continue;
    const used = Object.values(prompt.slots).flatMap(({ source, nodes }) => [
      { source, nodes },
      ...includedPartials(nodes, partials).map((name) => partials.get(name)!),
    ]);
    for (const { source, nodes } of used) {
      for (const rule of own) {
        // Many bundles share a text and a rule.
        const key = `${source.path}\n${rule.key}`;
        if (searched.has(key)) continue;
        searched.add(key);
        const written = texts.get(source) ?? nodesOfType(nodes, 'text');
        texts.set(source, written);
        search(written, source, rule, diagnostics);
      }
    }
  }
}

interface Rule {
  readonly name: string;
  /** Its name and value, for rules that many bundles have. */
  readonly key: string;
  readonly find: (text: string) => Iterable<Found>;
}

/** Nobody goes through more places of one file; who mends these is told the next. */
const MOST_PLACES = 100;

function search(nodes: readonly TextNode[], source: SourceText, { name, find }: Rule, diagnostics: Diagnostics): void {
  let left = MOST_PLACES;
  for (const node of nodes) {
    for (const { start, end } of find(node.text)) {
      if (left-- === 0) return;
      const text = JSON.stringify(node.text.slice(start, end));
      diagnostics.report('link/breaks-constraint', placeIn(node, source, start, end), { text, name });
    }
  }
}

/** Where a part of a text stands in its file; the whole of it where escapes or white-space control have moved things. */
function placeIn({ text, start, end }: TextNode, source: SourceText, from: number, to: number): Span {
  const offset = source.text.slice(start, end).indexOf(text);
  return offset === -1 ? { source, start, end } : { source, start: start + offset + from, end: start + offset + to };
}
