/**
 * White space around tags, as Handlebars treats it.
 *
 * `~` on a side of a tag takes all white space there. A tag that prints nothing by itself (a block's ends,
 * `{{else}}`, a comment, a partial) and stands alone on its line takes its whole line along, except that a
 * partial keeps the line's end and gives its indentation to the partial. Every tag is treated alike;
 * Handlebars keeps the indentation of a `{{/if}}` that ends an `{{else if}}` chain, promptc does not.
 */
import type { TagToken, TextToken, Token } from './tokens.js';

/**
 * Trims the text tokens in place.
 *
 * @param isElse - tells `{{else …}}` from other tags without a sigil
 * @returns the indentation of each partial that stands alone on its line
 */
export function trimWhiteSpace(tokens: readonly Token[], isElse: (tag: TagToken) => boolean): Map<TagToken, string> {
  // Whether a line ends is asked of the text as written; what is left is trimmed step by step.
  const written = tokens.map((token) => (token.type === 'text' ? token.text : ''));
  const indents = new Map<TagToken, string>();
  tokens.forEach((token, i) => {
    if (token.type === 'text') return;
    const before = tokens[i - 1];
    const after = tokens[i + 1];
    if (token.trimLeft && before?.type === 'text') before.text = before.text.trimEnd();
    if (token.trimRight && after?.type === 'text') after.text = after.text.trimStart();

    if (token.kind === 'unsupported' || token.kind === 'triple' || (token.kind === 'print' && !isElse(token))) return;
    const alone =
      (i === 0 || (before?.type === 'text' && endsLine(written[i - 1]!, i === 1))) &&
      (i === tokens.length - 1 || (after?.type === 'text' && beginsLine(written[i + 1]!, i === tokens.length - 2)));
    if (!alone) return;
    const indent = before?.type === 'text' ? takeIndent(before) : '';
    if (token.kind === 'partial') {
      indents.set(token, indent);
      if (after?.type === 'text') after.text = after.text.replace(/^[ \t]+/, '');
    } else if (after?.type === 'text') {
      after.text = after.text.replace(/^[ \t]*\n?/, '');
    }
  });
  return indents;
}

/** Whether nothing but white space stands between the last line's beginning and the end of `text`. */
function endsLine(text: string, isFirst: boolean): boolean {
  return isFirst ? /(?:^|\n)[^\S\n]*$/.test(text) : /\n[^\S\n]*$/.test(text);
}

/** Whether nothing but white space stands between the beginning of `text` and its first line end. */
function beginsLine(text: string, isLast: boolean): boolean {
  return isLast ? /^[^\S\n]*(?:\n|$)/.test(text) : /^[^\S\n]*\n/.test(text);
}

function takeIndent(token: TextToken): string {
  const { text } = token;
  let start = text.length;
  while (text[start - 1] === ' ' || text[start - 1] === '\t') start--;
  token.text = text.slice(0, start);
  return text.slice(start);
}
