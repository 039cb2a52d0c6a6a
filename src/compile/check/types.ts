/**
 * The types of a template, followed through its blocks, conditions and partials.
 *
 * In: a template's inputs and nodes, and every partial. Out: which inputs are used; the rest is diagnostics. What
 * always holds: a partial is checked at every place that includes it, with what that place gives it; what a
 * schema leaves open is taken as it comes.
 */
import type { Diagnostics } from '../../base/diagnostic.js';
import type { SourceText } from '../../base/span.js';
import type { Input, Partial } from '../model.js';
import type { ConditionNode, EachNode, Expression, Node, PartialNode, Place, WithNode } from '../parse/template/ast.js';
import { NOTHING } from '../parse/template/open-blocks.js';
import { Scope } from '../scope.js';
import type { Judged } from './conditions.js';
import { contextType } from './context-type.js';
import { expressionText, ExpressionTypes, type Run } from './expression-types.js';
import { Facts, type Value, ValuePlace } from './facts.js';
import {
  BOOLEAN,
  isAny,
  isNever,
  type KnownType,
  mayBeAbsent,
  mayBeNull,
  NEVER,
  NUMBER,
  STRING,
  type Type,
  typeText,
  without,
} from './type.js';
import { union } from './type-algebra.js';

/** What is looked at of a template. */
export interface TypedText {
  readonly source: SourceText;
  readonly nodes: readonly Node[];
  readonly inputs: ReadonlyMap<string, Input> | undefined;
}

/** Returns the names that the text uses, or `all` if it uses its context as a whole. */
export function checkTypes(
  { source, nodes, inputs }: TypedText,
  partials: ReadonlyMap<string, Partial>,
  diagnostics: Diagnostics,
): ReadonlySet<string> | 'all' {
  const run: Run = { partials, diagnostics, used: new Set(), usesAll: false, context: ValuePlace.first() };
  const context: Value = { type: contextType(inputs), place: run.context };
  new TypeCheck(new ExpressionTypes(source, run, [])).nodes(nodes, Scope.root(context), Facts.none);
  return run.usesAll ? 'all' : run.used;
}

/** Follows the nodes of one text; what its expressions give is another's to say. */
class TypeCheck {
  constructor(readonly expressions: ExpressionTypes) {}

  nodes(nodes: readonly Node[], scope: Scope<Value>, facts: Facts): void {
    for (const node of nodes) this.#node(node, scope, facts);
  }

