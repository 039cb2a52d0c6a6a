/**
 * What is known at a place in a template beyond what the schemas say: what the conditions around it have
 * established. Facts are immutable; a branch adds its own to those before it.
 */
import { inBoth, type NumberMap, valueAt, withValue } from './number-map.js';
import { ABSENT, isAny, isNever, mayBeAbsent, mayBeNull, type Type, without } from './type.js';
import { intersection, union } from './type-algebra.js';

/** Where a value is found: below the context, or below one loop's item, by keys. The same place is the same object. */
export class ValuePlace {
  readonly #parts = new Map<string, ValuePlace>();

  private constructor(
    readonly number: number,
    /** Absent for a place that others begin at. */
    readonly parent: ValuePlace | undefined,
    /** How many places there are. */
    readonly count: { value: number },
  ) {}

  static first(): ValuePlace {
    return new ValuePlace(0, undefined, { value: 1 });
  }

  /** A place that others begin at, known to be another than all before. */
  apart(): ValuePlace {
    return new ValuePlace(this.count.value++, undefined, this.count);
  }

  below(key: string): ValuePlace {
    let part = this.#parts.get(key);
    if (part === undefined) this.#parts.set(key, (part = new ValuePlace(this.count.value++, this, this.count)));
    return part;
  }
}

/** A value as far as checking knows it. */
export interface Value {
  readonly type: Type;
  /** Absent for what is computed or written out: no condition can say more about it. */
  readonly place?: ValuePlace;
}

/** What is known of a place. That something is there is kept apart: it is known of parents that nobody has looked at. */
interface Known {
  readonly type: Type | undefined;
  readonly isThere: boolean;
}

export class Facts {
  private constructor(readonly known: NumberMap<Known>) {}

  static readonly none = new Facts(undefined);

  /** The type of a value here. */
  typeOf({ type, place }: Value): Type {
    const known = place && valueAt(this.known, place.number);
    if (known === undefined) return type;
    const narrowed = known.type === undefined ? type : intersection(type, known.type);
    return known.isThere ? without(narrowed, 'absent', 'null') : narrowed;
  }

  /**
   * What is known once a value is known to be of a type; `undefined` if it cannot be.
   *
   * Who is there has parents that are there: `customer.name` in a condition guards `customer` as well.
   */
  assume({ place }: Value, type: Type): Facts | undefined {
    if (isNever(type)) return undefined;
    if (place === undefined) return this;
    let { known } = this;
    const before = valueAt(known, place.number);
    if (!isAny(type)) known = withValue(known, place.number, { type, isThere: before?.isThere ?? false });
    if (mayBeAbsent(type) || mayBeNull(type)) return new Facts(known);
    // The place that others begin at is no value that could be missing.
    for (let at = place; at.parent !== undefined; at = at.parent) {
      const so = valueAt(known, at.number);
      if (so?.isThere) break;
      known = withValue(known, at.number, { type: so?.type, isThere: true });
    }
    return new Facts(known);
  }

  /** What holds whichever of the two is the case; `undefined` stands for a case that cannot be. */
  static either(a: Facts | undefined, b: Facts | undefined): Facts | undefined {
    if (a === undefined || b === undefined) return a ?? b;
    return new Facts(inBoth(a.known, b.known, knownEither));
  }
}

function knownEither(a: Known, b: Known): Known | undefined {
  if (a === b) return a;
  const type = a.type && b.type && union(a.type, b.type);
  const isThere = a.isThere && b.isThere;
  return type === undefined && !isThere ? undefined : { type, isThere };
}

/** The type below a key of a value here; `undefined` if there is no such key. */
export function below(value: Value, key: string, facts: Facts): Value | undefined {
  const found = typeBelow(facts.typeOf(value), key);
  if (found === undefined) return undefined;
  return value.place === undefined ? { type: found } : { type: found, place: value.place.below(key) };
}

function typeBelow(type: Type, key: string): Type | undefined {
  if (isAny(type)) return 'any';
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
