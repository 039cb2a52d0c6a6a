/** What a keys file may hold, and what is said of everything else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatKeys, KEY_FIELDS, parseKeys } from '../../src/access/keys-format.js';
import { KeysError } from '../../src/access/keys-error.js';
import { CREATED, keysText, testKey } from './keys.js';

const { entry } = testKey('web');
const FULL = testKey('full', { prefix: 'a/', expires: CREATED, note: 'Hello "you".', revoked: CREATED });

function problem(content: string): string {
  try {
    parseKeys(content);
  } catch (error) {
    if (error instanceof KeysError) return error.message;
    throw error;
  }
  return '';
}

/** Of a file with one entry that differs from a good one. */
function problemWith(fields: object): string {
  return problem(JSON.stringify({ keysVersion: 1, keys: [{ ...entry, ...fields }] }));
}

describe('a keys file', () => {
  it('is read as it is written', () => {
    const text = keysText(FULL, { key: '', entry });
    expect(parseKeys(text)).toEqual([FULL.entry, entry]);
    expect(formatKeys(parseKeys(text))).toBe(text);
    expect(parseKeys(formatKeys([]))).toEqual([]);
    expect(Object.keys((JSON.parse(text) as { keys: object[] }).keys[0]!)).toEqual(Object.keys(KEY_FIELDS));
  });

  it.each([
    ['', 'is no JSON: a value is missing, in line 1, column 1.'],
    ['{"keysVersion": 1,\n "keys": [}', 'is no JSON: a value is missing, in line 2, column 11.'],
    ['{"keysVersion": 1, "keys": [],}', 'is no JSON: a name in double quotes is missing, in line 1, column 31.'],
    ['{"keysVersion": 1, "keys": []} x', 'is no JSON: something is wrong, in line 1, column 32.'],
    ['{"keysVersion": 1, "keys": []} {}', 'is no JSON: something follows its end, in line 1, column 32.'],
    ['// keys\n{}', 'is no JSON: it cannot hold comments, in line 1, column 1.'],
    ['{"keysVersion": 1, "keysVersion": 1, "keys": []}', 'has the field "keysVersion" twice, in line 1, column 20.'],
    ['{"a": {"b": 1, "b": 1}}', 'has the field "b" twice, in line 1, column 16.'],
    ['['.repeat(100_000), 'is nested too deep, in line 1, column 17.'],
    ['[]', 'is no object: it must be { "keysVersion": 1, "keys": [ … ] }. `promptc keys add` makes one.'],
    [
      '{"keys": [], "kyes": []}',
      'has an entry "kyes" that is not known: it must be { "keysVersion": 1, "keys": [ … ] }. `promptc keys add` makes one.',
    ],
    ['{"keys": []}', 'does not say its format: it must be { "keysVersion": 1, "keys": [ … ] }. `promptc keys add` makes one.'],
    [
      '{"keysVersion": 2, "keys": []}',
      'has the format 2, and this version of promptc reads 1: use the promptc that wrote it, or a newer one.',
    ],
    ['{"keysVersion": 1}', 'has no list `keys`: it must be { "keysVersion": 1, "keys": [ … ] }. `promptc keys add` makes one.'],
    ['{"keysVersion": 1, "keys": [1]}', 'has a keys[0] that is no object.'],
    ['{"keysVersion": 1, "keys": [], "__proto__": {}}', 'has an entry "__proto__" that is not known'],
  ])('refuses %.60j', (content, message) => {
    expect(problem(content)).toContain(message);
  });

  it.each([
    [{ scope: ['render'] }, 'has in keys[0] ("web") a field "scope" that is not known. Known are id, hash, scopes, prefix, '],
    [{ hash: undefined }, 'has in keys[0] ("web") no `hash`: it is `sha256:` and 64 lower-case hexadecimal digits.'],
    [
      { id: 'Web' },
      'has in keys[0] a wrong `id`: it must be lower-case letters, digits and dashes, at most 64 of them, no dash at an end.',
    ],
    [{ id: 1 }, 'has in keys[0] a wrong `id`'],
    [{ hash: entry.hash.toUpperCase() }, 'a wrong `hash`'],
    [{ hash: 'x'.repeat(71) }, 'a wrong `hash`'],
    [{ scopes: [] }, 'a wrong `scopes`: it must be a list of one or more of render, read, audit, metrics, each once.'],
    [{ scopes: 'render' }, 'a wrong `scopes`'],
    [{ scopes: ['render', 'write'] }, 'a wrong `scopes`'],
    [{ scopes: ['render', 'render'] }, 'a wrong `scopes`'],
    [{ scopes: [['render']] }, 'a wrong `scopes`'],
    [
      { prefix: '' },
      'a wrong `prefix`: it must be the beginning of ids up to the end of a segment, such as `support/` or `support/agent`.',
    ],
    [{ created: '2026-01-02' }, 'a wrong `created`: it must be a time in UTC such as `2026-01-31T12:00:00Z`.'],
    [{ expires: null }, 'a wrong `expires`'],
    [{ revoked: false }, 'a wrong `revoked`'],
    [{ note: 'x'.repeat(501) }, 'a wrong `note`: it must be a text of at most 500 characters.'],
  ])('refuses an entry with %j', (fields, message) => {
    expect(problemWith(fields)).toContain(message);
  });

  it('refuses an id that is there twice', () => {
    expect(problem(keysText(testKey('a'), testKey('b'), testKey('a')))).toBe(
      'has the id "a" twice, in keys[0] and keys[2]: ids name callers, so keep one of them.',
    );
  });

  it('takes any text or says what is wrong with it', () => {
    expect.hasAssertions();
    const good = keysText(FULL);
    const piece = fc.oneof(fc.constantFrom(...'{}[]",:0\\/*\n\t \u0001\uFEFF\u00a0e-+.'), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(8), piece, (at, cut, put) => {
        const text = good.slice(0, at) + put + good.slice(at + cut);
        const taken = problem(text) === '' ? parseKeys(text) : [];
        expect(parseKeys(formatKeys(taken))).toEqual(taken);
      }),
      { numRuns: 1000 },
    );
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => problem(text) !== ''));
  });
});
