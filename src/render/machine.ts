/**
 * Runs a template's operations.
 *
 * In: operations and a context. Out: text. What always holds: the same operations and values give the same
 * text; nothing but the context is reachable; a run ends, within its limits on output and steps.
 */
import { type Expression, LOOP_SLOTS, type Operation } from '../format/operation.js';
import { HELPERS } from './helpers.js';
import type { RenderLimits } from './limits.js';
import { isTruthy, lookUp, printValue } from './value.js';
import { verifyOperations } from './verify-operations.js';
import { tooLarge, tooLong, Work } from './work.js';

/** A template made ready to run; cheap to run, dear to make. */
export interface Program {
  readonly slots: number;
  readonly instructions: readonly Instruction[];
}

type Slots = unknown[];
type Evaluate = (slots: Slots, work: Work) => unknown;

/** An operation, ready to run; `op` says which of the other fields count. */
interface Instruction {
  readonly op: Operation[0];
  /** What `text` appends, or `indent` begins lines with. */
  readonly text: string;
  readonly value: Evaluate;
  readonly slot: number;
  readonly target: number;
}

/** A loop under way. */
interface Loop {
  readonly items: readonly unknown[];
  /** Of an object, its keys; a list's are its indexes. */
  readonly keys: readonly string[] | undefined;
  readonly slot: number;
  at: number;
}

/**
 * Makes operations ready to run, wherever they come from.
 *
 * @throws PromptcError `artifact_unsupported` for operations that this version does not know
 */
export function load(operations: readonly Operation[], slots: number): Program {
  verifyOperations(operations, slots);
  return { slots, instructions: operations.map((operation) => withAllFields(loadOperation(operation))) };
}

/**
 * @param context - what slot 0 holds: inputs and persona inputs side by side, plain JSON
 * @param directives - the text of `{{constraints}}`
 * @throws PromptcError `prompt_too_large`, `render_too_long`
 */
export function run(program: Program, context: unknown, directives: string, limits: RenderLimits): string {
  const { instructions } = program;
  const slots: Slots = [context];
  const work = new Work(limits);
  const loops: Loop[] = [];
  const captured: { before: string; indent: string }[] = [];
  let out = '';
  let steps = 0;
  let at = 0;
  while (at < instructions.length) {
    if (++steps > limits.steps) throw tooLong(limits);
    const instruction = instructions[at++]!;
    switch (instruction.op) {
      case 'text':
        out += instruction.text;
        break;
      case 'print':
        out += printValue(instruction.value(slots, work));
        break;
      case 'constraints':
        out += directives;
        break;
      case 'set':
        slots[instruction.slot] = instruction.value(slots, work);
        break;
      case 'jump':
        at = instruction.target;
        break;
      case 'jump-if':
        if (isTruthy(instruction.value(slots, work))) at = instruction.target;
        break;
      case 'jump-unless':
        if (!isTruthy(instruction.value(slots, work))) at = instruction.target;
        break;
      case 'each': {
        const loop = startLoop(instruction.value(slots, work), instruction.slot);
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
        captured.push({ before: out, indent: instruction.text });
        out = '';
        break;
      case 'dedent': {
        const { before, indent } = captured.pop()!;
        work.spendText(out.length);
        out = before + indentLines(out, indent, limits);
        break;
      }
    }
    if (out.length > limits.promptBytes) throw tooLarge(limits);
  }
  return out;
}

function startLoop(subject: unknown, slot: number): Loop | undefined {
  if (typeof subject !== 'object' || subject === null) return undefined;
  if (Array.isArray(subject)) return subject.length === 0 ? undefined : { items: subject, keys: undefined, slot, at: 0 };
  const keys = Object.keys(subject).toSorted();
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
  let out = '';
  for (let start = 0, end; start < text.length; start = end) {
    end = text.indexOf('\n', start) + 1;
    if (end === 0) end = text.length;
    out += indent + text.slice(start, end);
    if (out.length > limits.promptBytes) throw tooLarge(limits);
  }
  return out;
}

type Fields = Partial<Instruction> & Pick<Instruction, 'op'>;

const nothing: Evaluate = () => undefined;

/** Gives every instruction all fields in one order: V8 then finds each where it was the last time. */
function withAllFields({ op, text = '', value = nothing, slot = 0, target = 0 }: Fields): Instruction {
  return { op, text, value, slot, target };
}

function loadOperation(operation: Operation): Fields {
  switch (operation[0]) {
    case 'text':
    case 'indent':
      return { op: operation[0], text: operation[1] };
    case 'print':
      return { op: 'print', value: loadExpression(operation[1]) };
    case 'set':
      return { op: 'set', slot: operation[1], value: loadExpression(operation[2]) };
    case 'jump':
    case 'next':
      return { op: operation[0], target: operation[1] };
    case 'jump-if':
    case 'jump-unless':
      return { op: operation[0], value: loadExpression(operation[1]), target: operation[2] };
    case 'each':
      return { op: 'each', value: loadExpression(operation[1]), slot: operation[2], target: operation[3] };
    case 'constraints':
    case 'dedent':
      return { op: operation[0] };
  }
}

function loadExpression(expression: Expression): Evaluate {
  if ('path' in expression) return loadPath(expression.path);
  if ('value' in expression) {
    const { value } = expression;
    return () => value;
  }
  const helper = HELPERS[expression.call];
  const args = expression.args.map(loadExpression);
  const options = expression.options ?? {};
  // Nearly every call has one or two arguments; a list written out is cheaper than a mapped one.
  const [first, second] = args;
  if (first !== undefined && args.length === 1) return (slots, work) => helper([first(slots, work)], options, work);
  if (first !== undefined && second !== undefined && args.length === 2) {
    return (slots, work) => helper([first(slots, work), second(slots, work)], options, work);
  }
  return (slots, work) =>
    helper(
      args.map((evaluate) => evaluate(slots, work)),
      options,
      work,
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
