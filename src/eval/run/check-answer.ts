/** An answer held to what the bundle demands of it. */
import { isObject, type Json, type JsonObject } from '../../base/json.js';
import { AnswerText } from '../../constraints/answer-text.js';
import type { Breach, Tools } from '../../constraints/constraint.js';
import { readWritten, type Severity } from '../../constraints/severity.js';
import { constraintNamed, usualSeverity } from '../../constraints/vocabulary.js';
import { compilePattern } from '../../format/pattern.js';
import { problemPath, problemText } from '../../format/schema-problem.js';
import { compileValidator } from '../../format/validator.js';
import type { RenderResult } from '../../render/render-bundle.js';
import { loadTokenCounter } from '../../tokens/count-tokens.js';

/** One way in which an answer breaks a constraint. */
export interface Violation {
  readonly constraint: string;
  readonly severity: Severity;
  readonly message: string;
  /** Where in the answer, in UTF-16 code units. */
  readonly span?: { readonly start: number; readonly end: number };
  readonly actual: Json;
  readonly limit: Json;
  /** What to tell the model, so that it mends the answer. */
  readonly retry_hint: string;
}

/** Of one answer; more adds nothing but bytes. */
const MOST_VIOLATIONS = 1000;

/** The language of answers if the bundle names none. */
const USUAL_LOCALE = 'en';

/** By the order of the constraints, and of the places within each. */
export async function checkAnswer({ constraints, locale, output }: RenderResult, answer: string): Promise<readonly Violation[]> {
  const countTokens = 'MAX_TOKENS' in constraints ? await loadTokenCounter() : () => 0;
  const language = locale ?? USUAL_LOCALE;
  const setting = { output: output ?? undefined, locale: language, tools: { ...TOOLS, countTokens } };
  const text = new AnswerText(answer, language);
  const violations: Violation[] = [];
  for (const [name, written] of Object.entries(constraints)) {
    const constraint = constraintNamed(name);
    if (constraint === undefined) continue;
    const { value, severity = usualSeverity(constraint) } = readWritten(written);
    for (const breach of constraint.check(value, setting)(text)) {
      if (violations.length === MOST_VIOLATIONS) return violations;
      violations.push(violationOf(name, severity, breach));
    }
  }
  return violations;
}

const TOOLS: Omit<Tools, 'countTokens'> = {
  pattern: compilePattern,
  validator: (schema: JsonObject, characters: number) => {
    const validate = compileValidator(schema, { allErrors: false, maxCost: 8 * Math.max(characters, 1000) });
    return (value) => validate(value).map((error) => ({ path: problemPath(error), message: problemText(error) }));
  },
};

function violationOf(constraint: string, severity: Severity, { message, span, actual, limit, retryHint }: Breach): Violation {
  return { constraint, severity, message, ...(isObject(span) && { span }), actual, limit, retry_hint: retryHint };
}
