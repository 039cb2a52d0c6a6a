/** Who may come in, under each policy. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Access, EVERYTHING, OPEN, outside, type Policy, policyFor } from '../../src/access/access.js';
import { newKey } from '../../src/access/key.js';
import { Keyring } from '../../src/access/keyring.js';
import { SCOPES } from '../../src/access/scope.js';
import { bearer, testKey } from './keys.js';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const POLICIES: readonly Policy[] = ['loopback', 'keys', 'public'];

const all = testKey('all', { scopes: SCOPES });
const support = testKey('support', { prefix: 'support/' });
const expired = testKey('expired', { expires: '2026-05-01T00:00:00Z' });
const revoked = testKey('revoked', { revoked: '2026-05-01T00:00:00Z' });
const keys = { keyring: new Keyring([all, support, expired, revoked].map(({ entry }) => entry)) };
const closed = new Access('keys', keys);

const ANYBODY = { allowed: true, caller: undefined, prefix: undefined };

describe('without a key', () => {
  it.each([
    ['loopback', ['render', 'read', 'metrics']],
    ['keys', []],
    ['public', ['render', 'read']],
  ] as const)('%s opens %j', (policy, open) => {
    for (const scope of SCOPES) {
      const isOpen = (open as readonly string[]).includes(scope);
      for (const access of [new Access(policy), new Access(policy, keys)]) {
        expect(access.ask(scope, 'support/a', undefined), scope).toMatchObject(isOpen ? ANYBODY : { allowed: false });
      }
    }
  });

  it('says how to send one', () => {
    expect(closed.ask('render', undefined, undefined)).toEqual({
      allowed: false,
      reason: 'missing',
      code: 'unauthorized',
      message: 'This needs a key with the scope render: send it as `authorization: Bearer promptc_…`.',
      challenge: 'Bearer realm="promptc"',
      caller: undefined,
    });
  });

  it.each(POLICIES)('and none known, %s says how to get one for audit records', (policy) => {
    for (const header of [undefined, bearer(all)]) {
      expect(new Access(policy).ask('audit', undefined, header)).toMatchObject({
        allowed: false,
        reason: 'no_keys',
        code: 'forbidden',
        message:
          'This needs a key with the scope audit, and the server has no keys: make one with ' +
          '`promptc keys add --keys keys.json --scope audit`, and start the server with --keys keys.json.',
      });
    }
  });
});

describe('with a key', () => {
  it('its scopes are open, however the scheme is written', () => {
    for (const header of [bearer(all), `bearer ${all.key}`, `BEARER   ${all.key}  `]) {
      for (const scope of SCOPES) {
        expect(closed.ask(scope, 'any/id', header)).toEqual({ allowed: true, caller: 'all', prefix: undefined });
      }
    }
    expect(closed.ask('read', EVERYTHING, bearer(all))).toMatchObject({ allowed: true });
  });

  it('other scopes are not', () => {
    expect(closed.ask('audit', undefined, bearer(support), NOW)).toEqual({
      allowed: false,
      reason: 'lacks_scope',
      code: 'forbidden',
      message: 'The key support is for render, read, and this needs one with the scope audit.',
      challenge: 'Bearer realm="promptc", error="insufficient_scope", scope="audit"',
      caller: 'support',
    });
  });

  it('only ids within its prefix are', () => {
    const entered = closed.ask('render', undefined, bearer(support));
    expect(entered).toEqual({ allowed: true, caller: 'support', prefix: 'support/' });
    expect(closed.ask('render', 'support/a', bearer(support))).toEqual(entered);
    if (!entered.allowed) throw new Error(entered.message);
    expect(outside(entered, 'support/a')).toBeUndefined();
    const refused = {
      allowed: false,
      reason: 'outside_prefix',
      code: 'forbidden',
      message: 'The key support is for support/ only. Use another key, or an id within it.',
      challenge: undefined,
      caller: 'support',
    };
    expect(outside(entered, 'billing/a')).toEqual(refused);
    expect(closed.ask('render', 'billing/a', bearer(support))).toEqual(refused);
    expect(closed.ask('read', EVERYTHING, bearer(support))).toEqual({
      ...refused,
      message: 'The key support is for support/ only, and this is about everything. Use a key without a prefix.',
    });
  });

  it.each([
    ['expired', expired, 'expired', 'The key expired expired at 2026-05-01T00:00:00Z. Ask the operator for another.', 'expired'],
    ['revoked', revoked, 'revoked', 'The key revoked was revoked at 2026-05-01T00:00:00Z. Ask the operator for another.', 'revoked'],
    ['unknown', { key: newKey('all') }, 'invalid', 'The server does not know this key. Ask its operator for another.', undefined],
    ['cut off', { key: all.key.slice(0, -1) }, 'invalid', 'This is no key, or not a whole one: see that nothing was cut off.', undefined],
  ])('that is %s, nothing is', (_, given, reason, message, caller) => {
    expect(closed.ask('render', undefined, `Bearer ${given.key}`, NOW)).toEqual({
      allowed: false,
      reason,
      code: 'unauthorized',
      message,
      challenge: 'Bearer realm="promptc", error="invalid_token"',
      caller,
    });
  });

  it.each(['', 'Bearer', 'Bearer ', `Basic ${all.key}`, all.key, `Bearer ${all.key} x`, `Bearer\t${all.key}`])(
    'that %j does not present, nothing is',
    (header) => {
      expect(closed.ask('render', undefined, header)).toMatchObject({ allowed: false, reason: 'missing' });
    },
  );

  it('what is open anyway says who asks, and is refused to nobody', () => {
    const open = new Access('public', keys);
    expect(open.ask('render', 'billing/a', bearer(all), NOW)).toEqual({ ...ANYBODY, caller: 'all' });
    expect(open.ask('render', 'billing/a', bearer(support), NOW)).toEqual({ ...ANYBODY, caller: 'support' });
    for (const header of [bearer(expired), bearer(revoked), 'Basic x', 'Bearer x', '']) {
      expect(open.ask('render', 'billing/a', header, NOW)).toEqual(ANYBODY);
    }
    expect(open.ask('audit', undefined, bearer(all), NOW)).toMatchObject({ allowed: true, caller: 'all' });
    expect(open.ask('metrics', EVERYTHING, bearer(support), NOW)).toMatchObject({ allowed: false, reason: 'lacks_scope' });
  });
});

describe('the next request', () => {
  it('is answered by the keys of then, and the clock of then', () => {
    const soon = testKey('soon', { expires: '2026-06-01T00:00:01Z' });
    const file = { keyring: new Keyring([soon.entry]) };
    const access = new Access('keys', file);
    expect(access.ask('render', undefined, bearer(soon), NOW)).toMatchObject({ allowed: true });
    expect(access.ask('render', undefined, bearer(soon), NOW + 1000)).toMatchObject({ reason: 'expired' });
    file.keyring = new Keyring([]);
    expect(access.ask('render', undefined, bearer(soon), NOW)).toMatchObject({ reason: 'invalid' });
  });
});

describe('any header', () => {
  const header = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string().map((text) => `Bearer ${text}`),
    fc.tuple(fc.nat(all.key.length), fc.string()).map(([at, text]) => `Bearer ${all.key.slice(0, at)}${text}`),
    fc.nat(16_384).map((length) => `Bearer ${' '.repeat(length)}x `),
    fc.constantFrom('_', '-', 'a', ' ').map((one) => `Bearer promptc_${one.repeat(16_384)}`),
  );

  it('is answered, and lets nobody in that holds no key', () => {
    fc.assert(
      fc.property(header, fc.constantFrom(...SCOPES), (authorization, scope) => {
        fc.pre(!/^bearer +promptc_all_[0-9a-f]{72} *$/i.test(authorization));
        const answer = closed.ask(scope, undefined, authorization);
        expect(answer).toMatchObject({ allowed: false, code: 'unauthorized' });
        for (const policy of POLICIES) {
          expect(new Access(policy, keys).ask(scope, undefined, authorization).allowed).toBe(OPEN[policy].has(scope));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a server', () => {
  const start = { host: '0.0.0.0', onLoopback: false, hasKeys: false, isPublic: false };

  it.each([
    [{ onLoopback: true }, 'loopback'],
    [{ onLoopback: true, hasKeys: true }, 'keys'],
    [{ hasKeys: true }, 'keys'],
    [{ isPublic: true }, 'public'],
    [{ isPublic: true, hasKeys: true }, 'public'],
    [{ isPublic: true, onLoopback: true }, 'public'],
  ] as const)('started with %j is %s', (how, policy) => {
    expect(policyFor({ ...start, ...how })).toEqual({ policy });
  });

  it('does not start where nobody said who may come in', () => {
    expect(policyFor(start)).toEqual({
      refusal:
        'Other machines reach 0.0.0.0, and nothing says who may come in. Make a key with `promptc keys add --keys keys.json` ' +
        'and start with --keys keys.json, or let anybody render and read with --public.',
    });
  });
});
