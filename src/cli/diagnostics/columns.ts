/** Text as a terminal lays it out. */

const graphemes = new Intl.Segmenter('en');

/** How many columns of a terminal a text takes: two for emoji and East Asian wide characters, none for what only adds to another. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += WIDE.test(segment) ? 2 : ZERO_WIDTH.test(segment) ? 0 : 1;
  return columns;
}

const ZERO_WIDTH = /^[\p{M}\p{Cf}]+$/u;
/** Unicode's East Asian Width W and F (UAX #11), by blocks, and what is shown as an emoji. */
const WIDE =
  /\p{Emoji_Presentation}|\ufe0f|^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
