/**
 * The types of a template, followed through its blocks, conditions and partials.
 *
 * In: a template's inputs and nodes, and every partial. Out: diagnostics only. What
 * always holds: a partial is checked at every place that includes it, with what that place gives it; what a
 * schema leaves open is taken as it comes.
 */
import type { Code, CodeArgs } from '../../base/codes.js';
import type { Diagnostic, Diagnostics } from '../../base/diagnostic.js';
import { FORBIDDEN_KEYS } from '../../base/json.js';
import type { SourceText } from '../../base/span.js';
import { isPersonaName, PERSONA_NAMES } from '../../format/persona.js';
import type { Input, Partial } from '../model.js';
import { nearest } from '../nearest.js';
import {
  type CallExpression,
  type ConditionNode,
  type EachNode,
  type Expression,
  type Node,
  type PartialNode,
  type PathExpression,
  pathText,
  type Place,
  type WithNode,
} from '../parse/template/ast.js';
import { Scope } from '../scope.js';
import { assumeCondition } from './conditions.js';
import { below, Facts, type Value } from './facts.js';
import { checkHelperArguments } from './helper-arguments.js';
import { callType } from './helper-types.js';
import { personaSchema } from './inputs.js';
import { nameHint, propertyHint } from './name-hints.js';
import { schemaType } from './schema-type.js';
import {
  ABSENT,
  BOOLEAN,
  isNever,
  type KnownType,
  literalType,
  NEVER,
  NUMBER,
  STRING,
  type Type,
  typeText,
  union,
  without,
} from './type.js';

/** The root of places in the context; loops have roots of their own. */
const CONTEXT = 0;

/** What is looked at of a template. */
export interface TypedText {
  readonly source: SourceText;
  readonly nodes: readonly Node[];
  readonly inputs: ReadonlyMap<string, Input> | undefined;
}

export function checkTypes(text: TypedText, partials: ReadonlyMap<string, Partial>, diagnostics: Diagnostics): void {
  const run: Run = { partials, diagnostics, nextRoot: CONTEXT + 1 };
  const context: Value = { type: contextType(text), place: { root: CONTEXT, keys: [] } };
  new TypeCheck(text.source, run, []).nodes(text.nodes, Scope.root(context), Facts.none);
}

/** The inputs and the four persona inputs, side by side. */
function contextType({ inputs }: TypedText): Type {
  const types = new Map<string, Type>();
  for (const name of PERSONA_NAMES) {
    const schema = personaSchema(name, inputs?.get(name)?.schema);
    types.set(name, schemaType(schema, schema));
  }
  for (const { name, optional, schema } of inputs?.values() ?? []) {
    if (isPersonaName(name)) continue;
    const type = schemaType(schema, schema);
    types.set(name, optional && schema['default'] === undefined && type !== 'any' ? union(type, ABSENT) : type);
  }
  return {
    object: { names: [...types.keys()], property: (name) => types.get(name), each: () => [...types.values()].reduce(union, NEVER) },
  };
}

/** What all parts of one check share. */
interface Run {
  readonly partials: ReadonlyMap<string, Partial>;
  readonly diagnostics: Diagnostics;
  nextRoot: number;
}

