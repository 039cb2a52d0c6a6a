/**
 * What is known at a place in a template beyond what the schemas say: what the conditions around it have
 * established. Facts are immutable; a branch adds its own to those before it.
 */
import { ABSENT, intersection, isAny, isNever, mayBeAbsent, mayBeNull, type Type, union, without } from './type.js';

/** Where a value is found: below the context, or below one loop's item, by keys. The same place is the same object. */
export class ValuePlace {
  readonly #parts = new Map<string, ValuePlace>();

  /** @param parent - absent for a place that everything begins at */
  constructor(readonly parent?: ValuePlace) {}

  below(key: string): ValuePlace {
    let part = this.#parts.get(key);
    if (part === undefined) this.#parts.set(key, (part = new ValuePlace(this)));
    return part;
  }
}

/** A value as far as checking knows it. */
export interface Value {
  readonly type: Type;
  /** Absent for what is computed or written out: no condition can say more about it. */
  readonly place?: ValuePlace;
}

/** One thing that is known of a place: its type, or (kept apart, since it is known of parents that nobody has looked at) that it is there. */
interface Fact {
  readonly place: ValuePlace;
  readonly type: Type | 'there';
}

/** A list that grows at its head and shares its tail, so that many facts cost no copying. */
export class Facts {
  private constructor(
    readonly fact: Fact | undefined,
    readonly before: Facts | undefined,
    readonly count: number,
  ) {}

  static readonly none = new Facts(undefined, undefined, 0);

  /** The type of a value here. */
  typeOf({ type, place }: Value): Type {
    if (place === undefined || this.count === 0) return type;
    const known = knownType(this, place);
    const narrowed = known === undefined ? type : intersection(type, known);
    return isThere(this, place) ? without(narrowed, 'absent', 'null') : narrowed;
  }

  /**
   * What is known once a value is known to be of a type; `undefined` if it cannot be.
   *
   * Who is there has parents that are there: `customer.name` in a condition guards `customer` as well.
   */
  assume({ place }: Value, type: Type): Facts | undefined {
    if (isNever(type)) return undefined;
    if (place === undefined) return this;
    const known = isAny(type) ? this : this.#with({ place, type });
    return mayBeAbsent(type) || mayBeNull(type) ? known : known.#withPresence(place);
  }

  /** What holds whichever of the two is the case; `undefined` stands for a case that cannot be. */
  static either(a: Facts | undefined, b: Facts | undefined): Facts | undefined {
    if (a === undefined || b === undefined) return a ?? b;
    const common = commonTail(a, b);
    let result = common;
    for (const place of new Set([...placesDownTo(a, common), ...placesDownTo(b, common)])) {
      const [x, y] = [knownType(a, place), knownType(b, place)];
      if (x !== undefined && y !== undefined) result = result.#with({ place, type: union(x, y) });
      if (isThere(a, place) && isThere(b, place)) result = result.#with({ place, type: 'there' });
    }
    return result;
  }

  #with(fact: Fact): Facts {
    return new Facts(fact, this, this.count + 1);
  }

  #withPresence(place: ValuePlace): Facts {
    // The place that everything begins at is no value that could be missing.
    return placesUpFrom(place).reduce((known: Facts, at) => (isThere(known, at) ? known : known.#with({ place: at, type: 'there' })), this);
  }
}

/** A place and those around it, up to but not including where everything begins. */
function placesUpFrom(place: ValuePlace): ValuePlace[] {
  const places: ValuePlace[] = [];
  for (let at = place; at.parent !== undefined; at = at.parent) places.push(at);
  return places;
}

function knownType(facts: Facts, place: ValuePlace): Type | undefined {
  for (let at = facts; at.fact !== undefined; at = at.before!) {
    if (at.fact.place === place && at.fact.type !== 'there') return at.fact.type;
  }
  return undefined;
}

function isThere(facts: Facts, place: ValuePlace): boolean {
  for (let at = facts; at.fact !== undefined; at = at.before!) {
    if (at.fact.place === place && at.fact.type === 'there') return true;
  }
  return false;
}

/** The places that a fact is known of, from the newest down to where another list goes on alike. */
function* placesDownTo(facts: Facts, end: Facts): Generator<ValuePlace> {
  for (let at = facts; at !== end; at = at.before!) yield at.fact!.place;
}

function commonTail(a: Facts, b: Facts): Facts {
  while (a !== b) {
    if (a.count >= b.count) a = a.before!;
    else b = b.before!;
  }
  return a;
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
