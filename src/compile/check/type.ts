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
  /** The only values that it can have; absent if it can have any, or so many that listing them helps nobody. */
  readonly values?: readonly Value[];
}

/** The most values that are told apart. A chain of conditions looks at all of them again and again. */
const MOST_VALUES = 1000;

export interface ListType {
  /** The type of the item at an index; without one, of any item. */
  readonly item: (index?: number) => Type;
  readonly layers: number;
}

/** What is known of an object's values. */
export interface ObjectParts {
  /** The type below a key; `undefined` if there is no such key. */
  readonly property: (name: string) => Type | undefined;
  /** The keys that are known, for hints. */
  readonly names: () => readonly string[];
  /** What each of its values can be. */
  readonly each: () => Type;
}

export interface ObjectType extends ObjectParts {
  readonly layers: number;
}

export const NEVER: KnownType = {};
export const ABSENT: KnownType = { absent: true };
export const BOOLEAN: KnownType = { boolean: {} };
export const NUMBER: KnownType = { number: {} };
export const STRING: KnownType = { string: {} };

/** Of an empty list: it has no item to say anything of. */
const EMPTY_LIST: ListType = { item: () => NEVER, layers: 0 };

const SCALARS = ['boolean', 'number', 'string'] as const;

/**
 * How many unions and intersections of lists or objects lie on top of each other. Templates get along with a few;
 * what more conditions on one value pile up is taken as it comes, or looking into it would exhaust the call stack.
 */
const MOST_LAYERS = 100;

/** @param made - the lists that this one is made of */
export function listType(item: ListType['item'], made: readonly ListType[] = []): ListType {
  const layers = layersOf(made);
  return layers > MOST_LAYERS ? { item: () => 'any', layers: 0 } : { item: remembered(item), layers };
}

/** @param made - the objects that this one is made of */
export function objectType({ property, names, each }: ObjectParts, made: readonly ObjectType[] = []): ObjectType {
  const layers = layersOf(made);
  if (layers > MOST_LAYERS) return { property: () => 'any', names: () => [], each: () => 'any', layers: 0 };
  const ofEach = remembered(each);
  return { property: remembered(property), names, each: () => ofEach(undefined), layers };
}

function layersOf(made: readonly { readonly layers: number }[]): number {
  return made.reduce((most, { layers }) => Math.max(most, layers + 1), 0);
}

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

/** One of these values, as an `enum` or a `const` lists them. */
export function scalarOf<Value>(values: readonly Value[]): Scalar<Value> | undefined {
  if (values.length === 0) return undefined;
  const distinct = [...new Set(values)];
  return distinct.length > MOST_VALUES ? {} : { values: distinct };
}

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

/** What a value of the type is called, as the end of "it is …". */
export function typeText(type: Type): string {
  if (isAny(type)) return 'anything';
  const parts: string[] = [];
  if (type.string) parts.push(...(type.string.values ? valueTexts(type.string.values) : ['a text']));
  if (type.number) parts.push(...(type.number.values ? valueTexts(type.number.values) : ['a number']));
  if (type.boolean) parts.push(...(type.boolean.values?.length === 1 ? valueTexts(type.boolean.values) : ['true', 'false']));
  if (type.list) parts.push('a list');
  if (type.object) parts.push('an object');
  if (type.null) parts.push('null');
  if (type.absent) parts.push('left out');
  if (parts.length === 0) return 'nothing at all';
  return [parts.slice(0, -1).join(', '), parts.at(-1)!].filter((part) => part !== '').join(' or ');
}

/** A message that lists more values than these is read by nobody. */
const MOST_NAMED = 8;

function valueTexts(values: readonly Literal[]): string[] {
  const texts = values.slice(0, MOST_NAMED).map((value) => JSON.stringify(value));
  return values.length > MOST_NAMED ? [...texts, `one of ${values.length - MOST_NAMED} more`] : texts;
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

/** A function that works out each of its results once. */
function remembered<Key, Value>(read: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, { readonly value: Value }>();
  return (key) => {
    let result = known.get(key);
    if (result === undefined) known.set(key, (result = { value: read(key) }));
    return result.value;
  };
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}

function compact(type: { [kind in keyof KnownType]?: KnownType[kind] | undefined }): KnownType {
  for (const kind of Object.keys(type) as (keyof KnownType)[]) if (type[kind] === undefined) delete type[kind];
  return type as KnownType;
}
