/**
 * Canonical JSON by RFC 8785 (JCS): no white space, keys sorted by UTF-16 code units, numbers as
 * ECMAScript prints them, strings with the shortest escapes. Equal values give equal bytes in every
 * implementation, which is what every hash of promptc is taken over.
 */

/** Deeper values than this are refused; nothing that promptc accepts comes near it. */
const MAX_DEPTH = 1024;

/**
 * @param value - a JSON value; keys whose value is `undefined` are left out
 * @returns its canonical text
 * @throws TypeError for what RFC 8785 cannot express: a non-finite number, a lone surrogate, a function, …
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no form in JSON`);
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_DEPTH) throw new TypeError(`value is nested deeper than ${MAX_DEPTH} levels`);
      return Array.isArray(value) ? writeList(value, depth + 1) : writeObject(value as Record<string, unknown>, depth + 1);
    default:
      throw new TypeError(`a ${typeof value} has no form in JSON`);
  }
}

/** Control characters, `"`, `\`, which must be escaped, and surrogates, which must come in pairs. */
const NEEDS_A_LOOK = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

function writeString(text: string): string {
  if (!NEEDS_A_LOOK.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('a string holds half of a surrogate pair');
  return JSON.stringify(text);
}

function writeList(list: readonly unknown[], depth: number): string {
  let out = '[';
  for (let i = 0; i < list.length; i++) out += (i === 0 ? '' : ',') + write(list[i], depth);
  return `${out}]`;
}

function writeObject(object: Record<string, unknown>, depth: number): string {
  const keys = Object.keys(object);
  sort(keys);
  let out = '{';
  let separator = '';
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const value = object[key];
    if (value === undefined) continue;
    out += separator + writeString(key) + ':' + write(value, depth);
    separator = ',';
  }
  return out + '}';
}

/** With more keys than this, the built-in sort is faster than inserting one by one. */
const FEW_KEYS = 16;

/** Sorts by UTF-16 code units, as JavaScript compares strings. */
function sort(keys: string[]): void {
  if (keys.length > FEW_KEYS) {
    keys.sort();
    return;
  }
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i]!;
    let at = i;
    for (; at > 0 && keys[at - 1]! > key; at--) keys[at] = keys[at - 1]!;
    keys[at] = key;
  }
}
