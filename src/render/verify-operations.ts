/**
 * Whether a list of operations is one that a machine can run.
 *
 * In: what an artifact holds. Out: nothing, or an error. What always holds of a list that passes: every
 * operation and helper is known and has what it needs; slots and targets exist; loops and indentations are
 * closed in order, and only the end of a loop leads back. So a run of it ends, and cannot go wrong.
 */
import { PromptcError } from '../base/error.js';
import { HELPER_NAMES, LOOP_SLOT_COUNT, type Operation } from '../format/operation.js';

type Kind = 'text' | 'expression' | 'slot' | 'loop' | 'target';

/** What follows the name of each operation. */
const OPERANDS: { readonly [name in Operation[0]]: readonly Kind[] } = {
  text: ['text'],
  print: ['expression'],
  constraints: [],
  set: ['slot', 'expression'],
  jump: ['target'],
  'jump-if': ['expression', 'target'],
  'jump-unless': ['expression', 'target'],
  each: ['expression', 'loop', 'target'],
  next: ['target'],
  indent: ['text'],
  dedent: [],
};

/** More than a compiler writes, few enough for the call stack. */
const MAX_EXPRESSION_DEPTH = 256;
const MAX_INDENT = 10;

/** @throws PromptcError `artifact_unsupported` for operations that this version does not know */
export function verifyOperations(operations: readonly Operation[], slots: number): void {
  if (!Array.isArray(operations)) throw unsupported('list of operations', operations);
  if (!Number.isSafeInteger(slots) || slots < 1) throw unsupported('number of slots', slots);
  for (const operation of operations) verifyOperation(operation, operations.length, slots);
  verifyFlow(operations);
}

function verifyOperation(operation: unknown, length: number, slots: number): void {
  const [name, ...operands] = Array.isArray(operation) ? (operation as unknown[]) : [operation];
  if (typeof name !== 'string' || !Object.hasOwn(OPERANDS, name)) throw unsupported('operation', name);
  const kinds = OPERANDS[name as Operation[0]];
  if (operands.length !== kinds.length) throw unsupported(`operation "${name}" with ${operands.length} operands`);
  kinds.forEach((kind, i) => {
    const operand = operands[i];
    switch (kind) {
      case 'text':
        if (typeof operand !== 'string') throw unsupported('text', operand);
        return;
      case 'expression':
        return verifyExpression(operand, slots, 1);
      case 'slot':
        return verifyIndex(operand, slots - 1, 'slot');
      case 'loop':
        return verifyIndex(operand, slots - LOOP_SLOT_COUNT, 'slot');
      case 'target':
        return verifyIndex(operand, length, 'target');
    }
  });
}

function verifyExpression(expression: unknown, slots: number, depth: number): void {
  if (typeof expression !== 'object' || expression === null || depth > MAX_EXPRESSION_DEPTH) throw unsupported('expression', expression);
  const { path, value, call, args, options = {} } = expression as { readonly [key: string]: unknown };
  if (path !== undefined) {
    if (!Array.isArray(path)) throw unsupported('path', path);
    verifyIndex(path[0], slots - 1, 'slot');
    for (const key of path.slice(1)) if (typeof key !== 'string') throw unsupported('key', key);
  } else if (call !== undefined) {
    if (!(HELPER_NAMES as readonly unknown[]).includes(call)) throw unsupported('helper', call);
    if (!Array.isArray(args) || typeof options !== 'object' || options === null) throw unsupported('call of', call);
    for (const argument of args) verifyExpression(argument, slots, depth + 1);
    if ('indent' in options) verifyIndex(options.indent, MAX_INDENT, 'indent');
  } else if (value === undefined || (typeof value === 'object' && value !== null)) {
    throw unsupported('value', value);
  }
}

function verifyIndex(index: unknown, most: number, what: string): void {
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index > most) throw unsupported(what, index);
}

/** Loops and indentations are closed in order; jumps lead forward, and neither into nor out of one. */
function verifyFlow(operations: readonly Operation[]): void {
  /** For each index, and the one past the last: where the `each` or `indent` is that is open there. */
  const inside = new Int32Array(operations.length + 1).fill(-1);
  const open: number[] = [];
  for (const [at, operation] of operations.entries()) {
    inside[at] = open.at(-1) ?? -1;
    const [name] = operation;
    if (name === 'each' || name === 'indent') open.push(at);
    if (name !== 'next' && name !== 'dedent') continue;
    const start = open.pop() ?? -1;
    const opener = name === 'next' ? 'each' : 'indent';
    if (operations[start]?.[0] !== opener) throw unsupported(`operation "${name}" without its "${opener}"`);
    if (name === 'next' && operation[1] !== start + 1) throw unsupported('target', operation[1]);
  }
  const [unclosed] = open;
  if (unclosed !== undefined) throw unsupported(`operation "${operations[unclosed]![0]}" without its end`);
  for (const [at, operation] of operations.entries()) {
    const [name] = operation;
    if (name !== 'each' && name !== 'jump' && name !== 'jump-if' && name !== 'jump-unless') continue;
    const target = operation.at(-1) as number;
    if (target <= at || inside[target] !== inside[at]) throw unsupported('target', target);
  }
}

function unsupported(what: string, value?: unknown): PromptcError {
  const shown = typeof value === 'string' ? ` "${value.slice(0, 60)}"` : typeof value === 'number' ? ` ${value}` : '';
  return new PromptcError('artifact_unsupported', `The artifact holds the ${what}${shown}, which this version of promptc does not know.`);
}
