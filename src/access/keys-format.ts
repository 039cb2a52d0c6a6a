/**
 * The text of a keys file ⇄ the keys in it.
 *
 * What always holds: a text is taken wholly or not at all. Nothing in it is passed over or put right, since a guess
 * could let somebody in.
 */
import { printParseErrorCode, visit } from 'jsonc-parser';
import { DIGEST_PATTERN, type Digest } from '../base/digest.js';
import { isObject } from '../base/json.js';
import { isKeyId, KEY_ID_FORM } from './key.js';
import { KeysError } from './keys-error.js';
import { isPrefix, PREFIX_FORM } from './prefix.js';
import { type Scope, SCOPES } from './scope.js';
import { TIME_FORM, timeOf } from './time.js';

/** The format that this version writes; it reads no other. */
const KEYS_VERSION = 1;

/** An entry of a keys file. Times are as in the file. */
export interface KeyEntry {
  /** Public: logs and audit records name the caller by it. */
  readonly id: string;
  /** Of the whole key as it was handed out. */
  readonly hash: Digest;
  readonly scopes: readonly Scope[];
  /** The only ids that it reaches. */
  readonly prefix?: string;
  readonly created: string;
  /** From then on it opens nothing. */
  readonly expires?: string;
  readonly note?: string;
  /** Since when it opens nothing, whatever the clock says. */
  readonly revoked?: string;
}

const MAX_NOTE = 500;
const HASH = new RegExp(DIGEST_PATTERN);

interface Field {
  readonly isOptional?: true;
  /** What it must be, as the end of a sentence. */
  readonly form: string;
  readonly fits: (value: unknown) => boolean;
}

/** Of an entry, by name and in the order of the file. */
export const KEY_FIELDS: { readonly [name in keyof Required<KeyEntry>]: Field } = {
  id: { form: KEY_ID_FORM, fits: text(isKeyId) },
  hash: { form: '`sha256:` and 64 lower-case hexadecimal digits', fits: text((value) => HASH.test(value)) },
  scopes: { form: `a list of one or more of ${SCOPES.join(', ')}, each once`, fits: areScopes },
  prefix: { isOptional: true, form: PREFIX_FORM, fits: text(isPrefix) },
  created: { form: TIME_FORM, fits: text(isTime) },
  expires: { isOptional: true, form: TIME_FORM, fits: text(isTime) },
  note: { isOptional: true, form: `a text of at most ${MAX_NOTE} characters`, fits: text((value) => value.length <= MAX_NOTE) },
  revoked: { isOptional: true, form: TIME_FORM, fits: text(isTime) },
};

/** @throws KeysError with the first thing that is wrong; the message is the end of a sentence about the file */
export function parseKeys(content: string): KeyEntry[] {
  checkJson(content);
  const value: unknown = JSON.parse(content);
  if (!isObject(value)) throw new KeysError(`is no object: ${SKELETON}`);
  const { keysVersion, keys, ...rest } = value;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new KeysError(`has an entry ${JSON.stringify(unknown)} that is not known: ${SKELETON}`);
  if (keysVersion !== KEYS_VERSION) {
    throw new KeysError(
      typeof keysVersion === 'number' && keysVersion > KEYS_VERSION
        ? `has the format ${keysVersion}, and this version of promptc reads ${KEYS_VERSION}: use the promptc that wrote it, or a newer one.`
        : `does not say its format: ${SKELETON}`,
    );
  }
  if (!Array.isArray(keys)) throw new KeysError(`has no list \`keys\`: ${SKELETON}`);
  const places = new Map<string, number>();
  return keys.map((entry, i) => {
    const key = checkEntry(entry, `keys[${i}]`);
    const before = places.get(key.id);
    if (before !== undefined) {
      throw new KeysError(`has the id "${key.id}" twice, in keys[${before}] and keys[${i}]: ids name callers, so keep one of them.`);
    }
    places.set(key.id, i);
    return key;
  });
}

export function formatKeys(keys: readonly KeyEntry[]): string {
  // A list of names gives their order too.
  return `${JSON.stringify({ keysVersion: KEYS_VERSION, keys }, Object.keys({ keysVersion: 0, keys: 0, ...KEY_FIELDS }), 2)}\n`;
}

const SKELETON = `it must be { "keysVersion": ${KEYS_VERSION}, "keys": [ … ] }. \`promptc keys add\` makes one.`;

function checkEntry(entry: unknown, place: string): KeyEntry {
  if (!isObject(entry)) throw new KeysError(`has a ${place} that is no object.`);
  const { id } = entry;
  const where = typeof id === 'string' && isKeyId(id) ? `${place} ("${id}")` : place;
  for (const name of Object.keys(entry)) {
    if (Object.hasOwn(KEY_FIELDS, name)) continue;
    throw new KeysError(
      `has in ${where} a field ${JSON.stringify(name)} that is not known. Known are ${Object.keys(KEY_FIELDS).join(', ')}.`,
    );
  }
  for (const [name, { isOptional, form, fits }] of Object.entries(KEY_FIELDS)) {
    if (!Object.hasOwn(entry, name)) {
      if (isOptional) continue;
      throw new KeysError(`has in ${where} no \`${name}\`: it is ${form}.`);
    }
    if (!fits(entry[name])) throw new KeysError(`has in ${where} a wrong \`${name}\`: it must be ${form}.`);
  }
  return entry as unknown as KeyEntry;
}

function text(fits: (value: string) => boolean): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && fits(value);
}

function areScopes(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((scope) => (SCOPES as readonly unknown[]).includes(scope))
  );
}

function isTime(value: string): boolean {
  return timeOf(value) !== undefined;
}

/** Deeper than any keys file, and no trouble for a parser that calls itself. */
const MAX_DEPTH = 16;

/** Finds where a text is no JSON, and what `JSON.parse` passes over in silence: a field that is there twice. */
function checkJson(content: string): void {
  const open: Set<string>[] = [];
  const enter = (_offset: number, _length: number, line: number, character: number): void => {
    if (open.length === MAX_DEPTH) fail('is nested too deep', line, character);
    open.push(new Set());
  };
  const leave = (): void => void open.pop();
  visit(
    content,
    {
      onObjectBegin: enter,
      onArrayBegin: enter,
      onObjectEnd: leave,
      onArrayEnd: leave,
      onObjectProperty(name, _offset, _length, line, character) {
        const names = open.at(-1)!;
        if (names.has(name)) fail(`has the field ${JSON.stringify(name)} twice`, line, character);
        names.add(name);
      },
      onError(code, _offset, _length, line, character) {
        fail(`is no JSON: ${WORDS[printParseErrorCode(code)] ?? 'something is wrong'}`, line, character);
      },
    },
    { disallowComments: true },
  );
}

function fail(what: string, line: number, character: number): never {
  throw new KeysError(`${what}, in line ${line + 1}, column ${character + 1}.`);
}

/** What jsonc-parser says, in words. */
const WORDS: { readonly [code: string]: string } = {
  PropertyNameExpected: 'a name in double quotes is missing',
  ValueExpected: 'a value is missing',
  ColonExpected: 'a ":" is missing',
  CommaExpected: 'a "," is missing',
  CloseBraceExpected: 'a "}" is missing',
  CloseBracketExpected: 'a "]" is missing',
  EndOfFileExpected: 'something follows its end',
  InvalidCommentToken: 'it cannot hold comments',
};
