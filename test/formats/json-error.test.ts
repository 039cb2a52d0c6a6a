import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locateJsonError } from '../../src/format/json-error.js';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('locating what is wrong with JSON', () => {
  it('finds a place in every text that JSON.parse refuses, whatever was done to it', () => {
    const broken = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.constantFrom('', ',', '"', '}', ']', '{', '[', ':', '\\', '-', '01', '/*', '//', '\u0000', 'x'),
      )
      .map(([text, at, length, put]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + put + text.slice(start + length);
      })
      .filter((text) => !isJson(text));
    fc.assert(
      fc.property(broken, (text) => {
        const { offset, message } = locateJsonError(text);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThanOrEqual(text.length);
        expect(message).not.toContain('expected the end, found the end');
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['', 0, 'expected a value, found the end'],
    ['[1,]', 3, 'expected a value, found "]"'],
    ['[}', 1, 'expected a value or "]", found "}"'],
    ['[1 2]', 3, 'expected a comma or the closing bracket, found "2"'],
    ['[[]}', 3, 'expected a comma or the closing bracket, found "}"'],
    ['{"a" 1}', 5, 'expected ":", found "1"'],
    ['{"a":1]', 6, 'expected a comma or the closing bracket, found "]"'],
    ['{,}', 1, 'expected a key in double quotes or "}", found ","'],
    ['01', 1, 'expected the end, found "1"'],
    ['-', 0, 'expected a value, found "-"'],
    ['1.', 0, 'expected a value, found "1."'],
    ['True', 0, 'expected a value, found "True"'],
    ['[true, nulll]', 7, 'expected a value, found "nulll"'],
    ['{} /* end', 3, 'expected the end, found "/* end"'],
  ])('%j breaks at %i', (text, offset, message) => {
    expect(locateJsonError(text)).toEqual({ offset, message });
  });
});
