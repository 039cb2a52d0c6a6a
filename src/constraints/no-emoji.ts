import type { Constraint } from './constraint.js';

/** Whether an answer must be free of emoji. */
export const noEmoji: Constraint<boolean> = {
  name: 'NO_EMOJI',
  schema: { type: 'boolean', description: 'Whether an answer must be free of emoji.' },
  merge: (a, b) => a || b,
  directive: (on) => (on ? 'Use no emoji.' : undefined),
  finder: (on) =>
    function* find(text) {
      if (!on) return;
      for (const { 0: found, index } of text.matchAll(EMOJI)) yield { start: index, end: index + found.length };
    },
};

/**
 * What is shown as an emoji: whole sequences (UTS #51), and single characters that are emoji by themselves or
 * are made so by U+FE0F. Digits and signs such as © are text without it.
 */
const EMOJI = /\p{RGI_Emoji}|\p{Emoji}\ufe0f|\p{Emoji_Presentation}/gv;
