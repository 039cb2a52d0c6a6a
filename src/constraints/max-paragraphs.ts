import type { Constraint } from './constraint.js';

/** The most paragraphs that an answer may have. */
export const maxParagraphs: Constraint<number> = {
  name: 'MAX_PARAGRAPHS',
  schema: { type: 'integer', minimum: 1, maximum: 100, description: 'The most paragraphs that an answer may have.' },
  merge: Math.min,
  directive: (paragraphs) => `Write at most ${paragraphs} ${paragraphs === 1 ? 'paragraph' : 'paragraphs'}.`,
};
