import type { Constraint, Found } from './constraint.js';
import { shown } from './counted.js';

/** Whether an answer must be free of emoji. */
export const noEmoji: Constraint<boolean> = {
  name: 'NO_EMOJI',
  schema: { type: 'boolean', description: 'Whether an answer must be free of emoji.' },
  merge: (a, b) => a || b,
  directive: (on) => (on ? 'Use no emoji.' : undefined),
  check: (on) =>
    function* breaches({ text }) {
      for (const { start, end } of on ? findEmoji(text) : []) {
        const emoji = text.slice(start, end);
        yield {
          message: `The answer holds the emoji ${shown(emoji)}; none is allowed.`,
          span: { start, end },
          actual: emoji,
          limit: 0,
          retryHint: `Leave out the emoji ${shown(emoji)}.`,
        };
      }
    },
  finder: (on) => (on ? findEmoji : () => []),
};

/**
 * What is shown as an emoji: whole sequences (UTS #51), flags and keycaps included, and single characters that are emoji by
 * themselves or are made so by U+FE0F. Digits and signs such as © are text without it, and what U+FE0E follows is text.
 */
const EMOJI = String.raw`\p{RGI_Emoji}(?!\ufe0e)|[0-9#*]\ufe0f?\u20e3|\p{RI}{2}|\p{Emoji}\ufe0f|\p{Emoji_Presentation}(?!\ufe0e)`;

/** Made when an answer is checked: that takes 17 ms, which who only renders need not wait for. As a literal it would be parsed at once. */
let emojiPattern: RegExp | undefined;

/** What every one begins with. Looking for it first takes a fiftieth of the time, since there are thousands of sequences. */
const BEGINNING = /\p{RI}|\p{Emoji_Presentation}|\p{Emoji}(?=[\ufe0f\u20e3\p{Emoji_Modifier}])/gu;

function* findEmoji(text: string): Generator<Found> {
  emojiPattern ??= new RegExp(EMOJI, 'vy');
  let behind = 0;
  for (const { index } of text.matchAll(BEGINNING)) {
    if (index < behind) continue;
    emojiPattern.lastIndex = index;
    const found = emojiPattern.exec(text)?.[0];
    if (found === undefined) continue;
    behind = index + found.length;
    yield { start: index, end: behind };
  }
}
