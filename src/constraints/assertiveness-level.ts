import type { Constraint } from './constraint.js';

/** How firmly an answer speaks. Two levels cannot both be kept, so different ones contradict each other. */
export const assertivenessLevel: Constraint<number> = {
  name: 'ASSERTIVENESS_LEVEL',
  schema: { type: 'number', minimum: 0, maximum: 1, description: 'How firmly an answer speaks, from 0 (tentative) to 1 (categorical).' },
  merge: (a, b) => (a === b ? a : undefined),
  directive: (level) => `Assertiveness: ${level} on a scale from 0 (tentative) to 1 (categorical).`,
};
