/**
 * The names that a template uses, followed through its blocks and partials.
 *
 * In: a template's inputs and nodes, and every partial. Out: diagnostics only. What always holds: a partial
 * is checked at every place that includes it, with what that place gives it.
 */
import type { Diagnostic, Diagnostics } from '../../base/diagnostic.js';
import { FORBIDDEN_KEYS } from '../../base/json.js';
import type { SourceText } from '../../base/span.js';
import { PERSONA_NAMES } from '../../format/persona.js';
import type { Input, Partial } from '../model.js';
import { nearest } from '../nearest.js';
import { type Expression, type Node, type PartialNode, type PathExpression, pathText, type Place } from '../parse/template/ast.js';
import { Scope } from '../scope.js';
import { checkHelperArguments } from './helper-arguments.js';

/** The keys that a value is known to have; `undefined` for a value whose keys are not known. */
type Keys = ReadonlySet<string> | undefined;

/** What is looked at of a template. */
export interface NamedText {
  readonly source: SourceText;
  readonly nodes: readonly Node[];
  readonly inputs: ReadonlyMap<string, Input> | undefined;
}

export function checkNames({ source, nodes, inputs }: NamedText, partials: ReadonlyMap<string, Partial>, diagnostics: Diagnostics): void {
  const names = new Set<string>([...(inputs?.keys() ?? []), ...PERSONA_NAMES]);
  new NameCheck(source, partials, diagnostics, []).nodes(nodes, Scope.root<Keys>(names));
}

class NameCheck {
  constructor(
    readonly source: SourceText,
    readonly partials: ReadonlyMap<string, Partial>,
    readonly diagnostics: Diagnostics,
    /** The inclusions that led here, the innermost first. */
    readonly includes: NonNullable<Diagnostic['related']>,
  ) {}

  nodes(nodes: readonly Node[], scope: Scope<Keys>): void {
    for (const node of nodes) this.#node(node, scope);
  }

  #node(node: Node, scope: Scope<Keys>): void {
    switch (node.type) {
      case 'print':
        return this.#expression(node.value, scope);
      case 'partial':
        return this.#partial(node, scope);
      case 'condition':
        for (const branch of node.branches) {
          this.#expression(branch.condition, scope);
          this.nodes(branch.body, scope);
        }
        return this.nodes(node.otherwise, scope);
      case 'each':
      case 'with': {
        this.#expression(node.subject, scope);
        const names = node.blockParameters.map((parameter): [string, Keys] => [parameter.name, undefined]);
        const loop = { index: undefined, key: undefined, first: undefined, last: undefined };
        this.nodes(node.body, scope.enter(undefined, names, node.type === 'each' ? loop : undefined));
        return this.nodes(node.otherwise, scope);
      }
      case 'text':
      case 'constraints':
      case 'comment':
        return undefined;
    }
  }

  #partial(node: PartialNode, scope: Scope<Keys>): void {
    for (const parameter of node.parameters) this.#expression(parameter.value, scope);
    const partial = this.partials.get(node.name);
    // A partial that does not exist is reported with the graph of partials.
    if (partial === undefined) return;
    const include = { message: `included here`, span: { source: this.source, start: node.start, end: node.end } };
    const parameters = node.parameters.map((parameter): [string, Keys] => [parameter.name, undefined]);
    new NameCheck(partial.source, this.partials, this.diagnostics, [include, ...this.includes]).nodes(
      partial.nodes,
      scope.enterPartial(parameters),
    );
  }

  #expression(expression: Expression, scope: Scope<Keys>): void {
    if (expression.type === 'path') return this.#path(expression, scope);
    if (expression.type === 'call') {
      checkHelperArguments(expression, this.source, this.diagnostics);
      for (const argument of expression.args) this.#expression(argument, scope);
    }
  }

  #path(path: PathExpression, scope: Scope<Keys>): void {
    const resolved = scope.resolve(path);
    if (resolved === 'no-parent') return this.#report('check/no-parent', path, undefined);
    if (resolved === 'outside-each') return this.#report('check/outside-each', path, { name: pathText(path) });
    const forbidden = resolved.keys.find((key) => FORBIDDEN_KEYS.has(key.name));
    const [first] = resolved.keys;
    const unknown = forbidden ?? (first !== undefined && resolved.base?.has(first.name) === false ? first : undefined);
    if (unknown !== undefined)
      this.#report('check/unknown-name', unknown, { name: unknown.name }, this.#hint(unknown.name, resolved.base, scope));
  }

  #hint(name: string, known: Keys, scope: Scope<Keys>): string {
    if (name === 'constraints') return 'The constraints can be printed, as `{{constraints}}`; nothing else can be done with them.';
    if (FORBIDDEN_KEYS.has(name)) return 'JavaScript gives this name a meaning of its own; nothing can have it. Choose another.';
    if (name === 'inputs') return 'Inputs are named without anything before them: `{{name}}`.';
    if (/^end(?:if|unless|each|with|for)?$/.test(name)) return `A block is closed by its name: \`{{/${name.slice(3) || 'if'}}}\`.`;
    if (/[“”„‘’‚«»]/.test(name)) return `If this is a text, use straight quotes: "${name.replaceAll(/[“”„‘’‚«»]/g, '')}".`;
    const candidates = [...new Set([...(known ?? []), ...scope.namesInSight(), 'constraints'])];
    const near = nearest(name, candidates);
    if (near !== undefined) return `Did you mean "${near}"?`;
    const input = name.replaceAll(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=[0-9]|$)/, '_');
    return input === name
      ? `Declare it under \`inputs:\` of the template: ${name}: string`
      : `Declare it under \`inputs:\` of the template by a name of letters, digits and "_": ${input}: string`;
  }

  #report(code: 'check/no-parent', place: Place, args: undefined): void;
  #report(code: 'check/outside-each' | 'check/unknown-name', place: Place, args: { name: string }, hint?: string): void;
  #report(code: 'check/no-parent' | 'check/outside-each' | 'check/unknown-name', { start, end }: Place, args: never, hint?: string): void {
    const related = this.includes.length === 0 ? undefined : this.includes;
    this.diagnostics.report(code, { source: this.source, start, end }, args, { hint, related });
  }
}
