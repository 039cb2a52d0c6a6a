/** The checks of values with schemas: held against ajv as it is, and their cost against what a caller can send. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/json.js';
import type { JsonSchema } from '../../src/format/artifact.js';
import { compileValidator, EndlessCheck } from '../../src/format/validator.js';

/** What is wrong with a value: the keyword and the place of each error. */
type Errors = (value: Json) => string[];

function validatorOf(schema: JsonSchema, allErrors: boolean): Errors {
  const validate = compileValidator(schema, { allErrors, maxCost: 1_000_000 });
  return (value) => validate(value).map(({ keyword, instancePath }) => `${keyword} ${instancePath}`);
}

function ajvValidatorOf(schema: JsonSchema, allErrors: boolean): Errors {
  const validate = new Ajv2020({ strict: false, allErrors }).compile(schema);
  return (value) => (validate(value) ? [] : validate.errors!.map(({ keyword, instancePath }) => `${keyword} ${instancePath}`));
}

describe('uniqueItems', () => {
  it.each<[string, Json, [number, number] | undefined]>([
    ['nothing', [], undefined],
    ['one', [1], undefined],
    ['what is of another type', [1, '1', true, 'true', null, 'null', [], '[]', {}, '{}', [1], ['1']], undefined],
    ['numbers', [1, 2.5, 3, 2.5], [3, 1]],
    ['zeros', [0, -0], [1, 0]],
    ['a text that every object has as a name', ['__proto__', 'a', '__proto__'], [2, 0]],
    ['objects, whatever the order of their keys', [{ a: 1, b: [null] }, { b: [null] }, { b: [null], a: 1 }], [2, 0]],
    [
      'lists, whose order counts',
      [
        [1, 2],
        [2, 1],
      ],
      undefined,
    ],
    ['no list', { 0: 1, 1: 1 }, undefined],
  ])('of %s', (_name, value, places) => {
    for (const items of [{}, { type: ['string', 'number', 'object', 'array', 'boolean', 'null'] }]) {
      const [error, ...more] = compileValidator({ uniqueItems: true, items }, { allErrors: true, maxCost: 1000 })(value);
      expect(more).toEqual([]);
      expect(error?.params).toEqual(places && { i: places[0], j: places[1] });
    }
    expect(validatorOf({ uniqueItems: false }, true)(value)).toEqual([]);
  });

  it.each([true, false])('says what ajv says, of any list (all errors: %s)', (allErrors) => {
    const schema = { items: { anyOf: [{ uniqueItems: true }, { type: 'string' }] }, uniqueItems: true, contains: {} };
    const [validate, oracle] = [validatorOf(schema, allErrors), ajvValidatorOf(schema, allErrors)];
    const property = fc.property(fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 6 }), fc.boolean(), (list, twice) => {
      const text = JSON.stringify(twice ? [...list, ...list.slice(0, 1)] : list);
      // To ajv, these names are not keys like any other.
      fc.pre(!/"(?:valueOf|toString|constructor|__proto__)":/.test(text));
      const value = JSON.parse(text) as Json;
      expect(validate(value)).toEqual(oracle(value));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it.each<[string, (i: number) => Json]>([
    ['numbers', (i) => i],
    ['objects', (i) => ({ a: i })],
    ['lists', (i) => [i, [i]]],
  ])('is linear in a list of %s', (_name, item) => {
    const list = Array.from({ length: 100_000 }, (_, i) => item(i));
    const validate = compileValidator({ uniqueItems: true }, { allErrors: false, maxCost: 10_000_000 });
    const start = performance.now();
    expect(validate(list)).toEqual([]);
    // Comparing each with each takes a minute and more.
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('enum and const', () => {
  const OBJECT = { a: [1, { b: null }], c: 'd' };

  it.each<[string, JsonSchema, Json, boolean]>([
    ['an object, whatever the order of its keys', { const: OBJECT }, { c: 'd', a: [1, { b: null }] }, true],
    ['another object', { const: OBJECT }, { ...OBJECT, c: 'e' }, false],
    ['an object with more', { enum: [OBJECT, {}] }, { ...OBJECT, e: 1 }, false],
    ['one of several', { enum: ['a', OBJECT, [1, 2], null] }, [1, 2], true],
    ['a text among objects', { enum: ['a', OBJECT] }, 'a', true],
    ['its JSON', { enum: ['a', OBJECT, [1, 2]] }, '[1,2]', false],
    ['null', { enum: [null] }, null, true],
    ['a number', { const: 1 }, '1', false],
  ])('%s', (_name, schema, value, fits) => {
    expect(validatorOf(schema, false)(value)).toEqual(fits ? [] : [`${Object.keys(schema)[0]} `]);
    expect(validatorOf(schema, true)(value)).toEqual(ajvValidatorOf(schema, true)(value));
  });

  it.each(['valueOf', 'toString', 'hasOwnProperty'])('a key "%s" is one like any other', (name) => {
    for (const inner of [null, 1, 'x', [], {}]) {
      const value = { [name]: inner };
      expect(validatorOf({ const: value }, true)(value)).toEqual([]);
      expect(validatorOf({ const: { [name]: 'y' } }, true)(value)).toEqual(['const ']);
      expect(validatorOf({ enum: [{}, { a: 1 }] }, true)(value)).toEqual(['enum ']);
      expect(validatorOf({ uniqueItems: true }, true)([value, {}, { [name]: 'y' }])).toEqual([]);
      expect(validatorOf({ uniqueItems: true }, true)([value, value])).toEqual(['uniqueItems ']);
    }
  });
});

describe('a schema that refers to itself', () => {
  const NODE = { $ref: '#/$defs/node' };
  /** An expression is a leaf, or one of two operations on an expression. */
  const expression: JsonSchema = {
    ...NODE,
    $defs: {
      node: {
        oneOf: [
          { type: 'object', properties: { kind: { const: 'leaf' } }, required: ['kind'], additionalProperties: false },
          { type: 'object', properties: { of: NODE, kind: { const: 'not' } }, required: ['kind', 'of'], additionalProperties: false },
          { type: 'object', properties: { of: NODE, kind: { const: 'all' } }, required: ['kind', 'of'], additionalProperties: false },
        ],
      },
    },
  };
  const nested = (depth: number, leaf: Json): Json => {
    let value = leaf;
    for (let i = 0; i < depth; i++) value = { kind: i % 2 === 0 ? 'not' : 'all', of: value };
    return value;
  };

  it.each([true, false])('says what ajv says, if it is not too much (all errors: %s)', (allErrors) => {
    for (const value of [nested(5, { kind: 'leaf' }), nested(3, { kind: 'x' }), nested(2, 'x'), nested(2, null), [], nested(0, {})]) {
      expect(validatorOf(expression, allErrors)(value)).toEqual(ajvValidatorOf(expression, allErrors)(value));
    }
  });

  it.each([true, false])('gives up where the work doubles with each level (all errors: %s)', (allErrors) => {
    const validate = compileValidator(expression, { allErrors, maxCost: 1_000_000 });
    for (const leaf of ['leaf', 'x']) {
      const start = performance.now();
      expect(() => validate(nested(60, { kind: leaf }))).toThrow(EndlessCheck);
      expect(performance.now() - start).toBeLessThan(5000);
    }
    // The next value has a budget of its own.
    expect(validate(nested(3, { kind: 'leaf' }))).toEqual([]);
  });

  it.each<[string, JsonSchema, Json]>([
    ['items', { items: { type: 'integer' } }, Array.from({ length: 1000 }, (_, i) => i)],
    ['contains', { contains: { const: 999 } }, Array.from({ length: 1000 }, (_, i) => i)],
    ['uniqueItems', { uniqueItems: true }, Array.from({ length: 1000 }, (_, i) => [i])],
    ['unevaluatedItems', { unevaluatedItems: { type: 'integer' } }, Array.from({ length: 1000 }, (_, i) => i)],
    [
      'additionalProperties',
      { additionalProperties: true, maxProperties: 1000 },
      Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`a${i}`, 1])),
    ],
    ['patternProperties', { patternProperties: { '^b': false } }, Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`a${i}`, 1]))],
    ['propertyNames', { propertyNames: { type: 'string' } }, Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`a${i}`, 1]))],
    ['maxLength', { maxLength: 1000 }, 'a'.repeat(1000)],
    ['pattern', { pattern: '^a*$' }, 'a'.repeat(1000)],
  ])('what is large counts as that: %s', (_name, leaf, value) => {
    const schema = { allOf: Array.from({ length: 10 }, () => ({ $ref: '#/$defs/leaf' })), $defs: { leaf } };
    expect(compileValidator(schema, { allErrors: false, maxCost: 100_000 })(value)).toEqual([]);
    expect(() => compileValidator(schema, { allErrors: false, maxCost: 9000 })(value)).toThrow(EndlessCheck);
  });
});
