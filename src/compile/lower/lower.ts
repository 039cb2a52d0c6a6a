/**
 * Syntax tree → operations.
 *
 * In: a template's nodes and the nodes of every partial. Out: a flat list of operations, partials put in
 * their place, every name resolved to a slot and keys below it. What always holds: the input was checked
 * (every name and partial exists, no cycles, nesting within its limits); targets lie within the list;
 * slots are reused once their block is over.
 */
import type { Expression as ValueExpression, Literal, Operation } from '../../format/operation.js';
import { LOOP_SLOT_COUNT, LOOP_SLOTS } from '../../format/operation.js';
import type { ConditionNode, EachNode, Expression, Node, PartialNode, PathExpression, WithNode } from '../parse/template/ast.js';
import { pathText } from '../parse/template/ast.js';
import { Scope } from '../scope.js';

export interface Lowered {
  /** How many slots a machine needs. */
  readonly slots: number;
  readonly operations: readonly Operation[];
}

/** Every partial, by name. */
type Partials = ReadonlyMap<string, { readonly nodes: readonly Node[] }>;

export function lower(nodes: readonly Node[], partials: Partials): Lowered {
  const lowering = new Lowering(partials);
  lowering.nodes(nodes, Scope.root<ValueExpression>({ path: [0] }));
  return { slots: lowering.slots, operations: lowering.operations };
}

/** An operation whose target is not known yet. */
type Jump = ['jump', number] | ['jump-if' | 'jump-unless', ValueExpression, number] | ['each', ValueExpression, number, number];

class Lowering {
  readonly operations: Operation[] = [];
  slots = 1;
  #nextSlot = 1;
  /** The last place that something jumps to; text on its two sides must stay apart. */
  #lastTarget = 0;

  constructor(readonly partials: Partials) {}

  nodes(nodes: readonly Node[], scope: Scope<ValueExpression>): void {
    for (const node of nodes) this.#node(node, scope);
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
    node.branches.forEach((branch, i) => {
      const isLast = i === node.branches.length - 1 && node.otherwise.length === 0;
      const skip: Jump = [branch.negated ? 'jump-if' : 'jump-unless', this.#expression(branch.condition, scope), 0];
      this.#emit(skip);
      this.nodes(branch.body, scope);
      if (!isLast) ends.push(this.#jump());
      this.#land(skip);
    });
    this.nodes(node.otherwise, scope);
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
    this.nodes(node.body, scope.enter(at(LOOP_SLOTS.item), names, loop));
    this.#emit(['next', body]);
    this.#free(LOOP_SLOT_COUNT);
    this.#otherwise(start, node.otherwise, scope);
  }

  #with(node: WithNode, scope: Scope<ValueExpression>): void {
    const before = this.#nextSlot;
    const subject = this.#held(this.#expression(node.subject, scope));
    const skip: Jump = ['jump-unless', subject, 0];
    this.#emit(skip);
    const [name] = node.blockParameters;
    this.nodes(node.body, scope.enter(subject, name === undefined ? [] : [[name.name, subject]]));
    this.#free(this.#nextSlot - before);
    this.#otherwise(skip, node.otherwise, scope);
  }

  /** What stands after `{{else}}`, which `skip` jumps to. */
  #otherwise(skip: Jump, nodes: readonly Node[], scope: Scope<ValueExpression>): void {
    if (nodes.length === 0) return this.#land(skip);
    const end = this.#jump();
    this.#land(skip);
    this.nodes(nodes, scope);
    this.#land(end);
  }

  #partial(node: PartialNode, scope: Scope<ValueExpression>): void {
    const before = this.#nextSlot;
    const parameters = node.parameters.map((parameter) => [parameter.name, this.#held(this.#expression(parameter.value, scope))] as const);
    if (node.indent !== '') this.#emit(['indent', node.indent]);
    this.nodes(this.partials.get(node.name)!.nodes, scope.enterPartial(parameters));
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
        if (expression.options.length === 0) return { call: expression.helper, args };
        // Checking has made sure that options are literals.
        const options = expression.options.map((option) => [option.name, (option.value as { value: Literal }).value]);
        return { call: expression.helper, args, options: Object.fromEntries(options) as { [name: string]: Literal } };
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
    this.operations.push(operation);
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

function lowerPath(path: PathExpression, scope: Scope<ValueExpression>): ValueExpression {
  const resolved = scope.resolve(path);
  if (typeof resolved === 'string') throw new Error(`unchecked path ${pathText(path)}: ${resolved}`);
  const { base, keys } = resolved;
  if (keys.length === 0) return base;
  // A literal given to a partial has nothing below it.
  if (!('path' in base)) return { value: null };
  return { path: [...base.path, ...keys.map((key) => key.name)] as [number, ...string[]] };
}
