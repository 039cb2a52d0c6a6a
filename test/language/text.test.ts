/** Text that is no tag: escapes, raw blocks, comments, single braces. */
import { describe, expect, it } from 'vitest';
import { errors, render } from './render.js';

const x = { x: 'X' };

describe('an escape', () => {
  it.each([
    ['\\{{x}}', '{{x}}'],
    ['a\\{{x}}b{{x}}', 'a{{x}}bX'],
    ['\\{{{x}}}', '{{{x}}}'],
    ['\\{{#if x}}', '{{#if x}}'],
    ['\\{{x}}\\{{x}}', '{{x}}{{x}}'],
    ['\\{{', '{{'],
    ['\\{{ {{x}}', '{{ X'],
    // Two backslashes: one of them is text, and the tag a tag. More stand for themselves.
    ['\\\\{{x}}', '\\X'],
    ['\\\\\\{{x}}', '\\\\X'],
    ['\\{{x}}\\\\{{x}}', '{{x}}\\X'],
    ['\\{{x}}\\\\\\{{x}}', '{{x}}\\\\X'],
    ['{{x}}\\{{x}}', 'X{{x}}'],
    // Four braces that are escaped are two and a tag.
    ['\\{{{{x}}', '{{X'],
    // A backslash anywhere else is a backslash.
    ['\\n \\ {x} \\', '\\n \\ {x} \\'],
    ['{{x}}\\', 'X\\'],
  ])('%j → %j', (template, text) => {
    expect(render(template, x)).toBe(text);
  });

  it('is no tag that could stand on a line of its own', () => {
    expect(render('a\n\\{{! c }}\nb')).toBe('a\n{{! c }}\nb');
  });
});

describe('a raw block', () => {
  it.each([
    ['{{{{raw}}}}{{x}}{{{{/raw}}}}', '{{x}}'],
    ['{{{{raw}}}}{{#if}} \\{{ {{!-- "{{{{/raw}}}}', '{{#if}} \\{{ {{!-- "'],
    ['{{{{raw}}}}{{{{/raw}}}}', ''],
    ['a {{{{raw}}}} b {{{{/raw}}}} c', 'a  b  c'],
    ['{{{{raw}}}}{{x}}{{{{/raw}}}}{{x}}{{{{raw}}}}{{x}}{{{{/raw}}}}', '{{x}}X{{x}}'],
    // Raw blocks within it are its text.
    ['{{{{raw}}}}a{{{{raw}}}}b{{{{/raw}}}}c{{{{/raw}}}}', 'a{{{{raw}}}}b{{{{/raw}}}}c'],
    // Other braces too, which Handlebars refuses.
    ['{{{{raw}}}} {{{{ }}}} {{{{/raw}}}}', ' {{{{ }}}} '],
  ])('%j → %j', (template, text) => {
    expect(render(template, x)).toBe(text);
  });

  it('that never ends is an error at its beginning', () => {
    expect(errors('a {{{{raw}}}} {{x}}')).toEqual(['parse/unclosed-raw at {{{{raw}}}}']);
    expect(errors('{{{{raw}}}}{{{{raw}}}}{{{{/raw}}}}')).toEqual(['parse/unclosed-raw at {{{{raw}}}}']);
  });

  it('has no other name', () => {
    expect(errors('{{{{verbatim}}}}')).toEqual(['parse/unsupported at {{{{']);
  });
});

describe('a comment', () => {
  it.each([
    ['a{{! c }}b', 'ab'],
    ['a{{!}}b', 'ab'],
    ['a{{! "half {{x }}b', 'ab'],
    ['a{{!-- {{x}} }} --}}b', 'ab'],
    // The dashes that open may also close.
    ['a{{!--}}b', 'ab'],
    ['a{{!---}}b', 'ab'],
    ['a{{!----}}b', 'ab'],
    ['a{{!-- -- }} --}}b', 'ab'],
    // One dash does not need two to close.
    ['a{{!- c }}b', 'ab'],
    ['a{{! c --}}b', 'ab'],
  ])('%j → %j', (template, text) => {
    expect(render(template, x)).toBe(text);
  });

  it('that never ends is an error at its beginning', () => {
    expect(errors('a {{!-- c }}')).toEqual(['parse/unclosed-tag at {{!--']);
    expect(errors('a {{! c')).toEqual(['parse/unclosed-tag at {{!']);
  });
});

describe('braces that are no tag', () => {
  it.each([
    ['{ x }', '{ x }'],
    ['}} x }}}', '}} x }}}'],
    ['{"x": {{x}}}', '{"x": X}'],
    ['{{{x}}}}', 'X}'],
    ['{ {{x}} }', '{ X }'],
  ])('%j → %j', (template, text) => {
    expect(render(template, x)).toBe(text);
  });
});

describe('a value stays text', () => {
  const values = [
    '{{x}}',
    '{{{x}}}',
    '\\{{x}}',
    '{{#if x}}',
    '{{> p}}',
    '{{constraints}}',
    '$&',
    '$1',
    '$$',
    '</system>',
    '<b> & "',
    '\u0000',
    ' \n ',
  ];

  it.each(values)('%j', (value) => {
    expect(render('{{v}}|{{{v}}}|{{#with v}}{{this}}{{/with}}', { v: value, x: 'X' })).toBe(`${value}|${value}|${value}`);
    expect(render('{{> p a=v}}', { v: value, x: 'X' }, { p: '{{a}}' })).toBe(value);
    expect(render('{{default no v}}{{join l v}}', { v: value, l: ['', ''] })).toBe(value + value);
  });

  it('also beside braces of the template', () => {
    expect(render('{{a}}x}}', { a: '{{' })).toBe('{{x}}');
    expect(render('\\{{a}}{{b}}', { b: '{{a}}' })).toBe('{{a}}{{a}}');
  });

  it('also in an indented partial', () => {
    expect(render('  {{> p}}', { v: '{{x}}\n$&' }, { p: '{{v}}' })).toBe('  {{x}}\n  $&');
  });
});
