/** A run ends, whatever a template does with whatever a caller sends. */
import { describe, expect, it } from 'vitest';
import { PromptcError } from '../../src/base/error.js';
import { compile, errors, type Partials, render } from './render.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** The code of the error that a render ends with. */
function failure(template: string, input: unknown, partials: Partials = {}, limits = {}): string {
  try {
    return `rendered ${render(template, input, partials, limits).length} characters`;
  } catch (error) {
    return error instanceof PromptcError ? error.code : String(error);
  }
}

describe('output', () => {
  it('may be as long as its limit, and no longer', () => {
    const limits = { promptBytes: 10 };
    expect(render('{{a}}{{a}}', { a: '12345' }, {}, limits)).toBe('1234512345');
    expect(failure('{{a}}{{a}}', { a: '123456' }, {}, limits)).toBe('prompt_too_large');
    expect(failure('12345678901', {}, {}, limits)).toBe('prompt_too_large');
    expect(failure('{{constraints}}{{constraints}}', {}, {}, limits)).toBe('prompt_too_large');
  });

  it('ends while it is made, not when it is done', () => {
    const template = '{{#each l}}{{#each ../l}}{{../../text}}{{/each}}{{/each}}';
    expect(failure(template, { l: numbers(10_000), text: 'x'.repeat(100_000) })).toBe('prompt_too_large');
  });

  it('counts indentation', () => {
    const lines = { lines: '\n'.repeat(1000) };
    const indent = ' '.repeat(1000);
    expect(failure(`${indent}{{> p}}`, lines, { p: 'x{{lines}}x' }, { promptBytes: 900_000 })).toBe('prompt_too_large');
    // Each level indents all that the levels within have indented.
    const deep = Object.fromEntries(numbers(60).map((i) => [`p${i}`, `${indent}{{> p${i + 1}}}`]));
    expect(failure('{{> p0}}', { lines: '\n'.repeat(50_000) }, { ...deep, p60: 'x{{lines}}x' })).toBe('prompt_too_large');
  });

  it('counts a search for one long text in another', () => {
    const whole = 'ab'.repeat(250_000);
    const start = performance.now();
    expect(failure('{{#if (includes whole part)}}x{{/if}}', { whole, part: `${whole.slice(0, 250_000)}c` })).toBe('render_too_long');
    expect(performance.now() - start).toBeLessThan(1000);
    expect(failure('{{#if (includes whole part)}}x{{/if}}', { whole, part: 'ba'.repeat(500) })).toBe('rendered 1 characters');
  });

  it('counts what helpers make', () => {
    const list = { list: numbers(100_000), separator: 'x'.repeat(100_000) };
    expect(failure('{{join list separator}}', list)).toBe('prompt_too_large');
    expect(failure('{{#if (eq "" (join list separator))}}{{/if}}', list)).toBe('prompt_too_large');
    const nested = numbers(60).reduce<unknown>((inner) => [inner, inner === undefined ? 1 : 2], numbers(100_000));
    expect(failure('{{json nested indent=10}}', { nested })).toBe('prompt_too_large');
  });
});

describe('steps', () => {
  it('end a loop in a loop in a loop in a loop, even if nothing is printed', () => {
    const l = numbers(200);
    const template = '{{#each l}}{{#each ../l}}{{#each ../../l}}{{#each ../../../l}}{{/each}}{{/each}}{{/each}}{{/each}}';
    expect(failure(template, { l })).toBe('render_too_long');
  });

  it('are counted a run, not a program', () => {
    const input = { l: numbers(10) };
    for (const _ of numbers(3)) expect(render('{{#each l}}.{{/each}}', input, {}, { steps: 40 })).toBe('..........');
    expect(failure('{{#each l}}.{{/each}}', input, {}, { steps: 20 })).toBe('render_too_long');
  });

  const list = numbers(100_000);
  const text = 'x'.repeat(400_000);
  it.each([
    ['includes, list', '{{#each list}}{{#if (includes ../other this)}}{{/if}}{{/each}}', { list, other: list.map((i) => -i - 1) }],
    ['includes, text', '{{#each list}}{{#if (includes ../text "y")}}{{/if}}{{/each}}', { list, text }],
    ['length', '{{#each list}}{{#if (eq (length ../text) 1)}}{{/if}}{{/each}}', { list, text }],
    ['eq', '{{#each list}}{{#if (eq ../list ../other)}}{{/if}}{{/each}}', { list, other: [...list] }],
    ['lt', '{{#each list}}{{#if (lt ../text ../other)}}{{/if}}{{/each}}', { list, text, other: `${text}y` }],
    ['json', '{{#each list}}{{#if (eq "x" (json ../list))}}{{/if}}{{/each}}', { list }],
    ['join', '{{#each list}}{{#if (eq "x" (join ../list ""))}}{{/if}}{{/each}}', { list }],
  ])('count what helpers look through: %s', (_helper, template, input) => {
    expect(failure(template, input)).toBe('render_too_long');
  });
});

it('slots are used again once their block is over', () => {
  const one = compile('{{#each a}}{{#with (default b c)}}{{> p x=(length d)}}{{/with}}{{/each}}', { p: '{{x}}' });
  const many = compile('{{#each a}}{{#with (default b c)}}{{> p x=(length d)}}{{/with}}{{/each}}'.repeat(10), { p: '{{x}}' });
  expect([one.slots, many.slots]).toEqual([8, 8]);
});

describe('nesting', () => {
  it('of blocks ends at its limit, with one error', () => {
    const nested = (depth: number) => '{{#if x}}'.repeat(depth) + 'yes' + '{{/if}}'.repeat(depth);
    expect(render(nested(256), { x: 1 })).toBe('yes');
    expect(errors(nested(257))).toEqual(['parse/block-depth at {{#if x}}']);
    expect(errors(nested(10_000))).toEqual(['parse/block-depth at {{#if x}}']);
  });

  it('of `else if` does not nest', () => {
    expect(render(`{{#if a}}a${'{{else if b}}b'.repeat(5_000)}{{else}}c{{/if}}`)).toBe('c');
  });

  it('of lists in values may be as deep as payloads are', () => {
    const nested = numbers(63).reduce<unknown>((inner) => [inner], 1);
    expect(render('{{nested}}', { nested })).toBe(`${'['.repeat(63)}1${']'.repeat(63)}`);
  });
});
