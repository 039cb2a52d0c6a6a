/** What is either of several types, what is both of two, and what a condition leaves of one. */
import type { Literal } from '../../format/operation.js';
import {
  ABSENT,
  isAny,
  type KnownType,
  type ListType,
  listType,
  mayBeAbsent,
  NEVER,
  type ObjectParts,
  type ObjectType,
  objectType,
  type Scalar,
  scalarOf,
  type Type,
  without,
} from './type.js';

const SCALARS = ['boolean', 'number', 'string'] as const;

/** Of an empty list: it has no item to say anything of. */
const EMPTY_LIST: ListType = { item: () => NEVER, layers: 0 };

/** What is either of the two. */
export function union(a: Type, b: Type): Type {
  return unionOf([a, b]);
}

/** What is any of these. */
export function unionOf(types: readonly Type[]): Type {
  if (types.some(isAny)) return types.some(mayBeAbsent) ? 'optional-any' : 'any';
  const known = types as readonly KnownType[];
  const result: { -readonly [kind in keyof KnownType]: KnownType[kind] } = {};
  if (known.some(({ absent }) => absent)) result.absent = true;
  if (known.some((type) => type.null)) result.null = true;
  for (const kind of SCALARS) {
    const scalars = present(known.map((type): Scalar<unknown> | undefined => type[kind]));
    if (scalars.length > 0) Object.assign(result, { [kind]: scalarUnion(scalars) });
  }
  const lists = present(known.map(({ list }) => list));
  const objects = present(known.map(({ object }) => object));
  if (lists.length > 0) result.list = listUnion(lists);
  if (objects.length > 0) result.object = objectUnion(objects);
  return result;
}

/** What is both at once. */
export function intersection(a: Type, b: Type): Type {
  if (isAny(a)) return a === 'any' ? without(b, 'absent') : b;
  if (isAny(b)) return intersection(b, a);
  const result: { -readonly [kind in keyof KnownType]: KnownType[kind] } = {};
  if (a.absent && b.absent) result.absent = true;
  if (a.null && b.null) result.null = true;
  for (const kind of SCALARS) {
    const shared = scalarIntersection(a[kind], b[kind]);
    if (shared !== undefined) Object.assign(result, { [kind]: shared });
  }
  if (a.list && b.list) result.list = listIntersection(a.list, b.list);
  if (a.object && b.object) result.object = objectIntersection(a.object, b.object);
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
    list: list && EMPTY_LIST,
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

function scalarUnion(scalars: readonly Scalar<unknown>[]): Scalar<unknown> {
  const [first, second] = scalars;
  if (second === undefined) return first!;
  return scalars.some(({ values }) => values === undefined) ? {} : scalarOf(scalars.flatMap(({ values }) => values!))!;
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

/** Any list can be empty, so one that is says nothing more. */
function listUnion(lists: readonly ListType[]): ListType {
  const [first, ...others] = new Set(lists.filter((list) => list !== EMPTY_LIST));
  if (first === undefined) return EMPTY_LIST;
  return others.length === 0 ? first : listType((index) => unionOf([first, ...others].map((list) => list.item(index))), [first, ...others]);
}

function listIntersection(a: ListType, b: ListType): ListType {
  if (a === b || a === EMPTY_LIST) return a;
  return b === EMPTY_LIST ? b : listType((index) => intersection(a.item(index), b.item(index)), [a, b]);
}

function objectUnion(objects: readonly ObjectType[]): ObjectType {
  const [first, ...others] = new Set(objects);
  if (others.length === 0) return first!;
  const all = [first!, ...others];
  const parts: ObjectParts = {
    // A key that only some of them have is there only if it is one of those.
    property: (name) => {
      const types = all.map((object) => object.property(name));
      return types.every((type) => type === undefined) ? undefined : unionOf(types.map((type) => type ?? ABSENT));
    },
    names: () => [...new Set(all.flatMap((object) => object.names()))],
    each: () => unionOf(all.map((object) => object.each())),
  };
  return objectType(parts, all);
}

function objectIntersection(a: ObjectType, b: ObjectType): ObjectType {
  if (a === b) return a;
  const parts: ObjectParts = {
    property: (name) => {
      const x = a.property(name);
      const y = b.property(name);
      return x === undefined || y === undefined ? (x ?? y) : intersection(x, y);
    },
    names: () => [...new Set([...a.names(), ...b.names()])],
    each: () => intersection(a.each(), b.each()),
  };
  return objectType(parts, [a, b]);
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}

function compact(type: { [kind in keyof KnownType]?: KnownType[kind] | undefined }): KnownType {
  for (const kind of Object.keys(type) as (keyof KnownType)[]) if (type[kind] === undefined) delete type[kind];
  return type as KnownType;
}
