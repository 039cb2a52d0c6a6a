import type { Problem } from './error.js';
import { FORBIDDEN_KEYS, type Json, type JsonObject } from './json.js';

/** At most so many problems are listed; the rest adds nothing but bytes. */
const MAX_PROBLEMS = 1000;

export interface PlainCopy {
  readonly value: Json;
  /** How many values it holds, itself included. */
  readonly count: number;
  /** What JSON could not have brought, each with its path; `value` has `null` in its place. */
  readonly problems: readonly Problem[];
}

/**
 * Copies a caller's value, so that neither a getter, nor a prototype, nor a later change can reach what is
 * done with it. Keys whose value is `undefined` are left out, as `JSON.stringify` does.
 *
 * @param maxDepth - how deep lists and objects may be nested
 */
export function copyPlainJson(value: unknown, maxDepth: number): PlainCopy {
  const copier = new Copier(maxDepth);
  return { value: copier.value(value, 1), count: copier.count, problems: copier.problems };
}

/** A key as one token of a JSON Pointer (RFC 6901). */
export function pointerToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

class Copier {
  count = 0;
  readonly problems: Problem[] = [];
  /** Where the value in hand is: only made into a path when there is a problem. */
  readonly #place: (string | number)[] = [];

  constructor(readonly maxDepth: number) {}

  value(value: unknown, depth: number): Json {
    this.count++;
    switch (typeof value) {
      case 'string':
        return value.isWellFormed() ? value : this.#problem('holds half of a surrogate pair, which is no character');
      case 'number':
        return Number.isFinite(value) ? value : this.#problem('must be a finite number');
      case 'boolean':
        return value;
      case 'object':
        if (value === null) return null;
        if (depth > this.maxDepth) return this.#problem(`is nested deeper than ${this.maxDepth} levels`);
        return Array.isArray(value) ? this.#list(value, depth) : this.#object(value, depth);
      default:
        return this.#problem(`is ${value === undefined ? 'undefined' : `a ${typeof value}`}, which JSON does not have`);
    }
  }

  #list(list: readonly unknown[], depth: number): Json {
    const copy: Json[] = [];
    for (let i = 0; i < list.length; i++) {
      this.#place.push(i);
      copy.push(this.value(list[i], depth + 1));
      this.#place.pop();
    }
    return copy;
  }

  #object(object: object, depth: number): Json {
    if (!isPlain(object)) return this.#problem('must be a plain object');
    const copy: JsonObject = {};
    for (const key of Object.keys(object)) {
      const value = (object as Record<string, unknown>)[key];
      if (value === undefined) continue;
      if (!key.isWellFormed()) {
        this.#problem('has a key with half of a surrogate pair');
        continue;
      }
      this.#place.push(key);
      if (FORBIDDEN_KEYS.has(key)) this.#problem('cannot be used as a key');
      else copy[key] = this.value(value, depth + 1);
      this.#place.pop();
    }
    return copy;
  }

  #problem(message: string): null {
    if (this.problems.length < MAX_PROBLEMS) {
      const path = this.#place.map((key) => `/${pointerToken(String(key))}`).join('');
      this.problems.push({ path, message });
    }
    return null;
  }
}

/** Whether an object is a literal's: of this realm, of another one (a test runner's, say), or without a prototype. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty');
}
