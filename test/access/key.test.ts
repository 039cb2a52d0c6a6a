/** Keys as they are handed out, and finding them among those that are known. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasChecksum, hashKey, isKeyId, keyIdOf, newKey, randomKeyId } from '../../src/access/key.js';
import { Keyring } from '../../src/access/keyring.js';
import { isPrefix, isWithin } from '../../src/access/prefix.js';
import { timeOf, timeText } from '../../src/access/time.js';
import { testKey } from './keys.js';

const NOW = Date.parse('2026-06-01T00:00:00Z');

describe('a key', () => {
  it('has the form that docs/access.md gives to scanners', () => {
    for (const id of ['a', 'web', 'web-2026', 'x'.repeat(64), randomKeyId()]) {
      const key = newKey(id);
      expect(key).toMatch(/^promptc_[a-z0-9-]{1,64}_[0-9a-f]{72}$/);
      expect(keyIdOf(key)).toBe(id);
      expect(hasChecksum(key)).toBe(true);
    }
    expect(newKey('web')).not.toBe(newKey('web'));
  });

  it('ends with the checksum that other programs make', () => {
    // CRC-32 as zip and Python's zlib have it.
    expect(hasChecksum(`promptc_web_${'0'.repeat(64)}9f4624bf`)).toBe(true);
    expect(hasChecksum(`promptc_web_${'0'.repeat(64)}9f4624be`)).toBe(false);
  });

  it.each(['', '-a', 'a-', 'A', 'a_b', 'a/b', 'ä', 'x'.repeat(65), 'a\n'])('can have no id %j', (id) => {
    expect(isKeyId(id)).toBe(false);
    expect(keyIdOf(newKey(id))).toBeUndefined();
  });
});

describe('a keyring', () => {
  const web = testKey('web', { prefix: 'support/', expires: '2026-06-01T00:00:01Z' });
  const old = testKey('old', { revoked: '2026-05-01T00:00:00Z', expires: '2026-05-02T00:00:00Z' });
  const keyring = new Keyring([web.entry, old.entry]);

  it('finds a key', () => {
    expect(keyring.size).toBe(2);
    expect(keyring.find(web.key, NOW)).toEqual({ id: 'web', scopes: new Set(['render', 'read']), prefix: 'support/' });
  });

  it('tells who holds a key that it expired, or was revoked', () => {
    expect(keyring.find(web.key, NOW + 999)).toHaveProperty('scopes');
    expect(keyring.find(web.key, NOW + 1000)).toEqual({ why: 'expired', id: 'web', since: '2026-06-01T00:00:01Z' });
    expect(keyring.find(old.key, NOW)).toEqual({ why: 'revoked', id: 'old', since: '2026-05-01T00:00:00Z' });
    // A clock that was set back brings no revoked key back.
    expect(keyring.find(old.key, 0)).toEqual({ why: 'revoked', id: 'old', since: '2026-05-01T00:00:00Z' });
  });

  it('tells nobody else anything', () => {
    expect(keyring.find(newKey('web'), NOW)).toEqual({ why: 'unknown' });
    expect(keyring.find(newKey('old'), NOW)).toEqual({ why: 'unknown' });
    expect(keyring.find(newKey('nobody'), NOW)).toEqual({ why: 'unknown' });
    expect(keyring.find(web.key.replace('web', 'old'), NOW)).toEqual({ why: 'malformed' });
    expect(keyring.find(web.entry.hash, NOW)).toEqual({ why: 'malformed' });
  });

  it('finds no key with one character changed, left out or put in', () => {
    const anywhere = fc.nat(web.key.length - 1);
    const character = fc.constantFrom(...'0123456789abcdef_-xX ');
    expect.hasAssertions();
    fc.assert(
      fc.property(anywhere, character, (at, other) => {
        const [head, tail] = [web.key.slice(0, at), web.key.slice(at + 1)];
        for (const changed of [head + other + tail, head + tail, head + other + web.key[at] + tail]) {
          expect('why' in keyring.find(changed, NOW)).toBe(changed !== web.key);
        }
      }),
    );
  });

  it('knows no hash of any text but the whole key', () => {
    const { hash } = web.entry;
    expect(hashKey(web.key)).toBe(hash);
    fc.assert(fc.property(fc.string(), (text) => 'why' in keyring.find(text, NOW)));
  });

  it('knows nobody when it is empty, also not by the names of what objects have', () => {
    for (const id of ['constructor', 'web']) expect(new Keyring([]).find(newKey(id), NOW)).toEqual({ why: 'unknown' });
  });
});

describe('a prefix', () => {
  it.each([
    [undefined, ['a', 'a/b'], []],
    ['support/', ['support/a', 'support/a/b'], ['support', 'support/', 'supporter', 'support-x/a', 'a/support/a']],
    ['support', ['support', 'support/a', 'support/a/b'], ['supporter', 'support-x', 'support.x/a', 'supp']],
    ['a/b', ['a/b', 'a/b/c'], ['a', 'a/bc', 'a/b-c', 'b']],
  ])('%j reaches %j and not %j', (prefix, inside, beyond) => {
    expect(inside.filter((id) => !isWithin(prefix, id))).toEqual([]);
    expect(beyond.filter((id) => isWithin(prefix, id))).toEqual([]);
    expect(prefix === undefined || isPrefix(prefix)).toBe(true);
  });

  it.each(['', '/', '/a', 'a//', 'a//b', 'A/', 'a/*', 'a b', '-a', 'a/../b', 'x'.repeat(257)])('%j is none', (text) => {
    expect(isPrefix(text)).toBe(false);
  });
});

describe('a time', () => {
  it('is read as it is written', () => {
    const seconds = fc.integer({ min: 0, max: 253_402_300_799 });
    const property = fc.property(seconds, (second) => timeOf(timeText(second * 1000)) === second * 1000);
    expect(fc.check(property).failed).toBe(false);
  });

  it.each([
    '',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00+01:00',
    '2026-01-01T00:00:00.5Z',
  ])('%j is none', (text) => {
    expect(timeOf(text)).toBeUndefined();
  });
});
