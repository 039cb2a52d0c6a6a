import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/base/json.js';
import { circularReferences, subschemas } from '../../../src/compile/check/json-schema.js';
import type { JsonSchema } from '../../../src/format/artifact.js';
import { compileDefaults } from '../../../src/render/defaults.js';
import { schemaChange, type SchemaRelation } from '../../../src/versions/diff/schema-change.js';
import { plainText } from '../../../src/versions/diff/sentence.js';
import { edited, value } from './schema-generator.js';

const INCOMPARABLE = 'what `x` takes cannot be compared, because keywords that look at whole values stand above its defaults';

/** Before, after, what became of it, and the reasons. */
const CASES: readonly (readonly [string, JsonSchema, JsonSchema, SchemaRelation, readonly string[]])[] = [
  ['types', { type: 'string' }, { type: 'number' }, 'changed', ['`x` no longer takes a text', '`x` now takes a number']],
  ['a type more', { type: 'string' }, { type: ['string', 'null'] }, 'widened', ['`x` now takes `null`']],
  ['any', { type: ['string', 'boolean', 'array', 'object', 'number', 'null'] }, {}, 'same', []],
  ['whole numbers', { type: 'number' }, { type: 'integer' }, 'narrowed', ['`x` no longer takes numbers that are not whole']],
  ['values', { enum: ['a', 'b'] }, { enum: ['b', 'c'] }, 'changed', ['`x` no longer takes `"a"`', '`x` now takes `"c"`']],
  ['many values', { enum: [1, 2, 3, 4, 5, 6, 7, 8] }, { const: 1 }, 'narrowed', ['`x` no longer takes `2`, `3`, `4`, `5`, `6` and 2 more']],
  ['values to a type', { enum: ['a', 'b'] }, { type: 'string' }, 'widened', ['`x` now takes texts other than `"a"`, `"b"`']],
  ['values of two types', { enum: ['a', 1] }, { type: ['string', 'number'], maxLength: 1, maximum: 1 }, 'widened', [
    '`x` now takes numbers other than `"a"`, `1`, texts other than `"a"`, `1`',
  ]],
  ['values that are lists and objects', { enum: [[1], { a: 1 }] }, { enum: [[1]] }, 'narrowed', ['`x` no longer takes `{"a":1}`']],
  ['values of another type', { type: 'integer', enum: [1, 1.5, 'a'] }, { const: 1 }, 'same', []],
  ['true and false', { enum: [true, false] }, { type: 'boolean' }, 'same', []],
  ['alternatives of values', { enum: ['a', 'b'] }, { anyOf: [{ const: 'b' }, { const: 'a' }] }, 'same', []],
  ['bounds', { type: 'number', minimum: 0, maximum: 10 }, { type: 'number', minimum: 1, maximum: 12 }, 'changed', [
    '`x` no longer takes numbers below 1', '`x` now takes numbers above 10',
  ]],
  ['exclusive bounds', { type: 'number', minimum: 0, maximum: 9 }, { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 9 }, 'narrowed', [
    '`x` no longer takes numbers up to 0, numbers from 9',
  ]],
  ['bounds of whole numbers', { type: 'integer', exclusiveMinimum: 0.5 }, { type: 'integer', minimum: 1 }, 'same', []],
  ['multiples', { type: 'number', multipleOf: 4 }, { type: 'number', multipleOf: 2 }, 'changed', ['`x` differs in `multipleOf`']],
  ['lengths', { type: 'string', maxLength: 9 }, { type: 'string', minLength: 2, maxLength: 20 }, 'changed', [
    '`x` no longer takes texts of fewer than 2 characters', '`x` now takes texts of more than 9 characters',
  ]],
  ['patterns', { type: 'string', pattern: '^a' }, { type: 'string', pattern: '^ab' }, 'changed', ['`x` differs in `pattern`']],
  ['a pattern less', { type: 'string', pattern: '^a' }, { type: 'string' }, 'widened', ['`x` differs in `pattern`']],
  ['a pattern and more', { type: 'string', pattern: '^a' }, { type: 'string', pattern: '^a', maxLength: 3 }, 'narrowed', [
    '`x` no longer takes texts of more than 3 characters',
  ]],
  ['notes', { type: 'string', format: 'email' }, { type: 'string' }, 'same', []],
  ['a key more', { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }, {
    type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, additionalProperties: false,
  }, 'widened', ['`x` now takes the key `b`']],
  ['a key that is required', { type: 'object', properties: { a: {} } }, { type: 'object', properties: { a: {} }, required: ['a'] }, 'narrowed', [
    '`x` no longer takes objects without `a`',
  ]],
  ['a key of an open object', { type: 'object' }, { type: 'object', properties: { a: { type: 'string' } } }, 'narrowed', [
    '`x.a` no longer takes `null`, `true`, `false`, a number, a list, an object',
  ]],
  ['keys that are closed', { type: 'object' }, { type: 'object', additionalProperties: false }, 'narrowed', [
    '`x` no longer takes keys that it does not list',
  ]],
  ['other keys', { type: 'object', additionalProperties: { type: 'integer' } }, { type: 'object', additionalProperties: { type: 'number' } }, 'widened', [
    '`x.*` now takes numbers that are not whole',
  ]],
  ['keys by a pattern', { type: 'object', patternProperties: { '^a': { type: 'string' } } }, { type: 'object' }, 'widened', [
    '`x.*` now takes `null`, `true`, `false`, a number, a list, an object',
  ]],
  ['keys by other patterns', { type: 'object', patternProperties: { '^a': { type: 'string' } } }, { type: 'object', patternProperties: { '^b': { type: 'string' } } }, 'changed', [
    '`x` differs in `patternProperties`',
  ]],
  ['keys by the same pattern', { type: 'object', patternProperties: { '^a': { type: 'string' } }, additionalProperties: false }, {
    type: 'object', patternProperties: { '^a': { type: 'string' } }, properties: { b: { type: 'null' } }, additionalProperties: false,
  }, 'widened', ['`x` now takes the key `b`']],
  ['keys by a pattern that says less', { type: 'object', patternProperties: { '^a': { type: 'integer' } }, additionalProperties: { type: 'integer' } }, {
    type: 'object', additionalProperties: { type: 'number' },
  }, 'widened', ['`x.*` now takes numbers that are not whole']],
  ['how many keys', { type: 'object', maxProperties: 2 }, { type: 'object', required: ['a'], minProperties: 1, maxProperties: 1 }, 'narrowed', [
    '`x` no longer takes objects without `a`, objects of fewer than 1 keys, objects of more than 1 keys',
  ]],
  ['keys that need others', { type: 'object', dependentRequired: { a: ['b'] } }, { type: 'object', dependentRequired: { a: ['c'] } }, 'changed', [
    '`x` differs in `dependentRequired`',
  ]],
  ['items', { type: 'array', items: { type: 'string' } }, { type: 'array', items: { type: ['string', 'number'] } }, 'widened', ['`x[]` now takes a number']],
  ['items by place', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false }, {
    type: 'array', prefixItems: [{ type: 'string' }], items: false,
  }, 'narrowed', ['`x` no longer takes lists of more than 1 items']],
  ['an item by place', { type: 'array', prefixItems: [{ type: 'string' }] }, { type: 'array', prefixItems: [{ type: ['string', 'null'] }] }, 'widened', [
    '`x[0]` now takes `null`',
  ]],
  ['how many items', { type: 'array', maxItems: 3 }, { type: 'array', minItems: 1 }, 'changed', [
    '`x` no longer takes lists of fewer than 1 items', '`x` now takes lists of more than 3 items',
  ]],
  ['items that differ', { type: 'array' }, { type: 'array', uniqueItems: true }, 'narrowed', ['`x` no longer takes lists with an item twice']],
  ['one item cannot be there twice', { type: 'array', maxItems: 1 }, { type: 'array', maxItems: 1, uniqueItems: true }, 'same', []],
  ['an item of a kind', { type: 'array', contains: { const: 1 } }, { type: 'array', contains: { const: 1 }, minContains: 2 }, 'changed', [
    '`x` differs in `contains`',
  ]],
  ['unevaluated', { type: 'array', unevaluatedItems: false }, { type: 'array', unevaluatedItems: true }, 'widened', ['`x` differs in `unevaluatedItems`']],
  ['an alternative more', { anyOf: [{ type: 'string' }] }, { anyOf: [{ type: 'string' }, { type: 'object', required: ['a'] }] }, 'widened', [
    '`x` now takes an object',
  ]],
  ['alternatives that a type covers', { type: ['string', 'null'] }, { anyOf: [{ type: 'null' }, { type: 'string' }] }, 'same', []],
  ['an alternative that nothing fits', { anyOf: [{ type: 'string' }, false] }, { type: 'string' }, 'same', []],
  ['all of', { allOf: [{ type: 'string' }, { maxLength: 3 }] }, { type: 'string', maxLength: 3 }, 'same', []],
  ['one of several kinds', { oneOf: [kind('a'), kind('b')] }, { oneOf: [kind('a'), kind('b'), kind('c')] }, 'widened', ['`x.kind` now takes `"c"`']],
  ['one of what overlaps', { type: 'string' }, { oneOf: [{ type: 'string' }, { maxLength: 3 }] }, 'changed', [
    '`x` differs in `oneOf`', '`x` now takes `null`, `true`, `false`, a number, a list, an object',
  ]],
  ['one of the same', { oneOf: [{ minLength: 1 }, { maxLength: 3 }] }, { oneOf: [{ minLength: 1 }, { maxLength: 3 }], type: 'string' }, 'narrowed', [
    '`x` no longer takes a number, a list, an object',
  ]],
  ['one of two objects with a key that tells nothing', { oneOf: [{ required: ['a'] }, { required: ['b'] }], type: 'object' }, {
    type: 'object', oneOf: [{ required: ['b'] }, { required: ['a'] }],
  }, 'changed', ['`x` differs in `oneOf`']],
  ['one of two that a key which cannot be there tells apart', { type: 'object', properties: { a: false } }, {
    type: 'object', oneOf: [{ properties: { a: false } }, { required: ['a'] }],
  }, 'widened', ['`x` now takes the key `a`']],
  ['values that ajv breaks down over', { enum: [{ toString: null }] }, { enum: [{ a: 1 }] }, 'changed', ['what `x` takes is too intricate to be compared']],
  ['not what it never was', { type: 'string' }, { type: 'string', not: { type: 'number' } }, 'same', []],
  ['not a value', { type: 'string', minLength: 1 }, { type: 'string', minLength: 1, not: { const: '' } }, 'same', []],
  ['not another', { type: 'string', not: { const: 'a' } }, { type: 'string', not: { const: 'b' } }, 'changed', ['`x` differs in `not`']],
  ['if', conditional(3), conditional(4), 'changed', [
    '`x` differs in `if`',
  ]],
  ['a definition', { $ref: '#/$defs/a', $defs: { a: { type: 'string' } } }, { type: 'string' }, 'same', []],
  ['equal references to other definitions', { not: { $ref: '#/$defs/a' }, $defs: { a: { type: 'string' } } }, { not: { $ref: '#/$defs/a' }, $defs: { a: { minLength: 2 } } }, 'changed', [
    '`x` no longer takes `null`, `true`, `false`', '`x` differs in `not`',
  ]],
  ['trees', { $ref: '#/$defs/node', $defs: { node: tree({ type: 'object' }) } }, { $ref: '#/$defs/node', $defs: { node: tree({}) } }, 'widened', [
    '`x` now takes `null`, `true`, `false`, a number, a text, a list', '`x.next` now takes `null`, `true`, `false`, a number, a text, a list',
    '`x.next.next` now takes `null`, `true`, `false`, a number, a text, a list',
  ]],
  ['trees unrolled', { $ref: '#/$defs/node', $defs: { node: tree({}) } }, { ...tree({}), $defs: { node: tree({}) } }, 'same', []],
  ['a default for what was required', { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }, {
    type: 'object', properties: { a: { type: 'string', default: 'z' } }, required: ['a'],
  }, 'widened', ['`x` now takes objects without `a`']],
  ['a default that counts for nothing', { anyOf: [{ properties: { a: { default: 1 } }, required: ['a'] }] }, { anyOf: [{ properties: { a: {} }, required: ['a'] }] }, 'same', []],
  ['a definition whose default counts in one place only', {
    allOf: [], properties: { a: { $ref: '#/$defs/d' } }, not: { $ref: '#/$defs/d' }, $defs: { d: { properties: { k: { default: 1 } }, required: ['k'] } },
  }, { type: 'object' }, 'changed', [INCOMPARABLE]],
  ['defaults that are counted', { type: 'object', properties: { a: { default: 1 } }, maxProperties: 1 }, { type: 'object', properties: { a: { default: 1 } }, maxProperties: 2 }, 'changed', [
    INCOMPARABLE,
  ]],
]; // prettier-ignore

