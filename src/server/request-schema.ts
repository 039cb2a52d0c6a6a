/** JSON Schemas of the bodies of requests: what they are checked with, and what the document of the API shows. */
import type { JsonSchema } from '../format/artifact.js';
import { PERSONA_INPUTS } from '../format/persona.js';
import { record } from '../format/schema-parts.js';

const { semantic_traits, activity_level, stress, task } = PERSONA_INPUTS;

/** What a request to render says, as far as it is the same for all bundles. */
export const RENDER_REQUEST: JsonSchema = {
  description: 'Which bundle to render, and with what. `input_schema` of the bundle says what `inputs` must hold.',
  ...record(
    {
      bundle_id: { type: 'string', description: 'The id of a bundle.' },
      semver: { type: 'string', description: "A version, or a range of npm's semver. Without it, the default version is meant." },
      model_type: { type: 'string', description: 'The model that will get the prompt. If the bundle has tags, it must be one of them.' },
      semantic_traits: { ...semantic_traits, description: 'How the persona feels and speaks, by trait.' },
      activity_level: { ...activity_level, description: 'How much is going on.' },
      stress: { ...stress, description: 'How much pressure there is.' },
      // A template may allow more or less than is usual.
      task: {
        type: task.type,
        default: task.default,
        description: `What is to be done: at most ${task.maxLength} characters unless a template says otherwise.`,
      },
      inputs: { type: 'object', default: {}, description: "The inputs that the bundle's templates declare, by name." },
    },
    ['semver', 'model_type', 'semantic_traits', 'activity_level', 'stress', 'task', 'inputs'],
  ),
};

/** What a request to check an answer says. */
export const VALIDATE_REQUEST: JsonSchema = {
  description: 'Whose constraints to hold an answer to, and the answer.',
  ...record(
    {
      bundle_id: { type: 'string', description: 'The id of a bundle.' },
      semver: {
        type: 'string',
        description: "A version, or a range of npm's semver: best the `semver` of the render. Without it, the default version is meant.",
      },
      // A check keeps the process to itself: half a second for an answer of a megabyte.
      text: { type: 'string', maxLength: 262_144, description: 'What the model answered.' },
    },
    ['semver'],
  ),
};

/** @param request - what each request must be; a batch that holds wrong ones is right all the same */
export function batchRequest(maxItems: number, request: JsonSchema): JsonSchema {
  return {
    description: 'Requests to render, each as if it were made alone. All are answered from one build.',
    ...record({ requests: { type: 'array', maxItems, items: request, description: 'They are answered in this order.' } }),
  };
}
