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
  /** How many others it is made of, one on top of the other. */
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
  /** How many others it is made of, one on top of the other. */
  readonly layers: number;
}

export const NEVER: KnownType = {};
export const ABSENT: KnownType = { absent: true };
export const BOOLEAN: KnownType = { boolean: {} };
export const NUMBER: KnownType = { number: {} };
export const STRING: KnownType = { string: {} };

/**
 * How many unions and intersections of lists or objects lie on top of each other. Templates get along with a few;
 * what more conditions on one value pile up is taken as it comes, or looking into it would exhaust the call stack.
 */
const MOST_LAYERS = 100;

/** @param made - the lists that this one is made of */
export function listType(item: ListType['item'], made: readonly ListType[] = []): ListType {
  const layers = layersOf(made);
  return layers > MOST_LAYERS ? { item: () => 'optional-any', layers: 0 } : { item: remembered(item), layers };
}

/** @param made - the objects that this one is made of */
export function objectType({ property, names, each }: ObjectParts, made: readonly ObjectType[] = []): ObjectType {
  const layers = layersOf(made);
  if (layers > MOST_LAYERS) return { property: () => 'optional-any', names: () => [], each: () => 'any', layers: 0 };
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

/** The type without some of its kinds. */
export function without(type: Type, ...kinds: (keyof KnownType)[]): Type {
  if (isAny(type)) return kinds.includes('absent') ? 'any' : type;
  if (kinds.every((kind) => type[kind] === undefined)) return type;
  const result: { -readonly [kind in keyof KnownType]: KnownType[kind] } = { ...type };
  for (const kind of kinds) delete result[kind];
  return result;
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

/** A function that works out each of its results once. */
function remembered<Key, Value>(read: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, { readonly value: Value }>();
  return (key) => {
    let result = known.get(key);
    if (result === undefined) known.set(key, (result = { value: read(key) }));
    return result.value;
  };
}
