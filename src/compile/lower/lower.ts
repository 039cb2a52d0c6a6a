/**
 * Syntax tree → operations.
 *
 * In: a template's nodes and the nodes of every partial. Out: a flat list of operations, partials put in
 * their place, every name resolved to a slot and keys below it. What always holds: the input was checked
 * (every name and partial exists, no cycles, nesting within its limits); targets lie within the list;
 * slots are reused once their block is over; what is decided by literals alone is decided here.
 */
import type { SourceText, Span } from '../../base/span.js';
import type { Expression as ValueExpression, HelperName, Literal, Operation } from '../../format/operation.js';
import { LOOP_SLOT_COUNT, LOOP_SLOTS } from '../../format/operation.js';
import { HELPERS } from '../../render/helpers.js';
import { DEFAULT_RENDER_LIMITS } from '../../render/limits.js';
import { isTruthy } from '../../render/value.js';
import { Work } from '../../render/work.js';
import type { ConditionNode, EachNode, Expression, Node, PartialNode, PathExpression, Place, WithNode } from '../parse/template/ast.js';
import { pathText } from '../parse/template/ast.js';
import { Scope } from '../scope.js';

export interface Lowered {
  /** How many slots a machine needs. */
  readonly slots: number;
  readonly operations: readonly Operation[];
  /** Where each of them comes from: a tag or a text, the first of several that became one. */
  readonly places: readonly Span[];
}

/** A template's or a partial's own text. */
interface Text {
  readonly source: SourceText;
  readonly nodes: readonly Node[];
}

export function lower(text: Text, partials: ReadonlyMap<string, Text>): Lowered {
  const lowering = new Lowering(partials);
  lowering.lowerText(text, Scope.root<ValueExpression>({ path: [0] }));
  const { slots, operations, places } = lowering;
  return { slots, operations, places };
}

/** An operation whose target is not known yet. */
type Jump = ['jump', number] | ['jump-if' | 'jump-unless', ValueExpression, number] | ['each', ValueExpression, number, number];

class Lowering {
  readonly operations: Operation[] = [];
  readonly places: Span[] = [];
  slots = 1;
  /** What is being lowered, and in which file. */
  #place: Place = { start: 0, end: 0 };
  #source: SourceText | undefined;
  #nextSlot = 1;
  /** The last place that something jumps to; text on its two sides must stay apart. */
  #lastTarget = 0;

  constructor(readonly partials: ReadonlyMap<string, Text>) {}

  lowerText({ source, nodes }: Text, scope: Scope<ValueExpression>): void {
    const around = this.#source;
    this.#source = source;
    this.#nodes(nodes, scope);
    this.#source = around;
  }

