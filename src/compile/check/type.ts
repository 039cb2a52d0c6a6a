/**
 * What a value can be: for each kind of JSON value, whether it can be that, and what is known of it then.
 *
 * Types are immutable. Objects and lists know their parts through functions, so that a recursive schema is
 * looked into only as deep as a template does.
 */
import type { Literal } from '../../format/operation.js';

/**
 * `any` switches checking off: the value, and whatever hangs below it, is taken as it comes. `optional-any` is
 * that or left out; whoever prints it has to say what is to stand there then.
 */
export type Type = 'any' | 'optional-any' | KnownType;

export interface KnownType {
  /** The value can be left out. */
  readonly absent?: true;
  readonly null?: true;
  readonly boolean?: Scalar<boolean>;
  readonly number?: Scalar<number>;
  readonly string?: Scalar<string>;
  readonly list?: ListType;
  readonly object?: ObjectType;
}

export interface Scalar<Value> {
  /** The only values that it can have; absent if it can have any. */
  readonly values?: readonly Value[];
}

export interface ListType {
  /** The type of the item at an index; without one, of any item. */
  readonly item: (index?: number) => Type;
}

export interface ObjectType {
  /** The type below a key; `undefined` if there is no such key. */
  readonly property: (name: string) => Type | undefined;
  /** The keys that are known, for hints. */
  readonly names: readonly string[];
  /** What each of its values can be. */
  readonly each: () => Type;
}

export const NEVER: KnownType = {};
export const ABSENT: KnownType = { absent: true };
export const BOOLEAN: KnownType = { boolean: {} };
export const NUMBER: KnownType = { number: {} };
export const STRING: KnownType = { string: {} };

const SCALARS = ['boolean', 'number', 'string'] as const;

/** The type that has this value alone. */
export function literalType(value: Literal): KnownType {
  if (value === null) return { null: true };
  return { [typeof value]: { values: [value] } };
}

export function isAny(type: Type): type is 'any' | 'optional-any' {
  return type === 'any' || type === 'optional-any';
}

export function isNever(type: Type): boolean {
  return !isAny(type) && Object.keys(type).length === 0;
}

/** Whether a value of the type can be left out. */
export function mayBeAbsent(type: Type): boolean {
  return type === 'optional-any' || (type !== 'any' && type.absent === true);
}

/** Whether it can be `null`, as far as that is checked. */
export function mayBeNull(type: Type): boolean {
  return !isAny(type) && type.null === true;
}

/** What is either of the two. */
export function union(a: Type, b: Type): Type {
  if (isAny(a) || isAny(b)) return mayBeAbsent(a) || mayBeAbsent(b) ? 'optional-any' : 'any';
  const result: { -readonly [kind in keyof KnownType]: KnownType[kind] } = {};
  if (a.absent || b.absent) result.absent = true;
  if (a.null || b.null) result.null = true;
  for (const kind of SCALARS) {
    const merged = scalarUnion(a[kind], b[kind]);
    if (merged !== undefined) Object.assign(result, { [kind]: merged });
  }
  const list = a.list && b.list ? listUnion(a.list, b.list) : (a.list ?? b.list);
  const object = a.object && b.object ? objectUnion(a.object, b.object) : (a.object ?? b.object);
  if (list) result.list = list;
  if (object) result.object = object;
  return result;
}

/** What is both at once. */
export function intersection(a: Type, b: Type): Type {
  if (a === 'any') return b === 'optional-any' ? a : b;
  if (a === 'optional-any') return b;
  if (isAny(b)) return intersection(b, a);
  const result: { -readonly [kind in keyof KnownType]: KnownType[kind] } = {};
  if (a.absent && b.absent) result.absent = true;
  if (a.null && b.null) result.null = true;
  for (const kind of SCALARS) {
    const shared = scalarIntersection(a[kind], b[kind]);
    if (shared !== undefined) Object.assign(result, { [kind]: shared });
  }
  if (a.list && b.list) {
    const { list: one } = a;
    const { list: other } = b;
    result.list = { item: (index) => intersection(one.item(index), other.item(index)) };
  }
  if (a.object && b.object) {
    const { object: one } = a;
    const { object: other } = b;
    result.object = {
      property: (name) => {
        const x = one.property(name);
        const y = other.property(name);
        return x === undefined || y === undefined ? (x ?? y) : intersection(x, y);
      },
      names: [...new Set([...one.names, ...other.names])],
      each: () => intersection(one.each(), other.each()),
    };
  }
  return result;
}

