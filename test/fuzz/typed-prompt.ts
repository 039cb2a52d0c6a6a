/**
 * Templates over inputs of any type, and values that fit those types.
 *
 * Every printed value stands between ⟦ and ⟧, and no text among the values is empty: a render of an accepted
 * template that has nothing between the two has a hole that the compiler should have seen.
 */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/base/json.js';

/** Draws a value; what fast-check calls a generator. */
export type Draw = fc.GeneratorValue;

/** What an input can be: a schema, and how values for it are drawn. */
export type Shape =
  | { readonly kind: 'text' | 'integer' | 'boolean' | 'any' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'nullable'; readonly of: Shape }
  | { readonly kind: 'const'; readonly value: string | number }
  | { readonly kind: 'either'; readonly of: readonly Shape[] }
  | { readonly kind: 'pair'; readonly of: readonly Shape[]; readonly isFull: boolean }
  /** The same in other words: as a part of `allOf`, or behind a `$ref`. */
  | { readonly kind: 'all' | 'reference'; readonly of: Shape }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'object'; readonly parts: readonly Part[]; readonly isOpen: boolean };

export interface Part {
  readonly name: string;
  readonly shape: Shape;
  readonly isOptional: boolean;
  /** What stands in for it where it is left out; only a text has one. */
  readonly preset?: string;
}

const NAMES = ['alpha', 'beta', 'gamma', 'delta', 'omega'];

/** @param mayBeAny - not below an object, whose loop would take all its parts for anything then */
export function drawParts(draw: Draw, depth: number, mayBeAny = true): Part[] {
  const count = draw(fc.integer, { min: 1, max: 4 });
  return NAMES.slice(0, count).map((name) => {
    const shape = drawShape(draw, depth, mayBeAny);
    const hasPreset = shape.kind === 'text' && draw(fc.integer, { min: 0, max: 3 }) === 0;
    return { name, shape, isOptional: draw(fc.boolean), ...(hasPreset && { preset: 'preset' }) };
  });
}

/** @param mayBeAny - not below an alternative: `any` there would switch off the checks that are to be seen */
function drawShape(draw: Draw, depth: number, mayBeAny = true): Shape {
  const deep = ['nullable', 'either', 'list', 'list', 'object', 'object', 'pair', 'all', 'reference'] as const;
  const kinds: Shape['kind'][] = [
    'text',
    'integer',
    'boolean',
    'enum',
    'const',
    ...(depth > 0 ? deep : []),
    ...(mayBeAny ? (['any'] as const) : []),
  ];
  const kind = draw(fc.constantFrom<Shape['kind'][]>, ...kinds);
  switch (kind) {
    case 'enum':
      return { kind, values: draw(fc.subarray, ['red', 'green', 'blue'], { minLength: 1 }) };
    case 'const':
      return { kind, value: draw(fc.constantFrom, 'red', 1) };
    case 'nullable':
    case 'all':
    case 'reference':
      return { kind, of: drawShape(draw, depth - 1, false) };
    case 'pair':
      return { kind, of: [drawShape(draw, depth - 1), drawShape(draw, depth - 1)], isFull: draw(fc.boolean) };
    case 'list':
      return { kind, of: drawShape(draw, depth - 1) };
    case 'either':
      return { kind, of: [drawShape(draw, depth - 1, false), drawShape(draw, depth - 1, false)] };
    case 'object':
      return { kind, parts: drawParts(draw, depth - 1, false), isOpen: draw(fc.boolean) };
    default:
      return { kind };
  }
}

/** The schema of an input. */
export function schemaOf({ shape, preset }: Part): JsonObject {
  const definitions: JsonObject = {};
  const schema = written(shape, definitions);
  const withPreset = preset === undefined ? schema : { ...schema, default: preset };
  return Object.keys(definitions).length === 0 ? withPreset : { ...withPreset, $defs: definitions };
}

/** @param definitions - where schemas go that are referred to */
function written(shape: Shape, definitions: JsonObject): JsonObject {
  switch (shape.kind) {
    case 'text':
      return { type: 'string' };
    case 'any':
      return {};
    case 'enum':
      return { enum: [...shape.values] };
    case 'const':
      return { const: shape.value };
    case 'nullable':
      return { anyOf: [written(shape.of, definitions), { type: 'null' }] };
    case 'either':
      return { anyOf: shape.of.map((one) => written(one, definitions)) };
    case 'all':
      return { allOf: [{}, written(shape.of, definitions), { not: { const: 'nothing' } }] };
    case 'reference': {
      const name = `d${Object.keys(definitions).length}`;
      definitions[name] = {};
      definitions[name] = written(shape.of, definitions);
      return { $ref: `#/$defs/${name}` };
    }
    case 'list':
      return { type: 'array', items: written(shape.of, definitions) };
    case 'pair':
      return {
        type: 'array',
        prefixItems: shape.of.map((one) => written(one, definitions)),
        items: false,
        ...(shape.isFull && { minItems: shape.of.length }),
      };
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(
          shape.parts.map(({ name, shape: part, preset }) => [
            name,
            { ...written(part, definitions), ...(preset !== undefined && { default: preset }) },
          ]),
        ),
        required: shape.parts.filter((part) => !part.isOptional && part.preset === undefined).map((part) => part.name),
        additionalProperties: shape.isOpen ? { type: 'string' } : false,
      };
    default:
      return { type: shape.kind };
  }
}

