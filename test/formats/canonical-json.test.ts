/** Canonical JSON against the examples that RFC 8785 prints, and against its definition, written naively. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.js';

describe('RFC 8785', () => {
  // Section 3.2.2; the input is parsed, as a receiver would.
  const sample = JSON.parse(String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`) as unknown;

  it('3.2.3: prints the sample', () => {
    expect(canonicalJson(sample)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('3.2.4: gives the bytes of the sample', () => {
    const bytes = `
      7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72
      75 65 2c 66 61 6c 73 65 5d 2c 22 6e 75 6d 62 65 72 73 22 3a
      5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31
      65 2b 33 30 2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65 2d 32 37
      5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30
      30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d`;
    expect(Buffer.from(canonicalJson(sample)).toString('hex')).toBe(bytes.replaceAll(/\s/g, ''));
  });

  it('3.2.3: sorts keys by UTF-16 code units', () => {
    const unsorted = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect([...canonicalJson(unsorted).matchAll(/:"([^"]*)"/g)].map((match) => match[1])).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it.each([
    ['\b', '"\\b"'],
    ['\t', '"\\t"'],
    ['\n', '"\\n"'],
    ['\f', '"\\f"'],
    ['\r', '"\\r"'],
    ['"', '"\\""'],
    ['\\', '"\\\\"'],
    ['\u0000', '"\\u0000"'],
    ['\u000b', '"\\u000b"'],
    ['\u001f', '"\\u001f"'],
    ['/', '"/"'],
    ['\u007f', '"\u007f"'],
    ['\u0080', '"\u0080"'],
    ['\u2028\u2029', '"\u2028\u2029"'],
    ["<>&'", '"<>&\'"'],
    ['e\u0301', '"e\u0301"'],
    ['\u{10ffff}', '"\u{10ffff}"'],
  ])('3.2.2.2: prints the text %j', (text, printed) => {
    expect(canonicalJson(text)).toBe(printed);
    expect(canonicalJson({ [text]: null })).toBe(`{${printed}:null}`);
  });

  it.each(['\ud800', 'a\udc00b', '\udc00\ud800', '\ud83d'])('3.2.2.2: refuses half of a surrogate pair, %j', (text) => {
    expect(() => canonicalJson(text)).toThrow(TypeError);
    expect(() => canonicalJson({ [text]: 1 })).toThrow(TypeError);
    expect(() => canonicalJson([{ a: `"${text}` }])).toThrow(TypeError);
  });

  // Appendix B: the bits of a double, and how it is printed.
  it.each([
    ['0000000000000000', '0', 'zero'],
    ['8000000000000000', '0', 'minus zero'],
    ['0000000000000001', '5e-324', 'smallest positive number'],
    ['8000000000000001', '-5e-324', 'smallest negative number'],
    ['7fefffffffffffff', '1.7976931348623157e+308', 'largest positive number'],
    ['ffefffffffffffff', '-1.7976931348623157e+308', 'largest negative number'],
    ['4340000000000000', '9007199254740992', 'largest positive integer'],
    ['c340000000000000', '-9007199254740992', 'largest negative integer'],
    ['4430000000000000', '295147905179352830000', '~2^68'],
    ['44b52d02c7e14af5', '9.999999999999997e+22', ''],
    ['44b52d02c7e14af6', '1e+23', ''],
    ['44b52d02c7e14af7', '1.0000000000000001e+23', ''],
    ['444b1ae4d6e2ef4e', '999999999999999700000', ''],
    ['444b1ae4d6e2ef4f', '999999999999999900000', ''],
    ['444b1ae4d6e2ef50', '1e+21', ''],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7', ''],
    ['3eb0c6f7a0b5ed8d', '0.000001', ''],
    ['41b3de4355555553', '333333333.3333332', ''],
    ['41b3de4355555554', '333333333.33333325', ''],
    ['41b3de4355555555', '333333333.3333333', ''],
    ['41b3de4355555556', '333333333.3333334', ''],
    ['41b3de4355555557', '333333333.33333343', ''],
    ['becbf647612f3696', '-0.0000033333333333333333', ''],
    ['43143ff3c1cb0959', '1424953923781206.2', 'round to even'],
  ])('appendix B: prints %s as %s %s', (bits, printed) => {
    expect(canonicalJson(double(bits))).toBe(printed);
    expect(canonicalJson([double(bits)])).toBe(`[${printed}]`);
  });

  it.each([
    ['7fffffffffffffff', 'NaN'],
    ['7ff0000000000000', 'Infinity'],
    ['fff0000000000000', '-Infinity'],
  ])('appendix B: refuses %s, %s', (bits) => {
    expect(() => canonicalJson(double(bits))).toThrow(TypeError);
    expect(() => canonicalJson({ a: [double(bits)] })).toThrow(TypeError);
  });
});

describe('canonical JSON', () => {
  const value = fc.jsonValue({ maxDepth: 5 });

  it('gives back what went in', () => {
    fc.assert(
      fc.property(value, (one) => {
        expect(JSON.parse(canonicalJson(one))).toEqual(withoutMinusZero(one));
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(value, (one) => {
        const once = canonicalJson(one);
        expect(canonicalJson(JSON.parse(once))).toBe(once);
      }),
    );
  });

  it('does not depend on the order of keys', () => {
    const keys = fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 40 }).filter((all) => !all.includes('__proto__'));
    const shuffled = keys.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.array(value)));
    fc.assert(
      fc.property(shuffled, ([one, other, values]) => {
        const object = (order: readonly string[]): object => Object.fromEntries(order.map((key) => [key, values[one.indexOf(key)] ?? key]));
        expect(canonicalJson(object(other))).toBe(canonicalJson(object(one)));
      }),
    );
  });

  it('is what the definition says, with few and with many keys', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
    const objects = fc.dictionary(fc.string({ unit: 'binary' }), fc.oneof(value, numbers), { maxKeys: 60 });
    fc.assert(
      fc.property(fc.oneof(value, objects, fc.array(objects)), (one) => {
        expect(canonicalJson(one)).toBe(naive(one));
      }),
    );
  });

  it('prints any double as ECMAScript does', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (one) => {
        expect(canonicalJson(one)).toBe(JSON.stringify(one));
      }),
    );
  });

  it('leaves keys without a value out, and refuses what JSON does not have', () => {
    expect(canonicalJson({ b: undefined, a: 1, c: undefined })).toBe('{"a":1}');
    expect(canonicalJson({ a: undefined })).toBe('{}');
    for (const none of [undefined, [undefined], () => 1, Symbol('a'), 1n]) expect(() => canonicalJson(none)).toThrow(TypeError);
  });

  it('refuses depth without overflowing the stack', () => {
    const nested = (depth: number): unknown => {
      let one: unknown = [];
      for (let i = 1; i < depth; i++) one = i % 2 === 0 ? [one] : { a: one };
      return one;
    };
    expect(canonicalJson(nested(1024)).length).toBeGreaterThan(2048);
    expect(() => canonicalJson(nested(1025))).toThrow(TypeError);
    expect(() => canonicalJson(nested(100_000))).toThrow(TypeError);
  });
});

/** The number with these 64 bits. */
function double(bits: string): number {
  return Buffer.from(bits, 'hex').readDoubleBE();
}

/** Sorted by hand, code unit by code unit; the rest is left to JSON.stringify. */
function naive(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(naive).join(',')}]`;
  const units = (key: string): number[] => Array.from({ length: key.length }, (_, i) => key.charCodeAt(i));
  const compare = (a: string, b: string): number => {
    const [x, y] = [units(a), units(b)];
    const at = x.findIndex((unit, i) => unit !== y[i]);
    return at === -1 ? x.length - y.length : (x[at] ?? -1) - (y[at] ?? -1);
  };
  const entries = Object.entries(value).toSorted(([a], [b]) => compare(a, b));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${naive(item)}`).join(',')}}`;
}

function withoutMinusZero(value: unknown): unknown {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(withoutMinusZero);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutMinusZero(item)]));
}