/** The type without some of its kinds. */
export function without(type: Type, ...kinds: (keyof KnownType)[]): Type {
  if (isAny(type)) return kinds.includes('absent') ? 'any' : type;
  if (kinds.every((kind) => type[kind] === undefined)) return type;
  const result: { -readonly [kind in keyof KnownType]: KnownType[kind] } = { ...type };
  for (const kind of kinds) delete result[kind];
  return result;
}

/** The type, when it is known to be true or known to be false as `{{#if}}` has it. */
export function assumeTruth(type: Type, truth: boolean): Type {
  if (isAny(type)) return truth ? 'any' : type;
  const { absent, null: isNull, boolean, number, string, list, object } = type;
  if (truth) {
    return compact({
      boolean: filterScalar(boolean, [true]),
      number: number?.values === undefined ? number : filterScalar(number, number.values.filter(Boolean)),
      string: string?.values === undefined ? string : filterScalar(string, string.values.filter(Boolean)),
      list,
      object,
    });
  }
  return compact({
    absent,
    null: isNull,
    boolean: filterScalar(boolean, [false]),
    number: filterScalar(number, [0]),
    string: filterScalar(string, ['']),
    // An empty list: it has no item to say anything of.
    list: list && { item: () => NEVER },
  });
}

/** The type without one value, as far as a type can say that. */
export function withoutLiteral(type: Type, value: Literal): Type {
  if (isAny(type)) return value === null ? 'any' : type;
  if (value === null) return without(type, 'null', 'absent');
  const kind = typeof value as 'boolean' | 'number' | 'string';
  const scalar: Scalar<unknown> | undefined =
    kind === 'boolean' && type.boolean && !type.boolean.values ? { values: [true, false] } : type[kind];
  if (scalar?.values === undefined) return type;
  return compact({
    ...type,
    [kind]: filterScalar(
      scalar,
      scalar.values.filter((one) => one !== value),
    ),
  });
}

/** What a value of the type is called, as the end of "it is …". */
export function typeText(type: Type): string {
  if (isAny(type)) return 'anything';
  const parts: string[] = [];
  if (type.string) parts.push(type.string.values ? type.string.values.map((value) => JSON.stringify(value)).join(' or ') : 'a text');
  if (type.number) parts.push(type.number.values ? type.number.values.join(' or ') : 'a number');
  if (type.boolean) parts.push(type.boolean.values?.length === 1 ? String(type.boolean.values[0]) : 'true or false');
  if (type.list) parts.push('a list');
  if (type.object) parts.push('an object');
  if (type.null) parts.push('null');
  if (type.absent) parts.push('left out');
  return parts.length === 0 ? 'nothing at all' : parts.join(' or ');
}

function scalarUnion(a: Scalar<unknown> | undefined, b: Scalar<unknown> | undefined): Scalar<unknown> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.values === undefined || b.values === undefined) return {};
  return { values: [...new Set([...a.values, ...b.values])] };
}

function scalarIntersection(a: Scalar<unknown> | undefined, b: Scalar<unknown> | undefined): Scalar<unknown> | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.values === undefined) return b;
  return b.values === undefined ? a : filterScalar(a, b.values);
}

/** The scalar, if it can have any of these values. */
function filterScalar<Value>(scalar: Scalar<Value> | undefined, values: readonly unknown[]): Scalar<Value> | undefined {
  if (scalar === undefined) return undefined;
  const allowed = new Set(values);
  const left = scalar.values === undefined ? (values as readonly Value[]) : scalar.values.filter((value) => allowed.has(value));
  return left.length === 0 ? undefined : { values: left };
}

function listUnion(a: ListType, b: ListType): ListType {
  return { item: (index) => union(a.item(index), b.item(index)) };
}

function objectUnion(a: ObjectType, b: ObjectType): ObjectType {
  return {
    // A key that only one of them has is there only if it is that one.
    property: (name) => {
      const x = a.property(name);
      const y = b.property(name);
      return x === undefined && y === undefined ? undefined : union(x ?? ABSENT, y ?? ABSENT);
    },
    names: [...new Set([...a.names, ...b.names])],
    each: () => union(a.each(), b.each()),
  };
}

function compact(type: { [kind in keyof KnownType]?: KnownType[kind] | undefined }): KnownType {
  for (const kind of Object.keys(type) as (keyof KnownType)[]) if (type[kind] === undefined) delete type[kind];
  return type as KnownType;
}
