/** What a condition establishes: in the branch where it holds, and in the one where it does not. */
import type { Literal } from '../../format/operation.js';
import type { CallExpression, Expression } from '../parse/template/ast.js';
import { Facts, type Value } from './facts.js';
import { assumeTruth, intersection, literalType, type Type, without, withoutLiteral } from './type.js';

/** What is known of an expression; `undefined` for one that has an error, which is reported already. */
export type Evaluate = (expression: Expression, facts: Facts) => Value | undefined;

/**
 * The facts where a condition is true, or where it is false.
 *
 * @returns `undefined` if that cannot happen
 */
export function assumeCondition(condition: Expression, truth: boolean, facts: Facts, evaluate: Evaluate): Facts | undefined {
  if (condition.type !== 'call') return assumeValue(condition, facts, evaluate, (type) => assumeTruth(type, truth));
  const { helper, args } = condition;
  switch (helper) {
    case 'not':
      return args[0] === undefined ? facts : assumeCondition(args[0], !truth, facts, evaluate);
    case 'and':
      return truth ? all(args, true, facts, evaluate) : any(args, false, facts, evaluate);
    case 'or':
      return truth ? any(args, true, facts, evaluate) : all(args, false, facts, evaluate);
    case 'eq':
      return assumeEqual(args, truth, facts, evaluate);
    case 'ne':
      return assumeEqual(args, !truth, facts, evaluate);
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return truth ? assumeCompared(condition, facts, evaluate) : facts;
    case 'includes':
      return truth && args[0] !== undefined ? assumeValue(args[0], facts, evaluate, (type) => without(type, 'absent', 'null')) : facts;
    case 'length':
      // A length is true if there is something to count; an object without keys is true and has none.
      return truth && args[0] !== undefined ? assumeCondition(args[0], true, facts, evaluate) : facts;
    default:
      return facts;
  }
}

/** Every one of the conditions, each under what those before it have established. */
function all(conditions: readonly Expression[], truth: boolean, facts: Facts, evaluate: Evaluate): Facts | undefined {
  let known: Facts | undefined = facts;
  for (const condition of conditions) known = known && assumeCondition(condition, truth, known, evaluate);
  return known;
}

/** At least one of the conditions: each is tried where those before it have failed. */
function any(conditions: readonly Expression[], truth: boolean, facts: Facts, evaluate: Evaluate): Facts | undefined {
  let result: Facts | undefined;
  let failed: Facts | undefined = facts;
  for (const condition of conditions) {
    if (failed === undefined) break;
    result = Facts.either(result, assumeCondition(condition, truth, failed, evaluate));
    failed = assumeCondition(condition, !truth, failed, evaluate);
  }
  return result;
}

function assumeEqual(args: readonly Expression[], equal: boolean, facts: Facts, evaluate: Evaluate): Facts | undefined {
  const [left, right] = args;
  if (left === undefined || right === undefined) return facts;
  let known: Facts | undefined = facts;
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (known === undefined || other.type !== 'literal') continue;
    const { value } = other;
    known = assumeValue(one, known, evaluate, (type) => (equal ? equalTo(type, value) : withoutLiteral(type, value)));
  }
  return known;
}

/** An absent value equals `null`. */
function equalTo(type: Type, value: Literal): Type {
  return intersection(type, value === null ? { null: true, absent: true } : literalType(value));
}

/** Only numbers compare with numbers, and texts with texts: what compares is there. */
function assumeCompared({ helper, args }: CallExpression, facts: Facts, evaluate: Evaluate): Facts | undefined {
  let known: Facts | undefined = facts;
  for (const argument of args) known = known && assumeValue(argument, known, evaluate, (type) => without(type, 'absent', 'null'));
  const [counted, least] = args;
  // `(gt (length tickets) 0)` is how many write `tickets`.
  const countsSomething = least?.type === 'literal' && typeof least.value === 'number' && least.value >= (helper === 'gte' ? 1 : 0);
  if (known !== undefined && counted?.type === 'call' && counted.helper === 'length' && countsSomething && helper.startsWith('gt')) {
    return assumeCondition(counted, true, known, evaluate);
  }
  return known;
}

function assumeValue(expression: Expression, facts: Facts, evaluate: Evaluate, narrow: (type: Type) => Type): Facts | undefined {
  if (expression.type === 'call') return facts;
  const value = evaluate(expression, facts);
  return value === undefined ? facts : facts.assume(value, narrow(facts.typeOf(value)));
}
