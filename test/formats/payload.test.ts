/** Payloads by docs/artifact-format.md: which defaults are filled in, in which order, and that filling ends. */
import { describe, expect, it } from 'vitest';
import { PromptcError } from '../../src/base/error.js';
import type { Json, JsonObject } from '../../src/base/json.js';
import { compileInline } from '../../src/compile/inline.js';
import type { JsonSchema } from '../../src/format/artifact.js';
import { compileDefaults, EndlessDefaults } from '../../src/render/defaults.js';
import { HELPERS } from '../../src/render/helpers.js';
import { Work } from '../../src/render/work.js';
import { DEFAULT_RENDER_LIMITS } from '../../src/render/limits.js';
import { compilePayloadCheck } from '../../src/render/payload.js';

const NODE = { $ref: '#/$defs/node' };
const FULL = { properties: { x: { default: 1 } } };

/** A leaf, or one of two operations on an expression: both have to be tried, level for level. */
const EXPRESSION: JsonSchema = {
  type: 'object',
  ...NODE,
  $defs: {
    node: {
      oneOf: [
        { properties: { kind: { const: 'leaf' } }, required: ['kind'], additionalProperties: false },
        { properties: { of: NODE, kind: { const: 'not' } }, required: ['kind', 'of'], additionalProperties: false },
        { properties: { of: NODE, kind: { const: 'all' } }, required: ['kind', 'of'], additionalProperties: false },
      ],
    },
  },
};

function expression(depth: number, leaf: string): JsonObject {
  let value: JsonObject = { kind: leaf };
  for (let i = 0; i < depth; i++) value = { of: value, kind: i % 2 === 0 ? 'not' : 'all' };
  return value;
}

