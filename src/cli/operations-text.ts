/** Operations as a listing: one line each, numbered as their targets count them. */
import type { Expression, Literal, Operation, Path } from '../format/operation.js';
import { visible } from './diagnostics/visible.js';

export function operationsText(operations: readonly Operation[]): string[] {
  const width = String(operations.length).length;
  return operations.map((operation, i) => `${String(i).padStart(width)}  ${operation[0].padEnd(11)} ${operandText(operation)}`.trimEnd());
}

function operandText(operation: Operation): string {
  switch (operation[0]) {
    case 'text':
    case 'indent':
      return visible(JSON.stringify(operation[1]));
    case 'print':
      return expressionText(operation[1]);
    case 'set':
      return `$${operation[1]} = ${expressionText(operation[2])}`;
    case 'jump':
    case 'next':
      return `→ ${operation[1]}`;
    case 'jump-if':
    case 'jump-unless':
      return `${expressionText(operation[1])} → ${operation[2]}`;
    case 'each':
      return `${expressionText(operation[1])} as $${operation[2]} else → ${operation[3]}`;
    case 'constraints':
    case 'dedent':
      return '';
  }
}

function expressionText(expression: Expression): string {
  if ('path' in expression) return pathText(expression.path);
  if ('value' in expression) return literalText(expression.value);
  const options = Object.entries(expression.options ?? {}).map(([name, value]) => `${name}=${literalText(value)}`);
  return `(${[expression.call, ...expression.args.map(expressionText), ...options].join(' ')})`;
}

/** `$0` is the context; the rest are keys. */
function pathText([slot, ...keys]: Path): string {
  return visible([`$${slot}`, ...keys].join('.'));
}

function literalText(value: Literal): string {
  return visible(JSON.stringify(value));
}
