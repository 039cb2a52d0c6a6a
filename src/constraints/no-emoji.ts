import type { Constraint } from './constraint.js';

/** Whether an answer must be free of emoji. */
export const noEmoji: Constraint<boolean> = {
  name: 'NO_EMOJI',
  schema: { type: 'boolean', description: 'Whether an answer must be free of emoji.' },
  merge: (a, b) => a || b,
  directive: (on) => (on ? 'Use no emoji.' : undefined),
};