/** Written as text, since what has a `then` looks like a promise to linters. */
function conditional(most: number): JsonSchema {
  return JSON.parse(`{ "type": "string", "if": { "minLength": 1 }, "then": { "maxLength": ${most} } }`) as JsonSchema;
}

function tree(more: JsonSchema): JsonSchema {
  return { ...more, properties: { next: { $ref: '#/$defs/node' } } };
}

function kind(name: string): JsonSchema {
  return { type: 'object', properties: { kind: { const: name } }, required: ['kind'] };
}

describe('two schemas', () => {
  it.each(CASES)('%s', (_name, before, after, relation, reasons) => {
    const change = schemaChange('x', before, after);
    expect([change.relation, ...change.reasons.map(plainText)]).toEqual([relation, ...reasons]);
    const reverse = { same: 'same', widened: 'narrowed', narrowed: 'widened', changed: 'changed' } as const;
    expect(schemaChange('x', after, before).relation).toBe(reverse[relation]);
  });

  it.each([
    ['another', { default: 'a' }, { default: 'b' }, ['the default of `x.k` is `"b"` instead of `"a"`']],
    ['a new one', {}, { default: 'b' }, ['`x.k` has the default `"b"`']],
    ['none any more', { default: 'a' }, {}, ['`x.k` no longer has a default']],
  ])('tell of a default: %s', (_name, before, after, expected) => {
    const { relation, defaults } = schemaChange('x', { properties: { k: before } }, { properties: { k: after } });
    expect([relation, ...defaults.map(plainText)]).toEqual(['same', ...expected]);
  });

  it('tell of defaults by their place', () => {
    const schema = (preset: number): JsonSchema => ({
      properties: {
        list: { items: { properties: { k: { default: preset } } } },
        pair: { prefixItems: [true, { properties: { k: { default: preset } } }] },
        map: { additionalProperties: { $ref: '#/$defs/d' } },
      },
      $defs: { d: { properties: { k: { default: preset } } } },
    });
    const { relation, defaults } = schemaChange('x', schema(1), schema(2));
    expect(relation).toBe('same');
    expect(defaults.map(plainText)).toEqual(
      ['x.list[].k', 'x.map.*.k', 'x.pair[1].k'].map((place) => `the default of \`${place}\` is \`2\` instead of \`1\``),
    );
  });

  it('say nothing of the default of a key that comes or goes', () => {
    const { defaults } = schemaChange('x', { type: 'object' }, { type: 'object', properties: { k: { default: 1 } } });
    expect(defaults).toEqual([]);
  });

  it('that are too intricate are changed', () => {
    // Each of 12 keys has 5 alternatives that differ from each other only in the next key.
    const nested = (depth: number, leaf: JsonSchema): JsonSchema =>
      depth === 0
        ? leaf
        : {
            anyOf: [1, 2, 3, 4, 5].map((i) => ({
              type: 'object',
              properties: { [`k${i}`]: nested(depth - 1, leaf) },
              required: [`k${i}`],
            })),
          };
    const { relation, reasons } = schemaChange('x', nested(5, { type: 'string' }), nested(5, { type: 'number' }));
    expect(relation).toBe('changed');
    expect(reasons.map(plainText)).toEqual(['what `x` takes is too intricate to be compared']);
  });
});

