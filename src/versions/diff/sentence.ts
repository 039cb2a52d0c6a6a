/**
 * Sentences about prompts, with what authors wrote kept apart from the words around it: each format quotes it in
 * its own way, and none can be made to take it for markup.
 */

/** What an author wrote: a name, a path or a value. */
export interface Quoted {
  readonly code: string;
}

export type Sentence = readonly (string | Quoted)[];

/** ``sentence`The input ${name} is gone.` ``: a text that is put in is quoted, a number is not, a sentence is put in as it is. */
export function sentence(literals: TemplateStringsArray, ...values: readonly (string | number | Sentence)[]): Sentence {
  const parts = literals.flatMap((literal, i) => {
    const value = values[i];
    if (value === undefined) return [literal];
    if (typeof value === 'string') return [literal, { code: clip(value) }];
    return [literal, ...(typeof value === 'number' ? [String(value)] : value)];
  });
  return parts.filter((part) => part !== '');
}

export function joinSentences(sentences: readonly Sentence[], separator: string): Sentence {
  return sentences.flatMap((one, i) => (i === 0 ? one : [separator, ...one]));
}

/** Words of promptc's own, to be put in unquoted. */
export function words(text: string): Sentence {
  return [text];
}

/** The sentence as one text, for programs and for comparisons. */
export function plainText(parts: Sentence): string {
  return parts.map((part) => (typeof part === 'string' ? part : `\`${part.code}\``)).join('');
}

/** A quotation longer than this does not fit into a sentence. */
const MAX_QUOTED = 100;

function clip(text: string): string {
  if (text.length <= MAX_QUOTED) return text;
  // Half a surrogate pair is no character.
  return `${text.slice(0, MAX_QUOTED).replace(/[\ud800-\udbff]$/, '')}…`;
}
