/** An answer held to what the bundle demands of it. */
import { checkOutput, type Violation } from '../../answers/check-output.js';
import type { RenderResult } from '../../render/render-bundle.js';

/** By the order of the constraints, and of the places within each. */
export async function checkAnswer({ constraints, locale, output }: RenderResult, answer: string): Promise<readonly Violation[]> {
  const { violations } = await checkOutput(constraints, answer, { locale, output });
  return violations;
}
