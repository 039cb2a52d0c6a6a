/** Which of a bundle's constraints an answer breaks, and where. */
import { toolsWith } from '../../answers/tools.js';
import type { Json, JsonObject } from '../../base/json.js';
import type { AnswerText } from '../../constraints/answer-text.js';
import type { Breach, Found, Tools } from '../../constraints/constraint.js';
import { readWritten, type Severity } from '../../constraints/severity.js';
import { CONSTRAINT_NAMES, constraintNamed, usualSeverity } from '../../constraints/vocabulary.js';

/** What a version of a bundle demands of answers. */
export interface Demands {
  readonly constraints: { readonly [name: string]: Json };
  readonly output?: JsonObject | undefined;
  /** The language of answers, as a BCP 47 tag. */
  readonly locale?: string | undefined;
}

/** One constraint, ready to be checked. */
export interface Demand {
  readonly name: string;
  readonly severity: Severity;
  /** Where an answer breaks it first; the whole answer, if it is about no place. `undefined` if it keeps it. */
  readonly breach: (answer: AnswerText) => Found | undefined;
}

/** The language of answers if a bundle names none. */
export const DEFAULT_LOCALE = 'en';

/** Makes the checks of a bundle's constraints ready, in the order of the vocabulary. */
export async function prepareDemands(
  { constraints, output, locale = DEFAULT_LOCALE }: Demands,
  tokenCounter: () => Promise<Tools['countTokens']>,
): Promise<Demand[]> {
  const countTokens = 'MAX_TOKENS' in constraints ? await tokenCounter() : () => 0;
  const tools = toolsWith(countTokens);
  return CONSTRAINT_NAMES.flatMap((name) => {
    const written = constraints[name];
    const constraint = constraintNamed(name);
    if (written === undefined || constraint === undefined) return [];
    const { value, severity = usualSeverity(constraint) } = readWritten(written);
    const check = constraint.check(value, { output, locale, tools });
    return [{ name, severity, breach: (answer: AnswerText) => firstPlace(check(answer), answer) }];
  });
}

function firstPlace(breaches: Iterable<Breach>, { trimmed }: AnswerText): Found | undefined {
  for (const { span = trimmed } of breaches) return span;
  return undefined;
}
