/**
 * A caller's payload → checked, completed values.
 *
 * In: whatever the caller sent. Out: a copy that holds plain JSON only, has the schema's defaults filled in and
 * then fits the schema. What always holds: the caller's own objects are neither kept nor changed; everything
 * wrong is listed with its path (the first problem only, for a payload too big to list them all).
 */
import { PromptcError, type Problem } from '../base/error.js';
import { isObject, type JsonObject } from '../base/json.js';
import { copyPlainJson } from '../base/plain-json.js';
import type { JsonSchema } from '../format/artifact.js';
import { PatternError } from '../format/pattern.js';
import type { CompletePayload } from '../format/payload.js';
import { problemPath, problemText } from '../format/schema-problem.js';
import { compileValidator, EndlessCheck, type Validator } from '../format/validator.js';
import { compileDefaults, EndlessDefaults } from './defaults.js';
import type { RenderLimits } from './limits.js';

/** Checks a payload and applies its defaults; throws `payload_invalid`. */
export type PayloadCheck = (payload: unknown) => { readonly payload: CompletePayload; readonly modelType: string | undefined };

/** What checking a payload may cost, for each byte that it may have. Most cost less than one. */
const COST_PER_BYTE = 8;

/** With more values than this, listing every problem could cost more than the payload itself. */
const MAX_LISTED_VALUES = 10_000;

/** So it could with fewer, where a value could fit in many ways. */
const MAX_LISTING_COST = 1_000_000;

/** Nobody reads more problems than this, and each way in which a value could have fitted has its own. */
const MAX_PROBLEMS = 1000;

/** Nor more text than this. Every item of a list repeats the path to it, and the keys in a path are the caller's. */
const MAX_PROBLEM_CHARACTERS = 64 * 1024;

/**
 * Compiles a bundle's payload schema. Dear (milliseconds): keep what it returns.
 *
 * @throws PromptcError `artifact_unsupported`
 */
export function compilePayloadCheck(schema: JsonSchema, limits: RenderLimits): PayloadCheck {
  try {
    return compile(schema, limits);
  } catch (error) {
    // This compiler refuses such patterns, but it need not be the one that wrote the artifact.
    if (!(error instanceof PatternError)) throw error;
    throw new PromptcError('artifact_unsupported', `The bundle cannot be rendered: a pattern of its inputs ${error.message}.`);
  }
}

function compile(schema: JsonSchema, limits: RenderLimits): PayloadCheck {
  const fill = compileDefaults(schema, schema, limits.payloadDepth);
  const quick = compileValidator(schema, { allErrors: false, maxCost: COST_PER_BYTE * limits.payloadBytes });
  let thorough: Validator | undefined;
  return (sent) => {
    const { value, count, problems } = copyPlainJson(sent, limits.payloadDepth);
    if (problems.length > 0) throw invalid(problems);
    if (!isObject(value)) throw invalid([{ path: '', message: 'must be an object' }]);
    const { model_type: modelType, ...payload } = value;
    if (modelType !== undefined && typeof modelType !== 'string') throw invalid([{ path: '/model_type', message: 'must be a text' }]);
    try {
      fill(payload);
    } catch (error) {
      if (!(error instanceof EndlessDefaults)) throw error;
      throw invalid([{ path: '', message: `cannot be completed: its defaults are ${error.message}` }]);
    }
    let errors = unlessEndless(quick, payload);
    if (errors === undefined)
      throw invalid([{ path: '', message: 'cannot be checked: there are too many ways in which its parts could fit' }]);
    if (errors.length > 0) {
      if (count <= MAX_LISTED_VALUES) {
        thorough ??= compileValidator(schema, { allErrors: true, maxCost: MAX_LISTING_COST });
        errors = unlessEndless(thorough, payload) ?? errors;
      }
      throw invalid(errors.slice(0, MAX_PROBLEMS).map((error) => ({ path: problemPath(error), message: problemText(error) })));
    }
    return { payload: payload as unknown as CompletePayload, modelType };
  };
}

function unlessEndless(validator: Validator, payload: JsonObject): ReturnType<Validator> | undefined {
  try {
    return validator(payload);
  } catch (error) {
    if (!(error instanceof EndlessCheck)) throw error;
    return undefined;
  }
}

/** The error of a payload, from its problems: of very many, or very long ones, the first. */
export function invalid(problems: readonly Problem[]): PromptcError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const detail = `${first!.path === '' ? 'The payload' : first!.path} ${first!.message}${more}.`;
  return new PromptcError('payload_invalid', detail, problems.slice(0, listed(problems)));
}

/** How many problems are listed. */
function listed(problems: readonly Problem[]): number {
  let characters = 0;
  const end = problems.findIndex(({ path, message }, i) => {
    characters += path.length + message.length;
    return i === MAX_PROBLEMS || (i > 0 && characters > MAX_PROBLEM_CHARACTERS);
  });
  return end === -1 ? problems.length : end;
}