  #node(node: Node, scope: Scope<Value>, facts: Facts): void {
    switch (node.type) {
      case 'print':
        return this.#print(node.value, scope, facts);
      case 'partial':
        return this.#partial(node, scope, facts);
      case 'condition':
        return this.#condition(node, scope, facts);
      case 'each':
        return this.#each(node, scope, facts);
      case 'with':
        return this.#with(node, scope, facts);
      case 'text':
      case 'constraints':
      case 'comment':
        return undefined;
    }
  }

  #print(expression: Expression, scope: Scope<Value>, facts: Facts): void {
    const value = this.expressions.evaluate(expression, scope, facts);
    const type = value === undefined ? 'any' : facts.typeOf(value);
    if (mayBeAbsent(type) || mayBeNull(type)) this.expressions.reportUnguarded(expression, type);
    else if (!isAny(type) && (type.list || type.object)) this.#reportJson(expression, type);
  }

  #condition(node: ConditionNode, scope: Scope<Value>, facts: Facts): void {
    let rest = facts;
    let isDecided = false;
    for (const [i, branch] of node.branches.entries()) {
      const sides = this.#judge(branch.condition, scope, rest);
      const [inside, outside] = branch.negated ? [sides.fails, sides.holds] : [sides.holds, sides.fails];
      const next = node.branches[i + 1] ?? node.elseTag;
      if (!isDecided) this.#reportUnreached(sides, branch.condition, inside === undefined ? branch : next);
      // Facts that cannot be leave things as they were; behind a branch that always holds nothing more is said.
      isDecided ||= outside === undefined;
      this.nodes(branch.body, scope, inside ?? rest);
      rest = outside ?? rest;
    }
    this.nodes(node.otherwise, scope, rest);
  }

  #with(node: WithNode, scope: Scope<Value>, facts: Facts): void {
    const sides = this.#judge(node.subject, scope, facts);
    this.#reportUnreached(sides, node.subject, sides.holds === undefined ? node.subject : node.elseTag);
    const subject = sides.value ?? { type: 'any' };
    const inside = sides.holds ?? facts;
    const given = without(inside.typeOf(subject), 'absent', 'null');
    // As in a loop, nothing but `null` stands for a tag with an error of its own.
    const held: Value = { ...subject, type: isNever(given) ? 'any' : given };
    const names = node.blockParameters.map((parameter): [string, Value] => [parameter.name, held]);
    this.nodes(node.body, scope.enter(held, names), inside);
    this.nodes(node.otherwise, scope, sides.fails ?? facts);
  }

  #each(node: EachNode, scope: Scope<Value>, facts: Facts): void {
    const subject = this.expressions.evaluate(node.subject, scope, facts);
    const type = subject === undefined ? 'any' : facts.typeOf(subject);
    let item: Type = 'any';
    let key: Type = union(NUMBER, STRING);
    const given = without(type, 'absent', 'null');
    // Nothing but `null` stands for a tag with an error of its own, and says nothing of the items.
    if (!isAny(given) && !isNever(given)) {
      const { list, object } = given;
      if (list === undefined && object === undefined) {
        this.expressions.report('check/not-a-list', node.subject, { name: expressionText(node.subject), type: typeText(given) });
      } else {
        item = union(list?.item() ?? NEVER, object?.each() ?? NEVER);
        key = union(list ? NUMBER : NEVER, object ? STRING : NEVER);
      }
    }
    const value: Value = { type: without(item, 'absent'), place: this.expressions.run.context.apart() };
    const loop = { index: { type: NUMBER }, key: { type: key }, first: { type: BOOLEAN }, last: { type: BOOLEAN } };
    const names = node.blockParameters.map((parameter, i): [string, Value] => [parameter.name, i === 0 ? value : loop.key]);
    this.nodes(node.body, scope.enter(value, names, loop), facts);
    this.nodes(node.otherwise, scope, facts);
  }

  #partial(node: PartialNode, scope: Scope<Value>, facts: Facts): void {
    const { source, run, includes } = this.expressions;
    const parameters = node.parameters.map(({ name, value: expression }): [string, Value] => {
      const value = this.expressions.evaluate(expression, scope, facts) ?? { type: 'any' };
      // A written-out value is one of many that the partial is made for: its type counts, not itself.
      return [name, expression.type === 'literal' ? { type: kindOf(value.type) } : value];
    });
    const partial = run.partials.get(node.name);
    // A partial that does not exist is reported with the graph of partials.
    if (partial === undefined) return;
    const include = { message: 'included here', span: { source, start: node.start, end: node.end } };
    const inside = new TypeCheck(new ExpressionTypes(partial.source, run, [include, ...includes]));
    inside.nodes(partial.nodes, scope.enterPartial(parameters), facts);
  }

  #judge(condition: Expression, scope: Scope<Value>, facts: Facts): Condition {
    const { diagnostics } = this.expressions.run;
    const errors = diagnostics.errorCount;
    const judged = this.expressions.judge(condition, scope, facts);
    const type = judged.value === undefined ? 'any' : facts.typeOf(judged.value);
    return { ...judged, type, isSound: diagnostics.errorCount === errors };
  }

  /** @param tag - where the branch begins that is not reached; absent if there is none to reach */
  #reportUnreached({ holds, fails, isSound, type }: Condition, condition: Expression, tag: Place | undefined): void {
    // A tag with an error of its own says nothing.
    if (condition === NOTHING || tag === undefined || !isSound || (holds !== undefined && fails !== undefined)) return;
    // In a partial, what this place never gives may be another place's; a file with errors may mean something else.
    const { includes, run, source } = this.expressions;
    if (includes.length > 0 || run.diagnostics.brokenFiles.has(source.path)) return;
    const name = expressionText(condition);
    const verdict = holds === undefined ? 'false' : 'true';
    const why =
      condition.type === 'path' ? `"${name}" is ${typeText(type)}, which counts as ${verdict}` : `\`${name}\` is always ${verdict} here`;
    this.expressions.report('check/unreachable', tag, { why });
  }

  #reportJson(expression: Expression, type: KnownType): void {
    const name = expressionText(expression);
    const part = type.object?.names()[0];
    const better = type.list
      ? `To list it, write \`{{join ${name} ", "}}\` or \`{{#each ${name}}}\``
      : part === undefined
        ? undefined
        : `To print a part of it, write for example \`{{${name}.${part}}}\``;
    const hint = expression.type === 'path' && better !== undefined ? `${better}; if JSON is meant, \`{{json ${name}}}\`.` : undefined;
    this.expressions.report('check/printed-as-json', expression, { name, type: typeText(type) }, hint);
  }
}

interface Condition extends Judged {
  readonly type: Type;
  /** Whether nothing is wrong with the condition itself. */
  readonly isSound: boolean;
}

/** A literal's type without its value. */
function kindOf(type: Type): Type {
  if (isAny(type)) return type;
  return { ...type, ...(type.string && { string: {} }), ...(type.number && { number: {} }), ...(type.boolean && { boolean: {} }) };
}
