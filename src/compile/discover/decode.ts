/** A file's bytes → its text. */
import type { Diagnostics } from '../../base/diagnostic.js';
import { SourceText } from '../../base/span.js';

const BOM = [0xef, 0xbb, 0xbf];
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes UTF-8 and makes CRLF into LF; `undefined` (and a report) for what is not such a text.
 *
 * @param limit - the most bytes that are read at all
 */
export function decode(path: string, bytes: Uint8Array, limit: number, diagnostics: Diagnostics): SourceText | undefined {
  const whole = { source: new SourceText(path, ''), start: 0, end: 1 };
  if (bytes.length > limit) {
    diagnostics.report('discover/file-too-large', whole, { size: bytes.length, limit });
    return undefined;
  }
  if (BOM.every((byte, i) => bytes[i] === byte)) {
    diagnostics.report('discover/byte-order-mark', whole, undefined);
    return undefined;
  }
  if (isUtf16(bytes)) {
    diagnostics.report('discover/utf16', whole, undefined);
    return undefined;
  }
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    const offset = firstInvalidByte(bytes);
    diagnostics.report('discover/invalid-utf8', placeOf(path, bytes, offset), { offset });
    return undefined;
  }
  if (text.includes('\0')) {
    const offset = bytes.indexOf(0);
    diagnostics.report('discover/nul', placeOf(path, bytes, offset), { offset });
    return undefined;
  }
  const source = new SourceText(path, text.replaceAll('\r\n', '\n'));
  if (source.text.includes('\r') && !source.text.trimEnd().includes('\n')) {
    diagnostics.report('discover/line-ends', whole, undefined);
    return undefined;
  }
  return source;
}

/** Whether it says so in its first two bytes, or begins with Latin letters that each have a NUL beside them. */
function isUtf16(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true;
  const nulls = [...bytes.subarray(0, 8)].map((byte) => (byte === 0 ? '0' : 'x')).join('');
  return nulls === 'x0x0x0x0' || nulls === '0x0x0x0x';
}

/** Where in the text, as far as it can be shown, a byte is. */
function placeOf(path: string, bytes: Uint8Array, offset: number) {
  const read = (part: Uint8Array): string =>
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(part).replaceAll('\r\n', '\n').replaceAll('\0', '\u2400');
  const start = read(bytes.subarray(0, offset)).length;
  return { source: new SourceText(path, read(bytes)), start, end: start + 1 };
}

/** The length of the longest valid beginning; decoding a stream tells where it stops being one. */
function firstInvalidByte(bytes: Uint8Array): number {
  // A stream may end within a character; only bytes that no character goes on with throw.
  const isValid = (end: number, stream: boolean): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end), { stream });
      return true;
    } catch {
      return false;
    }
  };
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (isValid(middle, true)) low = middle;
    else high = middle - 1;
  }
  // The character that it ends within begins with the byte at fault.
  while (!isValid(low, false)) low--;
  return low;
}
