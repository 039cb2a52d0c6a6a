/**
 * What is known at a place in a template beyond what the schemas say: what the conditions around it have
 * established. Facts are immutable; a branch has its own.
 */
import { ABSENT, intersection, isNever, type Type, union, without } from './type.js';

/** Where a value is found: below a root (the context, or one loop's item), by keys. */
export interface ValuePlace {
  readonly root: number;
  readonly keys: readonly string[];
}

/** A value as far as checking knows it. */
export interface Value {
  readonly type: Type;
  /** Absent for what is computed or written out: no condition can say more about it. */
  readonly place?: ValuePlace;
}

export class Facts {
  readonly #types: ReadonlyMap<string, Type>;

  private constructor(types: ReadonlyMap<string, Type>) {
    this.#types = types;
  }

  static readonly none = new Facts(new Map());

  /** The type of a value here. */
  typeOf({ type, place }: Value): Type {
    if (place === undefined) return type;
    const known = this.#types.get(keyOf(place));
    const narrowed = known === undefined ? type : intersection(type, known);
    return this.#types.has(presenceKey(place)) ? without(narrowed, 'absent', 'null') : narrowed;
  }

  /**
   * What is known once a value is known to be of a type; `undefined` if it cannot be.
   *
   * Who is there has parents that are there: `customer.name` in a condition guards `customer` as well.
   */
  assume({ place }: Value, type: Type): Facts | undefined {
    if (isNever(type)) return undefined;
    if (place === undefined || type === 'any') return this;
    const types = new Map(this.#types);
    types.set(keyOf(place), type);
    const isThere = type.absent !== true && type.null !== true;
    return new Facts(types).#withParents(place, isThere);
  }

  /** What holds whichever of the two is the case; `undefined` stands for a case that cannot be. */
  static either(a: Facts | undefined, b: Facts | undefined): Facts | undefined {
    if (a === undefined || b === undefined) return a ?? b;
    const types = new Map<string, Type>();
    for (const [key, type] of a.#types) {
      const other = b.#types.get(key);
      if (other !== undefined) types.set(key, union(type, other));
    }
    return new Facts(types);
  }

  #withParents({ root, keys }: ValuePlace, isThere: boolean): Facts {
    if (!isThere || keys.length < 2) return this;
    const types = new Map(this.#types);
    for (let length = 1; length < keys.length; length++) types.set(presenceKey({ root, keys: keys.slice(0, length) }), 'any');
    return new Facts(types);
  }
}

/** The type below a key of a value here; `undefined` if there is no such key. */
export function below(value: Value, key: string, facts: Facts): Value | undefined {
  const found = typeBelow(facts.typeOf(value), key);
  if (found === undefined) return undefined;
  return value.place === undefined ? { type: found } : { type: found, place: { root: value.place.root, keys: [...value.place.keys, key] } };
}

function typeBelow(type: Type, key: string): Type | undefined {
  if (type === 'any') return 'any';
  const parts: (Type | undefined)[] = [];
  if (type.object !== undefined) parts.push(type.object.property(key));
  if (type.list !== undefined) parts.push(/^(?:0|[1-9][0-9]*)$/.test(key) ? type.list.item(Number(key)) : undefined);
  const known = parts.filter((part) => part !== undefined);
  if (known.length === 0) return undefined;
  // Below what is left out, null or a scalar there is nothing; below a part without the key as well.
  const others = type.absent ?? type.null ?? type.string ?? type.number ?? type.boolean;
  const found = known.reduce(union);
  return others === undefined && known.length === parts.length ? found : union(found, ABSENT);
}

function keyOf({ root, keys }: ValuePlace): string {
  return JSON.stringify([root, ...keys]);
}

/** Presence is kept apart from types: it is known of parents whose type nobody has looked at. */
function presenceKey(place: ValuePlace): string {
  return `there ${keyOf(place)}`;
}
