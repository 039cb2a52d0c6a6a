import type { JsonObject } from '../base/json.js';

/** What a caller sends to render a bundle. Everything is optional; the bundle's schema says what is needed. */
export interface Payload {
  /** How the persona feels and speaks, by trait. */
  readonly semantic_traits?: JsonObject;
  /** 0 to 1. */
  readonly activity_level?: number;
  /** 0 to 1. */
  readonly stress?: number;
  /** What is to be done: at most 4096 characters unless a template says otherwise. */
  readonly task?: string;
  /** The inputs that the bundle's templates declare. */
  readonly inputs?: JsonObject;
  /** The model that will get the prompt; checked against the bundle's tags, in no hash. */
  readonly model_type?: string;
}

/** The part of a payload that is rendered and hashed, after its defaults have been applied. */
export interface CompletePayload {
  readonly semantic_traits: JsonObject;
  readonly activity_level: number;
  readonly stress: number;
  readonly task: string;
  readonly inputs: JsonObject;
}
