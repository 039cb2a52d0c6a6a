/**
 * The rule for bodies and for rendered parts: blank lines at the start and white space at the end are
 * dropped; nothing else changes. White space is ASCII's: space, tab, LF, VT, FF, CR.
 */
export function trimBody(text: string): string {
  let end = text.length;
  while (end > 0 && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  let start = 0;
  for (let at = 0; at < end && isWhiteSpace(text.charCodeAt(at)); at++) {
    if (text.charCodeAt(at) === LINE_FEED) start = at + 1;
  }
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

const LINE_FEED = 0x0a;

function isWhiteSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}
