/**
 * A caller's payload → checked, completed values.
 *
 * In: whatever the caller sent. Out: a copy that holds plain JSON only, fits the bundle's schema and has its
 * defaults applied. What always holds: the caller's own objects are neither kept nor changed; everything
 * wrong is listed with its path (the first problem only, for a payload too big to list them all).
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { PromptcError, type Problem } from '../base/error.js';
import { FORBIDDEN_KEYS, type Json, type JsonObject } from '../base/json.js';
import type { JsonSchema } from '../format/artifact.js';
import type { CompletePayload } from '../format/payload.js';
import { pointerToken, problemPath, problemText } from '../format/schema-problem.js';
import type { RenderLimits } from './limits.js';

/** Checks a payload and applies its defaults; throws `payload_invalid`. */
export type PayloadCheck = (payload: unknown) => { readonly payload: CompletePayload; readonly modelType: string | undefined };

/** With more values than this, listing every problem could cost more than the payload itself. */
const MAX_LISTED_VALUES = 10_000;

/** Compiles a bundle's payload schema. Dear (milliseconds): keep what it returns. */
export function compilePayloadCheck(schema: JsonSchema, limits: RenderLimits): PayloadCheck {
  const quick = compileSchema(schema, false);
  let thorough: ValidateFunction | undefined;
  return (sent) => {
    const copy = new PayloadCopy(limits).copy(sent);
    const { model_type: modelType, ...payload } = copy.value;
    if (modelType !== undefined && typeof modelType !== 'string') throw invalid([{ path: '/model_type', message: 'must be a text' }]);
    if (!quick(payload)) {
      let { errors } = quick;
      if (copy.count <= MAX_LISTED_VALUES) {
        thorough ??= compileSchema(schema, true);
        thorough(payload);
        errors = thorough.errors ?? errors;
      }
      throw invalid(errors!.map((error) => ({ path: problemPath(error), message: problemText(error) })));
    }
    return { payload: payload as unknown as CompletePayload, modelType };
  };
}

function compileSchema(schema: JsonSchema, allErrors: boolean): ValidateFunction {
  // The compiler has checked the schema; ajv's strict mode would refuse correct ones, such as a default at
  // an input's root. `ownProperties` keeps names like "constructor" from being found on every object.
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    useDefaults: true,
    ownProperties: true,
    allErrors,
    validateSchema: false,
  });
  return ajv.compile(schema);
}

/** The error of a payload, from its problems. */
export function invalid(problems: Problem[]): PromptcError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new PromptcError('payload_invalid', `${first!.path === '' ? 'The payload' : first!.path} ${first!.message}${more}.`, problems);
}

/** Copies a value, refusing everything that JSON could not have brought. */
class PayloadCopy {
  /** Values copied so far. */
  count = 0;
  readonly #problems: Problem[] = [];

  constructor(readonly limits: RenderLimits) {}

  copy(sent: unknown): { value: JsonObject; count: number } {
    if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) throw invalid([{ path: '', message: 'must be an object' }]);
    const value = this.#value(sent, undefined, 1);
    if (this.#problems.length > 0) throw invalid(this.#problems);
    return { value: value as JsonObject, count: this.count };
  }

  #value(value: unknown, place: Place | undefined, depth: number): Json {
    this.count++;
    switch (typeof value) {
      case 'string':
        return value.isWellFormed() ? value : this.#problem(place, 'holds half of a surrogate pair, which is no character');
      case 'number':
        return Number.isFinite(value) ? value : this.#problem(place, 'must be a finite number');
      case 'boolean':
        return value;
      case 'object':
        if (value === null) return null;
        if (depth > this.limits.payloadDepth) return this.#problem(place, `is nested deeper than ${this.limits.payloadDepth} levels`);
        return Array.isArray(value) ? this.#list(value, place, depth) : this.#object(value, place, depth);
      default:
        return this.#problem(place, `is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}, which JSON does not have`);
    }
  }

  #list(list: readonly unknown[], place: Place | undefined, depth: number): Json {
    const copy: Json[] = [];
    for (let i = 0; i < list.length; i++) copy.push(this.#value(list[i], { key: i, parent: place }, depth + 1));
    return copy;
  }

  #object(object: object, place: Place | undefined, depth: number): Json {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null && !isPlainElsewhere(prototype)) {
      return this.#problem(place, 'must be a plain object');
    }
    const copy: JsonObject = {};
    for (const key of Object.keys(object)) {
      const value = (object as Record<string, unknown>)[key];
      if (value === undefined) continue;
      if (FORBIDDEN_KEYS.has(key)) this.#problem({ key, parent: place }, 'cannot be used as a key');
      else if (!key.isWellFormed()) this.#problem(place, 'has a key with half of a surrogate pair');
      else copy[key] = this.#value(value, { key, parent: place }, depth + 1);
    }
    return copy;
  }

  #problem(place: Place | undefined, message: string): null {
    if (this.#problems.length < MAX_LISTED_VALUES) this.#problems.push({ path: pointer(place), message });
    return null;
  }
}

/** Where a value is, as a chain up to the payload: only made into a path when there is a problem. */
interface Place {
  readonly key: string | number;
  readonly parent: Place | undefined;
}

function pointer(place: Place | undefined): string {
  return place === undefined ? '' : `${pointer(place.parent)}/${pointerToken(String(place.key))}`;
}

/** Whether this is the `Object.prototype` of another realm, such as a test runner's. */
function isPlainElsewhere(prototype: unknown): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty');
}