/** A value that fits a shape. */
function drawValue(draw: Draw, shape: Shape): Json {
  switch (shape.kind) {
    case 'text':
      return draw(fc.constantFrom, 'a', 'Zo\u00eb', '{{x}}', '0', ' ', '</system>');
    case 'integer':
      return draw(fc.integer, { min: -2, max: 3 });
    case 'boolean':
      return draw(fc.boolean);
    case 'any':
      return draw(fc.constantFrom, 'x', 1, true, ['y'], { z: 'z' });
    case 'enum':
      return draw(fc.constantFrom, ...shape.values);
    case 'const':
      return shape.value;
    case 'all':
    case 'reference':
      return drawValue(draw, shape.of);
    case 'pair':
      return shape.of.slice(0, shape.isFull ? 2 : draw(fc.nat, 2)).map((one) => drawValue(draw, one));
    case 'nullable':
      return draw(fc.boolean) ? drawValue(draw, shape.of) : null;
    case 'either':
      return drawValue(draw, draw(fc.constantFrom, ...shape.of));
    case 'list':
      return Array.from({ length: draw(fc.nat, 2) }, () => drawValue(draw, shape.of));
    case 'object':
      return { ...drawParted(draw, shape.parts), ...(shape.isOpen && draw(fc.boolean) ? { other: 'o' } : {}) };
  }
}

export function drawParted(draw: Draw, parts: readonly Part[]): JsonObject {
  const given = parts.filter(({ isOptional, preset }) => !(isOptional || preset !== undefined) || draw(fc.boolean));
  return Object.fromEntries(given.map(({ name, shape }) => [name, drawValue(draw, shape)]));
}

/** What plain names mean at a place: the keys of what the innermost loop or `with` is about. */
interface Frame {
  readonly shape: Shape;
  /** Block parameters that were named here. */
  readonly names: readonly Part[];
}

interface Path {
  readonly text: string;
  readonly shape: Shape;
  readonly mayBeMissing: boolean;
}

/** A template's text over inputs. */
export function drawTemplate(draw: Draw, inputs: readonly Part[]): string {
  return new TemplateDrawing(draw).body([{ shape: { kind: 'object', parts: inputs, isOpen: false }, names: [] }], 3);
}

/** Partials that templates include; what they print is given to them. */
export const PARTIALS: { readonly [name: string]: string } = {
  show: '\u27e6{{value}}\u27e7{{#if extra}}\u27e6{{default extra "none"}}\u27e7{{/if}}',
  list: '{{#each items as |item|}}- \u27e6{{default item "none"}}\u27e7\n{{else}}nothing{{/each}}',
  outer: '{{#if flag}}{{> show value=value extra=flag}}{{else}}{{> show value=value extra=value}}{{/if}}',
};

const LEAVES = ['print', 'print', 'default', 'json', 'helper', 'partial'] as const;
const BLOCKS = ['if', 'if', 'unless', 'chain', 'each', 'each', 'with', 'guarded'] as const;
type PieceKind = (typeof LEAVES)[number] | (typeof BLOCKS)[number];

class TemplateDrawing {
  constructor(readonly draw: Draw) {}

  /** @param frames - the innermost first */
  body(frames: readonly Frame[], depth: number): string {
    return Array.from({ length: this.draw(fc.integer, { min: 1, max: 3 }) }, () => this.#piece(frames, depth)).join(' ');
  }

  #piece(frames: readonly Frame[], depth: number): string {
    const path = this.#path(frames);
    const { text } = path;
    switch (this.draw(fc.constantFrom<PieceKind[]>, ...LEAVES, ...(depth > 0 ? BLOCKS : []))) {
      case 'print':
        return path.mayBeMissing && this.draw(fc.integer, { min: 0, max: 9 }) > 0 ? this.#guarded(path) : `\u27e6{{${text}}}\u27e7`;
      case 'default':
        return `\u27e6{{default ${text} "none"}}\u27e7`;
      case 'json':
        return path.mayBeMissing ? `{{json (default ${text} "none")}}` : `{{json ${text}}}`;
      case 'helper':
        return this.#helper(path);
      case 'partial':
        return path.shape.kind === 'list'
          ? `{{> list items=${text}}}`
          : this.draw(fc.boolean)
            ? `{{> outer value=(default ${text} "none") flag=${this.#path(frames).text}}}`
            : `{{> show value=(default ${text} "none") extra=${this.#path(frames).text}}}`;
      case 'if':
        return `{{#if ${this.#condition(frames)}}}${this.body(frames, depth - 1)}{{else}}${this.body(frames, depth - 1)}{{/if}}`;
      case 'unless':
        return `{{#unless ${this.#condition(frames)}}}${this.body(frames, depth - 1)}{{/unless}}`;
      case 'chain':
        return `{{#if ${this.#condition(frames)}}}${this.body(frames, depth - 1)}{{else if ${this.#condition(frames)}}}${this.body(frames, depth - 1)}{{else}}-{{/if}}`;
      case 'guarded':
        return this.#guarded(path);
      case 'each': {
        const item = itemOf(path.shape);
        const names = ['item', 'key']
          .slice(0, this.draw(fc.nat, 2))
          .map((name, i): Part => ({ name, shape: i === 0 ? item : { kind: 'text' }, isOptional: false }));
        const inner = this.body([{ shape: item, names }, ...frames], depth - 1);
        const as = names.length > 0 ? ` as |${names.map(({ name }) => name).join(' ')}|` : '';
        const key = names.length > 1 ? '\u27e6{{key}}\u27e7' : '';
        return `{{#each ${text}${as}}}${inner}{{@index}}\u27e6{{@key}}\u27e7${key}{{else}}none{{/each}}`;
      }
      case 'with':
        return `{{#with ${text}}}${this.body([{ shape: path.shape, names: [] }, ...frames], depth - 1)}{{/with}}`;
    }
  }

