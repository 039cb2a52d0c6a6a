import type { Bundle, Template } from '../compile/model.js';

/**
 * The text of a prompt's file with another version. Everything else is as it was, its line ends included.
 *
 * @param written - the text as the disk has it; with LF line ends, the one that was compiled
 */
export function raisedText(written: string, { frontmatter, version }: Template | Bundle, to: string): string {
  const { start, end } = frontmatter.locate(['version']);
  const [from, until] = [placeIn(written, start), placeIn(written, end)];
  const scalar = written.slice(from, until);
  // In quotes, a version can be written with escapes.
  const raised = scalar.includes(version) ? scalar.replace(version, () => to) : to;
  return written.slice(0, from) + raised + written.slice(until);
}

/** Where an offset is that counts CRLF as one character. */
function placeIn(written: string, offset: number): number {
  let at = offset;
  for (let end = written.indexOf('\r\n'); end !== -1 && end < at; end = written.indexOf('\r\n', end + 2)) at++;
  return at;
}