describe('schemas that come back to themselves', () => {
  /** A chain of so many definitions, the last of which leads to the first. */
  const ring = (length: number): JsonSchema => ({
    $ref: '#/$defs/d0',
    $defs: Object.fromEntries(
      Array.from({ length }, (_, i) => [`d${i}`, { type: 'object', properties: { next: { $ref: `#/$defs/d${(i + 1) % length}` } } }]),
    ),
  });

  it.each([
    [2, 3, 'same'],
    [9, 10, 'same'],
    [60, 61, 'changed'],
  ] as const)('in %i and in %i steps', (before, after, relation) => {
    expect(schemaChange('x', ring(before), ring(after)).relation).toBe(relation);
  });
});

const ajv = new Ajv2020({ strict: false, validateFormats: false, ownProperties: true });

/** How requests are checked: defaults are filled in, then the schema is asked. `undefined` for what the compiler refuses. */
function takes(schema: JsonSchema): ((sent: Json) => boolean | undefined) | undefined {
  try {
    const validate = ajv.compile(schema);
    if (circularReferences(schema).size > 0) return undefined;
    for (const { schema: one } of subschemas(schema)) {
      // ajv takes an empty list there, whatever `contains` says.
      if (one['prefixItems'] !== undefined && one['contains'] !== undefined) return undefined;
      if (one['default'] !== undefined && !ajv.compile({ ...one, $defs: schema['$defs']! })(one['default'])) return undefined;
    }
    const fill = compileDefaults({ properties: { value: schema } }, schema, 64);
    fill({ value: {} });
    return (sent) => {
      const held = { value: structuredClone(sent) };
      fill(held);
      try {
        return validate(held.value);
      } catch {
        // ajv breaks down over a few schemas, such as some with `not: true` below `anyOf`.
        return undefined;
      }
    };
  } catch {
    return undefined;
  }
}

/** More of them for a thorough look. */
const RUNS = Number(process.env['RUNS'] ?? 200);

describe('the relation of two schemas', () => {
  it('is never one that a value disproves', { timeout: 600 * RUNS }, () => {
    const found = new Map<SchemaRelation, number>();
    fc.assert(
      fc.property(edited, fc.array(value, { minLength: 40, maxLength: 60 }), ([before, after], values) => {
        const [old, fresh] = [takes(before), takes(after)];
        fc.pre(old !== undefined && fresh !== undefined);
        const { relation } = schemaChange('x', before, after);
        found.set(relation, (found.get(relation) ?? 0) + 1);
        if (relation === 'changed') return;
        for (const one of values) {
          const [was, is] = [old(one), fresh(one)];
          if (was === undefined || is === undefined || was === is) continue;
          if (was ? relation !== 'narrowed' : relation !== 'widened') {
            throw new Error(`${relation}, but ${JSON.stringify(one)} is ${was ? 'refused' : 'taken'} now`);
          }
        }
      }),
      { numRuns: RUNS },
    );
    // Each of them was put to the test.
    expect([...found.keys()].toSorted()).toEqual(['changed', 'narrowed', 'same', 'widened']);
  });
});
