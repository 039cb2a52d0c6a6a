/** What a condition establishes: in the branch where it holds, and in the one where it does not. */
import type { Literal } from '../../format/operation.js';
import type { CallExpression } from '../parse/template/ast.js';
import type { Facts, Value } from './facts.js';
import { literalType, type Type, without } from './type.js';
import { assumeTruth, intersection, withoutLiteral } from './type-algebra.js';

/** The facts on both sides of a condition: `undefined` for a side that cannot be. */
export interface Sides {
  readonly holds: Facts | undefined;
  readonly fails: Facts | undefined;
}

/** An expression that has been looked at. */
export interface Judged extends Sides {
  /** What it gives; `undefined` if it has an error, which is reported already. */
  readonly value: Value | undefined;
}

/** A value as a condition. */
export function judgeValue(value: Value | undefined, facts: Facts): Judged {
  if (value === undefined) return { value, holds: facts, fails: facts };
  const type = facts.typeOf(value);
  return { value, holds: facts.assume(value, assumeTruth(type, true)), fails: facts.assume(value, assumeTruth(type, false)) };
}

/**
 * A call as a condition. `and`, `or` and `not` only bring together what their arguments establish.
 *
 * @param args - its arguments, all of them without an error
 */
export function callSides({ helper, args: written }: CallExpression, args: readonly Judged[], facts: Facts): Sides {
  const [first] = args;
  // What is computed has no place, and nothing more can be known of it.
  const values = args.map(({ value }, i) => (written[i]!.type === 'call' ? undefined : value));
  switch (helper) {
    case 'eq':
      return { holds: assumeEqual(written, values, true, facts), fails: assumeEqual(written, values, false, facts) };
    case 'ne':
      return { holds: assumeEqual(written, values, false, facts), fails: assumeEqual(written, values, true, facts) };
    case 'lt':
    case 'lte':
      return { holds: assumeThere(values, facts), fails: facts };
    case 'gt':
    case 'gte':
      // `(gt (length tickets) 0)` is how many write `tickets`.
      return { holds: countsSomething(helper, written) ? first?.holds : assumeThere(values, facts), fails: facts };
    case 'includes':
      return { holds: assumeThere(values.slice(0, 1), facts), fails: facts };
    case 'length':
      // A length is true if there is something to count; an object without keys is true and has none.
      return { holds: judgeValue(values[0], facts).holds, fails: facts };
    default:
      return { holds: facts, fails: facts };
  }
}

function assumeEqual(
  args: CallExpression['args'],
  values: readonly (Value | undefined)[],
  equal: boolean,
  facts: Facts,
): Facts | undefined {
  let known: Facts | undefined = facts;
  for (const [one, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const literal = args[other];
    if (known === undefined || literal?.type !== 'literal') continue;
    known = assumeValue(values[one], known, (type) => (equal ? equalTo(type, literal.value) : withoutLiteral(type, literal.value)));
  }
  return known;
}

/** An absent value equals `null`. */
function equalTo(type: Type, value: Literal): Type {
  return intersection(type, value === null ? { null: true, absent: true } : literalType(value));
}

/** Only numbers compare with numbers, and texts with texts: what compares is there. */
function assumeThere(values: readonly (Value | undefined)[], facts: Facts): Facts | undefined {
  let known: Facts | undefined = facts;
  for (const value of values) known = known && assumeValue(value, known, (type) => without(type, 'absent', 'null'));
  return known;
}

function countsSomething(helper: 'gt' | 'gte', [counted, least]: CallExpression['args']): boolean {
  if (counted?.type !== 'call' || counted.helper !== 'length') return false;
  return least?.type === 'literal' && typeof least.value === 'number' && least.value >= (helper === 'gte' ? 1 : 0);
}

function assumeValue(value: Value | undefined, facts: Facts, narrow: (type: Type) => Type): Facts | undefined {
  return value === undefined ? facts : facts.assume(value, narrow(facts.typeOf(value)));
}
