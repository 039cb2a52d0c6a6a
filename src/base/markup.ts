/** HTML in which every text is escaped: only what this file made is taken as it is. */
export class Markup {
  constructor(readonly text: string) {}
}

export type MarkupPart = string | number | Markup | readonly Markup[];

/** For template literals: what is put in becomes text, unless it is markup. */
export function html(strings: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  return new Markup(strings.map((string, i) => string + (i < parts.length ? render(parts[i]!) : '')).join(''));
}

const ESCAPES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function render(part: MarkupPart): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return String(part).replace(/[&<>"]/g, (character) => ESCAPES[character]!);
}
