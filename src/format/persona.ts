import type { JsonSchema } from './artifact.js';

/** The inputs that every template may use without declaring them, with what every caller may send. */
export const PERSONA_INPUTS = {
  semantic_traits: { type: 'object', default: {} },
  activity_level: { type: 'number', minimum: 0, maximum: 1, default: 0 },
  stress: { type: 'number', minimum: 0, maximum: 1, default: 0 },
  task: { type: 'string', maxLength: 4096, default: '' },
} as const satisfies { readonly [name: string]: JsonSchema };

export type PersonaName = keyof typeof PERSONA_INPUTS;

export const PERSONA_NAMES = Object.keys(PERSONA_INPUTS) as readonly PersonaName[];

export function isPersonaName(name: string): name is PersonaName {
  return Object.hasOwn(PERSONA_INPUTS, name);
}
