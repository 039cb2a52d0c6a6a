/** Who may ask for what, in terms of HTTP. */
import { type Access, type EVERYTHING, outside, type Refusal } from '../access/access.js';
import type { Scope } from '../access/scope.js';
import type { Exchange } from './exchange.js';
import { HttpError } from './http-error.js';

/**
 * Lets an exchange in, or refuses it.
 *
 * @param subject - what it is about, if that is known before the route looks closer
 * @throws HttpError `unauthorized`, `forbidden`
 */
export function admit(access: Access, exchange: Exchange, scope: Scope, subject?: typeof EVERYTHING): void {
  const found = access.ask(scope, subject, exchange.req.headers.authorization);
  exchange.caller = found.caller ?? null;
  if (!found.allowed) throw refused(found);
  exchange.admission = found;
}

/**
 * Refuses an exchange that was let in and turns out to be about an id that is not its caller's. To be asked before the id
 * is looked up.
 *
 * @throws HttpError `forbidden`
 */
export function admitTo({ admission }: Exchange, id: string): void {
  const refusal = outside(admission, id);
  if (refusal !== undefined) throw refused(refusal);
}

function refused({ code, message, challenge }: Refusal): HttpError {
  return new HttpError(code, message, [], challenge === undefined ? {} : { 'www-authenticate': challenge });
}
