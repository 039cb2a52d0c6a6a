import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shortTagEnd, tagEnds } from '../../src/compile/parse/template/tag-ends.js';

const parts = fc.constantFrom('a', ' ', '"', "'", '[', ']', '{', '}', '~', '\\', '\n', '}}', '~}}', '{{');

it('a short tag ends where the look over the whole text says', () => {
  let seen = 0;
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 40 }), (list) => {
      const text = list.join('');
      const ends = tagEnds(text, false);
      for (let from = 0; from <= text.length; from++) {
        const near = shortTagEnd(text, from);
        if (near === undefined) continue;
        seen++;
        expect([from, near]).toEqual([from, ends[from]]);
      }
    }),
    { numRuns: 2000 },
  );
  expect(seen).toBeGreaterThan(2000);
});
