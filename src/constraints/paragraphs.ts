/** The paragraphs of a text. */
import type { Found } from './constraint.js';
import { isHeading, isListItem, type Line } from './lines.js';

/** What a paragraph has at least one of: a rule such as `---` is none. */
const CONTENT = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/**
 * What stands between blank lines. A fenced block of code is in one piece, blank lines or not, and so is a list, blank
 * lines between its items or not; headings that stand alone are no paragraphs.
 */
export function paragraphsOf(text: string, lines: readonly Line[]): Found[] {
  const found: Found[] = [];
  let block: Line[] = [];
  let wasList = false;
  const close = (): void => {
    const [first] = block;
    if (first === undefined) return;
    const line = text.slice(first.start, first.end);
    const end = block.at(-1)!.end;
    const continuesList = wasList && found.length > 0 && (isListItem(line) || /^(?: {2}|\t)/.test(line));
    if (continuesList) found.push({ start: found.pop()!.start, end });
    else if (!(block.length === 1 && isHeading(line)) && CONTENT.test(text.slice(first.start, end)))
      found.push({ start: first.start, end });
    else {
      wasList = false;
      block = [];
      return;
    }
    wasList = continuesList || isListItem(line);
    block = [];
  };
  for (const line of lines) {
    if (line.isBlank && !line.isCode) close();
    else block.push(line);
  }
  close();
  return found;
}