class TypeCheck {
  constructor(
    readonly source: SourceText,
    readonly run: Run,
    /** The inclusions that led here, the innermost first. */
    readonly includes: NonNullable<Diagnostic['related']>,
  ) {}

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
    const value = this.#evaluate(expression, scope, facts);
    const type = value === undefined ? 'any' : facts.typeOf(value);
    if (type === 'any') return;
    if (type.absent || type.null) this.#reportUnguarded(expression, type);
  }

  #condition(node: ConditionNode, scope: Scope<Value>, facts: Facts): void {
    const evaluate = (expression: Expression, known: Facts): Value | undefined => this.#quietly(expression, scope, known);
    // Facts that cannot be (after a branch that always holds) leave things as they were.
    let rest = facts;
    for (const branch of node.branches) {
      this.#evaluate(branch.condition, scope, rest);
      this.nodes(branch.body, scope, assumeCondition(branch.condition, !branch.negated, rest, evaluate) ?? rest);
      rest = assumeCondition(branch.condition, branch.negated, rest, evaluate) ?? rest;
    }
    this.nodes(node.otherwise, scope, rest);
  }

  #each(node: EachNode, scope: Scope<Value>, facts: Facts): void {
    const subject = this.#evaluate(node.subject, scope, facts);
    const type = subject === undefined ? 'any' : facts.typeOf(subject);
    let item: Type = 'any';
    let key: Type = union(NUMBER, STRING);
    const given = without(type, 'absent', 'null');
    // Nothing but `null` stands for a tag with an error of its own, and says nothing of the items.
    if (given !== 'any' && !isNever(given)) {
      const { list, object } = given;
      if (list === undefined && object === undefined) {
        this.#report('check/not-a-list', node.subject, { name: expressionText(node.subject), type: typeText(given) });
      } else {
        item = union(list?.item() ?? NEVER, object?.each() ?? NEVER);
        key = union(list ? NUMBER : NEVER, object ? STRING : NEVER);
      }
    }
    const value: Value = { type: item === 'any' ? item : without(item, 'absent'), place: { root: this.run.nextRoot++, keys: [] } };
    const loop = { index: { type: NUMBER }, key: { type: key }, first: { type: BOOLEAN }, last: { type: BOOLEAN } };
    const names = node.blockParameters.map((parameter, i): [string, Value] => [parameter.name, i === 0 ? value : loop.key]);
    this.nodes(node.body, scope.enter(value, names, loop), facts);
    this.nodes(node.otherwise, scope, facts);
  }

  #with(node: WithNode, scope: Scope<Value>, facts: Facts): void {
    const subject = this.#evaluate(node.subject, scope, facts) ?? { type: 'any' };
    const evaluate = (expression: Expression, known: Facts): Value | undefined => this.#quietly(expression, scope, known);
    const inside = assumeCondition(node.subject, true, facts, evaluate) ?? facts;
    const outside = assumeCondition(node.subject, false, facts, evaluate) ?? facts;
    const given = without(inside.typeOf(subject), 'absent', 'null');
    // As in a loop, nothing but `null` stands for a tag with an error of its own.
    const held: Value = { ...subject, type: isNever(given) ? 'any' : given };
    this.nodes(
      node.body,
      scope.enter(
        held,
        node.blockParameters.map((parameter): [string, Value] => [parameter.name, held]),
      ),
      inside,
    );
    this.nodes(node.otherwise, scope, outside);
  }

  #partial(node: PartialNode, scope: Scope<Value>, facts: Facts): void {
    const parameters = node.parameters.map(({ name, value: expression }): [string, Value] => {
      const value = this.#evaluate(expression, scope, facts) ?? { type: 'any' };
      // A written-out value is one of many that the partial is made for: its type counts, not itself.
      return [name, expression.type === 'literal' ? { type: kindOf(value.type) } : value];
    });
    const partial = this.run.partials.get(node.name);
    // A partial that does not exist is reported with the graph of partials.
    if (partial === undefined) return;
    const include = { message: 'included here', span: { source: this.source, start: node.start, end: node.end } };
    new TypeCheck(partial.source, this.run, [include, ...this.includes]).nodes(partial.nodes, scope.enterPartial(parameters), facts);
  }

  #evaluate(expression: Expression, scope: Scope<Value>, facts: Facts): Value | undefined {
    switch (expression.type) {
      case 'literal':
        return { type: literalType(expression.value) };
      case 'path':
        return this.#path(expression, scope, facts);
      case 'call':
        return this.#call(expression, scope, facts);
    }
  }

  /** The same without reports, for what has been evaluated before. */
  #quietly(expression: Expression, scope: Scope<Value>, facts: Facts): Value | undefined {
    if (expression.type === 'literal') return { type: literalType(expression.value) };
    if (expression.type === 'call') return undefined;
    const resolved = scope.resolve(expression);
    if (typeof resolved === 'string') return undefined;
    let value: Value | undefined = resolved.base;
    for (const key of resolved.keys) value = value && below(value, key.name, facts);
    return value;
  }

  #call(call: CallExpression, scope: Scope<Value>, facts: Facts): Value | undefined {
    if (!checkHelperArguments(call, this.source, this.run.diagnostics)) return undefined;
    const evaluate = (expression: Expression, known: Facts): Value | undefined => this.#quietly(expression, scope, known);
    const types: Type[] = [];
    let known: Facts | undefined = facts;
    for (const argument of call.args) {
      // `and` and `or` look at an argument only where those before it have not decided.
      const value = this.#evaluate(argument, scope, known ?? facts);
      if (value === undefined) return undefined;
      types.push((known ?? facts).typeOf(value));
      if (call.helper === 'and' || call.helper === 'or') known = known && assumeCondition(argument, call.helper === 'and', known, evaluate);
    }
    const { result, problem, unguarded } = callType(call.helper, types);
    for (const index of unguarded ?? []) this.#reportUnguarded(call.args[index]!, types[index]!);
    // In a partial, a value that this place never gives may be another place's.
    if (problem !== undefined && !(problem.neverHolds && this.includes.length > 0)) {
      const code = problem.neverHolds ? 'check/never-holds' : 'check/helper-type';
      this.#report(code, call.args[problem.argument]!, { name: call.helper, problem: problem.text }, this.#valueHint(call, types));
    }
    return { type: result };
  }

  /** For a comparison with a misspelt value of an enum. */
  #valueHint({ args }: CallExpression, types: readonly Type[]): string | undefined {
    const literal = args.find((argument) => argument.type === 'literal' && typeof argument.value === 'string');
    const allowed = types.flatMap((type, i) => (type === 'any' || args[i] === literal ? [] : (type.string?.values ?? listValues(type))));
    if (literal?.type !== 'literal' || typeof literal.value !== 'string' || allowed.length === 0) return undefined;
    const near = nearest(literal.value, allowed);
    return near === undefined
      ? `It can be ${allowed.map((value) => JSON.stringify(value)).join(', ')}.`
      : `Did you mean ${JSON.stringify(near)}?`;
  }

  #path(path: PathExpression, scope: Scope<Value>, facts: Facts): Value | undefined {
    const resolved = scope.resolve(path);
    if (resolved === 'no-parent') return this.#report('check/no-parent', path, undefined);
    if (resolved === 'outside-each') return this.#report('check/outside-each', path, { name: pathText(path) });
    let value: Value = resolved.base;
    for (const key of resolved.keys) {
      const next = FORBIDDEN_KEYS.has(key.name) ? undefined : below(value, key.name, facts);
      if (next === undefined) return this.#reportUnknown(key, value, facts, scope);
      value = next;
    }
    return value;
  }

  #reportUnknown(key: Place & { name: string }, value: Value, facts: Facts, scope: Scope<Value>): undefined {
    const type = facts.typeOf(value);
    const isContext = value.place?.root === CONTEXT && value.place.keys.length === 0;
    const names = type === 'any' ? [] : (type.object?.names ?? []);
    if (isContext || FORBIDDEN_KEYS.has(key.name)) {
      const hint = isContext ? nameHint(key.name, [...names, ...scope.namesInSight()]) : propertyHint(key.name, []);
      return this.#report('check/unknown-name', key, { name: key.name }, hint);
    }
    const args = { name: key.name, type: typeText(without(type, 'absent', 'null')) };
    return this.#report('check/unknown-property', key, args, propertyHint(key.name, names));
  }

  #reportUnguarded(expression: Expression, type: Type): void {
    const name = expressionText(expression);
    const why = type !== 'any' && type.absent ? 'can be left out' : 'can be null';
    const hint = `Guard it, \`{{#if ${name}}}…{{/if}}\`, or give a text for that case: \`{{default ${name} "…"}}\`.`;
    this.#report('check/unguarded', expression, { name, why }, hint);
  }

  #report<C extends Code>(code: C, { start, end }: Place, args: CodeArgs<C>, hint?: string): undefined {
    const related = this.includes.length === 0 ? undefined : this.includes;
    this.run.diagnostics.report(code, { source: this.source, start, end }, args, { hint, related });
  }
}

/** A literal's type without its value. */
function kindOf(type: Type): Type {
  if (type === 'any') return type;
  return { ...type, ...(type.string && { string: {} }), ...(type.number && { number: {} }), ...(type.boolean && { boolean: {} }) };
}

function listValues(type: KnownType): readonly string[] {
  const item = type.list?.item();
  return item === undefined || item === 'any' ? [] : (item.string?.values ?? []);
}

/** An expression as it could be written. */
function expressionText(expression: Expression): string {
  if (expression.type === 'path') return pathText(expression);
  if (expression.type === 'literal') return JSON.stringify(expression.value);
  return `(${[expression.helper, ...expression.args.map(expressionText)].join(' ')})`;
}
