/** "1 word", "2 words". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Texts in quotes, with the escapes of JSON. */
export function quotedList(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(', ');
}

/** The most characters of an answer that a message repeats. */
const MOST_SHOWN = 60;

/** A piece of an answer in quotes, cut if it is long. */
export function shown(text: string): string {
  return JSON.stringify(text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN).toWellFormed()}…` : text);
}
