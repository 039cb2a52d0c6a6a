/**
 * Who may come in.
 *
 * In: what a request is for, and its `authorization` header. Out: who asks, or why they may not. What always holds:
 * what no policy opens is closed, and an answer depends on the request, the keys and the clock alone.
 */
import type { Key, Keyring, Unusable } from './keyring.js';
import { isWithin } from './prefix.js';
import type { Scope } from './scope.js';

/**
 * `loopback`: only this machine reaches the server, which has no keys. `keys`: whoever asks needs one.
 * `public`: anybody may render and read.
 */
export type Policy = 'loopback' | 'keys' | 'public';

/** What needs no key. */
export const OPEN: { readonly [policy in Policy]: ReadonlySet<Scope> } = {
  loopback: new Set(['render', 'read', 'metrics']),
  keys: new Set(),
  public: new Set(['render', 'read']),
};

/** How a server is started, as far as it concerns who may come in. */
export interface Start {
  readonly host: string;
  /** Whether only this machine reaches it. */
  readonly onLoopback: boolean;
  /** Whether it has a keys file. */
  readonly hasKeys: boolean;
  /** Whether it was said that anybody may render and read. */
  readonly isPublic: boolean;
}

/** The policy for a start; for one that would let anybody in whom nobody meant to, what to say instead of starting. */
export function policyFor({ host, onLoopback, hasKeys, isPublic }: Start): { readonly policy: Policy } | { readonly refusal: string } {
  if (isPublic) return { policy: 'public' };
  if (hasKeys) return { policy: 'keys' };
  if (onLoopback) return { policy: 'loopback' };
  return {
    refusal:
      `Other machines reach ${host}, and nothing says who may come in. ` +
      'Make a key with `promptc keys add --keys keys.json` and start with --keys keys.json, or let anybody render and read with --public.',
  };
}

/** Stands for the whole build or server, for routes that can leave nothing out: the manifest, artifacts, metrics. */
export const EVERYTHING: unique symbol = Symbol('everything');

export interface Admission {
  readonly allowed: true;
  /** The id of the key; `undefined` if none was needed and none that is good was given. */
  readonly caller: string | undefined;
  /** The only ids that the caller may see or use: lists leave out the others (`isWithin`). */
  readonly prefix: string | undefined;
}

export interface Refusal {
  readonly allowed: false;
  readonly reason: 'missing' | 'invalid' | 'expired' | 'revoked' | 'lacks_scope' | 'outside_prefix' | 'no_keys';
  /** 401 for what a good key would mend, else 403. */
  readonly code: 'unauthorized' | 'forbidden';
  /** For the caller: what is wrong and what to do. It holds nothing that the caller does not know. */
  readonly message: string;
  /** For the header `www-authenticate` (RFC 6750, section 3), if there is one. */
  readonly challenge: string | undefined;
  /** The id of the key, if the caller holds it: for logs. */
  readonly caller: string | undefined;
}

const ANYBODY: Admission = { allowed: true, caller: undefined, prefix: undefined };
const BEARER = /^[Bb][Ee][Aa][Rr][Ee][Rr] +([^ ]+) *$/;

export class Access {
  readonly #open: ReadonlySet<Scope>;
  readonly #keys: { readonly keyring: Keyring } | undefined;

  /** @param keys - what holds the keys in force: a `KeyFile`, say */
  constructor(policy: Policy, keys?: { readonly keyring: Keyring }) {
    this.#open = OPEN[policy];
    this.#keys = keys;
  }

  /**
   * Whether a request may be answered.
   *
   * @param subject - the id of the bundle or template that it is about; `undefined` if that is not known yet, or if the
   *   route leaves out what lies outside the prefix, which is then the route's to do (`outside`, `isWithin`)
   * @param authorization - the header as it came
   * @param now - in milliseconds since 1970
   */
  ask(
    scope: Scope,
    subject: string | typeof EVERYTHING | undefined,
    authorization: string | undefined,
    now = Date.now(),
  ): Admission | Refusal {
    const isOpen = this.#open.has(scope);
    if (isOpen && (authorization === undefined || this.#keys === undefined)) return ANYBODY;
    if (this.#keys === undefined) return noKeys(scope);
    const presented = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
    if (presented === undefined) return isOpen ? ANYBODY : missing(scope);
    const found = this.#keys.keyring.find(presented, now);
    // Where nobody needs a key, one only says who asks.
    if (isOpen) return 'why' in found ? ANYBODY : { allowed: true, caller: found.id, prefix: undefined };
    if ('why' in found) return unusable(found);
    const { id: caller, prefix } = found;
    if (!found.scopes.has(scope)) return lacksScope(scope, found);
    const admission: Admission = { allowed: true, caller, prefix };
    return (subject === undefined ? undefined : outside(admission, subject)) ?? admission;
  }
}

/**
 * Why one who was let in may not go on to an id, which a route may learn only later; nothing, if they may. To be asked
 * before the id is looked up: ids outside of a prefix are answered alike, whether there is such a thing or not.
 */
export function outside({ caller, prefix }: Admission, subject: string | typeof EVERYTHING): Refusal | undefined {
  if (prefix === undefined || (subject !== EVERYTHING && isWithin(prefix, subject))) return undefined;
  const message =
    subject === EVERYTHING
      ? `The key ${caller} is for ${prefix} only, and this is about everything. Use a key without a prefix.`
      : `The key ${caller} is for ${prefix} only. Use another key, or an id within it.`;
  return { allowed: false, reason: 'outside_prefix', code: 'forbidden', message, challenge: undefined, caller };
}

function noKeys(scope: Scope): Refusal {
  const message =
    `This needs a key with the scope ${scope}, and the server has no keys: ` +
    `make one with \`promptc keys add --keys keys.json --scope ${scope}\`, and start the server with --keys keys.json.`;
  return { allowed: false, reason: 'no_keys', code: 'forbidden', message, challenge: undefined, caller: undefined };
}

function missing(scope: Scope): Refusal {
  const message = `This needs a key with the scope ${scope}: send it as \`authorization: Bearer promptc_…\`.`;
  return { allowed: false, reason: 'missing', code: 'unauthorized', message, challenge: CHALLENGE, caller: undefined };
}

function lacksScope(scope: Scope, { id, scopes }: Key): Refusal {
  const message = `The key ${id} is for ${[...scopes].join(', ')}, and this needs one with the scope ${scope}.`;
  const challenge = `${CHALLENGE}, error="insufficient_scope", scope="${scope}"`;
  return { allowed: false, reason: 'lacks_scope', code: 'forbidden', message, challenge, caller: id };
}

function unusable(found: Unusable): Refusal {
  const refusal = { allowed: false, code: 'unauthorized', challenge: `${CHALLENGE}, error="invalid_token"` } as const;
  switch (found.why) {
    case 'malformed':
      return {
        ...refusal,
        reason: 'invalid',
        message: 'This is no key, or not a whole one: see that nothing was cut off.',
        caller: undefined,
      };
    case 'unknown':
      return {
        ...refusal,
        reason: 'invalid',
        message: 'The server does not know this key. Ask its operator for another.',
        caller: undefined,
      };
    case 'expired':
    case 'revoked': {
      const { why, id, since } = found;
      const message = `The key ${id} ${why === 'expired' ? 'expired at' : 'was revoked at'} ${since}. Ask the operator for another.`;
      return { ...refusal, reason: why, message, caller: id };
    }
  }
}

const CHALLENGE = 'Bearer realm="promptc"';