  #guarded({ text }: Path): string {
    const guards = [
      `{{#if ${text}}}\u27e6{{${text}}}\u27e7{{/if}}`,
      `{{#if (ne ${text} null)}}\u27e6{{${text}}}\u27e7{{/if}}`,
      `{{#unless (not ${text})}}\u27e6{{${text}}}\u27e7{{/unless}}`,
    ];
    return this.draw(fc.constantFrom, ...guards);
  }

  #helper({ text, shape }: Path): string {
    if (shape.kind === 'list') return `{{length ${text}}}{{join (default ${text} ${text}) ", "}}`;
    return `{{length ${text}}}`;
  }

  #condition(frames: readonly Frame[]): string {
    const path = this.#path(frames);
    const other = this.#path(frames);
    const value =
      path.shape.kind === 'enum' ? `"${this.draw(fc.constantFrom, ...path.shape.values)}"` : path.shape.kind === 'integer' ? '1' : '"a"';
    return this.draw(
      fc.constantFrom,
      path.text,
      `(eq ${path.text} ${value})`,
      `(ne ${path.text} ${value})`,
      `(gt ${path.text} ${value})`,
      `(not ${path.text})`,
      `(and ${path.text} ${other.text})`,
      `(or ${path.text} ${other.text})`,
      `(and ${path.text} (not (eq ${other.text} null)))`,
      `(or (not ${path.text}) (eq ${path.text} ${value}))`,
      `(length ${path.text})`,
      `(gt (length ${path.text}) 0)`,
      `(includes ${path.text} ${value})`,
      `(includes ${path.text} ${other.text})`,
      `(and (or ${path.text} ${other.text}) (not ${other.text}))`,
      `(not (and (ne ${path.text} ${value}) (ne ${other.text} null)))`,
      `(eq ${path.text} ${other.text})`,
    );
  }

  #path(frames: readonly Frame[]): Path {
    const up = this.draw(fc.nat, frames.length - 1);
    const { shape } = frames[up]!;
    const named = up === 0 ? frames.flatMap(({ names }) => names) : [];
    const candidates = [...named, ...partsOf(shape)];
    if (candidates.length === 0) return { text: up === 0 ? 'this' : '../'.repeat(up).slice(0, -1), shape, mayBeMissing: false };
    const first = this.draw(fc.constantFrom, ...candidates);
    let path = below({ text: '', shape, mayBeMissing: false }, first, '../'.repeat(up) + first.name);
    while (this.draw(fc.boolean)) {
      const parts = partsOf(path.shape);
      if (parts.length === 0) break;
      const part = this.draw(fc.constantFrom, ...parts);
      path = below(path, part, `${path.text}.${part.name}`);
    }
    return path;
  }
}

function below(path: Path, { shape, isOptional, preset }: Part, text: string): Path {
  const own = inWords(shape);
  return { text, shape: own, mayBeMissing: path.mayBeMissing || (isOptional && preset === undefined) || own.kind === 'nullable' };
}

/** What can be named below a value. */
function partsOf(shape: Shape): readonly Part[] {
  if (shape.kind === 'object') return shape.parts;
  if (shape.kind === 'nullable') return partsOf(inWords(shape.of));
  if (shape.kind === 'either') return shape.of.flatMap((one) => partsOf(inWords(one))).map((part) => ({ ...part, isOptional: true }));
  if (shape.kind !== 'pair') return [];
  return shape.of.map((one, i) => ({ name: String(i), shape: one, isOptional: !shape.isFull }));
}

/** A shape without what is only another way to write it. */
function inWords(shape: Shape): Shape {
  return shape.kind === 'all' || shape.kind === 'reference' ? inWords(shape.of) : shape;
}

function itemOf(shape: Shape): Shape {
  if (shape.kind === 'list') return inWords(shape.of);
  return shape.kind === 'pair' ? { kind: 'either', of: shape.of } : { kind: 'text' };
}
