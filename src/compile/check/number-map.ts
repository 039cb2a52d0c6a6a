/**
 * An immutable map whose keys are whole numbers from 0 up, for maps that grow out of each other entry by entry and
 * are then brought together: what two of them share is not looked at.
 *
 * A trie over the bits of the keys, the lowest first, after Okasaki and Gill, "Fast Mergeable Integer Maps" (1998).
 */
export type NumberMap<V> = undefined | Leaf<V> | Branch<V>;

interface Leaf<V> {
  readonly key: number;
  readonly value: V;
}

interface Branch<V> {
  readonly even: NumberMap<V>;
  readonly odd: NumberMap<V>;
}

export function valueAt<V>(map: NumberMap<V>, key: number): V | undefined {
  return valueBelow(map, key, 0);
}

/** The map with one more entry, or with another value for a key that it has. */
export function withValue<V>(map: NumberMap<V>, key: number, value: V): NumberMap<V> {
  return inserted(map, key, value, 0);
}

/**
 * The entries whose keys both maps have.
 *
 * @param join - makes one value of two; `undefined` for no entry
 */
export function inBoth<V>(a: NumberMap<V>, b: NumberMap<V>, join: (a: V, b: V) => V | undefined): NumberMap<V> {
  return shared(a, b, join, 0);
}

function valueBelow<V>(map: NumberMap<V>, key: number, bit: number): V | undefined {
  let at = map;
  for (let bits = key >>> bit; at !== undefined && 'even' in at; bits >>>= 1) at = bits & 1 ? at.odd : at.even;
  return at?.key === key ? at.value : undefined;
}

function inserted<V>(map: NumberMap<V>, key: number, value: V, bit: number): NumberMap<V> {
  if (map === undefined) return { key, value };
  if ('key' in map) {
    if (map.key === key) return { key, value };
    return inserted((map.key >>> bit) & 1 ? { even: undefined, odd: map } : { even: map, odd: undefined }, key, value, bit);
  }
  const { even, odd } = map;
  return (key >>> bit) & 1 ? { even, odd: inserted(odd, key, value, bit + 1) } : { even: inserted(even, key, value, bit + 1), odd };
}

function shared<V>(a: NumberMap<V>, b: NumberMap<V>, join: (a: V, b: V) => V | undefined, bit: number): NumberMap<V> {
  if (a === b) return a;
  if (a === undefined || b === undefined) return undefined;
  if ('even' in a && 'even' in b) {
    const even = shared(a.even, b.even, join, bit + 1);
    const odd = shared(a.odd, b.odd, join, bit + 1);
    return even === undefined && odd === undefined ? undefined : { even, odd };
  }
  const key = 'key' in a ? a.key : (b as Leaf<V>).key;
  const [x, y] = [valueBelow(a, key, bit), valueBelow(b, key, bit)];
  const value = x === undefined || y === undefined ? undefined : join(x, y);
  return value === undefined ? undefined : { key, value };
}
