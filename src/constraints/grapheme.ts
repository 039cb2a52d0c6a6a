/** How far around a place it is looked whether a character as people see it goes across, in UTF-16 code units. */
const AROUND = 64;

/** Whether a place in a text lies between two characters as people see them: not before an accent, or within an emoji. */
export function isWholeAt(text: string, offset: number): boolean {
  if (offset <= 0 || offset >= text.length) return true;
  const from = Math.max(0, offset - AROUND);
  const segments = new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text.slice(from, offset + AROUND));
  return segments.containing(offset - from)!.index === offset - from;
}
