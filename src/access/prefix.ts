/**
 * A key's prefix: the ids that it reaches.
 *
 * It ends where a segment of an id ends. `support/` is everything below `support`; `support/agent` is that id and
 * everything below it, and never `support/agent-internal`: what somebody names later must not fall to a key by the
 * way it is spelled.
 */
const PREFIX = /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*\/?$/;
const MAX_LENGTH = 256;

/** What a prefix must be, for messages. */
export const PREFIX_FORM = 'the beginning of ids up to the end of a segment, such as `support/` or `support/agent`';

export function isPrefix(text: string): boolean {
  return text.length <= MAX_LENGTH && PREFIX.test(text);
}

/** Whether an id lies within a prefix; without a prefix, any does. */
export function isWithin(prefix: string | undefined, id: string): boolean {
  if (prefix === undefined) return true;
  if (!id.startsWith(prefix)) return false;
  return prefix.endsWith('/') ? id.length > prefix.length : id.length === prefix.length || id[prefix.length] === '/';
}
