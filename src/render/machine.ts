/**
 * Runs a template's operations.
 *
 * In: operations and a context. Out: text. What always holds: the same operations and values give the same
 * text; nothing but the context is reachable; a run ends, within its limits on output and steps.
 */
import { PromptcError } from '../base/error.js';
import { HELPER_NAMES, type Expression, LOOP_SLOT_COUNT, LOOP_SLOTS, type Operation } from '../format/operation.js';
import { HELPERS } from './helpers.js';
import type { RenderLimits } from './limits.js';
import { isTruthy, lookUp, printValue } from './value.js';

/** A template made ready to run; cheap to run, dear to make. */
export interface Program {
  readonly slots: number;
  readonly instructions: readonly Instruction[];
}

type Slots = unknown[];
type Evaluate = (slots: Slots) => unknown;

type Instruction =
  | { readonly op: 'text'; readonly text: string }
  | { readonly op: 'print'; readonly value: Evaluate }
  | { readonly op: 'constraints' }
  | { readonly op: 'set'; readonly slot: number; readonly value: Evaluate }
  | { readonly op: 'jump'; readonly target: number }
  | { readonly op: 'jump-if' | 'jump-unless'; readonly value: Evaluate; readonly target: number }
  | { readonly op: 'each'; readonly value: Evaluate; readonly slot: number; readonly target: number }
  | { readonly op: 'next'; readonly target: number }
  | { readonly op: 'indent'; readonly indent: string }
  | { readonly op: 'dedent' };

/** A loop under way. */
interface Loop {
  readonly items: readonly unknown[];
  /** Of an object, its keys; a list's are its indexes. */
  readonly keys: readonly string[] | undefined;
  readonly slot: number;
  at: number;
}

/**
 * Makes operations ready to run.
 *
 * @throws PromptcError `artifact_unsupported` for operations that this version does not know
 */
export function load(operations: readonly Operation[], slots: number): Program {
  return { slots, instructions: operations.map((operation) => loadOperation(operation, operations.length, slots)) };
}

/**
 * @param context - what slot 0 holds: inputs and persona inputs side by side, plain JSON
 * @param directives - the text of `{{constraints}}`
 * @throws PromptcError `prompt_too_large`, `render_too_long`
 */
export function run(program: Program, context: unknown, directives: string, limits: RenderLimits): string {
  const { instructions } = program;
  const slots: Slots = [context];
  const loops: Loop[] = [];
  const captured: { before: string; indent: string }[] = [];
  let out = '';
  let steps = 0;
  let at = 0;
  while (at < instructions.length) {
    if (++steps > limits.steps) throw new PromptcError('render_too_long', `The render takes more than ${limits.steps} steps.`);
    const instruction = instructions[at++]!;
    switch (instruction.op) {
      case 'text':
        out += instruction.text;
        break;
      case 'print':
        out += printValue(instruction.value(slots));
        break;
      case 'constraints':
        out += directives;
        break;
      case 'set':
        slots[instruction.slot] = instruction.value(slots);
        break;
      case 'jump':
        at = instruction.target;
        break;
      case 'jump-if':
        if (isTruthy(instruction.value(slots))) at = instruction.target;
        break;
      case 'jump-unless':
        if (!isTruthy(instruction.value(slots))) at = instruction.target;
        break;
      case 'each': {
        const loop = startLoop(instruction.value(slots), instruction.slot);
        if (loop === undefined) at = instruction.target;
        else {
          loops.push(loop);
          fillSlots(loop, slots);
        }
        break;
      }
      case 'next': {
        const loop = loops.at(-1)!;
        if (++loop.at < loop.items.length) {
          fillSlots(loop, slots);
          at = instruction.target;
        } else {
          loops.pop();
        }
        break;
      }
      case 'indent':
        captured.push({ before: out, indent: instruction.indent });
        out = '';
        break;
      case 'dedent': {
        const { before, indent } = captured.pop()!;
        out = before + indentLines(out, indent, limits);
        break;
      }
    }
    if (out.length > limits.promptBytes) throw tooLarge(limits);
  }
  return out;
}

