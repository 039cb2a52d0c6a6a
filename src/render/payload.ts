/**
 * A caller's payload → checked, completed values.
 *
 * In: whatever the caller sent. Out: a copy that holds plain JSON only, has the schema's defaults filled in and
 * then fits the schema. What always holds: the caller's own objects are neither kept nor changed; everything
 * wrong is listed with its path (the first problem only, for a payload too big to list them all).
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { PromptcError, type Problem } from '../base/error.js';
import { isObject } from '../base/json.js';
import { copyPlainJson } from '../base/plain-json.js';
import type { JsonSchema } from '../format/artifact.js';
import { PatternError, patternEngine } from '../format/pattern.js';
import type { CompletePayload } from '../format/payload.js';
import { problemPath, problemText } from '../format/schema-problem.js';
import { compileDefaults, EndlessDefaults } from './defaults.js';
import type { RenderLimits } from './limits.js';

/** Checks a payload and applies its defaults; throws `payload_invalid`. */
export type PayloadCheck = (payload: unknown) => { readonly payload: CompletePayload; readonly modelType: string | undefined };

/** With more values than this, listing every problem could cost more than the payload itself. */
const MAX_LISTED_VALUES = 10_000;

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
  const quick = compileSchema(schema, false);
  let thorough: ValidateFunction | undefined;
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
    if (!quick(payload)) {
      let { errors } = quick;
      if (count <= MAX_LISTED_VALUES) {
        thorough ??= compileSchema(schema, true);
        thorough(payload);
        errors = thorough.errors ?? errors;
      }
      throw invalid(errors!.map((error) => ({ path: problemPath(error), message: problemText(error) })));
    }
    return { payload: payload as unknown as CompletePayload, modelType };
  };
}

/** What is found on every object: "toString" and the like. */
const INHERITED_NAMES = Object.getOwnPropertyNames(Object.prototype);

function compileSchema(schema: JsonSchema, allErrors: boolean): ValidateFunction {
  // The compiler has checked the schema; ajv's strict mode would refuse correct ones, such as an unknown
  // format. Looking at own properties alone doubles what a check costs, and few schemas name an inherited one.
  const text = JSON.stringify(schema);
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    ownProperties: INHERITED_NAMES.some((name) => text.includes(`"${name}"`)),
    allErrors,
    validateSchema: false,
    code: { regExp: patternEngine },
  });
  return ajv.compile(schema);
}

/** The error of a payload, from its problems. */
export function invalid(problems: readonly Problem[]): PromptcError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new PromptcError('payload_invalid', `${first!.path === '' ? 'The payload' : first!.path} ${first!.message}${more}.`, problems);
}
