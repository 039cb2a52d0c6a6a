import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inBoth, type NumberMap, valueAt, withValue } from '../../src/compile/check/number-map.js';

const key = fc.oneof(fc.nat(20), fc.nat());
const entries = fc.array(fc.tuple(key, fc.nat(5)), { maxLength: 30 });

function made(from: NumberMap<number>, list: readonly (readonly [number, number])[]): NumberMap<number> {
  return list.reduce((map, [number, value]) => withValue(map, number, value), from);
}

it('holds what a Map holds, and changes no map that it grows out of', () => {
  fc.assert(
    fc.property(entries, entries, key, (first, more, other) => {
      const small = made(undefined, first);
      const large = made(small, more);
      for (const [map, list] of [
        [small, first],
        [large, [...first, ...more]],
      ] as const) {
        const expected = new Map(list);
        for (const number of [...expected.keys(), other]) expect(valueAt(map, number)).toBe(expected.get(number));
      }
    }),
  );
});

it('brings together what two maps have in common', () => {
  const join = (a: number, b: number): number | undefined => (a === b ? a : a + b > 5 ? undefined : a + b);
  fc.assert(
    fc.property(entries, entries, entries, (common, mine, yours) => {
      const base = made(undefined, common);
      const both = inBoth(made(base, mine), made(base, yours), join);
      const [a, b] = [new Map([...common, ...mine]), new Map([...common, ...yours])];
      for (const number of new Set([...a.keys(), ...b.keys()])) {
        const [x, y] = [a.get(number), b.get(number)];
        expect(valueAt(both, number)).toBe(x === undefined || y === undefined ? undefined : join(x, y));
      }
    }),
  );
});
