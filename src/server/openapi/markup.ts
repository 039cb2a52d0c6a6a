/** The little markdown that descriptions of the API have, as markup. */
import { html, type Markup } from '../../base/markup.js';

/** Paragraphs, lists with `- `, and code in back quotes: as much of markdown as descriptions here have. */
export function prose(text: string): Markup[] {
  return text.split('\n\n').map((block) => {
    const lines = block.split('\n');
    if (!lines.every((line) => line.startsWith('- '))) return html`<p>${inline(block)}</p>`;
    return html`<ul>
      ${lines.map((line) => html`<li>${inline(line.slice(2))}</li>`)}
    </ul>`;
  });
}

/** A line with code in back quotes. */
export function inline(text: string): Markup[] {
  return text.split('`').map((piece, i) => (i % 2 === 0 ? html`${piece}` : html`<code>${piece}</code>`));
}
