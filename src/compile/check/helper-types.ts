/** What each helper takes and gives. */
import type { HelperName } from '../../format/operation.js';
import { BOOLEAN, isAny, isNever, mayBeAbsent, mayBeNull, NUMBER, STRING, type Type, typeText, without } from './type.js';
import { intersection, union } from './type-algebra.js';

/** Why a call makes no sense, which argument is to blame, and what to do if there is more to say than for all. */
interface CallProblem {
  readonly argument: number;
  readonly text: string;
  readonly neverHolds?: true;
  readonly hint?: string;
}

/** What a call gives; or, with `problem`, that it makes no sense. */
export interface CallType {
  readonly result: Type;
  readonly problem?: CallProblem;
  /** Arguments that must be there, and may not be. */
  readonly unguarded?: readonly number[];
}

const GONE = ['absent', 'null'] as const;

/** @param args - as many as the helper takes */
export function callType(helper: HelperName, args: readonly Type[]): CallType {
  const [first = 'any', second = 'any'] = args;
  switch (helper) {
    case 'eq':
      return { result: BOOLEAN, ...equality(first, second) };
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return { result: BOOLEAN, ...comparison(first, second) };
    // What can never be equal always differs, which is no mistake by itself.
    case 'ne':
    case 'and':
    case 'or':
    case 'not':
      return { result: BOOLEAN };
    case 'includes':
      return { result: BOOLEAN, ...inclusion(first, second) };
    case 'json':
      return { result: STRING, ...guard(args, [0], ['absent']) };
    case 'join':
      return { result: STRING, ...(needs(first, ['list'], 'join needs a list') ?? guard(args, [0, 1])) };
    case 'length':
      return { result: NUMBER, ...needs(first, ['list', 'string', 'object'], 'only texts, lists and objects have a length') };
    case 'default':
      return { result: union(without(first, ...GONE), second) };
  }
}

function equality(a: Type, b: Type): Pick<CallType, 'problem'> {
  // An absent value equals null.
  const x = withAbsentAsNull(a);
  const y = withAbsentAsNull(b);
  if (!isNever(intersection(x, y)) || isNever(x) || isNever(y)) return {};
  return { problem: { argument: 1, text: `${typeText(a)} never equals ${typeText(b)}`, neverHolds: true } };
}

function withAbsentAsNull(type: Type): Type {
  return mayBeAbsent(type) ? union(without(type, 'absent'), { null: true }) : type;
}

function comparison(a: Type, b: Type): Pick<CallType, 'problem'> {
  if (isAny(a) || isAny(b)) return {};
  if ((a.number && b.number) || (a.string && b.string)) return {};
  const text = `${typeText(without(a, ...GONE))} cannot be compared with ${typeText(without(b, ...GONE))}`;
  const counts = (a.list ?? a.object) !== undefined && b.number !== undefined;
  const hint = counts
    ? 'To compare how many there are, take the length first, as in `(gt (length list) 3)`.'
    : 'Compare numbers with numbers, and texts with texts. A number stands without quotes.';
  return { problem: { argument: 1, text, hint } };
}

function inclusion(whole: Type, part: Type): Pick<CallType, 'problem'> {
  const wrong = needs(whole, ['list', 'string'], 'includes looks into a list or a text');
  if (wrong !== undefined) return wrong;
  if (isAny(whole) || isAny(part)) return {};
  const fitsText = whole.string !== undefined && part.string !== undefined;
  const fitsList = whole.list !== undefined && equality(whole.list.item(), part).problem === undefined;
  if (fitsText || fitsList) return {};
  const held = whole.list === undefined ? 'a text holds other texts' : `each item of the list is ${typeText(whole.list.item())}`;
  return { problem: { argument: 1, text: `${held}, never ${typeText(part)}`, neverHolds: true } };
}

function needs(type: Type, kinds: readonly ('list' | 'string' | 'object')[], rule: string): Pick<CallType, 'problem'> | undefined {
  if (isAny(type) || kinds.some((kind) => type[kind] !== undefined) || isNever(type)) return undefined;
  return { problem: { argument: 0, text: `${rule}, and this is ${typeText(type)}` } };
}

function guard(
  args: readonly Type[],
  indexes: readonly number[],
  kinds: readonly ('absent' | 'null')[] = GONE,
): Pick<CallType, 'unguarded'> {
  const unguarded = indexes.filter((index) => {
    const type = args[index];
    return type !== undefined && kinds.some((kind) => (kind === 'absent' ? mayBeAbsent(type) : mayBeNull(type)));
  });
  return unguarded.length === 0 ? {} : { unguarded };
}