/** The error of a prompt over its limit. */
export function tooLarge(limits: RenderLimits): PromptcError {
  return new PromptcError('prompt_too_large', `The rendered prompt is larger than ${limits.promptBytes} bytes.`);
}

function startLoop(subject: unknown, slot: number): Loop | undefined {
  if (typeof subject !== 'object' || subject === null) return undefined;
  if (Array.isArray(subject)) return subject.length === 0 ? undefined : { items: subject, keys: undefined, slot, at: 0 };
  const keys = Object.keys(subject).sort();
  if (keys.length === 0) return undefined;
  return { items: keys.map((key) => (subject as Record<string, unknown>)[key]), keys, slot, at: 0 };
}

function fillSlots({ items, keys, slot, at }: Loop, slots: Slots): void {
  slots[slot + LOOP_SLOTS.item] = items[at];
  slots[slot + LOOP_SLOTS.key] = keys === undefined ? at : keys[at];
  slots[slot + LOOP_SLOTS.index] = at;
  slots[slot + LOOP_SLOTS.first] = at === 0;
  slots[slot + LOOP_SLOTS.last] = at === items.length - 1;
}

/** Begins every line with `indent`, save for the empty one behind a final line end. */
function indentLines(text: string, indent: string, limits: RenderLimits): string {
  if (text === '') return '';
  const lines = text.split('\n');
  if (text.length + lines.length * indent.length > limits.promptBytes) throw tooLarge(limits);
  const last = lines.length - 1;
  return lines.map((line, i) => (i === last && line === '' ? '' : indent + line)).join('\n');
}

function loadOperation(operation: Operation, length: number, slotCount: number): Instruction {
  const target = (value: unknown): number => checkedIndex(value, length, 'target');
  const slot = (value: unknown, width: number): number => checkedIndex(value, slotCount - width, 'slot');
  switch (operation[0]) {
    case 'text':
      return { op: 'text', text: String(operation[1]) };
    case 'print':
      return { op: 'print', value: loadExpression(operation[1]) };
    case 'constraints':
      return { op: 'constraints' };
    case 'set':
      return { op: 'set', slot: slot(operation[1], 1), value: loadExpression(operation[2]) };
    case 'jump':
      return { op: 'jump', target: target(operation[1]) };
    case 'jump-if':
    case 'jump-unless':
      return { op: operation[0], value: loadExpression(operation[1]), target: target(operation[2]) };
    case 'each':
      return { op: 'each', value: loadExpression(operation[1]), slot: slot(operation[2], LOOP_SLOT_COUNT), target: target(operation[3]) };
    case 'next':
      return { op: 'next', target: target(operation[1]) };
    case 'indent':
      return { op: 'indent', indent: String(operation[1]) };
    case 'dedent':
      return { op: 'dedent' };
    default:
      throw unsupported(`operation ${JSON.stringify(operation)}`);
  }
}

function loadExpression(expression: Expression): Evaluate {
  if ('path' in expression) return loadPath(expression.path);
  if ('value' in expression) {
    const { value } = expression;
    return () => value;
  }
  if (!HELPER_NAMES.includes(expression.call)) throw unsupported(`helper ${JSON.stringify(expression.call)}`);
  const helper = HELPERS[expression.call];
  const args = expression.args.map(loadExpression);
  const options = expression.options ?? {};
  return (slots) =>
    helper(
      args.map((evaluate) => evaluate(slots)),
      options,
    );
}

function loadPath([slot, ...keys]: readonly [number, ...string[]]): Evaluate {
  const [first] = keys;
  if (first === undefined) return (slots) => slots[slot];
  if (keys.length === 1) return (slots) => lookUp(slots[slot], first);
  return (slots) => {
    let value = slots[slot];
    for (const key of keys) value = lookUp(value, key);
    return value;
  };
}

function checkedIndex(value: unknown, most: number, what: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) throw unsupported(`${what} ${String(value)}`);
  return value;
}

function unsupported(what: string): PromptcError {
  return new PromptcError('artifact_unsupported', `The artifact holds the ${what}, which this version of promptc does not know.`);
}
