/**
 * Where tags and raw blocks end.
 *
 * Each function reads the whole text once, from one end to the other: what a text's quotes, brackets and
 * braces are like never makes it slow.
 */

export const RAW_OPEN = '{{{{raw}}}}';
export const RAW_CLOSE = '{{{{/raw}}}}';

/**
 * For each place in `text`, where a tag's content that goes on there ends: at its `}}` or `~}}` outside of
 * texts and `[…]`, which end on their line or are none; -1 if there is another tag or nothing before it.
 *
 * @param triple - whether it is a tag of three braces, which ends at `}}}` or `}~}}`
 */
export function tagEnds(text: string, triple: boolean): Int32Array {
  const ends = new Int32Array(text.length + 1).fill(-1);
  const closers = triple ? ['}}}', '}~}}'] : ['}}', '~}}'];
  // What closes a text or a bracket that opens further left: the nearest one on the line.
  let double = -1;
  let single = -1;
  let bracket = -1;
  const behind = (close: number, open: number): number => ends[(close === -1 ? open : close) + 1]!;
  for (let at = text.length - 1; at >= 0; at--) {
    ends[at] = ends[at + 1]!;
    const isEscaped = text[at - 1] === '\\';
    switch (text[at]) {
      case '\n':
        double = single = bracket = -1;
        break;
      case '"':
        ends[at] = behind(double, at);
        if (!isEscaped) double = at;
        break;
      case "'":
        ends[at] = behind(single, at);
        if (!isEscaped) single = at;
        break;
      case '[':
        ends[at] = behind(bracket, at);
        break;
      case ']':
        bracket = at;
        break;
      case '{':
        if (text[at + 1] === '{') ends[at] = -1;
        break;
      case '}':
      case '~':
        if (closers.some((closer) => text.startsWith(closer, at))) ends[at] = at;
        break;
    }
  }
  return ends;
}

/** Nearly every tag is shorter. A longer look ahead from each tag could make a text slow. */
const SHORT = 200;

/** Where the content of a short tag of two braces ends, as `tagEnds` says; `undefined` if that is not to be seen so soon. */
export function shortTagEnd(text: string, from: number): number | undefined {
  const limit = Math.min(text.length - 1, from + SHORT);
  for (let at = from; at < limit; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
      case 0x27: // '
      case 0x5b: {
        // [
        const close = closeOnLine(text, at, limit);
        if (close === undefined) return undefined;
        at = close;
        break;
      }
      case 0x7b: // {
        if (text.charCodeAt(at + 1) === 0x7b) return undefined;
        break;
      case 0x7d: // }
        if (text.charCodeAt(at + 1) === 0x7d) return at > from && text[at - 1] === '~' ? at - 1 : at;
    }
  }
  return undefined;
}

/** Where a text or a bracket ends that opens at `open`: there again, if it has no end on its line. */
function closeOnLine(text: string, open: number, limit: number): number | undefined {
  const closer = text[open] === '[' ? ']' : text[open];
  for (let at = open + 1; at < limit; at++) {
    const unit = text[at];
    if (unit === '\n') return open;
    if (unit === closer && (closer === ']' || text[at - 1] !== '\\')) return at;
  }
  return undefined;
}

/** Where the content of each raw block ends, by where it begins; a raw block may stand within another. */
export function rawEnds(text: string): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (const { 0: tag, index } of text.matchAll(/\{\{\{\{\/?raw\}\}\}\}/g)) {
    if (tag === RAW_OPEN) open.push(index + tag.length);
    else {
      const start = open.pop();
      if (start !== undefined) ends.set(start, index);
    }
  }
  return ends;
}
