/** Lines 24 to 27 of the list of bad inputs: the schemas of inputs. */
import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Problem, PromptcError } from '../../src/base/error.js';
import type { Json } from '../../src/base/json.js';
import type { JsonSchema } from '../../src/format/artifact.js';
import { PromptGenerator } from '../../src/generator/prompt-generator.js';
import { DEFAULT_RENDER_LIMITS } from '../../src/render/limits.js';
import { compilePayloadCheck } from '../../src/render/payload.js';
import { InlineBundleSource } from '../../src/sources/inline.js';
import { temporaryFolder } from '../support/project.js';
import { accepted, found, hints, refused, template } from '../support/rejection.js';

/** A template with one input of this type. */
function withInput(type: string): string {
  return template('{{a}}', `inputs:\n  a: ${type}`);
}

describe('24. references out of a schema', () => {
  it.each([
    ['{ $ref: "https://example.com/x.json" }', '6:14'],
    ['{ $ref: "file:///etc/passwd" }', '6:14'],
    ['{ $ref: "//example.com/x" }', '6:14'],
    ['{ $ref: "data:application/json,{}" }', '6:14'],
    ['{ $ref: "urn:x:y" }', '6:14'],
    ['{ $ref: "other.json" }', '6:14'],
    ['{ $ref: "other.json#/$defs/x" }', '6:14'],
    ['{ $ref: "https://json-schema.org/draft/2020-12/schema" }', '6:14'],
    ['{ $ref: "#" }', '6:14'],
    ['{ $ref: "#x" }', '6:14'],
    ['{ $ref: "#/properties/b" }', '6:14'],
    ['{ $ref: "#/$defs/nowhere" }', '6:14'],
    ['{ $ref: "#/$defs/__proto__" }', '6:14'],
    ['{ type: array, items: { anyOf: [{ $ref: "http://example.com" }] } }', '6:46'],
  ])('%s is refused', async (type, place) => {
    const diagnostics = await refused(withInput(type));
    expect(found(diagnostics)).toEqual([`check/input-ref ${place}`]);
    expect(hints(diagnostics)).toContain('`$ref` reaches only `#/$defs/…` of the same input');
  });

  it.each(['$id', '$schema', '$anchor', '$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$vocabulary'])(
    '%s is no keyword',
    async (keyword) => {
      const diagnostics = await refused(withInput(`{ type: string, ${keyword}: "https://example.com/x" }`));
      expect(found(diagnostics)).toEqual(['check/input-schema 6:22']);
    },
  );

  it('no socket is opened', async () => {
    let connections = 0;
    const server = createServer().on('connection', (socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await refused(withInput(`{ $ref: "http://127.0.0.1:${port}/x.json" }`));
    await refused(withInput(`{ $id: "http://127.0.0.1:${port}/", $ref: "x.json", $schema: "http://127.0.0.1:${port}/s" }`));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(connections).toBe(0);
  });

  it.skipIf(process.platform === 'win32')('no file is opened', async () => {
    const pipe = path.join(await temporaryFolder(), 'schema.json');
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', pipe]);
    await refused(withInput(`{ $ref: "file://${pipe}" }`));
    await refused(withInput(`{ $ref: "${pipe}" }`));
    // A pipe that nobody reads refuses its writer.
    await expect(open(pipe, constants.O_WRONLY | constants.O_NONBLOCK)).rejects.toThrow('ENXIO');
  });

  it('within the input they are fine', async () => {
    expect(await accepted(withInput('{ $ref: "#/$defs/x", $defs: { x: { type: string } } }'))).toEqual([]);
    expect(await accepted(withInput('{ anyOf: [{ $ref: "#/$defs/a~1b" }], $defs: { "a/b": { type: string } } }'))).toEqual([]);
  });

  it('those that lead back to themselves are refused', async () => {
    for (const type of [
      '{ $ref: "#/$defs/x", $defs: { x: { $ref: "#/$defs/x" } } }',
      '{ $ref: "#/$defs/x", $defs: { x: { allOf: [{ $ref: "#/$defs/x" }] } } }',
    ]) {
      expect((await refused(withInput(type))).map(({ code }) => code)).toEqual(['check/input-schema']);
    }
  });
});

/** A template with one input `a`, as a bundle of its own. */
function promptWith(a: JsonSchema) {
  return {
    bundle: { id: 'b', version: '1.0.0', slots: { task: 'a' } },
    templates: [{ id: 'a', version: '1.0.0', role: 'user' as const, inputs: { a }, content: '{{json a}}' }],
  };
}

const generator = new PromptGenerator({
  bundles: new InlineBundleSource({ templates: [] }),
  templates: new InlineBundleSource({ templates: [] }),
});

describe('25. a pattern that a text could make slow', () => {
  const SLOW = '^(a|a)*$';
  const HOSTILE = `${'a'.repeat(100_000)}!`;

  /** What a caller is told, and how long the answer takes: the shortest of a few runs, whatever else the machine does. */
  async function answer(schema: JsonSchema, a: Json): Promise<{ problems: readonly Problem[]; milliseconds: number }> {
    const times: number[] = [];
    let problems: readonly Problem[] = [];
    for (let run = 0; run < 5; run++) {
      const start = performance.now();
      const error = await generator.renderInline(promptWith(schema), { inputs: { a } }).catch((reason: unknown) => reason);
      times.push(performance.now() - start);
      expect(error).toMatchObject({ code: 'payload_invalid' });
      problems = (error as PromptcError).problems;
    }
    return { problems, milliseconds: Math.min(...times) };
  }

  it.each<[string, JsonSchema, Json, Problem]>([
    ['pattern', { type: 'string', pattern: SLOW }, HOSTILE, { path: '/inputs/a', message: `must match the pattern ${SLOW}` }],
    [
      'pattern, deep within',
      { type: 'array', items: { anyOf: [{ type: 'null' }, { type: 'string', pattern: SLOW }] } },
      [null, 'aa', HOSTILE],
      { path: '/inputs/a/2', message: `must match the pattern ${SLOW}` },
    ],
    [
      'patternProperties',
      { type: 'object', patternProperties: { [SLOW]: { type: 'object', properties: { b: { default: 1 } } } }, additionalProperties: false },
      { aa: {}, [HOSTILE]: {} },
      { path: `/inputs/a/${HOSTILE}`, message: 'is not known here' },
    ],
    [
      'propertyNames',
      { type: 'object', propertyNames: { pattern: SLOW } },
      { aa: {}, [HOSTILE]: {} },
      { path: '/inputs/a', message: `must match the pattern ${SLOW}` },
    ],
  ])('%s is answered within 50 ms', async (_name, schema, a, problem) => {
    const { problems, milliseconds } = await answer(schema, a);
    expect(problems).toContainEqual(problem);
    expect(milliseconds).toBeLessThan(50);
  });

  it('texts that it matches are taken, and two patterns of one input are not mixed up', async () => {
    const schema = {
      type: 'object',
      patternProperties: { [SLOW]: { pattern: '^b' }, '^b': { pattern: SLOW } },
      additionalProperties: false,
    };
    const a = { aaa: 'b', b: 'aaa' };
    const { rendered_prompt } = await generator.renderInline(promptWith(schema), { inputs: { a } });
    expect(rendered_prompt).toBe(JSON.stringify(a));
    await expect(generator.renderInline(promptWith(schema), { inputs: { a: { aaa: 'aaa', b: 'b' } } })).rejects.toMatchObject({
      code: 'payload_invalid',
      problems: [
        { path: '/inputs/a/aaa', message: 'must match the pattern ^b' },
        { path: '/inputs/a/b', message: `must match the pattern ${SLOW}` },
      ],
    });
  });

  it('compiling asks it about defaults and names, as slow as those are', async () => {
    const start = performance.now();
    const defaults = await refused(withInput(`{ type: string, pattern: "${SLOW}", default: "${HOSTILE}" }`));
    expect(found(defaults)).toEqual([`check/input-default 6:${(6 + `{ type: string, pattern: "${SLOW}", default: `.length).toString()}`]);
    const names = `inputs:\n  a: { type: object, patternProperties: { "${SLOW}": { type: string, default: "" } }, additionalProperties: false }`;
    expect(found(await refused(template(`{{a.${HOSTILE.slice(0, -1)}_}}`, names)))).toContain('check/unknown-property 8:5');
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('only what is no such pattern is refused when compiling, at its place', async () => {
    expect(await accepted(withInput('{ type: string, pattern: "^(a|a)*$" }'))).toEqual([]);
    const wrong = [
      ['{ type: string, pattern: "^(?=.*[0-9]).{8,}$" }', '6:31', 'allOf'],
      ['{ type: string, pattern: "(a)\\\\1" }', '6:31', 'Write out what may stand there'],
      ['{ type: string, pattern: "((a{1,100}){1,100}){1,100}" }', '6:31', 'maxLength'],
      ['{ type: array, items: { pattern: "a{1001}" } }', '6:39', 'maxLength'],
      ['{ type: object, patternProperties: { "^x": {}, "(?!x)": {} } }', '6:53', 'not: { pattern: … }'],
      ['{ type: object, propertyNames: { pattern: "(" } }', '6:48', 'backslash'],
    ];
    for (const [type, place, hint] of wrong) {
      const diagnostics = await refused(withInput(type!));
      expect(found(diagnostics)).toEqual([`check/input-schema ${place}`]);
      expect(hints(diagnostics)).toContain(hint);
    }
  });

  it('an artifact with another pattern is not rendered', () => {
    expect(() => compilePayloadCheck({ type: 'object', properties: { task: { pattern: '(?!x)' } } }, DEFAULT_RENDER_LIMITS)).toThrow(
      expect.objectContaining({
        code: 'artifact_unsupported',
        message: 'The bundle cannot be rendered: a pattern of its inputs looks ahead or behind with "(?!", which is not available.',
      }) as PromptcError,
    );
  });
});

describe('26. a recursive schema', () => {
  const tree = {
    $ref: '#/$defs/tree',
    $defs: { tree: { type: 'object', properties: { child: { $ref: '#/$defs/tree' } }, additionalProperties: false } },
  };
  const nested = (depth: number): object => {
    let value = {};
    for (let i = 0; i < depth; i++) value = { child: value };
    return value;
  };

  it('takes a payload of some depth', async () => {
    const { rendered_prompt } = await generator.renderInline(promptWith(tree), { inputs: { a: nested(30) as never } });
    expect(rendered_prompt).toBe(JSON.stringify(nested(30)));
  });

  it.each([100, 10_000, 100_000])('answers a payload %i levels deep with an error, not with a stack overflow', async (depth) => {
    await expect(generator.renderInline(promptWith(tree), { inputs: { a: nested(depth) as never } })).rejects.toMatchObject({
      code: 'payload_invalid',
      problems: [{ message: 'is nested deeper than 64 levels' }],
    });
  });

  it('a circle in a payload is one of endless depth', async () => {
    const circle: { child?: object } = {};
    circle.child = circle;
    await expect(generator.renderInline(promptWith(tree), { inputs: { a: circle as never } })).rejects.toMatchObject({
      code: 'payload_invalid',
    });
  });
});

describe('27. types that there are not', () => {
  it.each([
    ['strnig', 'Did you mean "string"?'],
    ['String', 'Did you mean "string"?'],
    ['STRING', 'Did you mean "string"?'],
    ['str', 'Did you mean "string"?'],
    ['text', 'Did you mean "string"?'],
    ['int', 'Did you mean "integer"?'],
    ['bool', 'Did you mean "boolean"?'],
    ['float', 'Did you mean "number"?'],
    ['list', 'For a list write the type of its items and [], such as string[].'],
    ['array', 'For a list write the type of its items and [], such as string[].'],
    ['dict', 'Did you mean "object"?'],
    ['strnig[]', 'Did you mean "string"?'],
    ['string[][]', 'Write a list of lists out'],
    ['date', 'The types are string, number, integer, boolean, object, any, and each of them with [] for a list.'],
    ['string | null', 'The types are string, number'],
    ['"null"', 'The types are string, number'],
    ['"[]"', 'The types are string, number'],
    ['constructor', 'The types are string, number'],
  ])('%s', async (type, hint) => {
    const diagnostics = await refused(withInput(type));
    expect(found(diagnostics)).toEqual(['check/input-type 6:6']);
    expect(hints(diagnostics)).toContain(hint);
  });

  it.each([
    ['{ type: strnig }', '6:14', 'Did you mean "string"?'],
    ['{ type: [string, nul] }', '6:14', 'Did you mean "null"?'],
    ['{ type: list }', '6:14', 'Did you mean "array"?'],
    ['{ type: array, items: { type: strnig } }', '6:36', 'Did you mean "string"?'],
    ['{ type: object, properties: { b: { type: strnig } } }', '6:47', 'Did you mean "string"?'],
    ['{ type: any }', '6:14', 'The types are string, number, integer, boolean, object, array, null.'],
    ['{ type: "string[]" }', '6:14', undefined],
  ])('%s', async (type, place, hint) => {
    const diagnostics = await refused(withInput(type));
    expect(found(diagnostics)).toEqual([`check/input-type ${place}`]);
    expect(hints(diagnostics)).toContain(hint ?? '');
  });

  it.each([
    ['{ typ: string }', 'check/input-schema 6:8', 'Did you mean "type"?'],
    ['{ type: string, maxlength: 5 }', 'check/input-schema 6:22', 'Did you mean "maxLength"?'],
    ['{ minimum: "3" }', 'check/input-schema 6:17', undefined],
    ['{ minLength: -1 }', 'check/input-schema 6:19', undefined],
    ['{ enum: [] }', 'check/input-schema 6:14', undefined],
    ['{ enum: free }', 'check/input-schema 6:14', undefined],
    ['{ required: name }', 'check/input-schema 6:18', undefined],
    ['{ properties: [name] }', 'check/input-schema 6:20', undefined],
    ['{ properties: { b: string } }', 'check/input-schema 6:25', '{ type: string }'],
    ['{ type: array, items: string }', 'check/input-schema 6:28', '{ type: string }'],
    ['{ pattern: "(" }', 'check/input-schema 6:17', undefined],
    ['{ type: string, default: 5 }', 'check/input-default 6:31', undefined],
    ['{ enum: [free, pro], default: none }', 'check/input-default 6:36', undefined],
  ])('%s', async (type, place, hint) => {
    const diagnostics = await refused(withInput(type));
    expect(found(diagnostics)).toEqual([place]);
    expect(hints(diagnostics)).not.toContain('(none)');
    expect(hints(diagnostics)).toContain(hint ?? '');
  });

  it.each([
    ['1st', 'Write for example _1st'],
    ['first-name', 'Write for example first_name'],
    ['first name', 'Write for example first_name'],
    ['first.name?', 'Write for example first_name?'],
    ['"{{name}}"', 'Write for example _name_'],
    ['"?"', undefined],
    ['prénom', 'Write for example pr_nom'],
  ])('a name such as %s is refused, once', async (name, hint) => {
    const diagnostics = await refused(template('Hi.', `inputs:\n  ${name}: string`));
    expect(found(diagnostics)).toEqual(['check/input-name 6:3']);
    expect(hints(diagnostics)).toContain(hint ?? '');
  });

  it('a name without its space is a name', async () => {
    const diagnostics = await refused(template('Hi.', 'inputs: { name:string }'));
    expect(found(diagnostics)).toEqual(['check/input-name 5:11']);
    expect(hints(diagnostics)).toBe('Put a space behind the ":": name: string');
  });

  it('uses of an input whose declaration is wrong need no message of their own', async () => {
    const keys = 'inputs:\n  a: strnig\n  "1b": string\n  c:\n  length: string\n  e: { typ: x }';
    const body = '{{a}} {{1b}} {{c}} {{#each e}}{{x}}{{/each}} {{a.b.c}}';
    expect(found(await refused(template(body, keys)))).toEqual([
      'check/input-type 6:6',
      'check/input-name 7:3',
      'check/wrong-value 8:3',
      'check/input-reserved 9:3',
      'check/input-schema 10:8',
    ]);
    expect(found(await refused(template('{{a}} {{b}}', 'input: { a: string, b: string }')))).toEqual(['check/unknown-key 5:1']);
  });
});