  #nodes(nodes: readonly Node[], scope: Scope<ValueExpression>): void {
    const around = this.#place;
    for (const node of nodes) {
      this.#place = node;
      this.#node(node, scope);
    }
    this.#place = around;
  }

  #node(node: Node, scope: Scope<ValueExpression>): void {
    switch (node.type) {
      case 'text':
        return this.#text(node.text);
      case 'print':
        return this.#print(this.#expression(node.value, scope));
      case 'constraints':
        return this.#emit(['constraints']);
      case 'comment':
        return undefined;
      case 'partial':
        return this.#partial(node, scope);
      case 'condition':
        return this.#condition(node, scope);
      case 'each':
        return this.#each(node, scope);
      case 'with':
        return this.#with(node, scope);
    }
  }

  #condition(node: ConditionNode, scope: Scope<ValueExpression>): void {
    const ends: Jump[] = [];
    for (const [i, branch] of node.branches.entries()) {
      const condition = this.#expression(branch.condition, scope);
      if ('value' in condition) {
        // Decided here: a partial that is given `compact=true` costs a render nothing.
        if (isTruthy(condition.value) === branch.negated) continue;
        this.#nodes(branch.body, scope);
        return this.#land(...ends);
      }
      const isLast = i === node.branches.length - 1 && node.otherwise.length === 0;
      const skip: Jump = [branch.negated ? 'jump-if' : 'jump-unless', condition, 0];
      this.#emit(skip);
      this.#nodes(branch.body, scope);
      if (!isLast) ends.push(this.#jump());
      this.#land(skip);
    }
    this.#nodes(node.otherwise, scope);
    this.#land(...ends);
  }

  #each(node: EachNode, scope: Scope<ValueExpression>): void {
    const slot = this.#take(LOOP_SLOT_COUNT);
    const start: Jump = ['each', this.#expression(node.subject, scope), slot, 0];
    this.#emit(start);
    const body = this.#target();
    const at = (offset: number): ValueExpression => ({ path: [slot + offset] });
    const loop = { index: at(LOOP_SLOTS.index), key: at(LOOP_SLOTS.key), first: at(LOOP_SLOTS.first), last: at(LOOP_SLOTS.last) };
    const [item, key] = node.blockParameters;
    const names: [string, ValueExpression][] = [];
    if (item !== undefined) names.push([item.name, at(LOOP_SLOTS.item)]);
    if (key !== undefined) names.push([key.name, loop.key]);
    this.#nodes(node.body, scope.enter(at(LOOP_SLOTS.item), names, loop));
    this.#emit(['next', body]);
    this.#free(LOOP_SLOT_COUNT);
    this.#otherwise(start, node.otherwise, scope);
  }

  #with(node: WithNode, scope: Scope<ValueExpression>): void {
    const before = this.#nextSlot;
    const subject = this.#held(this.#expression(node.subject, scope));
    const [name] = node.blockParameters;
    const inside = scope.enter(subject, name === undefined ? [] : [[name.name, subject]]);
    if ('value' in subject) return isTruthy(subject.value) ? this.#nodes(node.body, inside) : this.#nodes(node.otherwise, scope);
    const skip: Jump = ['jump-unless', subject, 0];
    this.#emit(skip);
    this.#nodes(node.body, inside);
    this.#free(this.#nextSlot - before);
    this.#otherwise(skip, node.otherwise, scope);
  }

  /** What stands after `{{else}}`, which `skip` jumps to. */
  #otherwise(skip: Jump, nodes: readonly Node[], scope: Scope<ValueExpression>): void {
    if (nodes.length === 0) return this.#land(skip);
    const end = this.#jump();
    this.#land(skip);
    this.#nodes(nodes, scope);
    this.#land(end);
  }

  #partial(node: PartialNode, scope: Scope<ValueExpression>): void {
    const before = this.#nextSlot;
    const parameters = node.parameters.map((parameter) => [parameter.name, this.#held(this.#expression(parameter.value, scope))] as const);
    if (node.indent !== '') this.#emit(['indent', node.indent]);
    this.lowerText(this.partials.get(node.name)!, scope.enterPartial(parameters));
    if (node.indent !== '') this.#emit(['dedent']);
    this.#free(this.#nextSlot - before);
  }

  #expression(expression: Expression, scope: Scope<ValueExpression>): ValueExpression {
    switch (expression.type) {
      case 'literal':
        return { value: expression.value };
      case 'path':
        return lowerPath(expression, scope);
      case 'call': {
        const args = expression.args.map((argument) => this.#expression(argument, scope));
        // Checking has made sure that options are literals.
        const options = expression.options.map((option) => [option.name, (option.value as { value: Literal }).value]);
        return callOf(expression.helper, args, Object.fromEntries(options) as { [name: string]: Literal });
      }
    }
  }

  /** A value that can be looked into: what is computed is put into a slot first. */
  #held(value: ValueExpression): ValueExpression {
    if (!('call' in value)) return value;
    const slot = this.#take(1);
    this.#emit(['set', slot, value]);
    return { path: [slot] };
  }

  #text(text: string): void {
    const last = this.operations.at(-1);
    if (last?.[0] === 'text' && this.#lastTarget < this.operations.length) {
      this.operations[this.operations.length - 1] = ['text', last[1] + text];
    } else {
      this.#emit(['text', text]);
    }
  }

  #print(value: ValueExpression): void {
    if ('value' in value) return value.value === null ? undefined : this.#text(String(value.value));
    this.#emit(['print', value]);
  }

  #emit(operation: Operation): void {
    const { start, end } = this.#place;
    this.operations.push(operation);
    this.places.push({ source: this.#source!, start, end });
  }

  #jump(): Jump {
    const jump: Jump = ['jump', 0];
    this.#emit(jump);
    return jump;
  }

  /** Lets the jumps lead to here. */
  #land(...jumps: Jump[]): void {
    if (jumps.length === 0) return;
    const target = this.#target();
    for (const jump of jumps) jump[jump.length - 1] = target;
  }

  #target(): number {
    this.#lastTarget = this.operations.length;
    return this.#lastTarget;
  }

  #take(count: number): number {
    const slot = this.#nextSlot;
    this.#nextSlot += count;
    this.slots = Math.max(this.slots, this.#nextSlot);
    return slot;
  }

  #free(count: number): void {
    this.#nextSlot -= count;
  }
}

/** A call; or what it gives, if that depends on no value. */
function callOf(call: HelperName, args: readonly ValueExpression[], options: { [name: string]: Literal }): ValueExpression {
  const values = args.flatMap((argument) => ('value' in argument ? [argument.value] : []));
  if (values.length === args.length) {
    const value = HELPERS[call](values, options, new Work(DEFAULT_RENDER_LIMITS));
    // From literals, helpers make literals.
    return { value: (value ?? null) as Literal };
  }
  return Object.keys(options).length === 0 ? { call, args } : { call, args, options };
}

function lowerPath(path: PathExpression, scope: Scope<ValueExpression>): ValueExpression {
  const resolved = scope.resolve(path);
  if (typeof resolved === 'string') throw new Error(`unchecked path ${pathText(path)}: ${resolved}`);
  const { base, keys } = resolved;
  if (keys.length === 0) return base;
  // A literal given to a partial has nothing below it.
  if (!('path' in base)) return { value: null };
  return { path: [...base.path, ...keys.map((key) => key.name)] as [number, ...string[]] };
}
