/**
 * A text that `JSON.parse` refused → the first place where it stops being JSON (RFC 8259).
 *
 * What always holds: it takes no stack, however deep the text is nested, and time in proportion to its length.
 */
import { createScanner } from 'jsonc-parser';

/** What may come next, and how a message calls it. */
const EXPECTED = {
  value: 'a value',
  'value-or-close': 'a value or "]"',
  key: 'a key in double quotes',
  'key-or-close': 'a key in double quotes or "}"',
  colon: '":"',
  'comma-or-close': 'a comma or the closing bracket',
  end: 'the end',
} as const;

type Expected = keyof typeof EXPECTED;
type Bracket = '{' | '[';

/** The longest piece of the text that a message repeats. */
const MAX_SHOWN = 20;

export function locateJsonError(text: string): { readonly offset: number; readonly message: string } {
  const scanner = createScanner(text);
  const open: Bracket[] = [];
  let expected: Expected = 'value';
  for (;;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    const token = text.slice(offset, offset + scanner.getTokenLength());
    // The scanner hands over white space too, since it would take comments for it.
    if (WHITE_SPACE.test(token)) continue;
    const scanError: number = scanner.getTokenError();
    if (scanError !== 0 && token.startsWith('"')) {
      return { offset, message: 'this string does not end, or holds a control character or an escape that JSON does not have' };
    }
    const next: Expected | undefined = scanError === 0 ? follow(expected, token, open) : undefined;
    if (next === undefined) {
      const found = token === '' ? 'the end' : JSON.stringify(token.length > MAX_SHOWN ? `${token.slice(0, MAX_SHOWN)}…` : token);
      return { offset, message: `expected ${EXPECTED[expected]}, found ${found}` };
    }
    expected = next;
  }
}

/** What may come behind a token, or `undefined` if the token itself may not be there. */
function follow(expected: Expected, token: string, open: Bracket[]): Expected | undefined {
  switch (expected) {
    case 'value':
    case 'value-or-close':
      if (token === '{' || token === '[') {
        open.push(token);
        return token === '{' ? 'key-or-close' : 'value-or-close';
      }
      if (token === ']' && expected === 'value-or-close') return close(open);
      return SCALAR.test(token) ? behindValue(open) : undefined;
    case 'key':
    case 'key-or-close':
      if (token === '}' && expected === 'key-or-close') return close(open);
      return token.startsWith('"') ? 'colon' : undefined;
    case 'colon':
      return token === ':' ? 'value' : undefined;
    case 'comma-or-close':
      if (token === ',') return open.at(-1) === '{' ? 'key' : 'value';
      return token === (open.at(-1) === '{' ? '}' : ']') ? close(open) : undefined;
    case 'end':
      return undefined;
  }
}

const WHITE_SPACE = /^[ \t\r\n]+$/;

/** By its beginning: the scanner has found where it ends, and that it ends well. */
const SCALAR = /^(?:"|-?[0-9]|(?:true|false|null)$)/;

function close(open: Bracket[]): Expected {
  open.pop();
  return behindValue(open);
}

function behindValue(open: readonly Bracket[]): Expected {
  return open.length === 0 ? 'end' : 'comma-or-close';
}