describe('defaults', () => {
  it.each<[string, JsonSchema, Json, Json]>([
    ['properties', FULL, {}, { x: 1 }],
    ['a key that is there', FULL, { x: null }, { x: null }],
    ['what is no object', FULL, [{}], [{}]],
    ['within a default', { properties: { a: { default: {}, ...FULL } } }, {}, { a: { x: 1 } }],
    ['items', { items: FULL }, [{}, 1], [{ x: 1 }, 1]],
    ['prefixItems, then items', { prefixItems: [{}, FULL], items: FULL }, [{}, {}, {}], [{}, { x: 1 }, { x: 1 }]],
    ['additionalProperties', { properties: { a: {} }, additionalProperties: FULL }, { a: {}, b: {} }, { a: {}, b: { x: 1 } }],
    [
      'patternProperties, which additionalProperties leave alone',
      {
        patternProperties: { '^a': FULL, b$: { properties: { y: { default: 2 } } } },
        additionalProperties: { properties: { z: { default: 3 } } },
      },
      { ab: {}, a: {}, c: {} },
      { ab: { x: 1, y: 2 }, a: { x: 1 }, c: { z: 3 } },
    ],
    ['$ref', { ...NODE, $defs: { node: FULL } }, {}, { x: 1 }],
    ['beside $ref', { properties: { a: { ...NODE, default: {} } }, $defs: { node: FULL } }, {}, { a: { x: 1 } }],
    ['not at the top of what $ref names', { properties: { a: NODE }, $defs: { node: { default: 1 } } }, {}, {}],
    ['allOf', { allOf: [FULL, { properties: { x: { default: 2 }, y: { default: 2 } } }] }, {}, { x: 1, y: 2 }],
    [
      'properties before $ref before allOf',
      {
        properties: { a: { default: 1 } },
        allOf: [{ properties: { b: { default: 3 }, c: { default: 3 } } }],
        ...NODE,
        $defs: { node: { properties: { a: { default: 2 }, b: { default: 2 } } } },
      },
      {},
      { a: 1, b: 2, c: 3 },
    ],
    [
      'a recursive schema',
      { ...NODE, $defs: { node: { properties: { x: { default: 1 }, next: NODE } } } },
      { next: { next: {} } },
      { x: 1, next: { x: 1, next: { x: 1 } } },
    ],
    ['a name that every object has', { properties: { toString: { default: 1 }, valueOf: {} } }, {}, { toString: 1 }],
    [
      'nothing else',
      {
        ...Object.fromEntries(['anyOf', 'oneOf'].map((keyword) => [keyword, [FULL]])),
        ...Object.fromEntries(['not', 'if', 'then', 'else', 'contains', 'unevaluatedProperties'].map((keyword) => [keyword, FULL])),
        dependentSchemas: { a: FULL },
      },
      { a: {} },
      { a: {} },
    ],
    [
      'no schema behind $ref that anyOf refers to',
      { anyOf: [NODE], $defs: { leaf: {}, node: { properties: { x: { $ref: '#/$defs/leaf', default: 1 } } } } },
      {},
      {},
    ],
    ['true and false', { properties: { a: true, b: false }, items: true, additionalProperties: false }, { a: {} }, { a: {} }],
  ])('%s', (_name, schema, value, completed) => {
    const copy = structuredClone(value);
    compileDefaults(schema, schema, 64)(copy);
    expect(copy).toEqual(completed);
  });

  it('are copies', () => {
    const schema = { properties: { a: { default: { list: [] as number[] } } } };
    const [one, other]: [{ a?: { list: number[] } }, { a?: { list: number[] } }] = [{}, {}];
    const fill = compileDefaults(schema, schema, 64);
    fill(one);
    one.a!.list.push(1);
    fill(other);
    expect(other).toEqual({ a: { list: [] } });
  });

  it('come to an end, however deep or many they are', () => {
    const endless = { ...NODE, $defs: { node: { properties: { a: { ...NODE, default: {} } } } } };
    expect(() => compileDefaults(endless, endless, 64)({})).toThrow(EndlessDefaults);
    const doubling: { [name: string]: JsonSchema } = { n0: {} };
    for (let i = 1; i <= 40; i++) {
      const below = { $ref: `#/$defs/n${i - 1}`, default: {} };
      doubling[`n${i}`] = { properties: { a: below, b: below } };
    }
    const many = { $ref: '#/$defs/n40', $defs: doubling };
    expect(() => compileDefaults(many, many, 64)({})).toThrow(EndlessDefaults);
  });

  it('are given up where a schema goes down in two ways at once, and again below', () => {
    const twice: JsonSchema = {
      ...NODE,
      $defs: { node: { properties: { x: { default: 1 } }, patternProperties: { '^a': NODE, b$: NODE } } },
    };
    let value: Json = {};
    for (let i = 0; i < 60; i++) value = { ab: value };
    const start = performance.now();
    expect(() => compileDefaults(twice, twice, 64)(value)).toThrow(EndlessDefaults);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('a payload', () => {
  it('whose defaults do not end is refused as any other wrong one', () => {
    const schema = { ...NODE, $defs: { node: { type: 'object', properties: { a: { ...NODE, default: {} } } } } };
    const check = compilePayloadCheck(schema, DEFAULT_RENDER_LIMITS);
    expect(() => check({})).toThrow(expect.objectContaining({ code: 'payload_invalid' }) as PromptcError);
  });

  it('that could fit in too many ways is refused, soon', () => {
    const check = compilePayloadCheck(EXPRESSION, DEFAULT_RENDER_LIMITS);
    const start = performance.now();
    expect(() => check(expression(60, 'leaf'))).toThrow(
      expect.objectContaining({
        code: 'payload_invalid',
        message: 'The payload cannot be checked: there are too many ways in which its parts could fit.',
      }) as PromptcError,
    );
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('that does not fit in many ways has a list of them that ends', () => {
    const check = compilePayloadCheck(EXPRESSION, DEFAULT_RENDER_LIMITS);
    expect(check(expression(8, 'leaf')).payload).toEqual(expression(8, 'leaf'));
    for (const depth of [8, 13]) {
      expect(() => check(expression(depth, 'x'))).toThrow(
        expect.objectContaining({
          code: 'payload_invalid',
          problems: expect.toSatisfy((list) => list.length === 1000) as unknown,
        }) as PromptcError,
      );
    }
  });

  it('can have an input with the name of a method', () => {
    const check = compilePayloadCheck(
      { type: 'object', properties: { toString: { type: 'string', default: 'a' } } },
      DEFAULT_RENDER_LIMITS,
    );
    expect(check({}).payload).toEqual({ toString: 'a' });
  });
});

describe('a schema that no payload could be checked with', () => {
  it.each<[string, JsonSchema]>([
    ['an empty enum', { enum: [] }],
    ['a $ref with an escape of URIs', { $ref: '#/$defs/100%', $defs: { '100%': {} } }],
    ['a $ref to itself', { ...NODE, $defs: { node: NODE } }],
    ['a $ref to itself in anyOf', { ...NODE, $defs: { node: { anyOf: [{ type: 'string' }, NODE] } } }],
    ['two that refer to each other', { ...NODE, $defs: { node: { not: { $ref: '#/$defs/other' } }, other: { if: true, else: NODE } } }],
    ['a $ref to itself for some objects', { ...NODE, $defs: { node: { dependentSchemas: { a: NODE } } } }],
    [
      'a default that could fit in too many ways',
      { properties: { a: { $ref: '#/$defs/node', default: expression(60, 'leaf') } }, $defs: EXPRESSION['$defs']! },
    ],
    ['a default that needs itself', { ...NODE, $defs: { node: { properties: { a: { ...NODE, default: {} } } } } }],
  ])('%s is refused when compiling', (_name, schema) => {
    const template = { id: 'a', version: '1.0.0', role: 'user', inputs: { i: schema }, content: '{{json i}}' } as const;
    expect(() => compileInline({ templates: [template] })).toThrow(expect.objectContaining({ code: 'compile_failed' }) as PromptcError);
  });

  it.each<[string, JsonSchema]>([
    ['a tree', { ...NODE, $defs: { node: { properties: { a: NODE }, items: NODE, additionalProperties: NODE } } }],
    ['two ways to one definition', { allOf: [NODE, NODE], $defs: { node: { type: 'object' } } }],
  ])('%s is none', (_name, schema) => {
    const template = { id: 'a', version: '1.0.0', role: 'user', inputs: { i: schema }, content: '{{json i}}' } as const;
    expect(compileInline({ templates: [template] }).templates).toHaveLength(1);
  });
});

describe('indented JSON', () => {
  it('lists keys in canonical order, also those that look like indexes', () => {
    const value = { b: [], '10': { '9': 1, '10': {}, a: [1, [null]] }, '9': 'x\n"' };
    const expected = [
      '{',
      '  "10": {',
      '    "10": {},',
      '    "9": 1,',
      '    "a": [',
      '      1,',
      '      [',
      '        null',
      '      ]',
      '    ]',
      '  },',
      '  "9": "x\\n\\"",',
      '  "b": []',
      '}',
    ];
    expect(HELPERS.json([value], { indent: 2 }, new Work(DEFAULT_RENDER_LIMITS))).toBe(expected.join('\n'));
  });
});
