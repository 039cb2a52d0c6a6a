/** Whether a prompt's own text holds what its bundle forbids in answers, for models imitate what they read, or asks for it. */
import type { Diagnostics } from '../../base/diagnostic.js';
import type { Json } from '../../base/json.js';
import type { SourceText, Span } from '../../base/span.js';
import type { Found } from '../../constraints/constraint.js';
import { readWritten } from '../../constraints/severity.js';
import { CONSTRAINT_NAMES, constraintNamed } from '../../constraints/vocabulary.js';
import { KnownTemplate } from '../cache/known-template.js';
import { includedPartials } from '../check/partials.js';
import type { Partial, Template } from '../model.js';
import type { TextNode } from '../parse/template/ast.js';
import { nodesOfType } from '../parse/template/walk.js';
import type { LinkedBundleFile } from './link.js';

export class ConstraintText {
  readonly #partials: ReadonlyMap<string, Partial>;
  readonly #rules = new Map<string, Rule>();
  readonly #texts = new Map<SourceText, readonly TextNode[]>();
  /** By file and rule: many bundles share both. */
  readonly #places = new Map<string, readonly Place[]>();

  constructor(partials: ReadonlyMap<string, Partial>) {
    this.#partials = partials;
  }

  check({ prompt, artifact }: LinkedBundleFile, diagnostics: Diagnostics): void {
    const rules = CONSTRAINT_NAMES.flatMap((name) => this.#rule(name, artifact.constraints[name]) ?? []);
    if (rules.length === 0) return;
    const texts = Object.values(prompt.slots).flatMap((template) => [
      template,
      ...(template instanceof KnownTemplate ? template.includes : includedPartials(template, this.#partials)).map((name) =>
        this.#partials.get(name)!,
      ),
    ]);
    for (const text of texts) {
      for (const rule of rules) {
        for (const { span, found } of this.#placesIn(text, rule)) {
          const { name, limit } = rule;
          if (limit === undefined) diagnostics.report('link/breaks-constraint', span, { text: found, name });
          else diagnostics.report('link/asks-for-more', span, { text: found, name, limit });
        }
      }
    }
  }

  #rule(name: string, value: Json | undefined): Rule | undefined {
    const { finder, promptFinder } = constraintNamed(name)!;
    const finderOf = finder ?? promptFinder;
    if (finderOf === undefined || value === undefined) return undefined;
    const key = `${name} ${JSON.stringify(value)}`;
    let rule = this.#rules.get(key);
    if (rule === undefined) {
      const { value: demanded } = readWritten(value);
      rule = { name, key, find: finderOf(demanded), limit: finder === undefined ? (demanded as number) : undefined };
      this.#rules.set(key, rule);
    }
    return rule;
  }

  #placesIn(text: Pick<Template, 'source' | 'nodes'>, rule: Rule): readonly Place[] {
    const { source } = text;
    const key = `${source.path}\n${rule.key}`;
    let places = this.#places.get(key);
    if (places === undefined) {
      const written = this.#texts.get(source) ?? (text instanceof KnownTemplate ? text.texts : nodesOfType(text.nodes, 'text'));
      this.#texts.set(source, written);
      this.#places.set(key, (places = placesOf(written, source, rule)));
    }
    return places;
  }
}

interface Rule {
  readonly name: string;
  /** Its name and value, for rules that many bundles have. */
  readonly key: string;
  readonly find: (text: string) => Iterable<Found>;
  /** If it is about what a prompt asks for: how much it may. */
  readonly limit: number | undefined;
}

/** Nobody goes through more places of one file; who mends these is told the next. */
const MOST_PLACES = 100;

interface Place {
  readonly span: Span;
  /** What was found there, in quotes. */
  readonly found: string;
}

function placesOf(nodes: readonly TextNode[], source: SourceText, { find }: Rule): Place[] {
  const places: Place[] = [];
  for (const node of nodes) {
    for (const { start, end } of find(node.text)) {
      if (places.length === MOST_PLACES) return places;
      places.push({ span: placeIn(node, source, start, end), found: JSON.stringify(node.text.slice(start, end)) });
    }
  }
  return places;
}

/** Where a part of a text stands in its file; the whole of it where escapes or white-space control have moved things. */
function placeIn({ text, start, end }: TextNode, source: SourceText, from: number, to: number): Span {
  const offset = source.text.slice(start, end).indexOf(text);
  return offset === -1 ? { source, start, end } : { source, start: start + offset + from, end: start + offset + to };
}
