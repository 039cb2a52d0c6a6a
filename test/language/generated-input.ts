/** Random inputs, with names that say what kind of value they may have. */
import type { Json, JsonObject } from '../../src/base/json.js';
import type { Choices } from './choices.js';

/** Any value. */
export const ANY = ['a', 'b', 'c'];
/** Mostly objects. */
export const OBJECTS = ['user', 'obj'];
/** Mostly lists, never strings: Handlebars also finds the characters of a string by their index. */
export const LISTS = ['list', 'rows'];
export const SPACED = 'key with space';

const SCALARS: readonly Json[] = [
  ...[null, 0, '', false, true, 1, 'x', 2, 0.4, -3, 1e21, 1e-7],
  ...['two words', '{{x}}', '$&', '</system>', '<b>', 'a\nb', '\n', '\\{{a}}', '🎉', '\uffff'],
];

export function generateInput(choices: Choices): JsonObject {
  return generateObject(choices, 2);
}

function generateObject(choices: Choices, depth: number): JsonObject {
  const object: JsonObject = {};
  // Not the order of the alphabet: the order of keys must not matter.
  for (const name of ['user', 'rows', 'c', 'list', 'b', 'obj', 'a', SPACED]) {
    if (choices.chance(40)) continue;
    const isUsual = choices.chance(85);
    if (OBJECTS.includes(name)) object[name] = isUsual ? nested(choices, depth, generateObject) : generateValue(choices, depth);
    else if (LISTS.includes(name)) object[name] = isUsual ? nested(choices, depth, generateList) : noString(choices);
    else object[name] = generateValue(choices, depth);
  }
  return object;
}

function generateList(choices: Choices, depth: number): Json[] {
  const item = choices.pick<typeof generateValue>([generateValue, (c) => c.pick(SCALARS), (c) => nested(c, depth, generateObject)]);
  return Array.from({ length: choices.below(4) }, () => item(choices, depth));
}

function generateValue(choices: Choices, depth: number): Json {
  if (depth <= 0 || choices.chance(70)) return choices.pick(SCALARS);
  return choices.pick([generateList, generateObject])(choices, depth - 1);
}

function nested(choices: Choices, depth: number, make: (choices: Choices, depth: number) => Json): Json {
  return depth > 0 ? make(choices, depth - 1) : choices.pick<Json>([[], {}, null]);
}

function noString(choices: Choices): Json {
  const value = choices.pick<Json>([...SCALARS, {}, []]);
  return typeof value === 'string' ? 0 : value;
}
