/**
 * Whether a model's answer keeps what a bundle demands of it.
 *
 * In: merged constraints, as every render returns them, and a text. Out: each place where they are not kept. What always holds: time
 * and memory are linear in the text, whatever it is, and the same text gives the same violations in the same order.
 */
import { LRUCache } from 'lru-cache';
import { canonicalJson } from '../base/canonical-json.js';
import { PromptcError } from '../base/error.js';
import { isObject, type Json, type JsonObject } from '../base/json.js';
import { AnswerText } from '../constraints/answer-text.js';
import type { Breach, Found } from '../constraints/constraint.js';
import { readWritten, type Severity } from '../constraints/severity.js';
import { CONSTRAINT_NAMES, constraintNamed, usualSeverity } from '../constraints/vocabulary.js';
import type { Constraints } from '../format/artifact.js';
import { CONSTRAINTS_SCHEMA } from '../format/frontmatter-schema.js';
import { problemPath, problemText } from '../format/schema-problem.js';
import { compileValidator, type Validator } from '../format/validator.js';
import { loadTokenCounter } from '../tokens/count-tokens.js';
import { toolsWith } from './tools.js';

/** One way in which an answer breaks a constraint. */
export interface Violation {
  /** Its name, such as `MAX_WORDS`. */
  readonly constraint: string;
  readonly severity: Severity;
  /** What is wrong, for people. */
  readonly message: string;
  /** Where, in UTF-16 code units of the text; absent if it is about something that is not there. */
  readonly span?: Found;
  /** What was measured or found. */
  readonly actual: Json;
  /** What is allowed or demanded. */
  readonly limit: Json;
  /** What to send back to the model, so that it mends the answer. */
  readonly retry_hint: string;
}

export interface OutputCheck {
  /** Whether no violation is an error. */
  readonly ok: boolean;
  /** In the order of the vocabulary, and then of the text; at most 100 of each constraint. */
  readonly violations: readonly Violation[];
}

/** Both come with every render, beside its `constraints`. */
export interface CheckOutputOptions {
  /** The language of the answer, as a BCP 47 tag; `en` if left out. */
  readonly locale?: string | undefined;
  /** The bundle's `output`, whose `schema` is what `OUTPUT_SCHEMA` demands. */
  readonly output?: JsonObject | null | undefined;
}

const DEFAULT_LOCALE = 'en';

/** Who mends a hundred of a kind is told the next; an answer of emoji alone has as many violations as characters. */
const MOST_OF_EACH = 100;

/**
 * Checks an answer against constraints: those of a render, merged over its bundle and templates.
 *
 * @throws PromptcError `content_invalid` if the constraints are none, or the locale is none
 */
export async function checkOutput(
  constraints: Constraints,
  text: string,
  { locale = DEFAULT_LOCALE, output = null }: CheckOutputOptions = {},
): Promise<OutputCheck> {
  if (typeof text !== 'string') throw new PromptcError('content_invalid', 'The answer is no text.');
  const check = compiledFor(constraints, locale, output ?? undefined);
  return check(text, 'MAX_TOKENS' in constraints ? await loadTokenCounter() : () => 0);
}

type Check = (text: string, countTokens: (text: string) => number) => OutputCheck;

/** Schemas and patterns are dear to compile. */
const compiled = new LRUCache<string, Check>({ max: 256 });

function compiledFor(constraints: Constraints, locale: string, output: JsonObject | undefined): Check {
  const key = canonicalJson([constraints, locale, output?.['schema'] ?? null]);
  let check = compiled.get(key);
  if (check === undefined) compiled.set(key, (check = compile(constraints, locale, output)));
  return check;
}

function compile(constraints: Constraints, locale: string, output: JsonObject | undefined): Check {
  expectConstraints(constraints);
  expectLocale(locale);
  let countTokens = (_text: string): number => 0;
  const tools = toolsWith((text) => countTokens(text));
  const checks = CONSTRAINT_NAMES.flatMap((name) => {
    const written = constraints[name];
    if (written === undefined) return [];
    const constraint = constraintNamed(name)!;
    const { value, severity = usualSeverity(constraint) } = readWritten(written);
    return [{ name, severity, breaches: constraint.check(value, { output, locale, tools }) }];
  });
  return (text, counter) => {
    countTokens = counter;
    const answer = new AnswerText(text, locale);
    const violations: Violation[] = [];
    for (const { name, severity, breaches } of checks) {
      let left = MOST_OF_EACH;
      for (const breach of breaches(answer)) {
        violations.push(violationOf(name, severity, breach));
        if (--left === 0) break;
      }
    }
    return { ok: violations.every(({ severity }) => severity !== 'error'), violations };
  };
}

function violationOf(constraint: string, severity: Severity, { message, span, actual, limit, retryHint }: Breach): Violation {
  return { constraint, severity, message, ...(span !== undefined && { span }), actual, limit, retry_hint: retryHint };
}

let validateConstraints: Validator | undefined;

function expectConstraints(constraints: Constraints): void {
  if (!isObject(constraints)) throw new PromptcError('content_invalid', 'The constraints are no object.');
  validateConstraints ??= compileValidator(CONSTRAINTS_SCHEMA, { allErrors: false, maxCost: 1_000_000 });
  const [error] = validateConstraints(constraints);
  if (error !== undefined)
    throw new PromptcError('content_invalid', `The constraints: ${problemPath(error) || 'they'} ${problemText(error)}.`);
}

function expectLocale(locale: string): void {
  try {
    Intl.getCanonicalLocales(locale);
  } catch {
    throw new PromptcError('content_invalid', `${JSON.stringify(locale)} is no locale: write a BCP 47 tag, such as "en" or "de-CH".`);
  }
}
