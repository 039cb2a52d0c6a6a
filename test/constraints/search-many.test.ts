import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forbiddenTokens } from '../../src/constraints/forbidden-tokens.js';
import { searchMany } from '../../src/constraints/search-many.js';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '!', ' '), maxLength: 30 });
const texts = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', '!', ' '), minLength: 1, maxLength: 5 }), { maxLength: 10 });

it('finds what looking for each text at each place finds', () => {
  fc.assert(
    fc.property(texts, text, (wanted, within) => {
      const expected = wanted.flatMap((one, index) =>
        Array.from(within, (_, start) => ({ index, start })).filter(({ start }) => within.startsWith(one, start)),
      );
      const order = (a: { index: number; start: number }, b: { index: number; start: number }): number =>
        a.index - b.index || a.start - b.start;
      expect([...searchMany(wanted)(within)].toSorted(order)).toEqual(expected);
    }),
  );
});

it.each([
  [['extremely'], 'Extremely EXTREMELY', ['Extremely', 'EXTREMELY']],
  [['cat'], 'concatenate cats cat, cat', ['cat', 'cat']],
  [['cat'], 'Kätcat cat\u0301 2cat', []],
  [['!'], 'Oh! No!', ['!', '!']],
  [['!!'], '!!!!!', ['!!', '!!']],
  [['x y', 'y'], 'x y z', ['x y', 'y']],
  [['ΟΔΟΣ'], 'οδος ΟΔΟΣ οδοσ', ['οδος', 'ΟΔΟΣ', 'οδοσ']],
  [['straße'], 'Straße STRASSE', ['Straße']],
  [['ist'], 'İST ist', ['ist']],
  [['😀', 'a'], 'a😀a 😀', ['a', '😀', 'a', '😀']],
  [['a', 'A'], 'a', ['a']],
  [[], 'a', []],
])('forbids %j in %j', (tokens, within, expected) => {
  const found = [...forbiddenTokens.finder!(tokens)(within)];
  expect(found.map(({ start, end }) => within.slice(start, end))).toEqual(expected);
});
